// The line between browser and server: a TCP relay that can be cut at exact moments of one request.
//
// Cutting TCP is what a tunnel or a dead battery does; it also works below service workers, where routes of the test
// program see nothing.

import net from "node:net";

/** When the line breaks for the next request whose first line begins so. */
export type Cut =
  /** The request never reaches the server. */
  | "before"
  /** The server gets the request and does it; nothing of the answer comes back. */
  | "answer lost"
  /** The answer breaks off after its first bytes. */
  | "answer torn";

interface Plan {
  cut: Cut;
  begins: string;
  /** Whether the line stays down afterwards until `mend`. */
  stays: boolean;
  done: () => void;
}

export class Line {
  #relay: net.Server;
  #open = new Set<net.Socket>();
  #plan: Plan | undefined;
  #down = false;

  private constructor(private readonly serverPort: number) {
    this.#relay = net.createServer((browser) => this.#accept(browser));
  }

  /** A relay on a free port to the server's. */
  static async open(serverPort: number): Promise<Line> {
    const line = new Line(serverPort);
    await new Promise<void>((resolve) => line.#relay.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get port(): number {
    return (this.#relay.address() as net.AddressInfo).port;
  }

  /** Cuts the next request that begins with `begins`, such as `POST /v1/payments `. Resolves when it has happened. */
  cutNext(begins: string, cut: Cut, { stays = false } = {}): Promise<void> {
    return new Promise((done) => {
      this.#plan = { cut, begins, stays, done };
    });
  }

  /** No network from now on. */
  down(): void {
    this.#down = true;
    for (const socket of this.#open) socket.destroy();
  }

  /** The network is back. */
  mend(): void {
    this.#down = false;
    this.#plan = undefined;
  }

  close(): void {
    this.down();
    this.#relay.close();
  }

  #accept(browser: net.Socket): void {
    if (this.#down) {
      browser.destroy();
      return;
    }
    const server = net.connect(this.serverPort, "127.0.0.1");
    let doomed: Plan | undefined;
    const end = () => {
      browser.destroy();
      server.destroy();
    };
    for (const socket of [browser, server]) {
      this.#open.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        this.#open.delete(socket);
        end();
      });
    }
    browser.on("data", (chunk) => {
      const plan = this.#plan;
      if (!doomed && plan && chunk.toString("latin1", 0, plan.begins.length) === plan.begins) {
        doomed = plan;
        this.#plan = undefined;
      }
      if (doomed?.cut === "before") this.#break(doomed, end);
      else server.write(chunk);
    });
    server.on("data", (chunk) => {
      if (!doomed) browser.write(chunk);
      else if (doomed.cut === "answer lost") this.#break(doomed, end);
      else browser.write(chunk.subarray(0, 40), () => this.#break(doomed as Plan, end));
    });
  }

  #break(plan: Plan, end: () => void): void {
    end();
    if (plan.stays) this.down();
    plan.done();
  }
}
