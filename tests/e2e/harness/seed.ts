// Runs once before all journeys: demo people and their shop in a folder that each worker copies.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { out, server } from "./places";

export const seeded = path.join(out, "seed");

/** The built-in limits, but for how many payments a day go without being asked: a day of journeys has many. */
export const limits = path.join(out, "limits.toml");

export default function seed(): void {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  execFileSync(server, ["seed", "--data", seeded], { stdio: "inherit" });
  writeFileSync(limits, execFileSync(server, ["limits"], { encoding: "utf8" }).replace("count = 10\n", "count = 1000\n"));
}
