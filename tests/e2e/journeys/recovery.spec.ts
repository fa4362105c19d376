// Recovery codes, coming back with one, the notice with its stop, and lower limits afterwards.
//
// The house's clock stands in no journey's hand: what comes after the wait is told by answers that the journey puts in the server's mouth. The
// wait itself, the refusals and the races are the route tests'.

import type { Page } from "@playwright/test";
import { answered } from "../harness/guard";
import { withoutPasskeys } from "../harness/passkeys";
import { inspectBoth, inspectEverywhere } from "../harness/screens";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";

const HOUR_US = 3_600_000_000;

const fresh = () => `back.${Date.now().toString(36)}${Math.floor(Math.random() * 1e4)}`;

/** Recovery codes of somebody new. */
async function codesOf(visitor: Visitor): Promise<string[]> {
  return (await visitor.post<{ codes: string[] }>("/v1/recovery-codes", {})).codes;
}

test("recovery codes are made, shown once, and kept in three ways", { tag: "@identity" }, async ({ house, doors }) => {
  const handle = fresh();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const wallet = await doors.wallet({ prepare: (context) => context.grantPermissions(["clipboard-read", "clipboard-write"]) });
  await wallet.enter(handle, PASSWORD);
  await wallet.go("/me");
  const row = wallet.rows("recovery");
  await expect(row).toContainText(wallet.say("recovery_codes_none"));
  await row.click();
  await wallet.button("recovery_codes_make").click();
  const shown = wallet.sheet().locator(".recovery-codes li");
  await expect(shown).toHaveCount(10);
  const codes = await shown.allInnerTexts();
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{6}-){4}[0-9A-HJKMNP-TV-Z]{6}$/);
  await inspectBoth(wallet.page, "recovery-codes");

  await wallet.sheet().getByRole("button", { name: wallet.say("copy"), exact: true }).click();
  await expect(wallet.page.getByText(wallet.say("recovery_codes_copied"))).toBeVisible();
  expect((await wallet.page.evaluate(() => navigator.clipboard.readText())).trim().split("\n")).toEqual(codes);
  const saved = wallet.page.waitForEvent("download");
  await wallet.sheet().getByRole("button", { name: wallet.say("save_file"), exact: true }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await saved).createReadStream()) chunks.push(chunk as Buffer);
  const file = Buffer.concat(chunks).toString("utf8");
  for (const code of codes) expect(file).toContain(code);
  // On paper there are the codes and nothing else.
  await wallet.page.emulateMedia({ media: "print" });
  await expect(shown.first()).toBeVisible();
  await expect(wallet.sheet().getByRole("button").first()).not.toBeVisible();
  await wallet.page.emulateMedia({ media: "screen" });

  await wallet.button("recovery_codes_kept").click();
  await expect(row).toContainText("10");
  await row.click();
  await expect(wallet.page.getByText(wallet.say("recovery_codes_replace"))).toBeVisible();
  await expect(shown).toHaveCount(0);
  await wallet.button("recovery_codes_make").click();
  await expect(shown).toHaveCount(10);
  expect(await shown.allInnerTexts()).not.toContain(codes[0]);
});

