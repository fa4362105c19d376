// Bundles what an app has besides Rust into target/web/<app>/, where its index.html takes it from. Trunk's pre-build hook.
//
//   early.js, start.js   scripts of the page (Trunk puts the hash into their names)
//   <app>.css            one style sheet (likewise)
//   static/              copied as it is: manifest, icons, and files with hashed names that scripts load later
//
// `node web/build/bundle.mjs app|desk`. TRUNK_PROFILE=debug skips minifying. QIANBAO_WATCH=1 makes a build whose page
// takes the service worker off, for development.

import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { namedApp } from "./apps.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const app = namedApp();
const out = path.join(root, "target/web", app.name);
const statics = path.join(out, "static");
const minify = process.env.TRUNK_PROFILE !== "debug";
const options = { bundle: true, minify, target: ["chrome111", "firefox115", "safari16.4"], logLevel: "warning", legalComments: "none" };

/** The bundled text of a script. */
async function script(entry, format, define = {}) {
  const result = await build({
    ...options,
    entryPoints: [path.join(root, "web/src", entry)],
    format,
    write: false,
    define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    // An address of this site, known only now: the browser resolves it.
    external: ["/scanner-*.js"],
  });
  return result.outputFiles[0].text;
}

/** Writes `content` under static/ with a hash of it in the name; answers the path a page asks for. */
async function hashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const { name: stem, ext } = path.parse(name);
  const file = `${stem}-${hash}${ext}`;
  await writeFile(path.join(statics, file), content);
  return `/${file}`;
}

/** The scanner: decoder wasm, worker around it, module that pages import; answers the paths. */
async function scanner() {
  const require = createRequire(import.meta.url);
  const wasm = await readFile(require.resolve("zxing-wasm/reader/zxing_reader.wasm"));
  const decoder = await hashed("decoder.wasm", wasm);
  const worker = await hashed("scanner-worker.js", await script("scanner/worker.js", "iife", { DECODER: decoder }));
  const module = await hashed("scanner.js", await script("scanner/scanner.js", "esm", { WORKER: worker }));
  return { module, worker };
}

await rm(out, { recursive: true, force: true });
await mkdir(statics, { recursive: true });
for (const folder of app.staticFolders) await cp(path.join(root, folder), statics, { recursive: true });
const { module, worker } = app.scanner ? await scanner() : { module: "", worker: "" };
const workers = ["/service-worker.js", ...(worker ? [worker] : [])];
await writeFile(path.join(out, "early.js"), await script("early.js", "iife", { WORKERS: workers }));
const watch = process.env.QIANBAO_WATCH === "1";
await writeFile(path.join(out, "start.js"), await script("start.js", "esm", { SCANNER: module, WATCH: watch }));
await build({ ...options, entryPoints: [path.join(root, `web/styles/${app.name}.css`)], outfile: path.join(out, `${app.name}.css`) });
