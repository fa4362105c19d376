// What screens.spec.ts does not reach by an address: sheets, results, refusals, the scanner at work. Each by day and by
// night, in English on a phone, where there is least room.

import { unsigned } from "../harness/codes";
import { answered, NETWORK_GONE } from "../harness/guard";
import { inspectBoth } from "../harness/screens";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";

const TEA = {
  lines: [
    { name: "龙井 Longjing", quantity: 2, unit_price: { minor: "900", currency: "CNY" } },
    { name: "Osmanthus cake", quantity: 1, unit_price: { minor: "1400", currency: "CNY" } },
  ],
  description: "Table 4, to share",
};
const VISIT = { language: "en" } as const;

test("forms that were not filled in right", { tag: "@states" }, async ({ doors, guard }) => {
  guard.allow(answered(401, /\/v1\/session/), answered(403, /\/v1\/session/));
  const wallet = await doors.wallet(VISIT);
  await wallet.go("/sign-up");
  await wallet.button("sign_up_by_passkey").click();
  await wallet.expectText("handle_missing");
  await wallet.button("by_password_instead").click();
  await wallet.button("sign_up_now").click();
  await wallet.expectText("handle_missing");
  await inspectBoth(wallet.page, "state-sign-up-wrong");
  await wallet.go("/sign-in");
  await wallet.signIn("nobody.here", "not-the-password-at-all");
  await wallet.expectText("sign_in_failed");
  await inspectBoth(wallet.page, "state-sign-in-wrong");
});

test("the scanner, and the sheets that a code opens", { tag: "@states" }, async ({ house, doors, guard, scratch }) => {
  test.slow();
  guard.allow(/status of 4\d\d .*\/v1\/payments\/preview/);
  const till = await new Visitor(house, "desk").signIn("chen", PASSWORD);
  const { code } = await till.order(3_200, TEA);
  const { code: dear } = await till.order(4_999_900);
  const { payload } = await till.get<{ payload: string }>("/v1/shop/code");
  const wallet = await doors.wallet({ ...VISIT, as: "ming", film: scratch("nothing.y4m") });
  const see = (name: string) => inspectBoth(wallet.page, `state-${name}`);
  const pay = (text: string) => wallet.go(`/pay?code=${encodeURIComponent(text)}`);

  await wallet.openScanner();
  await wallet.expectText("scan_hint");
  await see("scanner");
  await wallet.button("type_code").click();
  await wallet.field("code_or_link").fill("https://example.com");
  await see("scanner-typing");

  await pay(code);
  await wallet.expectToPay("32.00");
  await see("sheet-order");
  await pay(dear);
  await wallet.expectText("balance_too_low");
  await see("sheet-too-dear");
  await pay(payload);
  await wallet.field("amount_to_pay").fill("1.234");
  await wallet.expectText("amount_too_precise");
  await see("sheet-amount-wrong");
  await wallet.typeAmount("5.20");
  await wallet.expectToPay("5.20");
  await see("sheet-static");
  await wallet.go("/pay?to=lan");
  await wallet.typeAmount("8.80");
  await wallet.field("note_optional").fill("Lunch");
  await see("sheet-person");
  await pay(unsigned(code));
  await wallet.expectText("code_suspect");
  await see("sheet-suspect");
  await pay("https://example.com/pay?amount=18");
  await wallet.expectText("code_text");
  await see("sheet-text");
  await wallet.go("/pay?to=nobody.here");
  await wallet.expectText("payee_not_found");
  await see("sheet-refused");
});

test("results: paid with receipt, not paid, not known yet", { tag: "@states" }, async ({ house, doors, guard }) => {
  test.slow();
  guard.allow(NETWORK_GONE, /Failed to fetch/);
  const till = await new Visitor(house, "desk").signIn("chen", PASSWORD);
  const wallet = await doors.wallet({ ...VISIT, as: "ming" });
  const see = (name: string) => inspectBoth(wallet.page, `state-${name}`);
  const approve = async ({ code }: { code: string }) => {
    await wallet.go(`/pay?code=${encodeURIComponent(code)}`);
    return wallet.approve();
  };

  await approve(await till.order(3_200, TEA));
  await wallet.expectPaid();
  await wallet.expectText("receipt_verified");
  await see("result-paid");

  const gone = await till.order(120);
  await wallet.go(`/pay?code=${encodeURIComponent(gone.code)}`);
  await wallet.expectToPay("1.20");
  await till.post(`/v1/orders/${gone.id}/cancel`, {});
  await wallet.approve();
  await wallet.expectText("order_cancelled");
  await see("result-not-paid");

  const broken = house.line.cutNext("POST /v1/payments ", "before", { stays: true });
  await approve(await till.order(130));
  await broken;
  await wallet.expectHeading("payment_checking");
  await wallet.expectText("banner_offline");
  await see("result-checking");
  house.line.mend();
  await expect(wallet.page.getByRole("heading", { name: wallet.say("payment_paid"), exact: true })).toBeVisible({ timeout: 40_000 });
});

