// The wallet's own words, so that journeys name what people read and not what programmers call it.

import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./places";

export type Language = "zh" | "en";
type Tree = { [key: string]: string | Tree };

function load(language: Language, name: string): Tree {
  return JSON.parse(readFileSync(path.join(root, "web/locales", language, `${name}.json`), "utf8")) as Tree;
}

/** The texts of an app in one language. */
export class Texts {
  readonly #trees: Tree[];

  constructor(
    readonly language: Language,
    app: "app" | "desk",
  ) {
    this.#trees = [load(language, app), load(language, "problems")];
  }

  /** The text under `key` (nested keys joined by a dot), its placeholders filled. An unknown key is a mistake of the test. */
  say(key: string, values: Record<string, string> = {}): string {
    for (const tree of this.#trees) {
      const found = key.split(".").reduce<string | Tree | undefined>((at, part) => (typeof at === "object" ? at[part] : undefined), tree);
      if (typeof found === "string") return found.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => values[name] ?? "");
    }
    throw new Error(`no text ${key} in ${this.language}`);
  }

  /** A pattern that the text matches, whatever its placeholders are filled with. */
  like(key: string): RegExp {
    const escaped = this.say(key, new Proxy({}, { get: () => "\u0000" })).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(escaped.replaceAll("\u0000", ".+?"));
  }
}
