// Without a network, without storage, with a wrong clock: the wallet says so and goes on.

import { answered, NETWORK_GONE } from "../harness/guard";
import { expect, test } from "../harness/test";

test("it starts without a network, shows the kept figures and their age, and catches up", { tag: "@offline" }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE, /Failed to fetch/);
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.expectHome();
  await expect(wallet.page.locator(".balance .amount")).toBeVisible();
  const figure = await wallet.page.locator(".balance .amount").innerText();
  await wallet.page.evaluate(async () => navigator.serviceWorker.ready);

  house.line.down();
  await wallet.page.reload();
  await wallet.expectHome();
  await expect(wallet.page.locator(".balance .amount")).toHaveText(figure);
  await wallet.expectText("banner_offline");
  await wallet.go("/activity");
  await expect(wallet.page.getByRole("listitem").first(), "records open without a network").toBeVisible();

  house.line.mend();
  await wallet.go("/");
  await expect(wallet.page.getByText(wallet.texts.like("banner_offline"))).toHaveCount(0, { timeout: 30_000 });
});

test("a window that keeps nothing says so, and pays", { tag: "@offline" }, async ({ doors, guard }) => {
  // It cannot remember whether somebody was signed in, so it asks, and hears "nobody".
  guard.allow(answered(401, /\/v1\/session/));
  const wallet = await doors.wallet({
    as: "ming",
    prepare: (context) =>
      context.addInitScript(() => {
        const refuse = () => {
          throw new DOMException("The user denied permission to access the database.", "SecurityError");
        };
        Object.defineProperty(globalThis, "indexedDB", { get: refuse });
      }),
  });
  await wallet.expectText("banner_private");
  await wallet.go("/pay?to=lan");
  await wallet.typeAmount("0.20");
  await wallet.approve();
  await wallet.expectPaid();
});

for (const hours of [-5, 7]) {
  test(`with a clock that is ${hours} hours off it says so, and pays`, { tag: "@offline" }, async ({ doors }) => {
    const wallet = await doors.wallet({
      as: "ming",
      prepare: (context) =>
        context.addInitScript((off) => {
          const Right = Date;
          const wrong = class extends Right {
            constructor(...given: [number?]) {
              super(...((given.length ? given : [Right.now() + off]) as [number]));
            }
            static now = () => Right.now() + off;
          };
          globalThis.Date = wrong as DateConstructor;
        }, hours * 3_600_000),
    });
    await wallet.expectText("banner_clock");
    await wallet.go("/pay?to=lan");
    await wallet.typeAmount("0.30");
    await wallet.approve();
    await wallet.expectPaid();
  });
}
