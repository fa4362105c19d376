// Without a network, without storage, with a wrong clock: the wallet says so and goes on.

import { answered, NETWORK_GONE } from "../harness/guard";
import { inspectBoth } from "../harness/screens";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";
import { withClockOff, withoutStore } from "../harness/windows";

test("it starts without a network, locked, and shows its figures and catches up once somebody may see them", { tag: "@offline" }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE, /Failed to fetch/);
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.expectHome();
  await expect(wallet.page.locator(".balance .amount")).toBeVisible();
  const figure = await wallet.page.locator(".balance .amount").innerText();
  await wallet.page.evaluate(async () => navigator.serviceWorker.ready);

  house.line.down();
  // An open page goes on with what it has.
  await wallet.page.getByRole("navigation").getByRole("link", { name: wallet.say("activity") }).click();
  await expect(wallet.page.getByRole("listitem").first(), "records open without a network").toBeVisible();
  await wallet.expectText("banner_offline");
  await wallet.go("/");
  await wallet.expectHeading("unlock_title");
  await expect(wallet.page.locator(".amount")).toHaveCount(0);

  house.line.mend();
  await wallet.expectHome();
  await expect(wallet.page.locator(".balance .amount")).toHaveText(figure);
});

test("the desk starts without a network, locked, and shows its orders once it is back", { tag: "@offline" }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE, /Failed to fetch/);
  const desk = await doors.desk();
  await desk.charge("2.30");
  await desk.go("/orders");
  await expect(desk.page.getByRole("link", { name: /2\.30/ }).first()).toBeVisible();
  await desk.page.evaluate(async () => navigator.serviceWorker.ready);

  house.line.down();
  await desk.expectText("offline_banner");
  await desk.page.reload();
  await desk.expectText("locked_text");
  await inspectBoth(desk.page, "state-desk-locked");

  house.line.mend();
  await expect(desk.page.getByRole("link", { name: /2\.30/ }).first()).toBeVisible({ timeout: 40_000 });
});

test("a window that keeps nothing says so, and pays", { tag: "@offline" }, async ({ doors, guard }) => {
  // It cannot remember whether somebody was signed in, so it asks, and hears "nobody".
  guard.allow(answered(401, /\/v1\/session/));
  const wallet = await doors.wallet({ as: "ming", prepare: withoutStore });
  await wallet.expectText("banner_private");
  await inspectBoth(wallet.page, "state-private");
  await wallet.go("/pay?to=lan");
  await wallet.typeAmount("0.20");
  await wallet.approve();
  await wallet.expectPaid();
});

test("a desk that keeps nothing says so, is paid, and gives back", { tag: "@offline" }, async ({ house, doors, guard }) => {
  guard.allow(answered(401, /\/v1\/session/));
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  const desk = await doors.desk({ prepare: withoutStore });
  await desk.expectText("private_banner");
  await inspectBoth(desk.page, "state-desk-private");
  await desk.charge("0.60");
  const order = desk.order();
  await (await ming.payments({ kind: "order", order, version: 1 }))();
  await desk.expectPaid();
  await desk.go(`/orders/${order}`);
  await desk.button("refund").click();
  await desk.sheet().getByRole("button", { name: desk.texts.like("refund_do") }).click();
  await desk.expectText("status_refunded");
});

for (const hours of [-5, 7]) {
  test(`with a clock that is ${hours} hours off it says so, and pays`, { tag: "@offline" }, async ({ doors }) => {
    const wallet = await doors.wallet({ as: "ming", prepare: withClockOff(hours) });
    await wallet.expectText("banner_clock");
    if (hours > 0) await inspectBoth(wallet.page, "state-clock");
    await wallet.go("/pay?to=lan");
    await wallet.typeAmount("0.30");
    await wallet.approve();
    await wallet.expectPaid();
  });

  test(`a desk whose clock is ${hours} hours off shows a code that is valid, and is paid`, { tag: "@offline" }, async ({ house, doors }) => {
    const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
    const desk = await doors.desk({ prepare: withClockOff(hours) });
    await desk.charge("0.70");
    await desk.expectText("expires_in");
    await expect(desk.page.getByText(desk.say("expired"))).toHaveCount(0);
    await (await ming.payments({ kind: "order", order: desk.order(), version: 1 }))();
    await desk.expectPaid();
  });
}
