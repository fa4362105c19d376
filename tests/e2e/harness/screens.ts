// A screen looked at: nothing of it is missing or cut off, axe has nothing to say, and a picture of it is kept.

import { expect, type Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { DESKTOP, keepScreen, PHONE, type Theme } from "./test";

const THEMES: Theme[] = ["light", "dark"];

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
  const under = await page.evaluate(() => {
    const isUnder = (row: Element) => {
      const [detail, end] = [row.querySelector(".row-detail"), row.querySelector(".row-end")];
      return detail && end?.hasChildNodes() && detail.getBoundingClientRect().right > end.getBoundingClientRect().left;
    };
    return [...document.querySelectorAll(".row")].filter(isUnder).map((row) => row.textContent);
  });
  expect(under, `${name} has rows whose second line runs under what stands at their end`).toEqual([]);
  await expectAccessible(page, name);
}

/** Looks at the screen by day and by night, where nobody has chosen between them. */
export async function inspectBoth(page: Page, name: string): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    await inspect(page, `${name}-${colorScheme}`);
  }
}

/** The same on a phone and on a desktop. The pages are loaded once: only their window and the hour change. */
export async function inspectEverywhere(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
    await page.setViewportSize(viewport);
    await inspectBoth(page, `${name}-${size}`);
  }
}
