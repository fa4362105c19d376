// What lies in the browser is sealed: nobody reads it from the disk, its person unlocks it, and what was tampered with comes anew.

import type { Page } from "@playwright/test";
import { answered, NETWORK_GONE } from "../harness/guard";
import { damage, everythingKept } from "../harness/kept";
import { Authenticator } from "../harness/passkeys";
import { inspect, inspectEverywhere } from "../harness/screens";
import { expect, PASSWORD, test, type Doors, type Visit } from "../harness/test";
import { Visitor } from "../harness/visitor";
import type { Wallet } from "../pages/wallet";

const fresh = () => `seal.${Date.now().toString(36)}`;
const SIGNED_OUT = answered(401, /\/v1\/(sync|events|session)/);

/** Nobody has touched this browser since 1970. */
function leaveAlone(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    localStorage.setItem("qianbao.touched", "1");
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

const locked = (wallet: Wallet) => expect(wallet.page.getByRole("heading", { name: wallet.say("unlock_title"), exact: true })).toBeVisible({ timeout: 20_000 });

/** A new person whose only key is a passkey of this page's authenticator, which has been used here. */
async function withPasskey(doors: Doors, hasPrf: boolean, visit: Visit = {}): Promise<Wallet> {
  const wallet = await doors.wallet(visit);
  await Authenticator.of(wallet.page, { hasPrf });
  await wallet.link("sign_up").click();
  await wallet.field("handle").fill(fresh());
  await wallet.field("display_name").fill("Zhou Yi");
  await wallet.field("legal_name").fill("周怡");
  await wallet.button("sign_up_by_passkey").click();
  await wallet.expectHome();
  await wallet.go("/me");
  await wallet.button("lock_now").click();
  await locked(wallet);
  await wallet.button("unlock_by_passkey").click();
  await expect(wallet.button("lock_now")).toBeVisible();
  return wallet;
}

test("the disk shows no name, no amount, no note and no payment", { tag: "@vault" }, async ({ house, doors }) => {
  const ming = await new Visitor(house, "wallet").signIn("ming", PASSWORD);
  const payment = await (await ming.payments({ kind: "person", handle: "lan" }, 271))("canary-note 茶");
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.go("/pay?to=lan");
  await wallet.typeAmount("2.73");
  const own = await wallet.approve();
  await wallet.expectPaid();
  await wallet.go("/activity");
  await expect(wallet.page.getByRole("listitem").first()).toBeVisible();
  await expect.poll(async () => (await everythingKept(wallet.page)).filter(({ store }) => store === "blocks").length).toBeGreaterThan(0);
  const kept = await everythingKept(wallet.page);
  expect(kept.filter(({ store }) => store === "outbox").length, "the request is kept").toBeGreaterThan(0);
  expect(kept.filter(({ bytes }) => bytes === "open key")).toEqual([]);
  expect(kept.filter(({ bytes }) => bytes === "sealed key")).toHaveLength(1);
  const utf8 = (text: string) => Buffer.from(text).toString("latin1");
  // Long enough that chance does not make them of sealed bytes.
  const canaries = [payment, own, "@ming", "canary-note", "minor", '"273"', "/v1/payments", utf8("李明"), utf8("云山茶铺"), "李明"];
  for (const canary of canaries) {
    const found = kept.filter(({ key, bytes }) => key.includes(canary) || bytes.includes(canary));
    expect(found, `${canary} lies in clear`).toEqual([]);
  }
  await wallet.page.reload();
  await expect(wallet.page.getByRole("listitem").first(), "the session alone unlocks it").toBeVisible();
});

test("a passkey with a secret unlocks without a network, and the secret goes nowhere", { tag: "@vault" }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE, /Failed to fetch/, SIGNED_OUT);
  const wallet = await withPasskey(doors, true, { language: "en" });
  const sent: string[] = [];
  wallet.page.on("request", (request) => sent.push(request.postData() ?? ""));
  await wallet.button("lock_now").click();
  await locked(wallet);
  await wallet.button("unlock_by_passkey").click();
  await expect(wallet.button("lock_now")).toBeVisible();
  await wallet.page.evaluate(async () => navigator.serviceWorker.ready);
  await wallet.go("/");
  await expect(wallet.page.locator(".balance .amount")).toBeVisible();
  house.line.down();
  await wallet.page.reload();
  await locked(wallet);
  await wallet.button("unlock_by_passkey").click();
  await expect(wallet.page.locator(".balance .amount"), "the kept copy is shown").toBeVisible();
  await wallet.expectText("banner_offline");
  house.line.mend();
  await expect(wallet.page.getByText(wallet.texts.like("banner_offline"))).toHaveCount(0, { timeout: 40_000 });
  expect(sent.filter((body) => /prf|results/.test(body))).toEqual([]);
});

