// The apps can be installed: Chromium's own check has nothing to say, and the worker keeps the build.

import { expect, test } from "../harness/test";

for (const app of ["wallet", "desk"] as const) {
  test(`${app} can be installed`, { tag: "@pwa" }, async ({ doors }) => {
    const { page } = await doors[app]({ as: undefined });
    await page.evaluate(async () => navigator.serviceWorker.ready);
    const session = await page.context().newCDPSession(page);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // A context of the test program counts as incognito, where Chromium installs nothing.
    expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
    const { errors } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
  });

  test(`${app} keeps its build and serves no answer about money from it`, { tag: "@pwa" }, async ({ doors }) => {
    const { page } = await doors[app]({ as: undefined });
    await page.evaluate(async () => navigator.serviceWorker.ready);
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return lists.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept).toContain("/");
    expect(kept.some((path) => path.endsWith(".wasm"))).toBe(true);
    expect(kept.filter((path) => path.startsWith("/v1"))).toEqual([]);
  });
}
