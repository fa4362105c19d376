// The shop's desk, as its people use it.

import { expect, type Locator, type Page } from "@playwright/test";
import { photographed } from "../harness/camera";
import { shownAt } from "../harness/moments";
import type { Texts } from "../harness/texts";

/** A cold start on a busy machine. */
const START_MS = 20_000;

export class Desk {
  constructor(
    readonly page: Page,
    readonly texts: Texts,
    readonly origin: string,
  ) {}

  say(key: string, values?: Record<string, string>): string {
    return this.texts.say(key, values);
  }

  button(key: string): Locator {
    return this.page.getByRole("button", { name: this.say(key), exact: true });
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
  }

  field(key: string): Locator {
    return this.page.getByLabel(this.say(key), { exact: true });
  }

  /** The sheet that is open. */
  sheet(): Locator {
    return this.page.getByRole("dialog");
  }

  /** Fills the form of the sign-in screen and sends it. */
  async signIn(handle: string, password: string): Promise<void> {
    await this.field("handle").fill(handle);
    await this.field("password").fill(password);
    await this.button("sign_in").click();
  }

  /** From the sign-in screen to the cashier. */
  async enter(handle: string, password: string): Promise<void> {
    await this.signIn(handle, password);
    await expect(this.button("show_code")).toBeVisible({ timeout: START_MS });
  }

  /** Types an amount such as `18.00` on the keypad. */
  async typeAmount(amount: string): Promise<void> {
    await expect(this.button("show_code")).toBeVisible();
    for (const key of amount) {
      const name = key === "." ? this.say("key_point") : key;
      await this.page.getByRole("button", { name, exact: true }).click();
    }
  }

  /** Types an amount on the keypad and shows its code. */
  async charge(amount: string): Promise<void> {
    await this.typeAmount(amount);
    await this.button("show_code").click();
    await expect(this.code()).toBeVisible();
  }

  /** The code on the screen. */
  code(): Locator {
    return this.page.getByRole("img", { name: this.say("code_label") });
  }

  /** The order's id, from the address. */
  order(): string {
    return new URL(this.page.url()).pathname.split("/").pop() ?? "";
  }

  /** A picture of the code as a customer sees it. */
  photograph(): Promise<Buffer> {
    return photographed(this.page, this.code());
  }

  /** The payload of the code on the screen, as the server gave it. */
  async payload(): Promise<string> {
    const order = await this.ask<{ code: string | null }>(`/v1/orders/${this.order()}`);
    if (!order.code) throw new Error("the order has no code");
    return order.code;
  }

  async expectPaid(): Promise<void> {
    await expect(this.page.getByText(this.say("paid"), { exact: true }).first()).toBeVisible();
  }

  /** The moment the screen says that the order is paid. Ask before it is due. */
  paidAt(): Promise<number> {
    return shownAt(this.page, ".outcome-title", this.say("paid"));
  }

  async expectText(key: string): Promise<void> {
    await expect(this.page.getByText(this.texts.like(key)).filter({ visible: true }).first()).toBeVisible();
  }

  /** The poster for the counter as the printer gets it, on A4. */
  async printedPoster(): Promise<Buffer> {
    await this.go("/shop/code");
    await expect(this.code()).toBeVisible();
    await this.page.emulateMedia({ media: "print" });
    await this.page.setViewportSize({ width: 794, height: 1123 });
    await expect(this.page.getByRole("navigation")).toBeHidden();
    const picture = await this.page.screenshot();
    await this.page.emulateMedia({ media: "screen" });
    return picture;
  }

  /** `GET path` with the desk's session. */
  ask<T>(path: string): Promise<T> {
    return this.page.evaluate(async (path) => (await fetch(path)).json() as Promise<T>, path);
  }
}
