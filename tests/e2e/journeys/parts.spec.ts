// The wallet comes in two parts: what home needs, and every other screen. The second may be late, or not come at all.

import type { BrowserContext, Page } from "@playwright/test";
import { inspectBoth } from "../harness/screens";
import { PASSWORD, expect, test } from "../harness/test";

type Line = { screens: "open" | "slow" | "down" };

/** The page's requests for the second part wait, or fail, until `set` says otherwise. */
function hold(state: Line["screens"]): (context: BrowserContext) => Promise<unknown> {
  return (context) =>
    context.addInitScript((state) => {
      const line = Object.assign(globalThis as unknown as Line, { screens: state });
      const right = globalThis.fetch;
      globalThis.fetch = async (input, init) => {
        if (String(input).includes("/screens-")) {
          while (line.screens === "slow") await new Promise((resolve) => setTimeout(resolve, 50));
          if (line.screens === "down") throw new TypeError("Failed to fetch");
        }
        return right(input, init);
      };
    }, state);
}

function set(page: Page, state: Line["screens"]): Promise<void> {
  return page.evaluate((state) => {
    (globalThis as unknown as Line).screens = state;
  }, state);
}

test("home works before the other screens are there, and they follow", { tag: "@app" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: undefined, prepare: hold("slow") });
  await set(wallet.page, "open");
  await wallet.enter("ming", PASSWORD);

  // The page starts anew, held: home is drawn, with figures, by the first part alone.
  await wallet.go("/");
  await wallet.expectHome();
  await expect(wallet.page.locator(".balance .amount")).toBeVisible();
  await wallet.button("amounts_hide").click();
  await expect(wallet.button("amounts_show")).toBeVisible();
  await wallet.button("amounts_show").click();
  await wallet.page.locator(".doors").getByRole("link", { name: wallet.say("send") }).click();
  await wallet.expectText("screen_coming");
  await set(wallet.page, "open");
  await wallet.expectHeading("send");
  await expect(wallet.page.locator("main h1"), "a screen reader is told").toBeFocused();
});

test("screens that cannot be loaded say so and can be tried again", { tag: "@app" }, async ({ doors, guard }) => {
  guard.allow(/Failed to fetch/);
  const wallet = await doors.wallet({ as: undefined, prepare: hold("down") });
  await wallet.link("sign_in").click();
  await wallet.expectHeading("screen_failed_title");
  await wallet.expectText("screen_failed_text");
  await inspectBoth(wallet.page, "state-screen-failed");
  await set(wallet.page, "open");
  await wallet.button("try_again").click();
  await expect(wallet.field("handle")).toBeVisible();
});
