// Finishes a build: splits the wasm of a release, tidies the page and writes the service worker. Trunk's post-build hook.
//
// The page loses its comments, and the wasm's preload link carries its digest as `data-integrity`: browsers warn about
// `integrity` there, since it does nothing, while start.js checks it with the fetch.
//
// The first load (page, styles, scripts, wasm, manifest, the icon) is kept at installation; what is loaded on demand is
// kept when it is first used. VERSION is a digest over all names and contents, so any change makes a new worker.

import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { namedApp } from "./apps.mjs";
import { split } from "./split.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const app = namedApp();
const dist = process.env.TRUNK_STAGING_DIR ?? path.join(root, "target/site", app.name);
const LATER = /^\/(?:scanner|scanner-worker|decoder)-[0-9a-f]{16}\./;
const NEVER = /^\/(?:service-worker\.js|icons\/(?!icon\.svg).*)$|\.(?:br|gz|map|d\.ts)$/;

const page = path.join(dist, "index.html");
const whole = await readFile(page, "utf8");
const isSplit = app.split && process.env.TRUNK_PROFILE === "release";
const html = isSplit ? await split({ root, dist, html: whole, program: app.split }) : whole;
const tidied = html
  .replace(/^\s*<!--[^]*?-->\n/gm, "")
  .replace(/(<link rel="preload"[^>]*?) integrity=/, "$1 data-integrity=");
await writeFile(page, tidied);

const files = (await readdir(dist, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => `/${path.relative(dist, path.join(entry.parentPath ?? entry.path, entry.name)).replaceAll(path.sep, "/")}`)
  .filter((file) => !NEVER.test(file))
  .sort();
const digest = createHash("sha256");
for (const file of files) digest.update(file).update("\0").update(await readFile(path.join(dist, file))).update("\0");
const later = files.filter((file) => LATER.test(file));
const first = files.filter((file) => !LATER.test(file) && file !== "/index.html");
const define = { VERSION: digest.digest("hex").slice(0, 16), PRECACHE: ["/", ...first], LATER: later };
const result = await build({
  entryPoints: [path.join(root, "web/src/service-worker.js")],
  bundle: true,
  minify: process.env.TRUNK_PROFILE !== "debug",
  format: "iife",
  write: false,
  define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
});
await writeFile(path.join(dist, "service-worker.js"), result.outputFiles[0].text);