test("who comes back waits, every device is told, and one press stops it", { tag: "@identity" }, async ({ house, doors, guard }) => {
  guard.allow(answered(401, /\/v1\/(sync|events|session|recovery)/), answered(404, /\/v1\/recovery/));
  const handle = fresh();
  const visitor = await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const codes = await codesOf(visitor);
  const home = await doors.wallet({ language: "en" });
  await home.enter(handle, PASSWORD);

  const lost = await doors.wallet();
  await lost.link("sign_in").click();
  await lost.link("recovery_begin").click();
  await lost.expectHeading("recovery");
  await lost.field("handle").fill(handle);
  // A mistake is found where it is made, before anything is sent.
  const wrong = codes[0].slice(0, 9) + (codes[0][9] === "7" ? "8" : "7") + codes[0].slice(10);
  await lost.field("recovery_code").fill(wrong.slice(0, 13));
  await lost.expectText("recovery_code_group");
  await inspectBoth(lost.page, "recovery-mistake");
  await lost.field("recovery_code").fill(codes[0].slice(0, 13).toLowerCase());
  await lost.button("recovery_start").click();
  await lost.expectText("recovery_code_length");
  const strangers = (await codesOf(await new Visitor(house, "wallet").signUp(fresh(), PASSWORD)))[0];
  await lost.field("recovery_code").fill(strangers);
  await lost.button("recovery_start").click();
  await lost.expectText("recovery_failed");
  await lost.field("recovery_code").fill(codes[0].toLowerCase().replaceAll("-", " "));
  await lost.button("recovery_start").click();
  await expect(lost.page.getByText(lost.say("recovery_told"))).toBeVisible();
  await inspectEverywhere(lost.page, "recovery-waiting");
  await lost.page.reload();
  await expect(lost.page.getByText(lost.say("recovery_told"))).toBeVisible();

  const notMe = home.button("recovery_not_me");
  await expect(notMe).toBeVisible();
  await inspectEverywhere(home.page, "recovery-notice-home");
  await home.go("/me");
  await expect(home.button("recovery_stop_and_freeze")).toBeVisible();
  await inspectEverywhere(home.page, "recovery-notice-me");
  await home.go("/");
  await notMe.click();
  await expect(home.page.getByText(home.say("banner_recovery_stopped"))).toBeVisible();
  await inspectBoth(home.page, "recovery-stopped");
  await lost.button("recovery_look_again").click();
  await lost.expectText("recovery_was_cancelled");
  await inspectBoth(lost.page, "recovery-cancelled");

  // Once more, and this time the wallet is frozen with the same press.
  await lost.field("handle").fill(handle);
  await lost.field("recovery_code").fill(codes[1]);
  await lost.button("recovery_start").click();
  await home.go("/me");
  await home.button("recovery_stop_and_freeze").click();
  await expect(home.page.getByText(home.say("frozen_text"))).toBeVisible();
  await expect(home.button("recovery_stop_and_freeze")).toHaveCount(0);
});

test("the desk is told as well and stops it", { tag: "@identity" }, async ({ house, doors, guard }) => {
  guard.allow(answered(401, /\/v1\/(sync|events|session|shop)/));
  const chen = await new Visitor(house, "wallet").signIn("chen", PASSWORD);
  const [code] = await codesOf(chen);
  const desk = await doors.desk({ language: "en" });
  await new Visitor(house, "wallet").post("/v1/recovery", { handle: "chen", code });
  await expect(desk.button("recovery_not_me")).toBeVisible();
  await inspectBoth(desk.page, "recovery-desk");
  await desk.button("recovery_not_me").click();
  await expect(desk.page.getByText(desk.say("recovery_stopped"))).toBeVisible();
});

/** The server's answer to a request of the page, changed. The page itself asks: the test program knows no hosts under `localhost`. */
async function changed(page: Page, path: string, change: (answer: never) => unknown): Promise<void> {
  const mark = "x-journey";
  await page.route(path, async (route) => {
    const request = route.request();
    if ((await request.allHeaders())[mark]) return route.fallback();
    const asked = { url: request.url(), method: request.method(), body: request.postData() };
    const { status, type, text } = await page.evaluate(
      async ({ url, method, body, mark }) => {
        const answer = await fetch(url, { method, body, headers: { [mark]: "1", "content-type": "application/json" } });
        return { status: answer.status, type: answer.headers.get("content-type") ?? "", text: await answer.text() };
      },
      { ...asked, mark },
    );
    const body = status === 200 ? JSON.stringify(change(JSON.parse(text) as never)) : text;
    await route.fulfill({ status, contentType: type, body });
  });
}

