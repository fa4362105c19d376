// Nothing but a keyboard: from the welcome screen to a paid order, and at each step one sees where one is.

import type { Locator, Page } from "@playwright/test";
import { answered } from "../harness/guard";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";

/** More stops than any screen has. */
const STOPS_MAX = 40;

/** Where the focus is and whether it shows: a ring around the element or around the part it belongs to, or an amount's line, inside the window. */
function focus(page: Page): Promise<{ at: string; shows: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    // After the last stop the focus is the browser's own.
    if (!element || element === document.body) return { at: "the browser", shows: true };
    // A heading that the app gives the focus to when the screen changes is no stop of Tab.
    if (element.getAttribute("tabindex") === "-1") return { at: element.outerHTML.slice(0, 160), shows: true };
    const around = [element, element.parentElement, element.parentElement?.parentElement].filter((part) => part instanceof Element);
    const isRinged = around.some((part) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(part);
      return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
    });
    // The line below an amount takes the main colour.
    const line = element.closest(".amount-field");
    const probe = document.createElement("i");
    probe.style.color = "var(--jade)";
    document.body.append(probe);
    const isLined = line !== null && getComputedStyle(line).borderBottomColor === getComputedStyle(probe).color;
    probe.remove();
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const isInside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
    return { at: element.outerHTML.slice(0, 160), shows: (isRinged || isLined) && isInside };
  });
}

/** Presses Tab until `target` has the focus; each stop on the way has to show. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    await page.keyboard.press("Tab");
    const { at, shows } = await focus(page);
    expect(shows, `the focus shows at ${at}`).toBe(true);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`no Tab leads to ${target}`);
}

test("a person signs in, pastes a shop's code and pays by keyboard alone", { tag: "@pay" }, async ({ house, doors }) => {
  const till = await new Visitor(house, "desk").signIn("chen", PASSWORD);
  const { code } = await till.order(260);
  const wallet = await doors.wallet();
  const { page } = wallet;
  const { keyboard } = page;

  await tabTo(page, wallet.link("sign_in"));
  await keyboard.press("Enter");
  await tabTo(page, wallet.field("handle"));
  await keyboard.type("ming");
  await tabTo(page, wallet.field("password"));
  await keyboard.type(PASSWORD);
  await keyboard.press("Enter");
  await wallet.expectHome();
  const before = await wallet.balance();

  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: wallet.origin });
  await page.evaluate((text) => navigator.clipboard.writeText(text), code);
  await tabTo(page, page.locator(".doors").getByRole("link", { name: wallet.say("scan") }));
  await keyboard.press("Enter");
  await wallet.expectHeading("scan");
  await tabTo(page, wallet.button("type_code"));
  await keyboard.press("Enter");
  await tabTo(page, wallet.field("code_or_link"));
  await keyboard.press("ControlOrMeta+V");
  await expect(wallet.field("code_or_link")).toHaveValue(code);
  await tabTo(page, wallet.button("go_on"));
  await keyboard.press("Enter");

  await wallet.expectToPay("2.60");
  await tabTo(page, wallet.approval());
  await keyboard.press("Enter");
  await wallet.expectPaid();
  await expect(page.getByRole("status").filter({ hasText: wallet.say("payment_paid") }), "it is read out").toHaveCount(1);
  expect(await wallet.balance()).toBe(before - 260);
  await tabTo(page, wallet.link("done"));
  await keyboard.press("Enter");
  await wallet.expectHome();
});

test("a cashier signs in, charges, is told, and gives back by keyboard alone", { tag: "@pay" }, async ({ house, doors, guard }) => {
  guard.allow(answered(401, /\/v1\/session/));
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  const desk = await doors.desk({ as: undefined });
  const { page } = desk;
  const { keyboard } = page;
  await tabTo(page, desk.field("handle"));
  await keyboard.type("chen");
  await tabTo(page, desk.field("password"));
  await keyboard.type(PASSWORD);
  await keyboard.press("Enter");
  await expect(desk.button("show_code")).toBeVisible();
  for (const key of "3.40") await keyboard.press(key);
  await keyboard.press("Enter");
  await expect(page.locator(".code")).toBeVisible();
  const order = desk.order();
  await (await ming.payments({ kind: "order", order, version: 1 }))();
  await desk.expectPaid();

  await desk.go(`/orders/${order}`);
  await tabTo(page, desk.button("refund"));
  await keyboard.press("Enter");
  await expect(desk.sheet()).toBeVisible();
  await tabTo(page, desk.sheet().getByRole("button", { name: desk.texts.like("refund_do") }));
  await keyboard.press("Enter");
  await desk.expectText("status_refunded");
});
