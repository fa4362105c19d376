// The first paint: the page shows what the first screen will look like before the program has arrived, in the language and the
// colours of whoever looks, and gives way to it.

import type { BrowserContext, Page } from "@playwright/test";
import { expect, test, type Visit } from "../harness/test";

/** What the shell says in its bar. */
const SHELLS = [
  { app: "wallet", visit: { language: "zh", theme: "light" }, says: "钱包", hides: "Wallet" },
  { app: "wallet", visit: { language: "en", theme: "dark" }, says: "Wallet", hides: "钱包" },
  { app: "desk", visit: { language: "en", theme: "light" }, says: "Cashier", hides: "收银" },
] satisfies { app: "wallet" | "desk"; visit: Visit; says: string; hides: string }[];

for (const { app, visit, says, hides } of SHELLS) {
  test(`the ${app} shows its shell before the program arrives (${visit.language}, ${visit.theme})`, { tag: "@app" }, async ({ doors }) => {
    const pages: Page[] = [];
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const prepare = async (context: BrowserContext) => {
      context.on("page", (page) => pages.push(page));
      await context.route("**/*.wasm", async (route) => {
        await opened;
        await route.continue();
      });
    };
    // The program is part of the page's load, so the visit begins before it is let through.
    const visiting = doors[app]({ ...visit, as: undefined, prepare });
    await expect.poll(() => pages.length).toBe(1);
    const [page] = pages;
    const shell = page.locator("#shell");
    await expect(shell.getByText(says, { exact: true }).first()).toBeVisible();
    await expect(shell.getByText(hides, { exact: true })).toBeHidden();
    await expect(page.locator("html")).toHaveAttribute("data-theme", visit.theme);
    await expect(page.locator("main"), "nothing of the program is there yet").toHaveCount(0);
    await expect(page.locator("#failed")).toBeHidden();

    open();
    await visiting;
    await expect(shell).toHaveCount(0);
    await expect(page.locator("main")).toBeVisible();
  });
}
