// Nothing but a keyboard: from the welcome screen to a paid order, and at each step one sees where one is.

import type { Locator, Page } from "@playwright/test";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";

/** More stops than any screen has. */
const STOPS_MAX = 40;

/** Where the focus is and whether it shows: a ring around the element or around the part it belongs to, inside the window. */
function focus(page: Page): Promise<{ at: string; shows: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    // After the last stop the focus is the browser's own.
    if (!element || element === document.body) return { at: "the browser", shows: true };
    const around = [element, element.parentElement, element.parentElement?.parentElement].filter((part) => part instanceof Element);
    const isRinged = around.some((part) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(part);
      return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
    });
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const isInside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
    return { at: element.outerHTML.slice(0, 160), shows: isRinged && isInside };
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
  expect(await wallet.balance()).toBe(before - 260);
  await tabTo(page, wallet.link("done"));
  await keyboard.press("Enter");
  await wallet.expectHome();
});
