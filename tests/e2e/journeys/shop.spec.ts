// A shop shows a code; a person scans, sees, pays; both screens show it. By camera, by picture, by paste; and back again.

import { filmPicture } from "../harness/camera";
import { expect, test } from "../harness/test";
import type { Wallet } from "../pages/wallet";

test("scanned by the camera, paid, and shown on both screens", { tag: ["@pay", "@live"] }, async ({ browser, doors, scratch }) => {
  const film = scratch("camera.y4m");
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming", film })];
  const before = await wallet.balance();
  await desk.charge("18.00");
  await filmPicture(browser, await desk.photograph(), film);

  await wallet.openScanner();
  await wallet.expectToPay("18.00");
  await wallet.expectText("payee_code_signed");
  await wallet.approval().click();
  await Promise.all([wallet.expectPaid(), desk.expectPaid()]);

  await expect(wallet.page.getByText(wallet.say("receipt_verified"))).toBeVisible();
  expect(await wallet.balance()).toBe(before - 1800);
  const order = await desk.ask<{ status: string; payer: string }>(`/v1/orders/${desk.order()}`);
  expect(order).toMatchObject({ status: "paid", payer: "*明" });
});

test("read from a picture, paid, given back by the shop", { tag: "@pay" }, async ({ doors }) => {
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  const before = await wallet.balance();
  await desk.charge("36.50");
  await wallet.choosePicture(await desk.photograph());
  await wallet.expectToPay("36.50");
  const payment = await wallet.approve();
  await Promise.all([wallet.expectPaid(), desk.expectPaid()]);

  await desk.go(`/orders/${desk.order()}`);
  await desk.button("refund").click();
  await desk.page.getByRole("dialog").getByRole("button", { name: desk.texts.like("refund_do") }).click();
  await expect(desk.page.getByText(desk.say("status_refunded")).filter({ visible: true }).first()).toBeVisible();
  await expect.poll(() => wallet.balance()).toBe(before);
  await wallet.go("/activity");
  await expect(wallet.page.getByText(wallet.texts.like("kind_refund")).filter({ visible: true }).first()).toBeVisible();
  const refunded = await wallet.ask<{ paid: { refunded: { minor: string } } }>(`/v1/payments/${payment}`);
  expect(refunded.paid.refunded.minor).toBe("3650");
});

test("pasted, paid; the same code again says it is paid", { tag: "@pay" }, async ({ doors, guard }) => {
  guard.allow(/status of 4\d\d .*\/v1\/payments\/preview/);
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  await desk.charge("0.01");
  const payload = await desk.payload();
  await wallet.pasteCode(payload);
  await wallet.expectToPay("0.01");
  await wallet.approve();
  await Promise.all([wallet.expectPaid(), desk.expectPaid()]);
  await wallet.pasteCode(payload);
  await wallet.expectText("order_paid");
});

test("the printed code of the counter takes any amount, and the shop gives it back", { tag: "@pay" }, async ({ doors }) => {
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  const { payload } = await desk.ask<{ payload: string }>("/v1/shop/code");
  const before = await wallet.balance();
  await wallet.typeCode(payload);
  await wallet.typeAmount("5.20");
  await wallet.expectToPay("5.20");
  await wallet.approve();
  await wallet.expectPaid();
  expect(await wallet.balance()).toBe(before - 520);

  await desk.go("/orders");
  await desk.page.getByRole("link", { name: /5\.20/ }).first().click();
  const sheet = desk.page.getByRole("dialog");
  const giveBack = sheet.getByRole("button", { name: desk.texts.like("refund_do") });
  for (const [amount, status, left] of [["2", "status_partly_refunded", 320], ["", "status_refunded", 0]] as const) {
    await desk.button("refund").click();
    const typed = sheet.getByLabel(desk.say("refund_amount"));
    await typed.fill("5.21");
    await expect(giveBack).toBeDisabled();
    await typed.fill(amount || "3.2");
    await giveBack.click();
    await expect(desk.page.locator(".pane-detail").getByText(desk.say(status))).toBeVisible();
    await expect.poll(() => wallet.balance()).toBe(before - left);
  }
  await expect(desk.button("refund")).toBeHidden();
});

