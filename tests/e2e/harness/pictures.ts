// Pictures of QR codes with any text in them, drawn by another hand than the wallet's.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";

const wasm = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer } });

/** A PNG of a QR code that says `text`. */
export async function pictureOf(text: string): Promise<Buffer> {
  const { image, error } = await writeBarcode(text, { format: "QRCode", scale: 4 });
  if (!image) throw new Error(`no picture of the code: ${error}`);
  return Buffer.from(await image.arrayBuffer());
}
