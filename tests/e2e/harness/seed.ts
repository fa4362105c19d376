// Runs once before all journeys: demo people and their shop in a folder that each worker copies.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { out, server } from "./places";

export const seeded = path.join(out, "seed");

export default function seed(): void {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  execFileSync(server, ["seed", "--data", seeded], { stdio: "inherit" });
}
