// Bad input is met with words that say what it is; nothing is opened, nothing is paid.

import * as codes from "../harness/codes";
import { NETWORK_GONE } from "../harness/guard";
import type { House } from "../harness/house";
import { pictureOf } from "../harness/pictures";
import { inspectBoth } from "../harness/screens";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";
import type { Language } from "../harness/texts";
import type { Desk } from "../pages/desk";
import type { Wallet } from "../pages/wallet";

/** The shortest time that an order can be paid, in seconds. */
const SHORTEST_S = 30;

interface Bad {
  what: string;
  text: string;
  /** The key of the sentence that says so. */
  words: string;
  /** Whether it is scanned from a picture; else it is pasted. */
  pictured?: boolean;
}

/** A code that the shop showed some days ago, for an order that nobody paid. */
async function forgottenCode(house: House, desk: Desk, payload: string): Promise<string> {
  const { data } = await desk.ask<{ data: (codes.OrderFacts & { status: string })[] }>("/v1/orders?limit=100");
  const order = data.find(({ status }) => status === "expired");
  if (!order) throw new Error("the demo shop has no order that is over");
  return codes.codeOfOrder(house, payload, order);
}

async function badCodes(house: House, desk: Desk): Promise<Bad[]> {
  const payload = await desk.payload();
  const dollars = codes.forged(codes.FOREIGN, { "53": "840", "54": "23.72" });
  return [
    { what: "a letter changed", text: payload.replace("CN", "CM"), words: "code_damaged" },
    { what: "a letter changed", text: payload.replace("CN", "CM"), words: "code_damaged", pictured: true },
    { what: "cut short", text: payload.slice(0, -6), words: "code_damaged" },
    { what: "oversize", text: codes.oversize(payload), words: "code_damaged" },
    { what: "oversize", text: codes.oversize(payload), words: "code_damaged", pictured: true },
    { what: "without signature", text: codes.unsigned(payload), words: "code_suspect" },
    { what: "without signature", text: codes.unsigned(payload), words: "code_suspect", pictured: true },
    { what: "with a signature that nobody made", text: codes.wronglySigned(payload), words: "code_suspect" },
    { what: "for less, with the old signature", text: codes.forged(payload, { "54": "0.01" }), words: "code_suspect", pictured: true },
    { what: "of another payment service", text: codes.FOREIGN, words: "code_foreign" },
    { what: "of another payment service", text: codes.FOREIGN, words: "code_foreign", pictured: true },
    { what: "of another payment service, in dollars", text: dollars, words: "code_foreign" },
    { what: "signed for dollars", text: codes.signed(house, payload, { "53": "840" }), words: "code_differs" },
    { what: "signed for dollars", text: codes.signed(house, payload, { "53": "840" }), words: "code_differs", pictured: true },
    { what: "signed for another amount", text: codes.signed(house, payload, { "54": "0.01" }), words: "code_differs" },
    { what: "of an order that is over", text: await forgottenCode(house, desk, payload), words: "order_expired" },
    { what: "of an order that is over", text: await forgottenCode(house, desk, payload), words: "order_expired", pictured: true },
  ];
}

for (const language of ["zh", "en"] as Language[]) {
  test(`codes that cannot be paid say why, and nothing is sent (${language})`, { tag: "@codes" }, async ({ house, doors }) => {
    // So many codes, one after the other, take a busy machine a minute.
    test.slow();
    const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming", language })];
    const [before, entries] = [await wallet.balance(), (await wallet.records()).length];
    await desk.charge("18.00");
    const moving = wallet.movingRequests();
    for (const { what, text, words, pictured } of await badCodes(house, desk)) {
      if (pictured) await wallet.choosePicture(await pictureOf(text));
      else await wallet.pasteCode(text);
      await expect(wallet.page.getByText(wallet.say(words)), `a code ${what}`).toBeVisible();
      await wallet.expectText("money_not_moved");
      if (language === "en") await inspectBoth(wallet.page, `state-code-${what.replaceAll(/\W+/g, "-")}`);
      await expect(wallet.approval(), `nothing to approve for a code ${what}`).toHaveCount(0);
    }
    expect(moving, "no request that could move money left the page").toEqual([]);
    expect(await wallet.balance()).toBe(before);
    expect((await wallet.records()).length).toBe(entries);
  });
}

test("other text is shown as text and never opened", { tag: "@codes" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  for (const text of ["https://example.com/pay?amount=18", "javascript:alert(1)", "<img src=x onerror=alert(1)>", "'; DROP TABLE people; --"]) {
    await wallet.typeCode(text);
    await wallet.expectText("code_text");
    await expect(wallet.page.getByText(text)).toBeVisible();
    await expect(wallet.approval(), `nothing to approve for ${text}`).toHaveCount(0);
    expect(new URL(wallet.page.url()).origin).toBe(wallet.origin);
  }
});

