// What a browser keeps for a site, as somebody with its disk would find it.

import type { Page } from "@playwright/test";

/** A record of a database: where it lies, and its bytes, one character each. */
export interface Kept {
  store: string;
  key: string;
  bytes: string;
}

/** Every record of every database, and what else the site keeps. A key that cannot be exported is `sealed key`. */
export function everythingKept(page: Page): Promise<Kept[]> {
  return page.evaluate(async () => {
    const whole = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const text = (value: unknown) => {
      if (value instanceof CryptoKey) return value.extractable ? "open key" : "sealed key";
      return value instanceof Uint8Array ? [...value].map((byte) => String.fromCharCode(byte)).join("") : JSON.stringify(value);
    };
    const kept: Kept[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await whole(indexedDB.open(name ?? ""));
      for (const store of database.objectStoreNames) {
        const records = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([whole(records.getAllKeys()), whole(records.getAll())]);
        keys.forEach((key, place) => kept.push({ store, key: String(key), bytes: text(values[place]) }));
      }
      database.close();
    }
    for (const [store, storage] of Object.entries({ local: localStorage, session: sessionStorage })) {
      for (const [key, value] of Object.entries(storage)) kept.push({ store, key, bytes: String(value) });
    }
    return kept;
  });
}

/** Changes the last byte of every record of `stores`. */
export function damage(page: Page, stores: string[]): Promise<number> {
  return page.evaluate(async (stores) => {
    const whole = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await whole(indexedDB.open("qianbao"));
    let damaged = 0;
    for (const store of stores) {
      const records = database.transaction(store, "readwrite").objectStore(store);
      for (const key of await whole(records.getAllKeys())) {
        const bytes = (await whole(records.get(key))) as Uint8Array;
        bytes[bytes.length - 1] ^= 1;
        await whole(records.put(bytes, key));
        damaged += 1;
      }
    }
    database.close();
    return damaged;
  }, stores);
}
