// How long journeys took: target/e2e/timings.jsonl, one line each. No bench row reads it yet.

import { appendFileSync } from "node:fs";
import path from "node:path";
import { out } from "./places";

/** Keeps a duration in whole milliseconds under `what`. */
export function keepTiming(what: string, ms: number): void {
  appendFileSync(path.join(out, "timings.jsonl"), `${JSON.stringify({ what, ms: Math.round(ms) })}\n`);
}
