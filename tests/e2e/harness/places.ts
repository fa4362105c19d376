// Where things are, and how Chromium is started.

import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
export const out = path.join(root, "target/e2e");

export const chromium = process.env.CHROME_PATH ?? "/usr/lib/chromium/chromium";
export const server = process.env.QIANBAO_BIN ?? path.join(root, "target/debug/qianbao");
export const sandbox = process.env.QIANBAO_SANDBOX_BIN ?? path.join(root, "target/debug/qianbao-sandbox");
export const site = process.env.QIANBAO_SITE ?? path.join(root, "target/site");

/** Nothing that phones home, no sandbox (containers have none), and a camera only where a journey brings one. */
export const launchArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
