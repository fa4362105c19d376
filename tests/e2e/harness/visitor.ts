// Somebody without a browser: one host, one session, the public API. For what a journey needs in numbers, or at once.

import { createHash } from "node:crypto";
import http from "node:http";
import type { Host, House } from "./house";
import { bytesOf, freshId } from "./ids";

/** An amount on the wire. */
export interface Wire {
  minor: string;
  currency: string;
}

/** Whom or what a payment is for, as on the wire. */
type Target = { kind: "person"; handle: string } | { kind: "order"; order: string; version: number };

interface Preview {
  payee: { kind: "person" | "shop"; id: string };
  amount: Wire;
  fee: Wire;
  server_time: number;
  approval?: { needed: string; pin: string };
}

/** Payment PIN of the demo people, and of everybody who pays here. */
export const PIN = "290417";

/** As long after the preview as the server allows, in microseconds. */
const VALID_US = 590_000_000;

export class Visitor {
  #cookie = "";
  #person = "";

  constructor(
    private readonly house: House,
    private readonly host: Host,
  ) {}

  async signIn(handle: string, password: string): Promise<this> {
    const { person } = await this.post<{ person: { id: string } }>("/v1/session", { handle, password });
    this.#person = person.id;
    return this;
  }

  /** Opens a wallet. */
  async signUp(handle: string, password: string): Promise<this> {
    const names = { display_name: handle, legal_name: "Zhou Yi" };
    const { person } = await this.post<{ person: { id: string } }>("/v1/people", { handle, password, locale: "zh", ...names });
    this.#person = person.id;
    return this;
  }

  get<T>(path: string): Promise<T> {
    return this.#send("GET", path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#send("POST", path, JSON.stringify(body));
  }

  /** Makes an order of `minor` CNY. */
  order(minor: number, more: object = {}): Promise<{ id: string; version: number; code: string; expires_at: number }> {
    const amount = { minor: String(minor), currency: "CNY" };
    return this.post("/v1/orders", { id: freshId("ord"), amount, lines: [], description: "", expires_in_s: 300, ...more });
  }

  /** What paying `target` would mean, and a function that pays it as often as it is called. */
  async payments(target: Target, minor?: number): Promise<(note?: string) => Promise<string>> {
    const amount = minor === undefined ? undefined : { minor: String(minor), currency: "CNY" };
    const preview = await this.post<Preview>("/v1/payments/preview", { target, amount });
    const not_after = preview.server_time + VALID_US;
    return async (note) => {
      const id = freshId("pay");
      const intent = createHash("sha256").update(this.#intent(id, target, preview, not_after)).digest("hex");
      const act = { id, target, amount: preview.amount, fee: preview.fee, not_after };
      const approval = await this.#approve(preview, { kind: "payment", ...act });
      const request = { ...act, note, intent, approval };
      const { status } = await this.post<{ status: string }>("/v1/payments", request);
      if (status !== "paid") throw new Error(`expected ${id} to be paid, found it ${status}`);
      return id;
    };
  }

  /** Approves by the PIN, which is set first where there is none; nothing where nothing is needed. */
  async #approve({ approval }: Preview, act: object): Promise<string | undefined> {
    if (!approval || approval.needed === "nothing") return undefined;
    if (approval.pin === "none") await this.#send("PUT", "/v1/pin", JSON.stringify({ pin: PIN }));
    return (await this.post<{ approval: string }>("/v1/approvals", { act, pin: PIN })).approval;
  }

  /** The canonical form of an intent: what a payer approves, 143 bytes. */
  #intent(id: string, target: Target, { payee, amount, fee }: Preview, not_after: number): Buffer {
    const int64 = (value: bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(value);
      return bytes;
    };
    const order = Buffer.alloc(21);
    if (target.kind === "order") {
      order[0] = 1;
      bytesOf(target.order).copy(order, 1);
      order.writeUInt32BE(target.version, 17);
    }
    return Buffer.concat([
      Buffer.from("qianbao/intent/1\n"),
      bytesOf(id),
      bytesOf(this.#person),
      Buffer.from([1]),
      Buffer.from(amount.currency),
      Buffer.from([payee.kind === "person" ? 1 : 2]),
      bytesOf(payee.id),
      int64(BigInt(amount.minor)),
      Buffer.from(amount.currency),
      int64(BigInt(fee.minor)),
      int64(BigInt(amount.minor) + BigInt(fee.minor)),
      Buffer.alloc(17),
      order,
      int64(BigInt(not_after)),
    ]);
  }

  #send<T>(method: string, path: string, body?: string): Promise<T> {
    const origin = this.house.origin(this.host);
    const headers: http.OutgoingHttpHeaders = { host: new URL(origin).host, cookie: this.#cookie };
    if (body !== undefined) Object.assign(headers, { origin, "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    return new Promise((resolve, reject) => {
      const ask = http.request({ host: "127.0.0.1", port: this.house.serverPort, method, path, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const [cookie] = answer.headers["set-cookie"] ?? [];
          if (cookie) this.#cookie = cookie.split(";")[0];
          if ((answer.statusCode ?? 0) < 300) resolve((text ? JSON.parse(text) : undefined) as T);
          else reject(new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`));
        });
      });
      ask.on("error", reject);
      ask.end(body);
    });
  }
}
