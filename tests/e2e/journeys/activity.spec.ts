// A wallet with many records: the list has no end until the first of them, search and filters find, a record tells all.

import type { Locator } from "@playwright/test";
import type { House } from "../harness/house";
import { freshId } from "../harness/ids";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";
import type { Wallet } from "../pages/wallet";

/** Several times what the list reads at once (256), and what a sync answers at once (256). */
const TRANSFERS = 600;
/** Payments that are under way at the same time. */
const AT_ONCE = 12;

/** Somebody new who got 20.00, paid 600 times 0.01, and bought something that was given back. Answers the handle. */
async function busyPerson(house: House): Promise<string> {
  const handle = `busy.${Date.now().toString(36)}`;
  const [emma, chen] = [await new Visitor(house, "wallet").signIn("emma", PASSWORD), await new Visitor(house, "desk").signIn("chen", PASSWORD)];
  const busy = await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  await (await emma.payments({ kind: "person", handle }, 2_000))("the first of all");
  const chenToo = { kind: "person", handle: "chen" } as const;
  // The first one is asked about, and the others go without.
  await (await busy.payments(chenToo, 1))("number 1.");
  const transfer = await busy.payments(chenToo, 1);
  let made = 1;
  const payOn = async () => {
    for (made += 1; made <= TRANSFERS; made += 1) await transfer(`number ${made}.`);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, payOn));
  const { id: order, version } = await chen.order(350);
  await (await busy.payments({ kind: "order", order, version }))();
  await chen.post(`/v1/orders/${order}/refunds`, { id: freshId("ref"), amount: { minor: "350", currency: "CNY" }, reason: "" });
  return handle;
}

/** The rows in sight, month heads included. */
function rows(wallet: Wallet): Locator {
  return wallet.page.locator(".scroll-list [role=listitem]:not([hidden])");
}

async function lineCount(wallet: Wallet): Promise<number> {
  return Number(await rows(wallet).first().getAttribute("aria-setsize"));
}

async function chooseKind(wallet: Wallet, key: string): Promise<void> {
  await wallet.page.getByRole("group", { name: wallet.say("kinds") }).getByRole("button", { name: wallet.say(key), exact: true }).click();
}

test("six hundred records: endless, searched, filtered, and each in detail", { tag: "@activity" }, async ({ house, doors }) => {
  test.slow();
  const handle = await busyPerson(house);
  const wallet = await doors.wallet({ as: handle });
  await wallet.go("/activity");
  await expect(rows(wallet).first()).toBeVisible();
  const entry = (text: string) => rows(wallet).filter({ hasText: text });

  // The list begins with what was read first and goes on as one scrolls, to the very first record.
  await expect(entry(wallet.say("kind_refund"))).toBeVisible();
  expect(await lineCount(wallet)).toBeLessThan(TRANSFERS);
  await wallet.page.locator(".scroll-list").hover();
  await wallet.page.mouse.wheel(0, 4_000);
  await expect(entry(wallet.say("kind_refund"))).toHaveCount(0);
  await expect(async () => {
    await wallet.page.locator(".scroll-list").press("End");
    await expect(entry("the first of all")).toBeVisible({ timeout: 1_000 });
  }).toPass();
  // One head for the month, or two in its first minutes.
  const all = await lineCount(wallet);
  expect(all - (TRANSFERS + 3)).toBeGreaterThanOrEqual(1);
  expect(all - (TRANSFERS + 3)).toBeLessThanOrEqual(2);
  await expect(rows(wallet).locator("visible=true").filter({ hasText: "the first of all" })).toHaveAttribute("aria-posinset", String(all));

  await wallet.field("search").fill("number 137.");
  await expect(entry("number 137.")).toBeVisible();
  expect(await lineCount(wallet), "a head and one record").toBe(2);
  await wallet.field("search").fill("no such thing' OR 1=1 --");
  await wallet.expectText("nothing_found_title");
  await wallet.button("show_all").click();
  await expect(entry(wallet.say("kind_refund"))).toBeVisible();

  await wallet.page.getByRole("radio", { name: wallet.say("way_in") }).check({ force: true });
  await expect(entry("the first of all")).toBeVisible();
  expect(await lineCount(wallet), "what came in: a refund and a transfer").toBeLessThanOrEqual(4);
  await chooseKind(wallet, "filter_refunds");
  await expect(entry("the first of all")).toHaveCount(0);
  await expect(entry(wallet.say("kind_refund"))).toBeVisible();
  await wallet.page.getByRole("radio", { name: wallet.say("way_both") }).check({ force: true });
  await chooseKind(wallet, "filter_payments");
  await expect(entry(wallet.say("kind_payment"))).toBeVisible();
  await expect(entry(wallet.say("kind_refund"))).toHaveCount(0);
  await chooseKind(wallet, "filter_topups");
  await wallet.expectText("nothing_found_title");
  await chooseKind(wallet, "all");

  await wallet.field("search").fill("number 599.");
  await entry("number 599.").getByRole("link").click();
  await wallet.page.waitForURL(/\/activity\/\d+-\d+$/);
  const record = wallet.page.locator(".record");
  await expect(record.getByText("number 599.").first()).toBeVisible();
  await expect(record.getByText(wallet.say("kind_transfer_out"))).toBeVisible();
  await expect(record.getByText(wallet.say("receipt_verified"))).toBeVisible();
  await wallet.button("back").click();
  await expect(wallet.field("search"), "the list is as it was").toHaveValue("number 599.");
  await expect(entry("number 599.")).toBeVisible();
});

test("a list that goes again before it was painted asks for nothing", { tag: "@activity" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.go("/activity");
  await expect(rows(wallet).first()).toBeVisible();
  // A slow machine paints late, and the one that waits for it may be gone.
  const frame = 400;
  await wallet.page.evaluate((frame) => {
    window.requestAnimationFrame = (call) => window.setTimeout(() => call(performance.now()), frame);
    window.cancelAnimationFrame = (number) => window.clearTimeout(number);
  }, frame);
  for (let round = 0; round < 3; round += 1) {
    await wallet.field("search").fill("nothing has this name");
    await wallet.expectText("nothing_found_title");
    await wallet.field("search").fill("");
    await expect(rows(wallet).first()).toBeVisible();
  }
  await wallet.field("search").fill("nothing has this name");
  await wallet.expectText("nothing_found_title");
  await wallet.page.waitForTimeout(2 * frame);
  await wallet.button("show_all").click();
  await expect(rows(wallet).first()).toBeVisible();
});

test("who searches where there are no records yet is told that nothing was found", { tag: "@activity" }, async ({ house, doors }) => {
  const handle = `empty.${Date.now().toString(36)}`;
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const wallet = await doors.wallet({ as: handle });
  await wallet.go("/activity");
  await wallet.expectText("recent_empty_title");
  await wallet.field("search").fill("tea");
  await wallet.expectText("nothing_found_title");
  await wallet.button("show_all").click();
  await wallet.expectText("recent_empty_title");
});
