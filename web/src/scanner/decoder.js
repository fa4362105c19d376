// Reads QR codes from bitmaps: the browser's own detector, else the decoder in a worker.

const ANSWER_MS_MAX = 10_000;

/** The browser's detector if it reads QR codes, else null. */
async function ownDetector() {
  try {
    const formats = (await globalThis.BarcodeDetector?.getSupportedFormats?.()) ?? [];
    return formats.includes("qr_code") ? new globalThis.BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

export class Decoder {
  #address;
  #own;
  #worker;
  #waiting = new Map();
  #number = 0;

  constructor(workerAddress) {
    this.#address = workerAddress;
    this.#own = ownDetector();
  }

  /** Begins to load what reading will need, so that it is there with the first frame. */
  async warm() {
    if (!(await this.#own)) this.#started().postMessage({ warm: true });
  }

  /** The text of a QR code in `bitmap`, or null. Takes the bitmap over and closes it. */
  async read(bitmap) {
    const own = await this.#own;
    if (own) {
      try {
        const [found] = await own.detect(bitmap);
        bitmap.close();
        return found?.rawValue || null;
      } catch {
        // Some systems announce a detector and then have none: the worker reads from here on.
        this.#own = Promise.resolve(null);
      }
    }
    return this.#ask(bitmap);
  }

  #started() {
    if (this.#worker) return this.#worker;
    this.#worker = new Worker(this.#address);
    this.#worker.addEventListener("message", ({ data }) => this.#settle(data.number, data));
    this.#worker.addEventListener("error", (event) => this.#fail(new Error(event.message || "the scanner's worker failed")));
    return this.#worker;
  }

  #ask(bitmap) {
    const number = (this.#number += 1);
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => this.#fail(new Error("the scanner's worker did not answer")), ANSWER_MS_MAX);
      this.#waiting.set(number, { resolve, reject, deadline });
      this.#started().postMessage({ number, bitmap }, [bitmap]);
    });
  }

  #settle(number, { text, error }) {
    const asked = this.#waiting.get(number);
    if (!asked) return;
    clearTimeout(asked.deadline);
    this.#waiting.delete(number);
    if (error) asked.reject(new Error(error));
    else asked.resolve(text);
  }

  /** A dead worker answers nothing more: all who wait hear of it, and the next reading starts a new one. */
  #fail(error) {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const number of [...this.#waiting.keys()]) this.#settle(number, { error: error.message });
  }
}
