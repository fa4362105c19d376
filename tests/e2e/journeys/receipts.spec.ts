// Receipts: what the operator signed is shown with its mark, to who paid and to who was paid; what somebody changed on the way is not
// shown at all.

import type { BrowserContext, Page } from "@playwright/test";
import { NETWORK_GONE } from "../harness/guard";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";
import type { Desk } from "../pages/desk";
import type { Wallet } from "../pages/wallet";

type Signed = { body: string; key: string };

/** Gives this page another receipt of `payment`, as somebody between server and browser would. */
async function exchangeReceipt(page: Page, payment: string, receipt: Signed): Promise<void> {
  await page.route(`**/v1/payments/${payment}/receipt`, (route) => route.fulfill({ json: receipt }));
}

const card = ({ page }: { page: Page }) => page.locator(".proof");

async function expectVerified(desk: Desk, ...says: string[]): Promise<void> {
  await expect(card(desk).getByText(desk.say("receipt_verified"))).toBeVisible();
  await expect(card(desk).getByText(desk.say("receipt_text"))).toBeVisible();
  for (const text of says) await expect(card(desk).getByText(text).first()).toBeVisible();
}

test("the desk shows the signed receipt of a paid order, and none before", { tag: "@receipts" }, async ({ house, doors }) => {
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  const till = await new Visitor(house, "desk").signIn("chen", PASSWORD);
  const lines = [{ name: "龙井 <b>Longjing</b>", quantity: 2, unit_price: { minor: "450", currency: "CNY" } }];
  const { id: order } = await till.order(900, { lines, description: "Table 4" });
  const desk = await doors.desk();
  await desk.go(`/orders/${order}`);
  await expect(desk.page.getByText(order)).toBeVisible();
  await expect(card(desk)).toHaveCount(0);

  const payment = await (await ming.payments({ kind: "order", order, version: 1 }))("No sugar");
  await expectVerified(desk, "9.00", "*明", "云山茶铺", "龙井 <b>Longjing</b> × 2", "Table 4", "No sugar", payment);
});

test("the desk shows the signed receipt of a payment by the printed code", { tag: "@receipts" }, async ({ doors }) => {
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  const { payload } = await desk.ask<{ payload: string }>("/v1/shop/code");
  await wallet.typeCode(payload);
  await wallet.typeAmount("7.30");
  const payment = await wallet.approve();
  await wallet.expectPaid();
  await desk.go("/orders");
  await desk.page.getByRole("link", { name: /7\.30/ }).first().click();
  await expectVerified(desk, "7.30", "*明", payment);
});

test("a receipt that was changed on the way is not shown, in the wallet and at the desk", { tag: "@receipts" }, async ({ house, doors }) => {
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  const till = await new Visitor(house, "desk").signIn("chen", PASSWORD);
  const { id: order } = await till.order(830);
  const payment = await (await ming.payments({ kind: "order", order, version: 1 }))();
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  for (const { app, visitor, path } of [
    { app: desk, visitor: till, path: `/orders/${order}` },
    { app: wallet, visitor: ming, path: `/payments/${payment}` },
  ]) {
    const signed = await visitor.get<Signed>(`/v1/payments/${payment}/receipt`);
    const forged = { ...signed, body: signed.body.replace(/"minor":"\d+"/, '"minor":"1"') };
    expect(forged.body).not.toBe(signed.body);
    await exchangeReceipt(app.page, payment, forged);
    await app.go(path);
    await expect(card(app).getByText(app.say("receipt_unverified"), { exact: true })).toBeVisible();
    await expect(card(app).getByText(app.say("receipt_unverified_text"))).toBeVisible();
    await expect(card(app).locator("dl")).toHaveCount(0);
  }
});

test("a genuine receipt of another payment proves nothing of this one", { tag: "@receipts" }, async ({ house, doors }) => {
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  const pay = await ming.payments({ kind: "person", handle: "lan" }, 40);
  const [one, other] = [await pay(), await pay()];
  const wallet = await doors.wallet({ as: "ming" });
  await exchangeReceipt(wallet.page, one, await ming.get<Signed>(`/v1/payments/${other}/receipt`));
  await wallet.go(`/payments/${one}`);
  await expect(card(wallet).getByText(wallet.say("receipt_unverified"), { exact: true })).toBeVisible();
  await wallet.go(`/payments/${other}`);
  await expect(card(wallet).getByText(wallet.say("receipt_verified"))).toBeVisible();
});

test("a receipt whose signature nobody could check is neither proved nor called wrong, in the wallet and at the desk", { tag: "@receipts" }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE);
  const keys = "**/.well-known/qianbao-keys";
  const prepare = (context: BrowserContext) => context.route(keys, (route) => route.abort());
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  const till = await new Visitor(house, "desk").signIn("chen", PASSWORD);
  const { id: order } = await till.order(860);
  const payment = await (await ming.payments({ kind: "order", order, version: 1 }))();
  const expectUnchecked = async (app: Desk | Wallet, why: string) => {
    await expect(card(app).getByText(app.say("receipt_unchecked"), { exact: true })).toBeVisible();
    await expect(card(app).getByText(app.say(why))).toBeVisible();
    await expect(card(app).getByText(app.say("receipt_unverified"), { exact: true })).toHaveCount(0);
    await expect(card(app).locator("dl")).toHaveCount(0);
  };
  for (const { app, path, again } of [
    { app: await doors.desk({ prepare }), path: `/orders/${order}`, again: "again" },
    { app: await doors.wallet({ as: "ming", prepare }), path: `/payments/${payment}`, again: "try_again" },
  ]) {
    await app.go(path);
    await expectUnchecked(app, "receipt_keys_unreached");
    await app.page.context().unroute(keys);
    await card(app).getByRole("button", { name: app.say(again) }).click();
    await expect(card(app).getByText(app.say("receipt_verified"))).toBeVisible();

    // The operator has no such key.
    const signed = await ming.get<Signed>(`/v1/payments/${payment}/receipt`);
    await exchangeReceipt(app.page, payment, { ...signed, key: "ffffffff" });
    await app.go(path);
    await expectUnchecked(app, "receipt_key_unknown");
    await app.page.unroute(`**/v1/payments/${payment}/receipt`);

    await app.page.addInitScript(() => {
      crypto.subtle.importKey = () => Promise.reject(new DOMException("Algorithm: Unrecognized name", "NotSupportedError"));
    });
    await app.go(path);
    await expectUnchecked(app, "receipt_unsupported");
    await expect(card(app).getByRole("button"), "asking again would not help").toHaveCount(0);
  }
});

test("without a network the receipt says so, and comes when it is asked for again", { tag: "@receipts" }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE, /Failed to fetch/);
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  const till = await new Visitor(house, "desk").signIn("chen", PASSWORD);
  const { id: order } = await till.order(840);
  await (await ming.payments({ kind: "order", order, version: 1 }))();
  const desk = await doors.desk();
  await desk.go("/orders");
  await expect(desk.page.getByRole("link", { name: /8\.40/ }).first()).toBeVisible();
  house.line.down();
  await desk.page.getByRole("link", { name: /8\.40/ }).first().click();
  await expect(card(desk).getByText(desk.say("error_offline"))).toBeVisible();
  house.line.mend();
  await card(desk).getByRole("button", { name: desk.say("again") }).click();
  await expectVerified(desk, "8.40");
});
