// Ways in and out: sign-up, sign-in, what is refused, sign-out, language and theme.

import type { Page } from "@playwright/test";
import { answered, NETWORK_GONE } from "../harness/guard";
import { inspectBoth } from "../harness/screens";
import { DESKTOP, expect, PASSWORD, test } from "../harness/test";
import { Texts } from "../harness/texts";
import { Visitor } from "../harness/visitor";
import { withoutStore } from "../harness/windows";

const FRESH = { handle: () => `e2e.${Date.now().toString(36)}`, password: "walnut-lantern-orbit-77" };

/** What this site keeps of a person in the browser: rows of its databases, and the receive code. A page that is just starting anew answers later. */
async function recordsKept(page: Page): Promise<number> {
  return page
    .evaluate(async () => {
      const whole = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      let kept = localStorage.getItem("qianbao.receive-code") === null ? 0 : 1;
      for (const { name } of await indexedDB.databases()) {
        const database = await whole(indexedDB.open(name ?? ""));
        for (const store of database.objectStoreNames) kept += await whole(database.transaction(store).objectStore(store).count());
        database.close();
      }
      return kept;
    })
    .catch(() => Number.NaN);
}

test("a person signs up, sees an empty wallet, signs out and in again", { tag: "@identity" }, async ({ doors, guard }) => {
  // What was under way when the session ended is refused.
  guard.allow(answered(401, /\/v1\/(sync|events|session)/));
  const wallet = await doors.wallet({ language: "en" });
  const handle = FRESH.handle();
  await wallet.link("sign_up").click();
  await wallet.field("handle").fill(handle);
  await wallet.field("display_name").fill("Zhou Yi");
  await wallet.field("legal_name").fill("周怡");
  await wallet.button("by_password_instead").click();
  await wallet.field("password").fill(FRESH.password);
  await wallet.button("sign_up_now").click();
  await wallet.expectHome();
  expect(await wallet.balance()).toBe(0);
  await inspectBoth(wallet.page, "state-home-empty");
  await wallet.go("/activity");
  await expect(wallet.page.getByRole("heading").first()).toBeVisible();
  await inspectBoth(wallet.page, "state-activity-empty");

  await wallet.go("/me");
  await wallet.button("sign_out").click();
  await wallet.page.getByRole("dialog").getByRole("button", { name: wallet.say("sign_out") }).click();
  await expect(wallet.link("sign_in")).toBeVisible();
  await expect.poll(() => recordsKept(wallet.page), "signing out leaves nothing").toBe(0);
  await wallet.link("sign_in").click();
  await wallet.signIn(handle, FRESH.password);
  await wallet.expectHome();
});

test("a wrong password and an unknown name get the same words", { tag: "@identity" }, async ({ doors, guard }) => {
  guard.allow(answered(401, /\/v1\/session/), answered(403, /\/v1\/session/));
  const wallet = await doors.wallet();
  await wallet.go("/sign-in");
  for (const handle of ["ming", "nobody.here"]) {
    await wallet.signIn(handle, "not-the-password-at-all");
    await expect(wallet.page.getByText(wallet.say("sign_in_failed"))).toBeVisible();
  }
});

test("a short, a common password and a taken name are refused at their fields", { tag: "@identity" }, async ({ doors, guard }) => {
  guard.allow(answered(422, /\/v1\/people/), answered(409, /\/v1\/people/), answered(400, /\/v1\/people/));
  const wallet = await doors.wallet();
  await wallet.go("/sign-up");
  await wallet.button("by_password_instead").click();
  await wallet.field("handle").fill("ming");
  await wallet.field("display_name").fill("小明");
  await wallet.field("legal_name").fill("李明");
  await wallet.field("password").fill("short");
  await wallet.button("sign_up_now").click();
  await expect(wallet.page.getByText(wallet.say("password_length"))).toBeVisible();
  await wallet.field("handle").fill(FRESH.handle());
  await wallet.field("password").fill("12345678900987654321");
  await wallet.button("sign_up_now").click();
  await expect(wallet.page.locator(".field-wrong").getByText(wallet.say("password_common"))).toBeVisible();
  await wallet.field("handle").fill("ming");
  await wallet.field("password").fill(FRESH.password);
  await wallet.button("sign_up_now").click();
  await expect(wallet.page.getByText(wallet.say("handle_taken"))).toBeVisible();
});

test("who guesses is told to wait, also with the right password", { tag: "@identity" }, async ({ house, doors, guard }) => {
  test.slow();
  guard.allow(answered(401, /\/v1\/session/), answered(429, /\/v1\/session/));
  const handle = FRESH.handle();
  await new Visitor(house, "wallet").signUp(handle, FRESH.password);
  const wallet = await doors.wallet();
  await wallet.go("/sign-in");
  for (let tries = 0; tries < 10; tries += 1) {
    const answer = wallet.page.waitForResponse((response) => new URL(response.url()).pathname === "/v1/session");
    await wallet.signIn(handle, "not-the-password-at-all");
    expect((await answer).status()).toBe(401);
    await wallet.expectText("sign_in_failed");
  }
  await wallet.signIn(handle, FRESH.password);
  await wallet.expectText("too_many_requests");
});

