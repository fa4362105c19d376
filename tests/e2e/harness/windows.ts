// Browsers as people have them: windows that keep nothing, devices whose clock is wrong. Given to a visit as `prepare`.

import type { BrowserContext } from "@playwright/test";

/** A private window of a browser that refuses its database there. */
export function withoutStore(context: BrowserContext): Promise<unknown> {
  return context.addInitScript(() => {
    const refuse = () => {
      throw new DOMException("The user denied permission to access the database.", "SecurityError");
    };
    Object.defineProperty(globalThis, "indexedDB", { get: refuse });
  });
}

/** A device whose clock is `hours` ahead; behind, if negative. */
export function withClockOff(hours: number): (context: BrowserContext) => Promise<unknown> {
  return (context) =>
    context.addInitScript((off) => {
      const Right = Date;
      const wrong = class extends Right {
        constructor(...given: [number?]) {
          super(...((given.length ? given : [Right.now() + off]) as [number]));
        }
        static now = () => Right.now() + off;
      };
      globalThis.Date = wrong as DateConstructor;
    }, hours * 3_600_000);
}
