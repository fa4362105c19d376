// Ways in and out: sign-up, sign-in, what is refused, sign-out, language and theme.

import { answered } from "../harness/guard";
import { expect, PASSWORD, test } from "../harness/test";

const FRESH = { handle: () => `e2e.${Date.now().toString(36)}`, password: "walnut-lantern-orbit-77" };

test("a person signs up, sees an empty wallet, signs out and in again", { tag: "@identity" }, async ({ doors, guard }) => {
  // What was under way when the session ended is refused.
  guard.allow(answered(401, /\/v1\/(sync|events|session)/));
  const wallet = await doors.wallet({ language: "en" });
  const handle = FRESH.handle();
  await wallet.link("sign_up").click();
  await wallet.field("handle").fill(handle);
  await wallet.field("display_name").fill("Zhou Yi");
  await wallet.field("legal_name").fill("周怡");
  await wallet.field("password").fill(FRESH.password);
  await wallet.button("sign_up_now").click();
  await wallet.expectHome();
  expect(await wallet.balance()).toBe(0);

  await wallet.go("/me");
  await wallet.button("sign_out").click();
  await wallet.page.getByRole("dialog").getByRole("button", { name: wallet.say("sign_out") }).click();
  await expect(wallet.link("sign_in")).toBeVisible();
  // Signing out ends in a page that starts anew: it may be loading just now.
  const kept = () => wallet.page.evaluate(async () => (await indexedDB.databases()).length).catch(() => Number.NaN);
  await expect.poll(kept, "signing out leaves at most an empty store").toBeLessThanOrEqual(1);
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
  await wallet.field("handle").fill("ming");
  await wallet.field("display_name").fill("小明");
  await wallet.field("legal_name").fill("李明");
  await wallet.field("password").fill("short");
  await wallet.button("sign_up_now").click();
  await expect(wallet.page.getByText(wallet.say("password_length"))).toBeVisible();
  await wallet.field("password").fill(FRESH.password);
  await wallet.button("sign_up_now").click();
  await expect(wallet.page.getByText(wallet.say("handle_taken"))).toBeVisible();
});

test("language and theme change at once and are kept", { tag: "@identity" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.go("/me");
  const html = wallet.page.locator("html");
  await wallet.page.getByRole("radio", { name: "English" }).check({ force: true });
  await expect(html).toHaveAttribute("lang", "en");
  await expect(wallet.page.getByRole("navigation").getByRole("link", { name: "Home" })).toBeVisible();
  await wallet.page.reload();
  await expect(html).toHaveAttribute("lang", "en");
});

test("the desk knows the shop's owner and nobody else", { tag: "@identity" }, async ({ doors, guard }) => {
  guard.allow(answered(401, /\/v1\/session/));
  const desk = await doors.desk({ as: undefined });
  await desk.enter("chen", PASSWORD);
  const wallet = await doors.wallet();
  const status = await wallet.page.evaluate(async () => (await fetch("/v1/session")).status);
  expect(status, "the desk's session is not the wallet's").toBe(401);
});