test("what else opens in the wallet", { tag: "@states" }, async ({ house, doors }) => {
  test.slow();
  const wallet = await doors.wallet({ ...VISIT, as: "ming" });
  const see = (name: string) => inspectBoth(wallet.page, `state-${name}`);

  await wallet.go("/top-up");
  await wallet.field("top_up_amount").fill("66.66");
  await wallet.button("top_up_ask").click();
  await wallet.page.waitForURL(/\/top-up\/top_/);
  await expect(wallet.page.getByRole("link", { name: wallet.say("demo_bank") })).toBeVisible();
  await see("top-up-waiting");
  const opened = wallet.page.context().waitForEvent("page");
  await wallet.page.getByRole("link", { name: wallet.say("demo_bank") }).click();
  const bank = await opened;
  await bank.getByRole("button").last().click();
  await wallet.expectText("top_up_arrived");
  await see("top-up-arrived");

  await wallet.go("/receive");
  await wallet.button("set_amount").click();
  await wallet.field("amount_to_receive").fill("25");
  await see("receive-amount");
  await wallet.field("note_optional").fill("Cinema");
  await wallet.button("make_code").click();
  await expect(wallet.sheet()).toBeHidden();
  const lan = await new Visitor(house, "wallet").signIn("lan", PASSWORD);
  await (await lan.payments({ kind: "person", handle: "ming" }, 250))("Thank you");
  await expect(wallet.page.getByText(wallet.say("received"), { exact: true })).toBeVisible();
  await see("receive-came-in");

  await wallet.go("/activity");
  await wallet.field("search").fill("nothing has this name");
  await wallet.expectText("nothing_found_title");
  await see("activity-nothing-found");
  await wallet.go("/me");
  await wallet.button("sign_out").click();
  await expect(wallet.sheet()).toBeVisible();
  await see("sign-out");
});

test("opening a shop", { tag: "@states" }, async ({ doors, guard }) => {
  // Whether there is a shop is asked first.
  guard.allow(answered(403, /\/v1\/shop/));
  const desk = await doors.desk({ ...VISIT, as: undefined });
  await desk.signIn("lan", PASSWORD);
  await expect(desk.field("shop_name_zh")).toBeVisible();
  await inspectBoth(desk.page, "state-open-shop");
  await desk.field("shop_name_en").fill("云山");
  await desk.button("open_shop").click();
  await desk.expectText("ascii_only");
  await inspectBoth(desk.page, "state-open-shop-wrong");
});

test("an order at the desk, from the code to the refund", { tag: "@states" }, async ({ house, doors, guard }) => {
  test.slow();
  guard.allow(NETWORK_GONE, /Failed to fetch/);
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  const desk = await doors.desk(VISIT);
  const see = (name: string) => inspectBoth(desk.page, `state-desk-${name}`);

  await desk.button("note_add").click();
  await see("note");
  await desk.charge("4.50");
  await desk.button("edit_amount").click();
  await expect(desk.sheet()).toBeVisible();
  await see("edit");
  await desk.sheet().getByRole("button", { name: desk.say("edit_stop") }).click();
  await desk.button("cancel_order").click();
  await expect(desk.sheet()).toBeVisible();
  await see("cancel");
  await desk.sheet().getByRole("button", { name: desk.say("cancel_keep") }).click();
  house.line.down();
  await desk.expectText("waiting_offline");
  await see("offline");
  house.line.mend();
  await expect(desk.page.getByText(desk.say("waiting_offline"))).toHaveCount(0, { timeout: 40_000 });

  const order = desk.order();
  await (await ming.payments({ kind: "order", order, version: 1 }))();
  await desk.expectPaid();
  await see("paid");
  await desk.go(`/orders/${order}`);
  await desk.button("refund").click();
  await expect(desk.sheet()).toBeVisible();
  await see("refund");
  await desk.sheet().getByRole("button", { name: desk.texts.like("refund_do") }).click();
  await desk.expectText("status_refunded");
  await see("refunded");

  await desk.go("/");
  await desk.charge("4.60");
  await desk.button("cancel_order").click();
  await desk.sheet().getByRole("button", { name: desk.say("cancel_do") }).click();
  await desk.expectText("cancelled_text");
  await see("cancelled");
  await desk.go("/shop");
  await desk.button("sign_out").click();
  await expect(desk.sheet()).toBeVisible();
  await see("sign-out");
});