test("without such a secret it stays locked until the network is back, and then unlocks by itself", { tag: "@vault" }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE, /Failed to fetch/);
  const wallet = await withPasskey(doors, false);
  await wallet.page.evaluate(async () => navigator.serviceWorker.ready);
  house.line.down();
  await wallet.page.reload();
  await locked(wallet);
  await wallet.button("unlock_by_passkey").click();
  await wallet.expectText("trouble_offline");
  await inspect(wallet.page, "state-locked-offline");
  house.line.mend();
  await expect(wallet.button("lock_now")).toBeVisible({ timeout: 40_000 });
});

test("who leaves it alone finds it locked, in every tab, until they sign in", { tag: "@vault" }, async ({ doors, guard }) => {
  guard.allow(SIGNED_OUT);
  const wallet = await doors.wallet({ as: "ming" });
  const other = await wallet.anotherTab();
  await other.go("/me");
  await expect(other.button("lock_now")).toBeVisible();
  await other.page.getByRole("radio", { name: "1", exact: true }).check({ force: true });
  await inspectEverywhere(other.page, "screen-me-lock");
  await leaveAlone(wallet.page);
  await locked(wallet);
  await locked(other);
  for (const { page } of [wallet, other]) await expect(page.locator(".amount")).toHaveCount(0);
  await inspectEverywhere(wallet.page, "state-locked");
  await wallet.page.reload();
  await locked(wallet);
  await wallet.link("sign_in").click();
  await wallet.signIn("ming", PASSWORD);
  await wallet.expectHome();
  await expect(other.button("lock_now")).toBeVisible();
});

test("it speaks English as well", { tag: "@vault" }, async ({ doors, guard }) => {
  guard.allow(SIGNED_OUT);
  const wallet = await doors.wallet({ as: "ming", language: "en" });
  await wallet.go("/me");
  await expect(wallet.button("lock_now")).toBeVisible();
  await inspectEverywhere(wallet.page, "screen-me-lock-en");
  await wallet.button("lock_now").click();
  await locked(wallet);
  await inspectEverywhere(wallet.page, "state-locked-en");
});

test("too many failed tries delete the copy, and signing in brings everything back", { tag: "@vault" }, async ({ house, doors, guard }) => {
  guard.allow(SIGNED_OUT);
  const handle = fresh();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const wallet = await doors.wallet();
  await wallet.enter(handle, PASSWORD);
  await wallet.go("/me");
  await wallet.button("lock_now").click();
  await locked(wallet);
  await wallet.link("sign_in").click();
  for (let tries = 0; tries < 5; tries += 1) {
    const answer = wallet.page.waitForResponse((response) => new URL(response.url()).pathname === "/v1/session");
    await wallet.signIn(handle, "not-the-password-at-all");
    await answer;
  }
  const copy = async () => (await everythingKept(wallet.page)).filter(({ store }) => ["facts", "blocks", "documents"].includes(store)).length;
  await expect.poll(copy).toBe(0);
  await wallet.go("/");
  await wallet.expectText("unlock_wiped");
  await inspect(wallet.page, "state-wiped");
  await wallet.link("sign_in").click();
  await wallet.signIn(handle, PASSWORD);
  await wallet.expectHome();
  await expect.poll(copy).toBeGreaterThan(0);
});

test("records that somebody changed on the disk are noticed and come anew", { tag: "@vault" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  await expect(wallet.page.locator(".balance .amount")).toBeVisible();
  const figure = await wallet.page.locator(".balance .amount").innerText();
  for (const stores of [["documents"], ["blocks"], ["facts", "documents"]]) {
    expect(await damage(wallet.page, stores)).toBeGreaterThan(0);
    await wallet.page.reload();
    await wallet.expectHome();
    await expect(wallet.page.locator(".balance .amount")).toHaveText(figure);
    await expect(wallet.page.locator(".recent").getByRole("listitem").first()).toBeVisible();
  }
});

test("amounts are hidden on demand, also after a reload, and while nobody looks", { tag: "@vault" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  const figure = wallet.page.locator(".balance .amount");
  await expect(figure).toBeVisible();
  await wallet.button("amounts_hide").click();
  await expect(figure).toContainText("••••••");
  await wallet.page.reload();
  await expect(figure).toContainText("••••••");
  await wallet.go("/activity");
  await expect(wallet.page.locator(".row .amount").first()).toContainText("••••••");
  await wallet.go("/");
  await wallet.button("amounts_show").click();
  await expect(figure).not.toContainText("•");

  const look = (state: string) =>
    wallet.page.evaluate((state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await look("hidden");
  await expect(figure).toBeHidden();
  await look("visible");
  await expect(figure).toBeVisible();
});
