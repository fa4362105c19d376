// What a payment needs is shown before it, and shown by its person: a PIN, a touch, or setting one up while the payment waits.

import { answered, NETWORK_GONE } from "../harness/guard";
import { Authenticator, withoutPasskeys } from "../harness/passkeys";
import { inspectBoth, inspectEverywhere } from "../harness/screens";
import { expect, PASSWORD, test, type Doors } from "../harness/test";
import type { House } from "../harness/house";
import { PIN, Visitor } from "../harness/visitor";
import type { Wallet } from "../pages/wallet";

const PAY = "POST /v1/payments ";
const APPROVE = "POST /v1/approvals ";

const fresh = () => `appr.${Date.now().toString(36)}${Math.floor(Math.random() * 1_000)}`;

/** Somebody with a password and 500.00, without PIN and passkey, at their sheet of a payment to Lan. */
async function newcomer(house: House, doors: Doors, amount: string, prepare?: typeof withoutPasskeys): Promise<Wallet> {
  const handle = fresh();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  await (await ming.payments({ kind: "person", handle }, 50_000))();
  const wallet = await doors.wallet({ language: "en", prepare });
  await wallet.enter(handle, PASSWORD);
  // What came in is told here, where somebody has pressed something, and not on the page that is opened next.
  await expect(wallet.page.getByText("500.00").first()).toBeVisible();
  await wallet.go("/pay?to=lan");
  await wallet.typeAmount(amount);
  return wallet;
}

/** Ming's sheet of a payment to Lan. */
async function sheet(doors: Doors, amount: string, language: "zh" | "en" = "zh"): Promise<Wallet> {
  const wallet = await doors.wallet({ as: "ming", language, prepare: withoutPasskeys });
  await wallet.go("/pay?to=lan");
  await wallet.typeAmount(amount);
  await expect(wallet.approval()).toBeEnabled();
  return wallet;
}

for (const language of ["zh", "en"] as const) {
  test(`above the limit the PIN is asked, and says what is wrong (${language})`, { tag: "@approvals" }, async ({ doors, guard }) => {
    guard.allow(answered(403, /\/v1\/approvals/));
    const wallet = await sheet(doors, "250", language);
    const before = await wallet.balance();
    await wallet.expectText("need_pin_or_passkey");
    await wallet.expectText("need_above");
    await inspectEverywhere(wallet.page, `state-need-${language}`);
    await wallet.approval().click();
    await expect(wallet.pin()).toBeFocused();
    await inspectEverywhere(wallet.page, `state-pin-${language}`);
    // By the keys of the screen, and one too many.
    for (const digit of "5112") await wallet.page.getByRole("button", { name: digit, exact: true }).click();
    await wallet.button("key_delete").click();
    for (const digit of "778") await wallet.page.getByRole("button", { name: digit, exact: true }).click();
    await expect(wallet.page.getByText(wallet.say("pin_wrong_left", { count: "4" }))).toBeVisible();
    await expect(wallet.pin()).toHaveValue("");
    await inspectBoth(wallet.page, `state-pin-wrong-${language}`);
    await wallet.typePin(PIN);
    await wallet.expectPaid();
    expect(await wallet.balance()).toBe(before - 25_000);
  });
}

test("who has neither PIN nor passkey sets a PIN, and the payment waits", { tag: "@approvals" }, async ({ house, doors }) => {
  const wallet = await newcomer(house, doors, "5");
  const before = await wallet.balance();
  await wallet.expectText("need_new_payee");
  await wallet.expectText("approve_first");
  await inspectBoth(wallet.page, "state-approve-first");
  await wallet.button("pin_set").click();
  await wallet.page.getByLabel(wallet.say("pin_new")).pressSequentially("123456");
  await wallet.expectText("pin_trivial");
  await wallet.setPin("290417");
  await wallet.approval().click();
  await wallet.typePin("290417");
  await wallet.expectPaid();
  expect(await wallet.balance()).toBe(before - 500);
});

test("who has neither adds a passkey, and a touch pays", { tag: "@approvals" }, async ({ house, doors, guard }) => {
  guard.allow(/NotAllowedError/);
  const wallet = await newcomer(house, doors, "300");
  const authenticator = await Authenticator.of(wallet.page);
  const before = await wallet.balance();
  await wallet.button("passkey_add").click();
  const touch = wallet.page.getByRole("button", { name: wallet.texts.like("pay_by_passkey") });
  await expect(touch).toBeEnabled();
  await inspectBoth(wallet.page, "state-touch");
  await authenticator.recognises(false);
  await touch.click();
  await wallet.expectText("passkey_declined");
  expect(await wallet.balance(), "a no is a no").toBe(before);
  await authenticator.recognises(true);
  await touch.click();
  await wallet.expectPaid();
  expect(await wallet.balance()).toBe(before - 30_000);
});

