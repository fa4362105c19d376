// A screen looked at: nothing of it is missing or cut off, axe has nothing to say, and a picture of it is kept.

import { expect, type Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { keepScreen } from "./test";

/** The screen has what it waited for: a heading, and no skeleton left. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator("#shell")).toHaveCount(0);
  await expect(page.getByRole("heading").first()).toBeVisible();
  await expect(page.locator(".skeleton:visible")).toHaveCount(0);
}

/** Looks at the screen as it is. */
export async function inspect(page: Page, name: string): Promise<void> {
  await settled(page);
  await keepScreen(page, name);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond, `${name} is ${beyond} px too wide`).toBeLessThanOrEqual(0);
  await expectAccessible(page, name);
}

/** Looks at the screen by day and by night, where nobody has chosen between them. */
export async function inspectBoth(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    await inspect(page, `${name}-${colorScheme}`);
  }
}
