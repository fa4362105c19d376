// People pay people: by name, by code, with an amount asked for; and the payee sees it come in.

import { expect, test } from "../harness/test";
import { keepTiming } from "../harness/timings";

test("a person is found by name, the masked legal name is shown, the money arrives live", { tag: ["@pay", "@live"] }, async ({ doors }) => {
  const [ming, lan] = [await doors.wallet({ as: "ming" }), await doors.wallet({ as: "lan" })];
  const [before, lanBefore] = [await ming.balance(), await lan.balance()];
  await lan.go("/receive");
  await lan.photograph();
  await ming.go("/send");
  await ming.field("send_to").fill("lan");
  await ming.button("go_on").click();
  await expect(ming.page.getByText("*岚").first()).toBeVisible();
  await ming.expectText("payee_name_given");
  await expect(ming.page.locator(".payee .tag svg"), "nobody has checked a person's name: no mark says so").toHaveCount(0);
  await ming.typeAmount("8.88");
  await ming.field("note_optional").fill("午饭 <b>谢谢</b>");
  await ming.expectToPay("8.88");
  const approved = Date.now();
  await ming.approval().click();
  await Promise.all([ming.expectPaid(), expect(lan.page.getByText(lan.say("received"), { exact: true })).toBeVisible()]);
  keepTiming("approval to received", Date.now() - approved);
  await expect(lan.page.getByText("午饭 <b>谢谢</b>").first(), "a note is text, whatever it holds").toBeVisible();
  expect([await ming.balance(), await lan.balance()]).toEqual([before - 888, lanBefore + 888]);
});

test("a receive code with an amount is read from a picture and paid", { tag: "@pay" }, async ({ doors }) => {
  const [ming, lan] = [await doors.wallet({ as: "ming" }), await doors.wallet({ as: "lan" })];
  const before = await lan.balance();
  await lan.go("/receive");
  await lan.button("set_amount").click();
  await lan.field("amount_to_receive").fill("25");
  await lan.field("note_optional").fill("电影票");
  await lan.button("make_code").click();
  await expect(lan.page.getByRole("dialog")).toBeHidden();
  await expect(lan.page.getByText("电影票").first()).toBeVisible();
  await ming.choosePicture(await lan.photograph());
  await expect(ming.page.getByText("电影票").first()).toBeVisible();
  await ming.expectToPay("25.00");
  await ming.approve();
  await ming.expectPaid();
  await expect.poll(() => lan.balance()).toBe(before + 2500);
});

test("two tabs show the same wallet", { tag: "@pay" }, async ({ doors }) => {
  const ming = await doors.wallet({ as: "ming" });
  const other = await ming.page.context().newPage();
  await other.goto(ming.origin);
  await expect(other.locator(".doors")).toBeVisible();
  await ming.go("/pay?to=lan");
  await ming.typeAmount("1.11");
  const payment = await ming.approve();
  await ming.expectPaid();
  const entries = (await ming.records()).filter((record) => record.payment === payment);
  expect(entries).toHaveLength(1);
  await expect(other.getByText("1.11").first(), "the other tab hears of it").toBeVisible();
});
