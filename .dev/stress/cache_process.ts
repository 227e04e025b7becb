// Copyright 2026 the Gee authors. MIT license.
// Nodes in processes of their own, as the driver sees them, and its source.
import type { GroupStats, PoolStats } from "../../cache/mod.ts";
import type { NodeConfig, Order } from "./cache_node.ts";
import { sleep } from "./report.ts";

/** Of the order "stats". */
export interface NodeStats {
  readonly group: GroupStats;
  readonly pool: PoolStats;
  readonly heap: number;
}

const program = new URL("cache_node.ts", import.meta.url).href;

/** A node in a process of its own. */
export class NodeProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #client = Deno.createHttpClient({});
  readonly #lines: ReadableStreamDefaultReader<string>;
  #url = "";
  #isEnded = false;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    const text = child.stdout.pipeThrough(new TextDecoderStream());
    this.#lines = text.getReader();
  }

  /** Starts a node, and waits until it listens. */
  static async start(config: NodeConfig): Promise<NodeProcess> {
    const env = Deno.env.toObject();
    // Else the report of a run with coverage looks for files that are gone.
    delete env.DENO_COVERAGE_DIR;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--v8-flags=--expose-gc"],
        ...["--allow-net=127.0.0.1", "--allow-read", "--allow-write"],
        ...[program, JSON.stringify(config)],
      ],
      clearEnv: true,
      env: { ...env, NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const node = new NodeProcess(child);
    const { value } = await node.#lines.read();
    if (value !== undefined) {
      node.#url = `http://127.0.0.1:${value.trim()}`;
      return node;
    }
    await node.kill();
    throw new Error(`Cannot start node "${config.self}"`);
  }

  /** The id of the process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Has the node do something; it rejects where the node does not answer. */
  async call<T>(order: Order): Promise<T> {
    const response = await fetch(this.#url, {
      method: "POST",
      body: JSON.stringify(order),
      client: this.#client,
    });
    const { result, error } = await response.json();
    if (error !== undefined) throw new NodeError(error);
    return result;
  }

  /** What the node counted. */
  stats(): Promise<NodeStats> {
    return this.call({ op: "stats" });
  }

  /** Stops the process as it is. */
  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Ends the process at once, a paused one too. */
  async kill(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#child.stdin.close().catch(() => {});
    while (!(await this.#lines.read()).done);
    this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** The node answered, and could not do what was wanted. */
export class NodeError extends Error {
  override readonly name = "NodeError";
}

/** What answers the getters of all nodes, in the process of the driver. */
export class CountingSource implements AsyncDisposable {
  /** How often it was asked. */
  calls = 0;
  /** How many questions it had at once, at most. */
  peak = 0;
  #running = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Makes a source that takes some ms; it reads the value before that. */
  constructor(
    ms: number,
    valueOf: (key: string) => { value: string; tags: readonly string[] },
  ) {
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen() {},
    }, async (request) => {
      const { value, tags } = valueOf(await request.text());
      this.calls++;
      this.peak = Math.max(this.peak, ++this.#running);
      await sleep(ms);
      this.#running--;
      return new Response(value, { headers: { "x-tags": tags.join() } });
    });
  }

  /** Where it is. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }
}

/** Waits for all, the others too when one fails: none is left behind. */
export async function allDone(tasks: readonly Promise<void>[]): Promise<void> {
  for (const task of await Promise.allSettled(tasks)) {
    if (task.status === "rejected") throw task.reason;
  }
}
