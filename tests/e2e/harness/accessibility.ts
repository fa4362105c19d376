// WCAG 2.2 AA, as far as a program can tell.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails with every violation on the page: rule, impact, elements. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  // No page holds a frame of another origin, so axe needs no second page to add its findings up, which doubles its time.
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  const found = violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`) }));
  expect(found, `axe on ${screen}`).toEqual([]);
}
