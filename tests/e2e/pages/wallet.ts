// The wallet, as people use it.

import { expect, type Locator, type Page } from "@playwright/test";
import { photographed } from "../harness/camera";
import { cameTo, shownAt } from "../harness/moments";
import type { Texts } from "../harness/texts";
import { PIN } from "../harness/visitor";

/** A cold start on a busy machine. */
const START_MS = 20_000;

export class Wallet {
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

  link(key: string): Locator {
    return this.page.getByRole("link", { name: this.say(key) });
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
  }

  /** The same wallet in another tab. */
  async anotherTab(): Promise<Wallet> {
    return new Wallet(await this.page.context().newPage(), this.texts, this.origin);
  }

  /** Requests of this page that could move money, from now on. */
  movingRequests(): string[] {
    const seen: string[] = [];
    this.page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (request.method() !== "GET" && !/^\/v1\/(session|payments\/preview)$/.test(pathname)) seen.push(`${request.method()} ${pathname}`);
    });
    return seen;
  }

  /** Minor units of CNY in the wallet, as the server says. */
  async balance(): Promise<number> {
    const wallets = await this.ask<{ available: { minor: string; currency: string } }[]>("/v1/wallets");
    return Number(wallets.find(({ available }) => available.currency === "CNY")?.available.minor);
  }

  /** `GET path` with the person's session. */
  ask<T>(path: string): Promise<T> {
    return this.page.evaluate(async (path) => (await fetch(path)).json() as Promise<T>, path);
  }

  /** The records, newest first. */
  async records(): Promise<{ payment: string | null; amount: { minor: string } }[]> {
    return (await this.ask<{ data: { payment: string | null; amount: { minor: string } }[] }>("/v1/activity?limit=50")).data;
  }

  field(key: string): Locator {
    return this.page.getByLabel(this.say(key), { exact: true });
  }

  /** Fills the form of the sign-in screen and sends it. */
  async signIn(handle: string, password: string): Promise<void> {
    await this.field("handle").fill(handle);
    await this.field("password").fill(password);
    await this.button("sign_in").click();
  }

  /** From the welcome screen to home. */
  async enter(handle: string, password: string): Promise<void> {
    await this.link("sign_in").click();
    await this.signIn(handle, password);
    await this.expectHome();
  }

  /** The wallet's home stands: its doors are there. */
  async expectHome(): Promise<void> {
    await expect(this.page.locator(".doors")).toBeVisible({ timeout: START_MS });
  }

  /** The screen that reads codes, from home's door. */
  async openScanner(): Promise<void> {
    await this.go("/");
    await this.link("scan").last().click();
    await this.expectHeading("scan");
  }

  /** Opens the scanner with a code before the camera, and presses "pay" as soon as the sheet shows `amount`. Answers
      when the code was read and when the payment is shown as paid. */
  async scanAndApprove(amount: string): Promise<{ read: Promise<number>; paid: Promise<number> }> {
    await this.go("/");
    await this.expectHome();
    const read = cameTo(this.page, "/pay");
    const paid = shownAt(this.page, "h2", this.say("payment_paid"));
    const ready = shownAt(this.page, ".pay-stage button", amount);
    await this.link("scan").last().click();
    await ready;
    await this.approval().click();
    return { read, paid };
  }

  /** Rows of the list under this heading. */
  rows(heading: string): Locator {
    const title = this.page.getByRole("heading", { name: this.say(heading), exact: true });
    return this.page.locator(".card").filter({ has: title }).locator(".row-list .row");
  }

  /** The sheet that is open. */
  sheet(): Locator {
    return this.page.getByRole("dialog");
  }

  /** Types a code into the scanner's field. */
  async typeCode(text: string): Promise<void> {
    await this.openScanner();
    await this.button("type_code").click();
    await this.field("code_or_link").fill(text);
    await this.button("go_on").click();
  }

  /** Puts a code on the clipboard and pastes it. */
  async pasteCode(text: string): Promise<void> {
    await this.page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: this.origin });
    await this.openScanner();
    await this.page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await this.button("paste").click();
  }

  /** Chooses a picture with a code. */
  async choosePicture(png: Buffer): Promise<void> {
    await this.openScanner();
    await this.page.getByLabel(this.say("from_picture")).setInputFiles({ name: "code.png", mimeType: "image/png", buffer: png });
  }

  /** Types the amount where the payee did not fix it. */
  async typeAmount(amount: string): Promise<void> {
    await this.field("amount_to_pay").fill(amount);
    await this.button("go_on").click();
  }

  /** The one button that sends the money, on the sheet that shows everything. */
  approval(): Locator {
    return this.page.getByRole("button", { name: this.texts.like("pay_amount") });
  }

  /** Where the payment PIN is typed. */
  pin(): Locator {
    return this.page.getByLabel(this.say("pin_enter"));
  }

  /** Types the PIN that is asked for. */
  async typePin(pin: string): Promise<void> {
    await this.pin().pressSequentially(pin);
  }

  /** Sets a PIN where a new one is asked for. */
  async setPin(pin: string): Promise<void> {
    await this.page.getByLabel(this.say("pin_new")).pressSequentially(pin);
    await this.page.getByLabel(this.say("pin_again")).pressSequentially(pin);
  }

  async expectToPay(amount: string): Promise<void> {
    await expect(this.approval()).toContainText(amount);
  }

  /** Approves what the sheet shows, with the demo people's PIN where one is asked for. Answers the payment's id. */
  async approve(): Promise<string> {
    const isAsked = await this.page.getByText(this.say("need_pin_or_passkey"), { exact: true }).isVisible();
    await this.approval().click();
    if (isAsked) await this.typePin(PIN);
    await this.page.waitForURL(/\/payments\/pay_/);
    return this.payment();
  }

  /** The payment on the screen, from the address. */
  payment(): string {
    return new URL(this.page.url()).pathname.split("/").pop() ?? "";
  }

  async expectPaid(): Promise<void> {
    await expect(this.page.getByRole("heading", { name: this.say("payment_paid"), exact: true })).toBeVisible();
  }

  async expectText(key: string): Promise<void> {
    await expect(this.page.getByText(this.texts.like(key)).filter({ visible: true }).first()).toBeVisible();
  }

  /** The picture of this person's receive code, as a payer sees it. */
  async photograph(): Promise<Buffer> {
    const code = this.page.getByRole("img", { name: this.say("receive_code") });
    await expect(code).toBeVisible();
    return photographed(this.page, code);
  }

  async expectHeading(key: string): Promise<void> {
    await expect(this.page.getByRole("heading", { name: this.say(key) }).first()).toBeVisible();
  }
}
