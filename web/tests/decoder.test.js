// The decoder behind the scanner: its own detector first, then the worker, and never a reading that waits for ever.

import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { Decoder } from "../src/scanner/decoder.js";

const bitmap = () => ({ close() {} });

/** A worker that answers as `answer` says; without an answer it stays silent. */
function workers(answer) {
  const started = [];
  globalThis.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.address = address;
      this.ended = false;
      started.push(this);
    }
    postMessage(message) {
      if (message.warm) return;
      queueMicrotask(() => {
        const data = answer?.(message, started.length);
        if (data instanceof Error) this.dispatchEvent(Object.assign(new Event("error"), { message: data.message }));
        else if (data) this.dispatchEvent(Object.assign(new Event("message"), { data: { number: message.number, ...data } }));
      });
    }
    terminate() {
      this.ended = true;
    }
  };
  return started;
}

afterEach(() => {
  delete globalThis.BarcodeDetector;
  delete globalThis.Worker;
  mock.timers.reset();
});

test("without a detector the worker reads, started once", async () => {
  const started = workers(({ number }) => ({ text: `code ${number}` }));
  const decoder = new Decoder("/worker.js");
  assert.deepEqual(await Promise.all([decoder.read(bitmap()), decoder.read(bitmap())]), ["code 1", "code 2"]);
  assert.deepEqual(started.map(({ address }) => address), ["/worker.js"]);
});

test("a detector that reads QR codes spares the worker", async () => {
  const started = workers();
  globalThis.BarcodeDetector = class {
    static getSupportedFormats = async () => ["qr_code"];
    detect = async () => [{ rawValue: "own" }];
  };
  assert.equal(await new Decoder("/worker.js").read(bitmap()), "own");
  assert.equal(started.length, 0);
});

test("a detector that cannot read QR codes, or fails, leaves it to the worker", async () => {
  for (const formats of [["ean_13"], ["qr_code"]]) {
    workers(() => ({ text: "worker" }));
    globalThis.BarcodeDetector = class {
      static getSupportedFormats = async () => formats;
      detect = async () => {
        throw new Error("no service");
      };
    };
    assert.equal(await new Decoder("/worker.js").read(bitmap()), "worker");
  }
});

test("nothing found is null, a failed reading an error", async () => {
  workers(({ number }) => (number === 1 ? { text: null } : { error: "out of memory" }));
  const decoder = new Decoder("/worker.js");
  assert.equal(await decoder.read(bitmap()), null);
  await assert.rejects(decoder.read(bitmap()), /out of memory/);
});

test("a dead worker is replaced, and whoever waits hears of it", async () => {
  const started = workers((_, count) => (count === 1 ? new Error("crashed") : { text: "again" }));
  const decoder = new Decoder("/worker.js");
  await assert.rejects(decoder.read(bitmap()), /crashed/);
  assert.equal(await decoder.read(bitmap()), "again");
  assert.deepEqual(started.map(({ ended }) => ended), [true, false]);
});

test("a silent worker is given up", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const started = workers();
  const reading = new Decoder("/worker.js").read(bitmap());
  await new Promise(setImmediate);
  mock.timers.tick(10_000);
  await assert.rejects(reading, /did not answer/);
  assert.equal(started[0].ended, true);
});
