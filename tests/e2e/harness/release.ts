// A copy of the built apps into which a journey puts a newer build, as a deployment does while pages are open.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root, site } from "./places";

export class Release {
  private constructor(readonly folder: string) {}

  /** The build as it is, in a folder of its own. */
  static copy(folder: string): Release {
    cpSync(site, folder, { recursive: true });
    return new Release(folder);
  }

  /** The next build of both apps: other styles under another name, a page that says `stamp`, a service worker made by
      the real build script. What only the build before had is gone from the server. */
  next(stamp: string): void {
    for (const app of ["app", "desk"]) this.#build(path.join(this.folder, app), app, stamp);
  }

  #build(folder: string, app: string, stamp: string): void {
    const page = path.join(folder, "index.html");
    const styles = readdirSync(folder).find((name) => /^[a-z]+-[0-9a-f]+\.css$/.test(name));
    if (!styles) throw new Error(`no style sheet in ${folder}`);
    const digest = createHash("sha256").update(stamp).digest("hex").slice(0, 16);
    const renamed = styles.replace(/-[0-9a-f]+\./, `-${digest}.`);
    renameSync(path.join(folder, styles), path.join(folder, renamed));
    appendFileSync(path.join(folder, renamed), `\n/* ${stamp} */\n`);
    const integrity = createHash("sha384").update(readFileSync(path.join(folder, renamed))).digest("base64");
    const html = readFileSync(page, "utf8")
      .replace(new RegExp(`<link[^>]*${styles}[^>]*>`), (link) => link.replace(styles, renamed).replace(/integrity="[^"]*"/, `integrity="sha384-${integrity}"`))
      .replace("</head>", `<meta name="build" content="${stamp}"></head>`);
    writeFileSync(page, html);
    for (const changed of [styles, "index.html", "service-worker.js"]) rmSync(path.join(folder, `${changed}.br`), { force: true });
    execFileSync("node", [path.join(root, "web/build/finish.mjs"), app], { env: { ...process.env, TRUNK_STAGING_DIR: folder } });
  }
}