test("an order that ends while its sheet is open is not paid any more", { tag: "@codes" }, async ({ house, doors }) => {
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  const before = await wallet.balance();
  const till = await new Visitor(house, "desk").signIn("chen", PASSWORD);
  const { id, code } = await till.order(1_500, { expires_in_s: SHORTEST_S });
  await desk.go(`/code/${id}`);
  await wallet.pasteCode(code);
  await wallet.expectToPay("15.00");
  await expect(desk.page.getByText(desk.say("expired"))).toBeVisible({ timeout: (SHORTEST_S + 5) * 1_000 });
  await wallet.expectText("code_expired");
  await inspectBoth(wallet.page, "state-code-over");
  await expect(wallet.approval()).toBeDisabled();
  expect(await wallet.balance()).toBe(before);
});

test("a link of another wallet is not followed", { tag: "@codes" }, async ({ doors }) => {
  const [lan, ming] = [await doors.wallet({ as: "lan" }), await doors.wallet({ as: "ming" })];
  await lan.go("/receive");
  const link = await lan.page.evaluate(async () => {
    const answer = await fetch("/v1/links", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    return ((await answer.json()) as { url: string }).url;
  });
  await ming.typeCode(link.replace(/wallet\.localhost:\d+/, "wallet.evil.example"));
  await ming.expectText("code_other_wallet");
});

/** Characters of the longest text that is read as a code or a link. */
const LONGEST = 10_000;

test("a text that is too long for a code says so, pasted or typed, and nothing hangs", { tag: "@codes" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.pasteCode("茶".repeat(LONGEST));
  await wallet.expectText("code_text");
  await wallet.pasteCode("茶".repeat(LONGEST + 1));
  await wallet.expectText("code_too_long");
  await wallet.typeCode("https://example.com/".padEnd(2 * LONGEST, "x"));
  await wallet.expectText("code_too_long");
  await wallet.expectText("money_not_moved");
});

test("a code whose key cannot be fetched is not called suspect, and is paid once it can", { tag: "@codes" }, async ({ house, doors, guard }) => {
  guard.allow(NETWORK_GONE);
  const keys = "**/.well-known/qianbao-keys";
  const wallet = await doors.wallet({ as: "ming", prepare: (context) => context.route(keys, (route) => route.abort()) });
  const till = await new Visitor(house, "desk").signIn("chen", PASSWORD);
  await wallet.pasteCode((await till.order(170)).code);
  await wallet.expectText("code_unchecked");
  await wallet.expectText("money_not_moved");
  await expect(wallet.page.getByText(wallet.say("code_suspect"))).toHaveCount(0);
  await expect(wallet.approval()).toHaveCount(0);
  await wallet.page.context().unroute(keys);
  await wallet.button("try_again").click();
  await wallet.expectToPay("1.70");
  await wallet.expectText("payee_code_signed");
});

test("amounts that cannot be paid say why", { tag: "@codes" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.go("/pay?to=lan");
  const field = wallet.field("amount_to_pay");
  const cases: [string, string][] = [
    ["0", "amount_not_positive"],
    ["-5", "amount_not_positive"],
    ["1.234", "amount_too_precise"],
    ["99999999999999", "amount_too_large"],
    ["12,3.4x", "amount_not_number"],
  ];
  for (const [amount, words] of cases) {
    await field.fill(amount);
    await expect(wallet.page.getByText(wallet.texts.like(words)).first(), amount).toBeVisible();
    await expect(wallet.button("go_on")).toBeDisabled();
  }
});

async function refused(wallet: Wallet, path: string, words: string): Promise<void> {
  await wallet.go(path);
  await wallet.expectText(words);
  await expect(wallet.approval()).toHaveCount(0);
}

test("nobody pays himself, or somebody who is not there", { tag: "@codes" }, async ({ doors, guard }) => {
  guard.allow(/status of 4\d\d .*\/v1\/payments\/preview/);
  const wallet = await doors.wallet({ as: "ming" });
  await refused(wallet, "/pay?to=ming", "pay_self");
  await refused(wallet, "/pay?to=nobody.here", "payee_not_found");
});

test("more than the balance cannot be approved", { tag: "@codes" }, async ({ doors }) => {
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "lan" })];
  await desk.charge("49999");
  const before = await wallet.balance();
  expect(before).toBeLessThan(4_999_900);
  await wallet.typeCode(await desk.payload());
  await wallet.expectText("balance_too_low");
  await expect(wallet.approval()).toBeDisabled();
});
