// Every field that a person can type into, fed with markup, SQL, characters that hide or turn what stands beside them, and
// ten thousand characters. Each is refused in words or shown as the text it is. The guard fails a journey in which a
// script ran or a policy was broken.

import type { Locator, Page } from "@playwright/test";
import * as codes from "../harness/codes";
import { answered } from "../harness/guard";
import { expect, PASSWORD, test } from "../harness/test";
import { Visitor } from "../harness/visitor";

const MARKUP = "<img src=x onerror=alert(1)>";
const SQL = "'; DROP TABLE people; --";
/** Turns what follows it, and cannot be seen. */
const TURNED = "Ming \u202Egnim";
const HIDDEN = "Mi\u200Bng";
const LONG = "茶".repeat(10_000);
const PLAIN = { name: "Zhou Yi", password: "walnut-lantern-orbit-77" };

function fresh(): string {
  return `text.${Date.now().toString(36)}`;
}

/** Puts `text` in as from the clipboard, with whatever limit the field has. */
async function pasteInto(page: Page, field: Locator, text: string): Promise<void> {
  await field.fill("");
  await field.focus();
  await page.keyboard.insertText(text);
}

test("names that hide, turn or never end are refused at their fields", { tag: "@text" }, async ({ doors, guard }) => {
  guard.allow(answered(422, /\/v1\/people/));
  const wallet = await doors.wallet();
  await wallet.go("/sign-up");
  await wallet.button("by_password_instead").click();
  const fill = async (texts: Record<string, string>) => {
    const all = { handle: fresh(), display_name: PLAIN.name, legal_name: PLAIN.name, password: PLAIN.password, ...texts };
    for (const [key, text] of Object.entries(all)) await pasteInto(wallet.page, wallet.field(key), text);
    await wallet.button("sign_up_now").click();
  };
  const cases: [string, string, string][] = [
    ["display_name", TURNED, "name_invalid"],
    ["display_name", HIDDEN, "name_invalid"],
    ["display_name", LONG, "name_invalid"],
    ["legal_name", TURNED, "name_invalid"],
    ["legal_name", HIDDEN, "name_invalid"],
    ["legal_name", MARKUP, "name_invalid"],
    ["legal_name", SQL, "name_invalid"],
    ["legal_name", LONG, "name_invalid"],
    ["handle", MARKUP, "handle_invalid"],
    ["handle", SQL, "handle_invalid"],
    ["handle", HIDDEN, "handle_invalid"],
    ["handle", LONG, "handle_invalid"],
    ["password", LONG, "password_length"],
  ];
  for (const [field, text, words] of cases) {
    await fill({ [field]: text });
    const wrong = wallet.page.locator(".field-wrong");
    await expect(wrong.getByText(wallet.say(words)), `${field}: ${text.slice(0, 30)}`).toBeVisible();
    await expect(wrong).toHaveCount(1);
    await expect(wrong.getByLabel(wallet.say(field), { exact: true })).toBeVisible();
  }
  // Right in the end: nothing of what was refused is left.
  await fill({});
  await wallet.expectHome();
});

test("a name in markup is a name, for its owner and for who pays", { tag: "@text" }, async ({ house, doors }) => {
  const handle = fresh();
  const [wallet, ming] = [await doors.wallet({ language: "en" }), await doors.wallet({ as: "ming", language: "en" })];
  await wallet.go("/sign-up");
  await wallet.button("by_password_instead").click();
  for (const [key, text] of Object.entries({ handle, display_name: MARKUP, legal_name: PLAIN.name, password: PLAIN.password })) {
    await wallet.field(key).fill(text);
  }
  await wallet.button("sign_up_now").click();
  await wallet.expectHome();
  await expect(wallet.page.getByText(MARKUP).first()).toBeVisible();
  await wallet.go("/me");
  await expect(wallet.page.getByText(MARKUP).first()).toBeVisible();

  await ming.go(`/pay?to=${handle}`);
  await expect(ming.page.getByText(MARKUP).first()).toBeVisible();
  await ming.typeAmount("0.40");
  await ming.field("note_optional").fill(SQL);
  await ming.approve();
  await ming.expectPaid();
  await expect(ming.page.getByText(SQL).first()).toBeVisible();
  await wallet.go("/activity");
  await expect(wallet.page.getByText(SQL).first()).toBeVisible();
  const people = await new Visitor(house, "wallet").signIn(handle, PLAIN.password);
  expect(await people.get<unknown[]>("/v1/wallets"), "the tables are still there").toHaveLength(1);
});

test("notes that hide, turn or never end are refused before anything is sent", { tag: "@text" }, async ({ doors, guard }) => {
  guard.allow(answered(422, /\/v1\/links/));
  const wallet = await doors.wallet({ as: "ming" });
  await wallet.go("/pay?to=lan");
  await wallet.typeAmount("0.50");
  for (const note of [TURNED, HIDDEN, LONG]) {
    await pasteInto(wallet.page, wallet.field("note_optional"), note);
    await expect(wallet.page.locator(".field-wrong").getByText(wallet.say("note_invalid")), note.slice(0, 30)).toBeVisible();
    await expect(wallet.approval()).toBeDisabled();
  }

  await pasteInto(wallet.page, wallet.field("note_optional"), "card 4111 1111 1111 1111");
  await expect(wallet.page.locator(".field-wrong").getByText(wallet.say("card_number_in_text"))).toBeVisible();
  await expect(wallet.approval()).toBeDisabled();

  await wallet.go("/receive");
  await wallet.button("set_amount").click();
  await wallet.field("amount_to_receive").fill("1");
  for (const note of [TURNED, HIDDEN, LONG]) {
    await pasteInto(wallet.page, wallet.field("note_optional"), note);
    await wallet.button("make_code").click();
    await expect(wallet.sheet().getByText(wallet.say("note_invalid")), note.slice(0, 30)).toBeVisible();
  }
  await wallet.field("note_optional").fill(MARKUP);
  await wallet.button("make_code").click();
  await expect(wallet.sheet()).toBeHidden();
  await expect(wallet.page.getByText(MARKUP).first()).toBeVisible();
});

