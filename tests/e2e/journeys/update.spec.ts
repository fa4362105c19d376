// A new version is deployed while pages are open: they say so, go on working, and take it over when they are told to.

import path from "node:path";
import { NETWORK_GONE } from "../harness/guard";
import { House } from "../harness/house";
import { out } from "../harness/places";
import { Release } from "../harness/release";
import { Doors, expect, test } from "../harness/test";
import type { Desk } from "../pages/desk";
import type { Wallet } from "../pages/wallet";

/** The page comes to the front again, as when a person turns to it; only then it looks for a newer build. */
function turnTo({ page }: Wallet | Desk): Promise<boolean> {
  return page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
}

/** The stamp of the build that the page runs; nothing for the one before. */
function build({ page }: Wallet | Desk): Promise<string | undefined> {
  return page.evaluate(() => document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content);
}

test("a new version is offered, waits for a yes, and loses nothing on the way", { tag: "@pwa" }, async ({ browser, guard }, { workerIndex }) => {
  test.slow();
  guard.allow(NETWORK_GONE, /Failed to fetch/);
  const name = `update-${workerIndex}`;
  const release = Release.copy(path.join(out, `${name}-site`));
  const house = await House.open(name, release.folder);
  const doors = new Doors(browser, house, guard);
  try {
    const [wallet, desk] = [await doors.wallet({ as: "ming", language: "en" }), await doors.desk({ language: "en" })];
    for (const { page } of [wallet, desk]) await page.evaluate(async () => navigator.serviceWorker.ready);
    const [before, entries] = [await wallet.balance(), await wallet.records()];
    await wallet.go("/me");
    await wallet.page.getByRole("radio", { name: wallet.say("theme_dark") }).check({ force: true });
    await wallet.go("/pay?to=lan");
    await wallet.field("amount_to_pay").fill("4.20");

    release.next("the next one");
    await turnTo(wallet);
    await wallet.expectText("banner_update");
    expect(await build(wallet), "nothing is taken over unasked").toBeUndefined();
    await expect(wallet.field("amount_to_pay"), "what was typed is still there").toHaveValue("4.20");

    // The answer to a payment is lost, and the new build is taken over before anybody knows the outcome.
    await wallet.typeAmount("4.20");
    const broken = house.line.cutNext("POST /v1/payments ", "answer lost", { stays: true });
    const payment = await wallet.approve();
    await broken;
    await wallet.expectHeading("payment_checking");
    await wallet.button("update_now").click();
    await expect.poll(() => build(wallet).catch(() => undefined), "the page loads anew").toBe("the next one");
    // Without the server nobody may see what the new page has found; the payment waits there, sealed.
    await wallet.expectHeading("unlock_title");
    house.line.mend();
    await expect(wallet.page.getByRole("heading", { name: wallet.say("payment_paid"), exact: true })).toBeVisible({ timeout: 40_000 });
    expect(wallet.payment(), "where it was").toBe(payment);
    await expect(wallet.page.getByText(wallet.texts.like("banner_update"))).toHaveCount(0);

    expect(await wallet.balance()).toBe(before - 420);
    expect((await wallet.records()).slice(1)).toEqual(entries.slice(0, 49));
    await expect(wallet.page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(wallet.page.locator("html")).toHaveAttribute("lang", "en");
    expect(await wallet.page.evaluate(async () => (await caches.keys()).length), "the build before is gone").toBe(1);

    await turnTo(desk);
    await desk.expectText("update_ready");
    await desk.button("update_now").click();
    await expect.poll(() => build(desk).catch(() => undefined)).toBe("the next one");
    await expect(desk.button("show_code"), "still signed in").toBeVisible();
  } finally {
    await doors.close();
    await house.close();
  }
});
