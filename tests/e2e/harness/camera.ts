// From what one page shows to what the camera of another browser sees.

import { writeFileSync } from "node:fs";
import type { Browser, Locator, Page } from "@playwright/test";

const WIDTH = 640;
const HEIGHT = 480;

/** Brightness of a picture drawn in the middle of a camera's frame, as if held in front of it. */
async function brightness(browser: Browser, png: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  try {
    const base64 = await page.evaluate(
      async ([picture, width, height]) => {
        const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
        context.fillStyle = "#d8d4cc";
        context.fillRect(0, 0, width, height);
        const scale = Math.min((width * 0.9) / bitmap.width, (height * 0.9) / bitmap.height);
        const [w, h] = [bitmap.width * scale, bitmap.height * scale];
        context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
        const { data } = context.getImageData(0, 0, width, height);
        let text = "";
        for (let at = 0; at < data.length; at += 4) {
          const luma = 16 + (65.5 * data[at] + 128.6 * data[at + 1] + 25 * data[at + 2]) / 255;
          text += String.fromCharCode(Math.round(luma));
        }
        return btoa(text);
      },
      [png.toString("base64"), WIDTH, HEIGHT] as [string, number, number],
    );
    return Buffer.from(base64, "base64");
  } finally {
    await page.close();
  }
}

/** Writes a film of a grey desk: what the camera sees before a code is held in front of it. */
export function filmNothing(file: string): void {
  film(file, Buffer.alloc(WIDTH * HEIGHT, 0x60));
}

/** Writes a film that shows `png`. Chromium reads the file when the camera opens. */
export async function filmPicture(browser: Browser, png: Buffer, file: string): Promise<void> {
  film(file, await brightness(browser, png));
}

function film(file: string, luma: Buffer): void {
  const header = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420jpeg\n`);
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, chroma]);
  writeFileSync(file, Buffer.concat([header, frame, frame]));
}

/** Chromium's options for a camera that plays `file` and asks nobody. */
export function cameraArguments(file: string): string[] {
  return ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${file}`];
}

/** What a camera in front of the screen would see of `shown`: it, and a little of what is around it. */
export async function photographed(page: Page, shown: Locator): Promise<Buffer> {
  await shown.scrollIntoViewIfNeeded();
  const box = await shown.boundingBox();
  if (!box) throw new Error("what is to be photographed is not on the screen");
  const around = 12;
  const clip = { x: Math.max(0, box.x - around), y: Math.max(0, box.y - around), width: box.width + 2 * around, height: box.height + 2 * around };
  return page.screenshot({ clip });
}
