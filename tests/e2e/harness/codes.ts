// EMVCo payloads taken apart, changed and put together again, as a forger or another payment service would; and signed
// with the operator's own key, as nobody but the house can. Nothing of the wallet's codec is used here.

import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { House } from "./house";
import { bytesOf } from "./ids";

/** A code of another payment service: the example of the EMVCo specification. */
export const FOREIGN =
  "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING" +
  "64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A";

/** Objects of a payload by their id, in their order. */
type Objects = Map<string, string>;

/** Where our reference stands, and where the two halves of the signature. */
const REFERENCE = "26";
const SIGNATURE = ["80", "81"];
const GUID = "0011app.qianbao";
/** What stands before a raw Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** CRC-16/CCITT-FALSE over UTF-8, as at the end of a payload. */
function checksum(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text, "utf8")) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}

function read(payload: string): Objects {
  const objects: Objects = new Map();
  for (let at = 0; at < payload.length; ) {
    const length = Number(payload.slice(at + 2, at + 4));
    objects.set(payload.slice(at, at + 2), payload.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  objects.delete("63");
  return objects;
}

function object(id: string, value: string): string {
  return id + String(value.length).padStart(2, "0") + value;
}

function body(objects: Objects): string {
  return [...objects].map(([id, value]) => object(id, value)).join("");
}

function printed(objects: Objects): string {
  const text = `${body(objects)}6304`;
  return text + checksum(text);
}

function changed(payload: string, changes: Record<string, string>): Objects {
  const objects = read(payload);
  for (const [id, value] of Object.entries(changes)) objects.set(id, value);
  return objects;
}

/** The payload with other objects, a right checksum and the signature it had. */
export function forged(payload: string, changes: Record<string, string>): string {
  return printed(changed(payload, changes));
}

/** The payload with a right checksum and without signature. */
export function unsigned(payload: string): string {
  const objects = read(payload);
  for (const id of SIGNATURE) objects.delete(id);
  return printed(objects);
}

/** The payload with a signature of the right form that nobody made. */
export function wronglySigned(payload: string): string {
  const half = (id: string) => {
    const value = read(payload).get(id) ?? "";
    const at = value.length - 9;
    return value.slice(0, at) + (value[at] === "A" ? "B" : "A") + value.slice(at + 1);
  };
  return forged(payload, { [SIGNATURE[0]]: half(SIGNATURE[0]) });
}

/** A whole payload, longer than the 512 characters that a code may have. */
export function oversize(payload: string): string {
  const filler = object("00", "com.example") + object("01", "x".repeat(80));
  return forged(payload, Object.fromEntries(["82", "83", "84", "85"].map((id) => [id, filler])));
}

/** The payload with other objects, signed with the house's own key. */
export function signed(house: House, payload: string, changes: Record<string, string>): string {
  const objects = changed(payload, changes);
  for (const id of SIGNATURE) objects.delete(id);
  const seed = Buffer.from(readFileSync(path.join(house.data, "live/keys/operator-1.key"), "utf8").trim(), "hex");
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  const signature = sign(null, Buffer.from(`qianbao/code/1\n${body(objects)}`), key).toString("base64url");
  for (const [place, id] of SIGNATURE.entries()) objects.set(id, GUID + object("01", signature.slice(43 * place, 43 * (place + 1))));
  return printed(objects);
}

/** What a code says of an order. */
export interface OrderFacts {
  id: string;
  version: number;
  amount: { minor: string };
  expires_at: number;
}

/** The code that the shop of `payload` showed for `order`, letter by letter, while it was open. */
export function codeOfOrder(house: House, payload: string, order: OrderFacts): string {
  const head = Buffer.from((read(payload).get(REFERENCE) ?? "").slice(GUID.length + 4), "base64url").subarray(0, 21);
  const seconds = Buffer.alloc(5);
  seconds.writeUIntBE(Math.floor(order.expires_at / 1_000_000), 0, 5);
  const reference = Buffer.concat([head, bytesOf(order.id), seconds, Buffer.from([order.version])]).toString("base64url");
  const amount = (Number(order.amount.minor) / 100).toFixed(2);
  return signed(house, payload, { [REFERENCE]: GUID + object("01", reference), "54": amount });
}
