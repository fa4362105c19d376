// The test object of all journeys: a house for each worker, a guard for each journey, and doors to open pages through.

import { mkdirSync } from "node:fs";
import path from "node:path";
import { test as base, chromium as engine, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { Desk } from "../pages/desk";
import { Wallet } from "../pages/wallet";
import { cameraArguments, filmNothing } from "./camera";
import { Guard } from "./guard";
import { House, type Host } from "./house";
import { chromium, launchArguments, out } from "./places";
import { Texts, type Language } from "./texts";

export { expect } from "@playwright/test";

/** Password of the demo people. */
export const PASSWORD = "jade-river-walks-2026";

export type Theme = "light" | "dark";
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 860 };

export interface Visit {
  /** Who is signed in; nobody unless said. */
  as?: string;
  language?: Language;
  theme?: Theme;
  viewport?: { width: number; height: number };
  /** A browser of its own with a camera that plays this film. */
  film?: string;
  /** More of Chromium's options; makes a browser of its own. */
  launch?: string[];
  /** Prepares the context before its first page. */
  prepare?: (context: BrowserContext) => Promise<unknown>;
  host?: Host;
}

/** Opens pages and closes everything at the end of the journey. */
export class Doors {
  #contexts: BrowserContext[] = [];
  #browsers: Browser[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly house: House,
    private readonly guard: Guard,
  ) {}

  async wallet(visit: Visit = {}): Promise<Wallet> {
    const { page, texts, origin } = await this.#visit("app", visit.host ?? "wallet", visit);
    const wallet = new Wallet(page, texts, origin);
    if (visit.as) await wallet.enter(visit.as, PASSWORD);
    return wallet;
  }

  async desk(visit: Visit = {}): Promise<Desk> {
    const { as } = { as: "chen", ...visit };
    const { page, texts, origin } = await this.#visit("desk", visit.host ?? "desk", visit);
    const desk = new Desk(page, texts, origin);
    if (as) await desk.enter(as, PASSWORD);
    return desk;
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
    await Promise.all(this.#browsers.map((browser) => browser.close()));
  }

  async #visit(app: "app" | "desk", host: Host, visit: Visit): Promise<{ page: Page; texts: Texts; origin: string }> {
    const { language = "zh", theme = "light", viewport = PHONE } = visit;
    const browser = visit.film || visit.launch ? await this.#launch(visit) : this.browser;
    const context = await browser.newContext({ viewport, locale: language === "zh" ? "zh-CN" : "en-GB", timezoneId: "Asia/Shanghai", colorScheme: theme });
    this.#contexts.push(context);
    await this.guard.watch(context);
    await visit.prepare?.(context);
    const page = await context.newPage();
    const origin = this.house.origin(host);
    await page.goto(origin);
    return { page, texts: new Texts(language, app), origin };
  }

  async #launch({ film, launch = [] }: Visit): Promise<Browser> {
    if (film) filmNothing(film);
    const args = [...launchArguments, ...launch, ...(film ? cameraArguments(film) : [])];
    const browser = await engine.launch({ executablePath: chromium, args });
    this.#browsers.push(browser);
    return browser;
  }
}

interface Fixtures {
  guard: Guard;
  doors: Doors;
  /** A file for this journey alone. */
  scratch: (name: string) => string;
}

export const test = base.extend<Fixtures, { house: House }>({
  house: [
    async ({}, use, { workerIndex }) => {
      const house = await House.open(`worker-${workerIndex}`);
      await use(house);
      await house.close();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  guard: async ({}, use) => {
    const guard = new Guard();
    await use(guard);
    guard.check();
  },
  doors: async ({ browser, house, guard }, use) => {
    const doors = new Doors(browser, house, guard);
    await use(doors);
    await doors.close();
    house.line.mend();
  },
  scratch: async ({}, use, { workerIndex }) => {
    const folder = path.join(out, `worker-${workerIndex}`, "scratch");
    mkdirSync(folder, { recursive: true });
    await use((name) => path.join(folder, name));
  },
});

/** Keeps a picture of the screen under `target/e2e/screens`. */
export async function keepScreen(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(out, "screens", `${name}.png`), animations: "disabled" });
}