test("a device is named, and another one ended, which then keeps nothing", { tag: "@identity" }, async ({ house, doors, guard }) => {
  guard.allow(answered(401, /\/v1\/(sync|events|session)/));
  const handle = FRESH.handle();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const [here, there] = [await doors.wallet(), await doors.wallet({ language: "en", viewport: DESKTOP })];
  for (const wallet of [here, there]) await wallet.enter(handle, PASSWORD);
  await here.go("/me");
  const rows = here.rows("devices");
  await expect(rows).toHaveCount(3);
  await expect(rows.filter({ hasText: here.say("device_current") })).toHaveCount(1);

  await rows.filter({ hasText: here.say("device_unknown") }).click();
  await expect(here.sheet()).toBeVisible();
  await inspectBoth(here.page, "state-device");
  await here.field("device_name").fill("Ming\u202Egnim");
  guard.allow(answered(422, /\/v1\/devices/));
  await here.button("device_save").click();
  await here.expectText("name_invalid");
  await here.field("device_name").fill("店里的电脑");
  await here.button("device_save").click();
  await expect(rows.filter({ hasText: "店里的电脑" })).toBeVisible();

  await there.go("/receive");
  await expect(there.page.locator(".code")).toBeVisible();
  await expect.poll(() => recordsKept(there.page), "the device has a copy").toBeGreaterThan(0);
  await there.page.evaluate(() => document.documentElement.setAttribute("data-before", ""));
  await rows.filter({ hasText: "Chrome" }).filter({ hasNotText: here.say("device_current") }).click();
  await here.button("device_end").click();
  await expect(rows).toHaveCount(2);
  // The page hears it from its stream, and starts anew.
  await expect(there.page.locator("html")).not.toHaveAttribute("data-before");
  await there.expectText("ended_elsewhere");
  await inspectBoth(there.page, "state-ended-elsewhere");
  await expect.poll(() => recordsKept(there.page), "nothing is left").toBe(0);
  await there.enter(handle, PASSWORD);
  await here.page.reload();
  await expect(rows).toHaveCount(3);
});

test("language and theme change at once and are kept", { tag: "@identity" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.go("/me");
  const html = wallet.page.locator("html");
  const paper = () => wallet.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = wallet.page.getByRole("radio", { name: new Texts("en", "app").say("theme_dark") });
  await expect(html).toHaveAttribute("data-theme", "light");
  const byDay = await paper();
  await wallet.page.getByRole("radio", { name: "English" }).check({ force: true });
  await expect(html).toHaveAttribute("lang", "en");
  await expect(wallet.page.getByRole("navigation").getByRole("link", { name: "Home" })).toBeVisible();
  await dark.check({ force: true });
  await expect(html).toHaveAttribute("data-theme", "dark");
  await expect.poll(paper, "it looks otherwise").not.toBe(byDay);
  const byNight = await paper();

  await wallet.page.reload();
  await expect(html).toHaveAttribute("lang", "en");
  await expect(html).toHaveAttribute("data-theme", "dark");
  await expect(dark).toBeChecked();
  expect(await paper()).toBe(byNight);
});

const LEAVERS = [
  { who: "the wallet", app: "wallet", visit: { as: "ming" } },
  { who: "a wallet that keeps nothing", app: "wallet", visit: { as: "ming", prepare: withoutStore } },
  { who: "the desk", app: "desk", visit: {} },
] as const;

for (const { who, app, visit } of LEAVERS) {
  test(`who signs out of ${who} without a network is signed out once it is back`, { tag: ["@identity", "@offline"] }, async ({ house, doors, guard }) => {
    guard.allow(NETWORK_GONE, /Failed to fetch/, answered(401, /\/v1\/(sync|events|session)/));
    const at = await doors[app]({ language: "en", ...visit });
    const { page } = at;
    const cookies = async () => (await page.context().cookies()).filter(({ name }) => name === "__Host-session").length;
    const atTheDoor = () => expect(app === "desk" ? at.field("handle") : page.getByRole("link", { name: at.say("sign_in") })).toBeVisible();
    await page.evaluate(async () => navigator.serviceWorker.ready);
    await at.go(app === "desk" ? "/shop" : "/me");
    await page.getByRole("radio", { name: at.say("theme_dark") }).check({ force: true });
    await at.button("sign_out").click();
    await page.evaluate(() => document.documentElement.setAttribute("data-before", ""));
    house.line.down();
    await at.sheet().getByRole("button", { name: at.say("sign_out") }).click();
    await atTheDoor();
    // The wallet starts anew by itself; the desk stays where it is.
    if (app === "wallet") await expect(page.locator("html")).not.toHaveAttribute("data-before");
    await page.reload();
    await atTheDoor();
    expect(await cookies(), "the cookie is still here: only the server's answer takes it away").toBe(1);

    // What still tries on this page ends with it: the next one has to be who tells the server.
    await page.goto("about:blank");
    const asked: string[] = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/v1/")) asked.push(`${request.method()} ${pathname}`);
    });
    house.line.mend();
    await at.go("/");
    await atTheDoor();
    await expect.poll(cookies, "the server was told").toBe(0);
    await expect.poll(() => asked[0], "before anything else was asked").toBe("DELETE /v1/session");
    const session = await page.evaluate(async () => (await fetch("/v1/session")).status);
    expect(session).toBe(401);
    await page.reload();
    await atTheDoor();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await expect(page.locator("html"), "what this browser was told outlives the cleared storage").toHaveAttribute("data-theme", "dark");
    if (app === "desk") await at.go("/");
    await at.enter(app === "desk" ? "chen" : "lan", PASSWORD);
    expect(await page.evaluate(async () => (await fetch("/v1/session")).status), "and another session is not ended").toBe(200);
  });
}

test("the desk knows the shop's owner and nobody else", { tag: "@identity" }, async ({ doors, guard }) => {
  guard.allow(answered(401, /\/v1\/session/));
  const desk = await doors.desk({ as: undefined });
  await desk.enter("chen", PASSWORD);
  const wallet = await doors.wallet();
  const status = await wallet.page.evaluate(async () => (await fetch("/v1/session")).status);
  expect(status, "the desk's session is not the wallet's").toBe(401);
});
