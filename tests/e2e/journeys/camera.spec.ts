// Without a camera, or without being allowed to use it: the scanner says so, and a code gets in by picture, by paste and
// by hand.

import type { Page } from "@playwright/test";
import { pictureOf } from "../harness/pictures";
import { inspectBoth } from "../harness/screens";
import { expect, test } from "../harness/test";
import type { Language } from "../harness/texts";
import type { Wallet } from "../pages/wallet";

/** Answers the browser's question about the camera of `origin` once and for all. */
async function answerCamera(page: Page, origin: string, setting: "denied" | "granted"): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { targetInfo } = await session.send("Target.getTargetInfo");
  await session.send("Browser.setPermission", { permission: { name: "camera" }, setting, origin, browserContextId: targetInfo.browserContextId });
}

/** Chromium on a device without a camera, whatever the machine has. */
const NO_CAMERA = ["--use-fake-device-for-media-stream=device-count=0"];

async function expectOtherWays(wallet: Wallet, payload: string): Promise<void> {
  const moving = wallet.movingRequests();
  await wallet.choosePicture(await pictureOf(payload));
  await wallet.expectToPay("3.60");
  await wallet.pasteCode(payload);
  await wallet.expectToPay("3.60");
  await wallet.typeCode(payload);
  await wallet.expectToPay("3.60");
  expect(moving).toEqual([]);
}

for (const language of ["zh", "en"] as Language[]) {
  test(`a camera that is refused is said to be, and the other ways stay (${language})`, { tag: "@camera" }, async ({ doors }) => {
    const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming", language, launch: ["--use-fake-device-for-media-stream"] })];
    await desk.charge("3.60");
    await answerCamera(wallet.page, wallet.origin, "denied");
    await wallet.openScanner();
    await wallet.expectText("camera_denied");
    await inspectBoth(wallet.page, `state-camera-denied-${language}`);
    await expectOtherWays(wallet, await desk.payload());
  });

  test(`a device without a camera says so, and the other ways stay (${language})`, { tag: "@camera" }, async ({ doors }) => {
    const [desk, wallet] = [await doors.desk(), await doors.wallet({ as: "ming", language, launch: NO_CAMERA })];
    await desk.charge("3.60");
    await answerCamera(wallet.page, wallet.origin, "granted");
    await wallet.openScanner();
    await wallet.expectText("camera_missing");
    await inspectBoth(wallet.page, `state-camera-missing-${language}`);
    await expectOtherWays(wallet, await desk.payload());
  });
}

test("a picture without a code, and a file that is no picture, say so", { tag: "@camera" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.openScanner();
  await wallet.choosePicture(await wallet.page.screenshot());
  await wallet.expectText("picture_without_code");
  await wallet.choosePicture(Buffer.from("not a picture"));
  await wallet.expectText("picture_unreadable");
});