/** What the browser of a recovery is told once the wait is over. */
async function waited(page: Page, hasCodes: boolean): Promise<void> {
  await page.route("**/v1/recovery", async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const now = Date.now() * 1_000;
    const times = { started_at: now - 25 * HOUR_US, ready_at: now - HOUR_US, closes_at: now + 100 * HOUR_US, server_time: now };
    await route.fulfill({ json: { state: "ready", has_one_time_codes: hasCodes, ...times } });
  });
}

test("after the wait there is a new way in, and payments have lower limits for a while", { tag: "@identity" }, async ({ house, doors, guard }) => {
  guard.allow(answered(401, /\/v1\/(sync|events|session)/), answered(409, /\/v1\/recovery/));
  const handle = fresh();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const wallet = await doors.wallet({ prepare: withoutPasskeys });
  await waited(wallet.page, true);
  await wallet.go("/recovery");
  await wallet.field("password_new").fill("copper-lantern-drifts-2027");
  await inspectEverywhere(wallet.page, "recovery-ready");
  const until = Date.now() * 1_000 + 72 * HOUR_US;
  // The server's answer: the session of somebody who came back just now.
  const lowered = <T extends { limits_lowered_until?: number }>(person: T) => ({ ...person, limits_lowered_until: until });
  await wallet.page.route("**/v1/recovery/finish", async (route) => {
    expect(route.request().postDataJSON()).toEqual({ password: "copper-lantern-drifts-2027", ends_one_time_codes: true });
    const session = await wallet.page.evaluate(async (body) => {
      const answer = await fetch("/v1/session", { method: "POST", body, headers: { "content-type": "application/json" } });
      return (await answer.json()) as { person: object };
    }, JSON.stringify({ handle, password: PASSWORD }));
    await route.fulfill({ json: { ...session, person: lowered(session.person) } });
  });
  await changed(wallet.page, "**/v1/sync**", (page: { documents: { body: { kind: string; value: object } }[] }) => {
    for (const { body } of page.documents) {
      if (body.kind === "person") body.value = lowered(body.value);
    }
    return page;
  });
  await wallet.button("recovery_by_password").click();
  await wallet.expectHome();
  const banner = wallet.page.locator(".banner").filter({ hasText: wallet.say("banner_lowered", { moment: "" }).slice(0, 8) });
  await expect(banner).toBeVisible();
  await inspectEverywhere(wallet.page, "recovery-lowered-home");

  await changed(wallet.page, "**/v1/payments/preview", (preview: object) => {
    const cny = (minor: string) => ({ minor, currency: "CNY" });
    const limits = { until, payment_max: cny("50000"), day_max: cny("100000"), day_left: cny("80000") };
    return { ...preview, lowered: limits, available: cny("900000") };
  });
  await wallet.go("/pay?to=lan");
  await wallet.field("amount_to_pay").fill("500.01");
  await expect(wallet.page.locator(".field-error")).toContainText("500.00");
  await expect(wallet.button("go_on")).toBeDisabled();
  await inspectBoth(wallet.page, "recovery-lowered-amount");
  await wallet.field("amount_to_pay").fill("500");
  await wallet.button("go_on").click();
  await expect(wallet.page.getByText(wallet.say("lowered_limit"), { exact: true })).toBeVisible();
  await inspectBoth(wallet.page, "recovery-lowered-sheet");
});

test("a server that says to wait, and one that has no ticket", { tag: "@identity" }, async ({ doors, guard }) => {
  guard.allow(answered(404, /\/v1\/recovery/));
  const wallet = await doors.wallet({ language: "en", prepare: withoutPasskeys });
  await waited(wallet.page, false);
  await wallet.go("/recovery");
  await wallet.field("password_new").fill("copper-lantern-drifts-2027");
  await wallet.button("recovery_by_password").click();
  await wallet.expectText("not_found");
  await inspectBoth(wallet.page, "recovery-refused");
});
