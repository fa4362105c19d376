// How long journeys took: target/e2e/timings.jsonl, one line each. `cargo xtask bench P1` reads those of the row it makes.

import { appendFileSync } from "node:fs";
import path from "node:path";
import { out } from "./places";

/** Keeps a duration in whole milliseconds under `what`. */
export function keepTiming(what: string, ms: number): void {
  appendFileSync(path.join(out, "timings.jsonl"), `${JSON.stringify({ what, ms: Math.round(ms) })}\n`);
}
