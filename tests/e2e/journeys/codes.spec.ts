// Bad input is met with words that say what it is; nothing is opened, nothing is paid.

import { expect, test } from "../harness/test";
import type { Wallet } from "../pages/wallet";

/** CRC-16/CCITT-FALSE over UTF-8, as at the end of an EMVCo code. */
function checksum(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text, "utf8")) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}

/** The same code for another amount, with a right checksum and the old signature. */
function forged(payload: string): string {
  const body = payload.slice(0, -4).replace(/54(\d\d)18(\.00)?/, (whole) => whole.replace("18", "08"));
  return body + checksum(body);
}

// The example of the EMVCo specification, of another payment service.
const FOREIGN =
  "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING" +
  "64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A";

test("damaged, forged, foreign codes and plain text are told apart", { tag: "@codes" }, async ({ doors }) => {
  const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming" })];
  await desk.charge("18.00");
  const payload = await desk.payload();
  const cases: [string, string][] = [
    [payload.replace("CN", "CM"), "code_damaged"],
    [payload.slice(0, -6), "code_damaged"],
    [forged(payload), "code_suspect"],
    [FOREIGN, "code_foreign"],
    ["https://example.com/pay?amount=18", "code_text"],
    ["javascript:alert(1)", "code_text"],
    ["<img src=x onerror=alert(1)>", "code_text"],
    ["'; DROP TABLE people; --", "code_text"],
  ];
  for (const [text, words] of cases) {
    await wallet.typeCode(text);
    await wallet.expectText(words);
    await expect(wallet.approval(), `nothing to approve for ${text}`).toHaveCount(0);
    expect(new URL(wallet.page.url()).origin).toBe(wallet.origin);
  }
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

test("a text of ten thousand characters is refused and nothing hangs", { tag: "@codes" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.pasteCode("茶".repeat(10_000));
  await expect(wallet.page.getByText(wallet.texts.like("code_text")).or(wallet.page.getByText(wallet.texts.like("code_too_long"))).first()).toBeVisible();
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