test("search, payee, amounts and passwords take anything and answer in words", { tag: "@text" }, async ({ doors, guard }) => {
  guard.allow(answered(401, /\/v1\/session/), answered(403, /\/v1\/session/), answered(422, /\/v1\/session/));
  const stranger = await doors.wallet();
  await stranger.go("/sign-in");
  for (const text of [MARKUP, SQL, HIDDEN, LONG]) {
    await pasteInto(stranger.page, stranger.field("handle"), text);
    await pasteInto(stranger.page, stranger.field("password"), text);
    const answer = stranger.page.waitForResponse((response) => new URL(response.url()).pathname === "/v1/session");
    await stranger.button("sign_in").click();
    await answer;
    await stranger.expectText("sign_in_failed");
  }

  const wallet = await doors.wallet({ as: "ming" });
  for (const text of [MARKUP, SQL, TURNED, LONG]) {
    await wallet.go("/activity");
    await pasteInto(wallet.page, wallet.field("search"), `none ${text}`);
    await wallet.expectText("nothing_found_title");
    await wallet.go("/send");
    await pasteInto(wallet.page, wallet.field("send_to"), text);
    await wallet.button("go_on").click();
    await wallet.expectText("send_handle_wrong");
  }
  for (const [path, key] of [["/pay?to=lan", "amount_to_pay"], ["/top-up", "top_up_amount"]]) {
    await wallet.go(path);
    for (const text of [MARKUP, SQL, "1\u202E8", LONG]) {
      await pasteInto(wallet.page, wallet.field(key), text);
      await expect(wallet.page.getByText(wallet.say("amount_not_number")), `${path}: ${text.slice(0, 30)}`).toBeVisible();
    }
    await pasteInto(wallet.page, wallet.field(key), "9".repeat(10_000));
    await expect(wallet.page.getByText(wallet.texts.like("amount_too_large")).first()).toBeVisible();
  }
});

test("what a code says is shown without what hides or turns it", { tag: "@text" }, async ({ doors }) => {
  const wallet = await doors.wallet({ as: "ming" });
  const says = wallet.page.locator(".foreign-text bdi");
  await wallet.typeCode(`pay \u202Eyap\u200B <b>now</b>`);
  await wallet.expectText("code_text");
  await expect(says).toHaveText("pay \uFFFDyap\uFFFD <b>now</b>");
  await wallet.pasteCode(codes.forged(codes.FOREIGN, { "59": "<b>BEST</b> SHOP" }));
  await wallet.expectText("code_foreign");
  await expect(says).toHaveText("<b>BEST</b> SHOP");
  await wallet.pasteCode(codes.forged(codes.FOREIGN, { "59": "BEST \u202EPOHS" }));
  await wallet.expectText("money_not_moved");
  expect(await wallet.page.locator("body").innerText()).not.toMatch(/[\u200B\u202E]/);
});

test("a shop and its orders keep their texts as texts", { tag: "@text" }, async ({ house, doors, guard }) => {
  guard.allow(answered(403, /\/v1\/shop/), answered(422, /\/v1\/(shop|orders)/));
  const handle = fresh();
  await new Visitor(house, "wallet").signUp(handle, PASSWORD);
  const [desk, ming] = [await doors.desk({ as: undefined, language: "en" }), await doors.wallet({ as: "ming", language: "zh" })];
  await desk.signIn(handle, PASSWORD);
  const open = async (texts: Record<string, string>) => {
    const all = { shop_name_zh: MARKUP, shop_name_en: "<i>Tea</i>", shop_city: "<b>Hangzhou</b>", ...texts };
    for (const [key, text] of Object.entries(all)) await pasteInto(desk.page, desk.field(key), text);
    await desk.button("open_shop").click();
  };
  for (const name of [TURNED, HIDDEN]) {
    await open({ shop_name_zh: name });
    await desk.expectText("shop_invalid");
    await open({ shop_name_en: name });
    await desk.expectText("ascii_only");
  }
  await open({});
  await expect(desk.button("show_code")).toBeVisible();
  await expect(desk.page.getByText("<i>Tea</i>").first()).toBeVisible();

  await desk.button("note_add").click();
  await pasteInto(desk.page, desk.field("note"), TURNED);
  await desk.typeAmount("7.00");
  await desk.button("show_code").click();
  await desk.expectText("order_invalid");
  await pasteInto(desk.page, desk.field("note"), SQL);
  await desk.button("show_code").click();
  await expect(desk.code()).toBeVisible();
  await expect(desk.page.getByText(SQL).first()).toBeVisible();

  await ming.choosePicture(await desk.photograph());
  await ming.expectToPay("7.00");
  await expect(ming.page.getByText(MARKUP).first(), "the shop's name is text").toBeVisible();
  await expect(ming.page.getByText(SQL).first()).toBeVisible();
  await ming.approve();
  await Promise.all([ming.expectPaid(), desk.expectPaid()]);

  await desk.go(`/orders/${desk.order()}`);
  await desk.button("refund").click();
  const give = desk.sheet().getByRole("button", { name: desk.texts.like("refund_do") });
  await pasteInto(desk.page, desk.field("refund_reason"), LONG);
  await expect(desk.field("refund_reason"), "no more than the field takes").toHaveValue("茶".repeat(80));
  await pasteInto(desk.page, desk.field("refund_reason"), MARKUP);
  await give.click();
  await desk.expectText("status_refunded");
});
