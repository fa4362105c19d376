// Every screen in both languages, both themes, on phone and desktop: axe finds nothing, nothing is cut off sideways, and a
// picture of it is kept under target/e2e/screens.

import { inspectEverywhere } from "../harness/screens";
import { test } from "../harness/test";
import type { Language } from "../harness/texts";

for (const language of ["zh", "en"] as Language[]) {
  test(`the wallet before sign-in (${language})`, { tag: "@screens" }, async ({ doors }) => {
    test.slow();
    const wallet = await doors.wallet({ language });
    for (const screen of ["welcome", "sign-in", "sign-up"]) {
      await wallet.go(`/${screen}`);
      await inspectEverywhere(wallet.page, `wallet-${screen}-${language}`);
    }
  });

  test(`the wallet (${language})`, { tag: "@screens" }, async ({ doors }) => {
    test.slow();
    const wallet = await doors.wallet({ language, as: "ming" });
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
      await inspectEverywhere(wallet.page, `wallet-${screen}-${language}`);
    }
  });

  test(`the desk (${language})`, { tag: "@screens" }, async ({ doors }) => {
    test.slow();
    const desk = await doors.desk({ language });
    await desk.charge("18.00");
    await inspectEverywhere(desk.page, `desk-code-${language}`);
    const order = desk.order();
    const screens = { cashier: "/", orders: "/orders", order: `/orders/${order}`, today: "/today", shop: "/shop", poster: "/shop/code", missing: "/nowhere" };
    for (const [screen, path] of Object.entries(screens)) {
      await desk.go(path);
      await inspectEverywhere(desk.page, `desk-${screen}-${language}`);
    }
  });

  test(`the desk before sign-in (${language})`, { tag: "@screens" }, async ({ doors }) => {
    const desk = await doors.desk({ language, as: undefined });
    await inspectEverywhere(desk.page, `desk-sign-in-${language}`);
  });
}
