// Passkeys and one-time codes: opening a wallet, signing in, adding, naming and removing, confirming who is there, the desk's own, the emergency stop.

import type { Page } from "@playwright/test";
import { answered } from "../harness/guard";
import { oneTimeCode } from "../harness/oneTimeCodes";
import { Authenticator, withoutPasskeys } from "../harness/passkeys";
import { inspectBoth } from "../harness/screens";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";

/** The house's clock stands in no journey's hand: the next request is answered as it is ten minutes after signing in. */
async function tenMinutesLater(page: Page, path: string): Promise<void> {
  const body = JSON.stringify({ type: "", title: "", status: 403, detail: "", code: "confirmation_required", request_id: "req" });
  await page.route(`**${path}`, (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body }), { times: 1 });
}

const fresh = () => `key.${Date.now().toString(36)}`;

test("a wallet is opened with a passkey, and nothing else opens it again", { tag: "@identity" }, async ({ doors, guard }) => {
  guard.allow(answered(401, /\/v1\/(sync|events|session)/), answered(409, /\/v1\/people/), answered(409, /\/v1\/passkeys/));
  const wallet = await doors.wallet({ language: "en" });
  const authenticator = await Authenticator.of(wallet.page);
  const handle = fresh();
  await wallet.link("sign_up").click();
  await wallet.field("handle").fill("ming");
  await wallet.field("display_name").fill("Zhou Yi");
  await wallet.field("legal_name").fill("周怡");
  await expect(wallet.field("password")).toHaveCount(0);
  await wallet.button("sign_up_by_passkey").click();
  await wallet.expectText("handle_taken");
  expect(await authenticator.count(), "no key was made in vain").toBe(0);

  await wallet.field("handle").fill(handle);
  await authenticator.recognises(false);
  await wallet.button("sign_up_by_passkey").click();
  await wallet.expectText("passkey_declined");
  await authenticator.recognises(true);
  await wallet.button("sign_up_by_passkey").click();
  await wallet.expectHome();
  expect(await authenticator.count()).toBe(1);

  await wallet.go("/me");
  const passkey = wallet.rows("factors").filter({ hasText: wallet.say("passkey_never") });
  await expect(passkey).toHaveCount(1);
  await expect(wallet.rows("factors").filter({ hasText: wallet.say("password_none") })).toHaveCount(1);
  await passkey.click();
  await inspectBoth(wallet.page, "state-passkey");
  await wallet.button("passkey_remove").click();
  await wallet.expectText("last_factor");
  await wallet.sheet().getByRole("button", { name: wallet.say("close") }).click();

  await wallet.button("sign_out").click();
  await wallet.sheet().getByRole("button", { name: wallet.say("sign_out") }).click();
  await wallet.link("sign_in").click();
  await authenticator.recognises(false);
  await wallet.button("sign_in_by_passkey").click();
  await wallet.expectText("passkey_declined");
  await inspectBoth(wallet.page, "state-passkey-declined");
  await authenticator.recognises(true);
  await wallet.button("sign_in_by_passkey").click();
  await wallet.expectHome();
  expect(await wallet.ask<{ person: { handle: string } }>("/v1/session")).toMatchObject({ person: { handle } });
});

test("a passkey is added, named, used and removed, and a password set; who is there is asked first", { tag: "@identity" }, async ({ house, doors, guard }) => {
  guard.allow(answered(401, /\/v1\/(sync|events|session)/), answered(403, /\/v1\/(passkeys|password)/));
  const handle = fresh();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const wallet = await doors.wallet();
  const authenticator = await Authenticator.of(wallet.page);
  await wallet.enter(handle, PASSWORD);
  const later = (path: string) => tenMinutesLater(wallet.page, path);
  await wallet.go("/me");
  await later("/v1/passkeys/options");
  await wallet.button("passkey_add").click();
  await expect(wallet.sheet()).toBeVisible();
  await inspectBoth(wallet.page, "state-confirm");
  await wallet.field("password").fill("not-the-password-at-all");
  await wallet.button("confirm_by_password").click();
  await wallet.expectText("password_wrong");
  await wallet.field("password").fill(PASSWORD);
  await wallet.button("confirm_by_password").click();
  const rows = wallet.rows("factors");
  const passkey = rows.filter({ hasText: wallet.say("passkey_never") });
  await expect(passkey).toHaveCount(1);
  expect(await authenticator.count()).toBe(1);
  await wallet.button("passkey_add").click();
  await wallet.expectText("passkey_known");

  await passkey.click();
  await wallet.field("device_name").fill("书房的电脑");
  await wallet.button("device_save").click();
  await expect(rows.filter({ hasText: "书房的电脑" })).toBeVisible();

  await later("/v1/password");
  await rows.filter({ hasText: wallet.say("password") }).click();
  await wallet.field("password_new").fill("copper-lantern-drifts-2027");
  await inspectBoth(wallet.page, "state-password");
  await wallet.button("password_save").click();
  await wallet.button("confirm_by_passkey").click();
  await wallet.expectText("password_is_set");

  await later("/v1/passkeys/pky_*");
  await rows.filter({ hasText: "书房的电脑" }).click();
  await wallet.button("passkey_remove").click();
  await wallet.button("confirm_by_passkey").click();
  await expect(rows.filter({ hasText: "书房的电脑" })).toHaveCount(0);

  await wallet.button("sign_out").click();
  await wallet.sheet().getByRole("button", { name: wallet.say("sign_out") }).click();
  await wallet.link("sign_in").click();
  await wallet.button("sign_in_by_passkey").click();
  await wallet.expectText("passkey_unknown");
  await wallet.signIn(handle, "copper-lantern-drifts-2027");
  await wallet.expectHome();
});

