// Typed ids as the wallet writes them: a prefix and 26 digits of Crockford's base32.

import { randomBytes } from "node:crypto";

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

/** The 16 bytes of an id such as `ord_01m3250v0nemasa58n2maha58n`. */
export function bytesOf(id: string): Buffer {
  const bits = [...id.slice(id.indexOf("_") + 1)].reduce((sum, digit) => (sum << 5n) | BigInt(DIGITS.indexOf(digit)), 0n);
  return Buffer.from(bits.toString(16).padStart(32, "0"), "hex");
}

/** A fresh id with this prefix: a UUID of version 7. */
export function freshId(prefix: string): string {
  const bytes = Buffer.concat([Buffer.alloc(6), randomBytes(10)]);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const bits = BigInt(`0x${bytes.toString("hex")}`);
  const digit = (place: number) => DIGITS[Number((bits >> BigInt(5 * place)) & 31n)];
  return `${prefix}_${Array.from({ length: 26 }, (_, place) => digit(25 - place)).join("")}`;
}
