// Nothing may go wrong silently: console errors, uncaught errors and violations of the content security policy fail a
// journey, but for those it says it provokes.

import { expect, type BrowserContext, type Page } from "@playwright/test";

interface Complaint {
  page: string;
  text: string;
}

export class Guard {
  #complaints: Complaint[] = [];
  #allowed: RegExp[] = [];

  /** The journey provokes this itself; each line says how. */
  allow(...patterns: RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  async watch(context: BrowserContext): Promise<void> {
    await context.exposeBinding("qianbaoViolation", ({ page }, text: string) => this.#note(page, `policy: ${text}`));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        const tell = (globalThis as unknown as { qianbaoViolation: (text: string) => void }).qianbaoViolation;
        tell(`${event.effectiveDirective} ${event.blockedURI} ${event.sample} ${event.sourceFile}:${event.lineNumber}`);
      });
    });
    context.on("page", (page) => this.#listen(page));
    for (const page of context.pages()) this.#listen(page);
  }

  #listen(page: Page): void {
    page.on("console", (message) => {
      if (message.type() === "error") this.#note(page, `${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.#note(page, `uncaught: ${error.stack ?? error.message}`));
    page.on("crash", () => this.#note(page, "the page crashed"));
    page.on("dialog", (dialog) => {
      this.#note(page, `a script opened a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  #note(page: Page | undefined, text: string): void {
    this.#complaints.push({ page: page?.url() ?? "", text });
  }

  /** Fails with everything that was not provoked. */
  check(): void {
    const open = this.#complaints.filter(({ text }) => !this.#allowed.some((pattern) => pattern.test(text)));
    expect(open, "no console error, no uncaught error, no policy violation").toEqual([]);
  }
}

/** What Chromium itself writes when the network is cut or the server is away. */
export const NETWORK_GONE = /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|CONNECTION_CLOSED|EMPTY_RESPONSE|INTERNET_DISCONNECTED|SOCKET_NOT_CONNECTED|INCOMPLETE_CHUNKED_ENCODING|CONTENT_LENGTH_MISMATCH|INVALID_HTTP_RESPONSE|FAILED|NETWORK_CHANGED)/;

/** What Chromium itself writes when `path` answers with this status. */
export function answered(status: number, path: RegExp): RegExp {
  return new RegExp(`the server responded with a status of ${status} .*${path.source}`);
}
