// The tool of the cut journeys does what it says: otherwise they would show nothing.

import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { Line, type Cut } from "../harness/line";

/** A server that counts what reaches it, behind a line. */
async function counted(use: (line: Line, reached: () => number) => Promise<void>): Promise<void> {
  let count = 0;
  const server = http.createServer((request, answer) => {
    request.resume().on("end", () => {
      count += 1;
      answer.end("x".repeat(1000));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const line = await Line.open((server.address() as AddressInfo).port);
  try {
    await use(line, () => count);
  } finally {
    line.close();
    server.closeAllConnections();
    server.close();
  }
}

function post(line: Line): Promise<string> {
  return fetch(`http://127.0.0.1:${line.port}/v1/payments`, { method: "POST", body: "{}" }).then((answer) => answer.text());
}

const CUTS: { cut: Cut; reaches: number }[] = [
  { cut: "before", reaches: 0 },
  { cut: "answer lost", reaches: 1 },
  { cut: "answer torn", reaches: 1 },
];

for (const { cut, reaches } of CUTS) {
  test(`a line cut "${cut}" lets ${reaches} requests through`, { tag: "@harness" }, async () => {
    await counted(async (line, reached) => {
      const done = line.cutNext("POST /v1/payments ", cut);
      await expect(post(line)).rejects.toThrow();
      await done;
      expect(reached()).toBe(reaches);
      expect(await post(line), "the next request passes").toHaveLength(1000);
    });
  });
}

test("a line that is down lets nothing through until it is mended", { tag: "@harness" }, async () => {
  await counted(async (line, reached) => {
    line.down();
    await expect(post(line)).rejects.toThrow();
    expect(reached()).toBe(0);
    line.mend();
    await post(line);
    expect(reached()).toBe(1);
  });
});
