// The decoder's worker: a bitmap in, the text of its QR code or null out. The page never waits for wasm work.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true, textMode: "Plain" };

prepareZXingModule({ overrides: { locateFile: () => DECODER } });
let canvas;

/** The pixels of `bitmap`, which is closed. */
function pixels(bitmap) {
  const { width, height } = bitmap;
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

self.addEventListener("message", async ({ data }) => {
  const { number, bitmap, warm } = data;
  try {
    if (warm) {
      await prepareZXingModule({ overrides: { locateFile: () => DECODER }, fireImmediately: true });
      return;
    }
    const [found] = await readBarcodes(pixels(bitmap), OPTIONS);
    self.postMessage({ number, text: found?.isValid ? found.text : null });
  } catch (error) {
    if (!warm) self.postMessage({ number, error: String(error?.message ?? error) });
  }
});
