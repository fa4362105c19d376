// Draws the PNG icons from each app's icon.svg, with Chromium: `node web/build/icons.mjs [chromium]`.
//
// A drawing has four colours; with the edges between them 16 are enough, which makes a quarter of what Chromium writes.
// The results are committed, so a build needs no browser. `maskable` and `apple-touch` fill the whole square: the
// platform cuts the shape, and the drawing keeps within the safe circle of 80 %.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import UPNG from "upng-js";
import { apps } from "./apps.mjs";

const run = promisify(execFile);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const chromium = process.argv[2] ?? "chromium";
const drawings = [
  { name: "icon-192.png", size: 192, whole: false },
  { name: "icon-512.png", size: 512, whole: false },
  { name: "maskable-192.png", size: 192, whole: true },
  { name: "maskable-512.png", size: 512, whole: true },
  { name: "apple-touch.png", size: 180, whole: true },
];

/** The drawing at `size`, its corners square when `whole`, on a page without margins. */
function page(svg, size, whole) {
  const drawing = whole ? svg.replace(/ rx="\d+"/, "") : svg;
  const sized = drawing.replace("<svg ", `<svg width="${size}" height="${size}" style="display:block" `);
  return `<!doctype html><style>html,body{margin:0;background:transparent}</style>${sized}`;
}

/** How many colours an icon has. */
const COLOURS = 16;

/** Writes the picture in `file` anew with a palette. */
async function reduce(file) {
  const picture = UPNG.decode(await readFile(file));
  await writeFile(file, Buffer.from(UPNG.encode(UPNG.toRGBA8(picture), picture.width, picture.height, COLOURS)));
}

const scratch = await mkdtemp(path.join(tmpdir(), "icons-"));
for (const [app, { staticFolders }] of Object.entries(apps)) {
  const folder = path.join(root, staticFolders[0], "icons");
  const svg = await readFile(path.join(folder, "icon.svg"), "utf8");
  for (const { name, size, whole } of drawings) {
    const html = path.join(scratch, `${app}-${name}.html`);
    await writeFile(html, page(svg, size, whole));
    await run(chromium, [
      "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
      "--default-background-color=00000000", `--user-data-dir=${scratch}/profile`, `--window-size=${size},${size}`,
      `--screenshot=${path.join(folder, name)}`, `file://${html}`,
    ]);
    await reduce(path.join(folder, name));
  }
}
await rm(scratch, { recursive: true, force: true });