test("a locked PIN is set anew, and the payment waits", { tag: "@approvals" }, async ({ house, doors, guard }) => {
  guard.allow(answered(403, /\/v1\/approvals/));
  const wallet = await newcomer(house, doors, "5", withoutPasskeys);
  await wallet.button("pin_set").click();
  await wallet.setPin("290417");
  await wallet.approval().click();
  for (const left of [4, 3, 2]) {
    await wallet.typePin("518203");
    await expect(wallet.page.getByText(wallet.say("pin_wrong_left", { count: String(left) }))).toBeVisible();
  }
  await wallet.typePin("518203");
  await wallet.expectText("pin_wrong_last");
  await wallet.typePin("518203");
  await wallet.expectText("pin_locked");
  await inspectBoth(wallet.page, "state-pin-locked");
  await wallet.button("pin_back").click();
  await wallet.expectText("approve_locked");
  await wallet.button("pin_reset").click();
  await wallet.setPin("730264");
  await wallet.approval().click();
  await wallet.typePin("730264");
  await wallet.expectPaid();
});

test("the line is down when the PIN is typed: nothing moved, and the next one pays once", { tag: ["@approvals", "@cut"] }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE);
  const wallet = await sheet(doors, "201");
  const before = await wallet.balance();
  await wallet.approval().click();
  const broken = house.line.cutNext(APPROVE, "answer lost", { stays: true });
  await wallet.typePin(PIN);
  await broken;
  await wallet.expectText("trouble_offline");
  house.line.mend();
  expect(await wallet.balance()).toBe(before);
  await wallet.typePin(PIN);
  await wallet.expectPaid();
  expect(await wallet.balance()).toBe(before - 20_100);
});

test("the answer to an approved payment is lost: it is found again, and paid once", { tag: ["@approvals", "@cut"] }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE);
  const wallet = await sheet(doors, "202");
  const before = await wallet.balance();
  await wallet.approval().click();
  const broken = house.line.cutNext(PAY, "answer lost");
  await wallet.typePin(PIN);
  await broken;
  await wallet.expectPaid();
  expect(await wallet.balance()).toBe(before - 20_200);
  expect((await wallet.records()).filter((record) => record.payment === wallet.payment())).toHaveLength(1);
});

test("what goes without being asked is chosen under Me, and the PIN set", { tag: "@approvals" }, async ({ house, doors }) => {
  const handle = fresh();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const wallet = await doors.wallet();
  await wallet.enter(handle, PASSWORD);
  await wallet.go("/me");
  const rows = wallet.rows("paying");
  await expect(rows.filter({ hasText: wallet.say("pin_none") })).toHaveCount(1);
  await rows.first().click();
  await inspectBoth(wallet.page, "state-pin-new");
  await wallet.page.getByLabel(wallet.say("pin_new")).pressSequentially("290417");
  await wallet.page.getByLabel(wallet.say("pin_again")).pressSequentially("290418");
  await wallet.expectText("pin_differs");
  await wallet.setPin("290417");
  await expect(wallet.sheet()).toBeHidden();
  await expect(rows.filter({ hasText: wallet.texts.like("pin_since") })).toHaveCount(1);
  await rows.last().click();
  await inspectBoth(wallet.page, "state-free-limit");
  await wallet.sheet().getByText(wallet.say("free_limit_none"), { exact: true }).click();
  await expect(rows.filter({ hasText: wallet.say("free_limit_off") })).toHaveCount(1);
});

test("a large refund asks the desk's person for the PIN, a small one nothing", { tag: ["@approvals", "@shop"] }, async ({ doors, guard }) => {
  guard.allow(answered(403, /\/v1\/approvals/));
  const desk = await doors.desk({ prepare: withoutPasskeys });
  const wallet = await doors.wallet({ as: "ming", prepare: withoutPasskeys });
  const before = await wallet.balance();
  await desk.charge("260");
  await wallet.pasteCode(await desk.payload());
  await wallet.expectToPay("260.00");
  await wallet.approval().click();
  await wallet.typePin(PIN);
  await wallet.expectPaid();
  await desk.expectPaid();
  await desk.go(`/orders/${desk.order()}`);
  await desk.button("refund").click();
  const sheet = desk.page.getByRole("dialog");
  const giveBack = sheet.getByRole("button", { name: desk.texts.like("refund_do") });
  await expect(sheet.getByText(desk.say("need_pin_or_passkey"))).toBeVisible();
  await inspectBoth(desk.page, "state-desk-refund-need");
  await sheet.getByLabel(desk.say("refund_amount")).fill("10");
  await expect(sheet.getByText(desk.say("need_nothing"))).toBeVisible();
  await giveBack.click();
  await expect.poll(() => wallet.balance()).toBe(before - 25_000);
  await desk.button("refund").click();
  await giveBack.click();
  const pin = sheet.getByLabel(desk.say("pin_enter"));
  await expect(pin).toBeFocused();
  await pin.pressSequentially("518203");
  await expect(sheet.getByText(desk.say("pin_wrong_left", { count: "4" }))).toBeVisible();
  await inspectBoth(desk.page, "state-desk-refund-pin");
  await pin.pressSequentially(PIN);
  await expect(desk.page.getByText(desk.say("status_refunded")).filter({ visible: true }).first()).toBeVisible();
  await expect.poll(() => wallet.balance()).toBe(before);
});
