// The doors open: both apps start on both realms, in both languages, without a complaint.

import { expect, test, type Visit } from "../harness/test";

const VISITS: { name: string; app: "wallet" | "desk"; visit: Visit }[] = [
  { name: "the wallet in Chinese", app: "wallet", visit: { language: "zh" } },
  { name: "the wallet in English, dark", app: "wallet", visit: { language: "en", theme: "dark" } },
  { name: "the wallet of the test realm", app: "wallet", visit: { host: "wallet.test" } },
  { name: "the desk in Chinese", app: "desk", visit: { language: "zh", as: undefined } },
  { name: "the desk in English", app: "desk", visit: { language: "en", as: undefined } },
];

for (const { name, app, visit } of VISITS) {
  test(`${name} opens`, { tag: "@smoke" }, async ({ doors }) => {
    const { page } = await doors[app](visit);
    await expect(page.locator("html")).toHaveAttribute("lang", visit.language === "en" ? "en" : "zh-CN");
    await expect(page.locator("html")).toHaveAttribute("data-theme", visit.theme ?? "light");
    await expect(page.locator("#shell"), "the app has taken over from the first paint").toHaveCount(0);
    await expect(page.locator("#failed")).toBeHidden();
    await expect(page.getByRole("heading").first()).toBeVisible();
  });
}
