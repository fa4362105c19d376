// The wallet server and the sandbox bank on data of their own, behind a line that can be cut. One house a worker.

import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, createWriteStream, mkdirSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import { Line } from "./line";
import { out, sandbox, server, site as builtSite } from "./places";
import { limits, seeded } from "./seed";

const START_MS = 30_000;

export type Host = "wallet" | "desk" | "wallet.test" | "desk.test";

export class House {
  #server: ChildProcess | undefined;
  #sandbox: ChildProcess | undefined;
  #bankPort = 0;
  readonly folder: string;

  private constructor(
    name: string,
    readonly line: Line,
    readonly serverPort: number,
    private readonly site: string,
  ) {
    this.folder = path.join(out, name);
  }

  /** A house on a copy of the seeded data; `site` is the folder of the built apps. */
  static async open(name: string, site = builtSite): Promise<House> {
    const serverPort = await freePort();
    const house = new House(name, await Line.open(serverPort), serverPort, site);
    mkdirSync(house.folder, { recursive: true });
    cpSync(seeded, house.data, { recursive: true });
    house.#bankPort = await freePort();
    house.#sandbox = house.#start(sandbox, ["--listen", `127.0.0.1:${house.#bankPort}`, "--notify-url", `http://127.0.0.1:${serverPort}`]);
    await house.startServer();
    return house;
  }

  get data(): string {
    return path.join(this.folder, "data");
  }

  /** Where people reach `host`, such as `http://wallet.localhost:4711`. */
  origin(host: Host): string {
    return `http://${host}.localhost:${this.line.port}`;
  }

  async startServer(): Promise<void> {
    this.#server = this.#start(server, [
      "serve",
      ...["--data", this.data],
      ...["--site", this.site],
      ...["--listen", `127.0.0.1:${this.serverPort}`],
      ...["--domain", `localhost:${this.line.port}`],
      ...["--bank-url", `http://127.0.0.1:${this.#bankPort}`],
      ...["--limits", limits],
    ]);
    const deadline = Date.now() + START_MS;
    while (!(await this.#isReady())) {
      if (this.#server.exitCode !== null) throw new Error(`the server ended with ${this.#server.exitCode}: ${this.folder}/qianbao.log`);
      if (Date.now() > deadline) throw new Error(`the server was not ready within ${START_MS} ms: ${this.folder}/qianbao.log`);
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }

  /** Asks the server to end and waits until it has. */
  async stopServer(): Promise<void> {
    await stop(this.#server);
    this.#server = undefined;
  }

  async close(): Promise<void> {
    this.line.close();
    await Promise.all([stop(this.#server), stop(this.#sandbox)]);
  }

  #start(program: string, options: string[]): ChildProcess {
    const child = spawn(program, options, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, QIANBAO_LOG: process.env.QIANBAO_LOG ?? "info" } });
    const log = createWriteStream(path.join(this.folder, `${path.basename(program)}.log`), { flags: "a" });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    return child;
  }

  #isReady(): Promise<boolean> {
    return new Promise((resolve) => {
      const headers = { host: `wallet.localhost:${this.line.port}` };
      const ask = http.get({ host: "127.0.0.1", port: this.serverPort, path: "/readyz", headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      ask.on("error", () => resolve(false));
    });
  }
}

function stop(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const killer = setTimeout(() => child.kill("SIGKILL"), 15_000);
    child.on("exit", () => {
      clearTimeout(killer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
