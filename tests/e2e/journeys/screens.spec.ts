// Every screen in both languages, both themes, on phone and desktop: axe finds nothing, nothing is cut off sideways, and a
// picture of it is kept under target/e2e/screens.

import { inspect } from "../harness/screens";
import { DESKTOP, PHONE, test, type Theme, type Visit } from "../harness/test";
import type { Language } from "../harness/texts";

interface Looks {
  name: string;
  visit: Visit;
}

const LOOKS: Looks[] = (["zh", "en"] as Language[]).flatMap((language) =>
  (["light", "dark"] as Theme[]).flatMap((theme) =>
    [
      { size: "phone", viewport: PHONE },
      { size: "desktop", viewport: DESKTOP },
    ].map(({ size, viewport }) => ({ name: `${size}-${language}-${theme}`, visit: { language, theme, viewport } })),
  ),
);

for (const { name, visit } of LOOKS) {
  test(`the wallet before sign-in, ${name}`, { tag: "@screens" }, async ({ doors }) => {
    const wallet = await doors.wallet(visit);
    for (const screen of ["welcome", "sign-in", "sign-up"]) {
      await wallet.go(`/${screen}`);
      await inspect(wallet.page, `wallet-${screen}-${name}`);
    }
  });

  test(`the wallet, ${name}`, { tag: "@screens" }, async ({ doors }) => {
    test.slow();
    const wallet = await doors.wallet({ ...visit, as: "ming" });
    const [{ payment }] = (await wallet.records()).filter((record) => record.payment);
    const [entry] = (await wallet.ask<{ data: { id: string }[] }>("/v1/activity?limit=1")).data;
    const screens = {
      home: "/",
      send: "/send",
      pay: "/pay?to=lan",
      receive: "/receive",
      activity: "/activity",
      entry: `/activity/${entry.id}`,
      payment: `/payments/${payment}`,
      "top-up": "/top-up",
      me: "/me",
      missing: "/nowhere",
    };
    for (const [screen, path] of Object.entries(screens)) {
      await wallet.go(path);
      await inspect(wallet.page, `wallet-${screen}-${name}`);
    }
  });

  test(`the desk, ${name}`, { tag: "@screens" }, async ({ doors }) => {
    test.slow();
    const desk = await doors.desk(visit);
    await desk.charge("18.00");
    await inspect(desk.page, `desk-code-${name}`);
    const order = desk.order();
    const screens = { cashier: "/", orders: "/orders", order: `/orders/${order}`, today: "/today", shop: "/shop", poster: "/shop/code", missing: "/nowhere" };
    for (const [screen, path] of Object.entries(screens)) {
      await desk.go(path);
      await inspect(desk.page, `desk-${screen}-${name}`);
    }
  });

  test(`the desk before sign-in, ${name}`, { tag: "@screens" }, async ({ doors }) => {
    const desk = await doors.desk({ ...visit, as: undefined });
    await inspect(desk.page, `desk-sign-in-${name}`);
  });
}