test("a browser without passkeys is asked for a password only", { tag: "@identity" }, async ({ doors }) => {
  const wallet = await doors.wallet({ prepare: withoutPasskeys });
  await wallet.go("/sign-up");
  await expect(wallet.field("password")).toBeVisible();
  await expect(wallet.button("by_passkey_instead")).toHaveCount(0);
  await wallet.go("/sign-in");
  await expect(wallet.button("sign_in")).toBeVisible();
  await expect(wallet.button("sign_in_by_passkey")).toHaveCount(0);
  await wallet.signIn("ming", PASSWORD);
  await wallet.expectHome();
  await wallet.go("/me");
  await expect(wallet.page.getByText(wallet.say("factors_text"))).toBeVisible();
  await expect(wallet.button("passkey_add")).toHaveCount(0);
});

test("the desk has passkeys of its own", { tag: "@identity" }, async ({ doors, guard }) => {
  guard.allow(answered(401, /\/v1\/(sync|events|session|shop)/), answered(403, /\/v1\/passkeys/));
  const desk = await doors.desk({ language: "en" });
  const authenticator = await Authenticator.of(desk.page);
  await desk.go("/shop");
  await tenMinutesLater(desk.page, "/v1/passkeys/options");
  await desk.button("passkey_add").click();
  await expect(desk.sheet()).toBeVisible();
  await inspectBoth(desk.page, "state-desk-confirm");
  await desk.field("password").fill(PASSWORD);
  await desk.button("confirm_by_password").click();
  await expect(desk.page.getByText(desk.say("passkey_added"))).toBeVisible();
  expect(await authenticator.count()).toBe(1);
  await desk.button("sign_out").click();
  await desk.sheet().getByRole("button", { name: desk.say("sign_out") }).click();
  await desk.button("sign_in_by_passkey").click();
  await expect(desk.button("passkey_add")).toBeVisible();

  // It is listed and removed in the wallet.
  const wallet = await doors.wallet({ language: "en", as: "chen" });
  await wallet.go("/me");
  const row = wallet.rows("factors").filter({ hasText: wallet.say("device_at_desk") });
  await expect(row).toHaveCount(1);
  await row.click();
  await wallet.button("passkey_remove").click();
  await expect(row).toHaveCount(0);
});

test("a one-time code is turned on, asked for with the password, and turned off", { tag: "@identity" }, async ({ house, doors, guard }) => {
  guard.allow(answered(401, /\/v1\/(sync|events|session|one-time-codes)/), answered(422, /\/v1\/password/));
  const handle = fresh();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const wallet = await doors.wallet({ language: "en" });
  await wallet.enter(handle, PASSWORD);
  await wallet.go("/me");
  const row = wallet.rows("factors").filter({ hasText: wallet.say("codes") });
  await expect(row).toContainText(wallet.say("codes_none"));
  await row.click();
  await wallet.button("codes_begin").click();
  const secret = await wallet.sheet().locator(".facts-code").innerText();
  await inspectBoth(wallet.page, "state-codes");
  await wallet.field("one_time_code").fill("12345");
  await wallet.button("codes_turn_on").click();
  await wallet.expectText("one_time_code_wrong");
  await wallet.field("one_time_code").fill(oneTimeCode(secret));
  await wallet.button("codes_turn_on").click();
  await expect(row).not.toContainText(wallet.say("codes_none"));

  await wallet.button("sign_out").click();
  await wallet.sheet().getByRole("button", { name: wallet.say("sign_out") }).click();
  await wallet.link("sign_in").click();
  await wallet.signIn(handle, PASSWORD);
  await expect(wallet.field("one_time_code")).toBeVisible();
  await inspectBoth(wallet.page, "state-sign-in-code");
  await wallet.field("one_time_code").fill("12345");
  await wallet.button("sign_in").click();
  await wallet.expectText("one_time_code_wrong");
  // The code of this half minute has turned them on; the next one is good already.
  await wallet.field("one_time_code").fill(oneTimeCode(secret, 1));
  await wallet.button("sign_in").click();
  await wallet.expectHome();

  await wallet.go("/me");
  await row.click();
  await wallet.button("codes_turn_off").click();
  await expect(row).toContainText(wallet.say("codes_none"));
});

test("a wallet is frozen with one press, pays nothing, and is let go on", { tag: "@identity" }, async ({ house, doors, guard }) => {
  guard.allow(answered(403, /\/v1\/freeze/));
  const handle = fresh();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const wallet = await doors.wallet();
  await wallet.enter(handle, PASSWORD);
  await wallet.go("/me");
  await wallet.button("freeze").click();
  await expect(wallet.page.getByText(wallet.say("frozen_text"))).toBeVisible();
  await inspectBoth(wallet.page, "state-frozen");
  await wallet.go("/");
  await expect(wallet.page.getByText(wallet.say("banner_frozen"))).toBeVisible();
  await wallet.go("/pay?to=lan");
  await wallet.field("amount_to_pay").fill("1");
  await expect(wallet.page.getByText(wallet.say("banner_frozen")).last()).toBeVisible();
  await expect(wallet.button("go_on")).toBeDisabled();

  await wallet.go("/me");
  // The session that is open began before the freeze: who has it in their hands cannot end it.
  await wallet.button("unfreeze").click();
  await wallet.field("password").fill(PASSWORD);
  await wallet.button("confirm_by_password").click();
  await expect(wallet.button("freeze")).toBeVisible();
  await wallet.go("/");
  await wallet.expectHome();
  await expect(wallet.page.getByText(wallet.say("banner_frozen"))).toHaveCount(0);
});
