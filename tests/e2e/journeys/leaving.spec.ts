// What goes on when its page or its person leaves: a refund is finished by the next page of the same person, who is told;
// a payment of somebody who signs out is followed no more.

import { NETWORK_GONE } from "../harness/guard";
import { expect, PASSWORD, test } from "../harness/test";
import { Desk } from "../pages/desk";

test("a refund whose page died unsent is done once by the next page, and the desk says so on every screen", { tag: ["@pay", "@cut"] }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE, /Failed to fetch|NetworkError/);
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  const before = await wallet.balance();
  await desk.page.evaluate(async () => navigator.serviceWorker.ready);
  await desk.charge("9.90");
  const order = desk.order();
  await wallet.pasteCode(await desk.payload());
  await wallet.expectToPay("9.90");
  await wallet.approve();
  await Promise.all([wallet.expectPaid(), desk.expectPaid()]);

  await desk.go(`/orders/${order}`);
  await desk.button("refund").click();
  const unsent = house.line.cutNext(`POST /v1/orders/${order}/refunds `, "before", { stays: true });
  await desk.page.getByRole("dialog").getByRole("button", { name: desk.texts.like("refund_do") }).click();
  await unsent;
  await expect(desk.page.getByText(desk.say("refund_unknown"))).toBeVisible();
  const page = await desk.page.context().newPage();
  await desk.page.close();

  // Without a network the next page is locked: nothing is sent yet. Once the server knows the session, the next page finds the refund.
  const later = new Desk(page, desk.texts, desk.origin);
  await later.go("/");
  await later.expectText("locked_text");
  house.line.mend();
  await expect(page.getByText(later.say("refund_done", { amount: "¥9.90" }))).toBeVisible({ timeout: 45_000 });
  await expect(page.getByText(later.say("refund_unknown"))).toHaveCount(0);
  await expect.poll(() => wallet.balance()).toBe(before);
  const seen = await later.ask<{ status: string; refunded: { minor: string } }>(`/v1/orders/${order}`);
  expect(seen).toMatchObject({ status: "refunded", refunded: { minor: "990" } });
});

test("who signs out while a payment is being checked is followed no more, and the next person sees nothing of it", { tag: ["@pay", "@cut"] }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE, /Failed to fetch|NetworkError/, /status of 401/);
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.page.evaluate(async () => navigator.serviceWorker.ready);
  await wallet.go("/pay?to=lan");
  await wallet.typeAmount("0.07");
  await expect(wallet.approval()).toBeEnabled();
  const broken = house.line.cutNext("POST /v1/payments ", "before", { stays: true });
  await wallet.approve();
  await broken;
  await wallet.expectText("payment_checking");
  await wallet.link("to_home").click();
  await wallet.expectText("banner_checking");
  await wallet.page.getByRole("navigation").getByRole("link", { name: wallet.say("me") }).click();
  await wallet.button("sign_out").click();
  const sheet = wallet.page.getByRole("dialog");
  await expect(sheet.getByText(wallet.say("sign_out_open"))).toBeVisible();
  await sheet.getByRole("button", { name: wallet.say("sign_out") }).click();
  await expect(wallet.link("sign_in")).toBeVisible();

  const asked: string[] = [];
  wallet.page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith("/v1/payments")) asked.push(`${request.method()} ${request.url()}`);
  });
  house.line.mend();
  await wallet.enter("lan", PASSWORD);
  await expect(wallet.page.getByText(wallet.say("banner_checking"))).toHaveCount(0);
  // Longer than the longest pause between two questions for an open payment.
  await wallet.page.waitForTimeout(12_000);
  expect(asked, "nothing is sent or asked for ming").toEqual([]);
});
