// Copyright 2026 the Gee authors. MIT license.
// A server in a process of its own that tells what it holds; the address is the
// one line that it prints, and it ends when its standard input does.
import { type Client, dial, Server } from "../../rpc/mod.ts";
import { heapUsed } from "./account.ts";
import { p99 } from "./report.ts";
import { Arith } from "./rpc_bytes.ts";

const program = new URL(import.meta.url).href;

/** What the server holds. */
export interface Held {
  /** Heap and buffers after a collection, in bytes. */
  readonly heap: number;
  readonly connections: number;
  readonly inFlight: number;
}

class Stats {
  readonly #server: Server;
  constructor(server: Server) {
    this.#server = server;
  }
  connections(): number {
    return this.#server.stats().connections;
  }
  async held(): Promise<Held> {
    const heap = await heapUsed();
    const { connections, inFlight } = this.#server.stats();
    return { heap, connections, inFlight };
  }
}

/** Waits for its caller, or as long as the server allows. */
class Slow {
  wait(): Promise<never> {
    return new Promise(() => {});
  }
  async *items(): AsyncGenerator<number> {
    for (let n = 0;; n++) yield n;
  }
  large(): string {
    return "x".repeat(100_000);
  }
}

/** The server as the driver sees it. */
export class Target implements AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Somebody who calls now and then all the time. */
  readonly healthy: Client;
  readonly #child: Deno.ChildProcess;
  #times: number[] = [];

  private constructor(
    child: Deno.ChildProcess,
    address: string,
    healthy: Client,
  ) {
    this.#child = child;
    this.address = address;
    this.port = Number(address.split(":")[1]);
    this.healthy = healthy;
  }

  /** Starts one, and waits until it listens. */
  static async start(): Promise<Target> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--allow-net=127.0.0.1", "--allow-sys"],
        program,
      ],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    const address = new TextDecoder().decode(value).trim();
    return new Target(child, address, await dial(address));
  }

  held(): Promise<Held> {
    return this.healthy.call<Held>("Stats.held");
  }

  /** The connections that the server serves, without a look at its heap. */
  connections(): Promise<number> {
    return this.healthy.call<number>("Stats.connections");
  }

  /** The p99 in ms of calls in a thread of their own while something goes on. */
  async during(work: () => Promise<void>): Promise<number> {
    const worker = new Worker(new URL("rpc_healthy.ts", import.meta.url), {
      type: "module",
    });
    const next = () =>
      new Promise<unknown>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });
    const ready = next();
    worker.postMessage(this.address);
    await ready;
    try {
      await work();
    } finally {
      const told = next();
      worker.postMessage("stop");
      this.#times = await told as number[]; // it sends nothing else
      worker.terminate();
    }
    return p99(this.#times);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.healthy.close();
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#child.stdin.close().catch(() => {});
    await this.#child.stdout.cancel();
  }
}

if (import.meta.main) {
  // Short, so that what never ends is given up while the rig looks.
  const server = new Server({ maxConnections: 100_000, handleTimeout: 1000 });
  server.register(new Arith());
  server.register(new Slow());
  server.register(new Stats(server));
  console.log(server.listen().address);
  for await (const _ of Deno.stdin.readable);
  Deno.exit();
}
