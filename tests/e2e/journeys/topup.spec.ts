// Money comes in from the sandbox bank.

import { expect, test } from "../harness/test";

test("a transfer with the reference arrives while the page is open", { tag: "@funding" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "lan" });
  const before = await wallet.balance();
  await wallet.go("/top-up");
  await wallet.field("top_up_amount").fill("66.66");
  await wallet.button("top_up_ask").click();
  await wallet.page.waitForURL(/\/top-up\/top_/);
  const opened = wallet.page.context().waitForEvent("page");
  await wallet.page.getByRole("link", { name: wallet.say("demo_bank") }).click();
  const bank = await opened;
  await bank.getByRole("button").last().click();
  await expect(wallet.page.getByText(wallet.say("top_up_arrived"))).toBeVisible();
  expect(await wallet.balance()).toBe(before + 6666);
});
