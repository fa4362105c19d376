// Splits the wallet's wasm in two: what the page starts with, and the screens that `crates/app/src/screens/rest.rs` loads after
// home has painted.
//
// Trunk has compiled the program and put it on the page whole. Here the compiler's own output is taken once more: `wasm-split-cli`
// parts it by the linker's relocations, wasm-bindgen makes the glue of the first part, wasm-opt makes both small (Trunk leaves that out: `data-wasm-opt="0"`), and esbuild joins
// the glue with the few lines that load the second part. The pair takes the place of Trunk's, under names and digests of its own.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

const run = promisify(execFile);

/** A digest as `integrity` takes it. */
const integrityOf = (content) => `sha384-${createHash("sha384").update(content).digest("base64")}`;

/** `stem-<hash>ext`, where the hash is that of `content`. */
const hashedName = (stem, content, ext) => `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 16)}${ext}`;

/** `text` with the one place of `pattern` replaced; ends the build when there is not exactly one. */
function replaceOnce(text, pattern, replacement, what) {
  const found = text.match(new RegExp(pattern, "g"))?.length ?? 0;
  if (found !== 1) throw new Error(`expected one ${what}, found ${found}: has a tool changed its output?`);
  return text.replace(pattern, () => replacement);
}

/** The two parts and the glue of the first, not yet named: `{ first, rest, glue, link }`, each a path in `scratch`. */
async function parts(root, program, scratch) {
  const target = process.env.CARGO_TARGET_DIR ?? path.join(root, "target");
  const compiled = path.join(target, "wasm32-unknown-unknown/wasm-release", `${program}.wasm`);
  await run("wasm-split-cli", [compiled, scratch, "--target", "web", "--out-name", program]);
  const glued = path.join(scratch, "glued");
  await run("wasm-bindgen", [
    path.join(scratch, `${program}.wasm`), "--target", "web", "--out-dir", glued, "--out-name", program,
    "--no-typescript", "--keep-lld-exports", "--no-demangle", "--remove-name-section", "--remove-producers-section",
  ]);
  const first = path.join(scratch, "first.wasm");
  const rest = path.join(scratch, "rest.wasm");
  // The second is a module without the section that names its features; these are what the compiler uses for this target.
  const features = ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext", "multivalue"];
  const enabled = features.map((feature) => `--enable-${feature}`);
  await Promise.all([
    run("wasm-opt", ["-Oz", "--strip-producers", path.join(glued, `${program}_bg.wasm`), "-o", first]),
    run("wasm-opt", ["-Oz", ...enabled, path.join(scratch, "split_screens.wasm"), "-o", rest]),
  ]);
  await copyFile(path.join(scratch, "__wasm_split.js"), path.join(glued, "__wasm_split.js"));
  return { first, rest, glue: path.join(glued, `${program}.js`), link: path.join(glued, "__wasm_split.js") };
}

/** Replaces the wasm and glue in `dist` by the two parts and their glue; answers `html` with links to them. */
export async function split({ root, dist, html, program }) {
  const scratch = path.join(root, "target/web/split");
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  const made = await parts(root, program, scratch);

  const rest = await readFile(made.rest);
  const restName = hashedName("screens", rest, ".wasm");
  await writeFile(path.join(dist, restName), rest);
  const loader = replaceOnce(
    await readFile(made.link, "utf8"),
    /new URL\("\.\/split_screens\.wasm", import\.meta\.url\)/,
    `"/${restName}", { integrity: "${integrityOf(rest)}", credentials: "same-origin" }`,
    "place that fetches the second part",
  );
  await writeFile(made.link, loader);

  const first = await readFile(made.first);
  const bundled = await build({ entryPoints: [made.glue], bundle: true, minify: true, format: "esm", write: false, logLevel: "warning" });
  const glue = Buffer.from(bundled.outputFiles[0].contents);
  const firstName = hashedName(program, first, "_bg.wasm");
  const glueName = hashedName(program, glue, ".js");
  await writeFile(path.join(dist, firstName), first);
  await writeFile(path.join(dist, glueName), glue);

  const links = html.match(/<link [^>]+>/g) ?? [];
  const named = (kind) => links.find((link) => link.includes(kind))?.match(/href="\/([^"]+)"/)?.[1];
  const [trunkGlue, trunkWasm] = [named('rel="modulepreload"'), named('as="fetch"')];
  if (!trunkGlue || !trunkWasm) throw new Error("expected Trunk's preload links of glue and wasm in index.html, found none");
  for (const file of [trunkGlue, trunkWasm]) await rm(path.join(dist, file));
  const linked = (text, from, to, content) =>
    text.replace(/<link [^>]+>/g, (link) =>
      link.includes(`"/${from}"`) ? link.replace(from, to).replace(/integrity="[^"]+"/, `integrity="${integrityOf(content)}"`) : link,
    );
  return linked(linked(html, trunkGlue, glueName, glue), trunkWasm, firstName, first);
}