test("the printed code of the counter is scanned, any amount is paid, and the desk shows it", { tag: "@pay" }, async ({ doors }) => {
  const [desk, printer, wallet] = [await doors.desk(), await doors.desk(), await doors.wallet({ as: "ming" })];
  const before = await wallet.balance();
  await desk.go("/orders");
  const counter = desk.page.getByText(desk.say("counter_payment"));
  await expect(desk.page.getByRole("heading", { name: desk.say("title_orders") })).toBeVisible();
  const shown = await counter.count();

  await wallet.choosePicture(await printer.printedPoster());
  await wallet.expectText("payee_code_signed");
  await wallet.typeAmount("5.20");
  await wallet.field("note_optional").fill("两个茶叶蛋");
  await wallet.expectToPay("5.20");
  await wallet.approve();
  await wallet.expectPaid();
  expect(await wallet.balance()).toBe(before - 520);
  await expect(counter, "the desk hears of it").toHaveCount(shown + 1);
  await expect(desk.page.getByText("5.20").first()).toBeVisible();
});

test("two tabs of one person approve the same code at once: it is paid once, and the other tab says so", { tag: "@pay" }, async ({ doors }) => {
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  const before = await wallet.balance();
  await desk.charge("6.40");
  const code = `/pay?code=${encodeURIComponent(await desk.payload())}`;
  const tabs = [wallet, await wallet.anotherTab()];
  for (const tab of tabs) await tab.go(code);
  for (const tab of tabs) await tab.expectToPay("6.40");
  await Promise.all(tabs.map((tab) => tab.approval().click()));
  await desk.expectPaid();

  const outcome = (tab: Wallet) => tab.page.getByRole("heading", { name: tab.say("payment_paid"), exact: true });
  const refusal = (tab: Wallet) => tab.page.getByRole("heading", { name: tab.say("payment_not_paid"), exact: true });
  for (const tab of tabs) await expect(outcome(tab).or(refusal(tab))).toBeVisible();
  const [paid, refused] = (await outcome(tabs[0]).isVisible()) ? tabs : [...tabs].reverse();
  await paid.expectPaid();
  await expect(refusal(refused)).toBeVisible();
  await refused.expectText("order_paid");
  await refused.expectText("money_not_moved");
  await refused.expectText("payment_paid_instead");
  expect(await wallet.balance()).toBe(before - 640);
  const order = await desk.ask<{ payment: string }>(`/v1/orders/${desk.order()}`);
  expect(order.payment).toBe(paid.payment());
  expect((await wallet.records()).filter(({ payment }) => payment === refused.payment())).toEqual([]);
  await refused.link("look").click();
  await refused.page.waitForURL(`**/payments/${paid.payment()}`);
  await refused.expectPaid();
});

test("an edited and a cancelled order cannot be paid by their old codes", { tag: "@pay" }, async ({ doors, guard }) => {
  guard.allow(/status of 4\d\d .*\/v1\/payments\/preview/);
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  await desk.charge("12");
  const old = await desk.payload();
  await desk.button("edit_amount").click();
  const sheet = desk.page.getByRole("dialog");
  await sheet.getByRole("button", { name: "5", exact: true }).click();
  await sheet.getByRole("button", { name: desk.say("edit_save") }).click();
  await expect(sheet).toBeHidden();
  await wallet.typeCode(old);
  await wallet.expectText("order_changed");

  const current = await desk.payload();
  await desk.button("cancel_order").click();
  await desk.page.getByRole("dialog").getByRole("button", { name: desk.say("cancel_do") }).click();
  await expect(desk.page.getByText(desk.say("cancelled"), { exact: true }).first()).toBeVisible();
  await wallet.typeCode(current);
  await wallet.expectText("order_cancelled");
});
