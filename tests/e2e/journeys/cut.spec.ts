// The network breaks at every step of a payment. Afterwards the payment is there once, or finally not at all; the screen
// never says anything else for good, and nobody has to pay again.

import { NETWORK_GONE } from "../harness/guard";
import type { Cut } from "../harness/line";
import { expect, test } from "../harness/test";
import type { Wallet } from "../pages/wallet";

const PAY = "POST /v1/payments ";
/** A payment that never arrived is final two minutes after its approval. */
const SETTLED_MS = 140_000;

/** A payment that is ready to be approved, and its amount in minor units. */
async function readyToPay(wallet: Wallet, minor: number): Promise<void> {
  await wallet.go("/pay?to=lan");
  await wallet.typeAmount((minor / 100).toFixed(2));
  await expect(wallet.approval()).toBeEnabled();
}

/** Paid once and shown so, or not paid at all and shown so. Answers whether it was paid. */
async function expectOneOutcome(wallet: Wallet, payment: string, before: number, minor: number): Promise<boolean> {
  const paid = wallet.page.getByRole("heading", { name: wallet.say("payment_paid"), exact: true });
  const notPaid = wallet.page.getByRole("heading", { name: wallet.say("payment_not_paid"), exact: true });
  await expect(paid.or(notPaid)).toBeVisible({ timeout: SETTLED_MS });
  const shown = await paid.isVisible();
  const entries = (await wallet.records()).filter((record) => record.payment === payment);
  expect(entries, "entries of this payment").toHaveLength(shown ? 1 : 0);
  expect(await wallet.balance(), "balance").toBe(shown ? before - minor : before);
  return shown;
}

const CUTS: { cut: Cut; commits: boolean }[] = [
  { cut: "before", commits: false },
  { cut: "answer lost", commits: true },
  { cut: "answer torn", commits: true },
];

for (const { cut, commits } of CUTS) {
  test(`the line breaks (${cut}) and is back at once`, { tag: ["@pay", "@cut"] }, async ({ house, doors, guard }) => {
    guard.allow(NETWORK_GONE);
    const wallet = await doors.wallet({ as: "ming" });
    const before = await wallet.balance();
    await readyToPay(wallet, 3);
    const broken = house.line.cutNext(PAY, cut);
    const payment = await wallet.approve();
    await broken;
    const paid = await expectOneOutcome(wallet, payment, before, 3);
    if (commits) expect(paid, "what the server did is found again").toBe(true);
  });

  test(`the line breaks (${cut}), stays down, the tab dies, and the payment is found`, { tag: ["@pay", "@cut"] }, async ({ house, doors, guard }) => {
    test.setTimeout(SETTLED_MS + 60_000);
    guard.allow(NETWORK_GONE, /Failed to fetch|NetworkError/);
    const wallet = await doors.wallet({ as: "ming" });
    await wallet.page.evaluate(async () => navigator.serviceWorker.ready);
    const before = await wallet.balance();
    await readyToPay(wallet, 5);
    const broken = house.line.cutNext(PAY, cut, { stays: true });
    const payment = await wallet.approve();
    await broken;
    await expect(wallet.page.getByRole("heading", { name: wallet.say("payment_checking"), exact: true })).toBeVisible();
    await expect(wallet.page.getByText(wallet.say("payment_checking_text"))).toBeVisible();

    const later = await wallet.anotherTab();
    await wallet.page.close();
    await later.go(`/payments/${payment}`);
    await expect(later.page.locator("#shell")).toHaveCount(0);
    house.line.mend();
    const paid = await expectOneOutcome(later, payment, before, 5);
    if (commits) expect(paid, "what the server did is found again").toBe(true);
  });
}

test("the server restarts in the middle: the payment is there once", { tag: ["@pay", "@cut"] }, async ({ house, doors, guard }) => {
  test.slow();
  guard.allow(NETWORK_GONE, /status of 5\d\d/);
  const wallet = await doors.wallet({ as: "ming" });
  const before = await wallet.balance();
  await readyToPay(wallet, 7);
  const broken = house.line.cutNext(PAY, "answer lost", { stays: true });
  const payment = await wallet.approve();
  await broken;
  await house.stopServer();
  await house.startServer();
  house.line.mend();
  expect(await expectOneOutcome(wallet, payment, before, 7)).toBe(true);
});
