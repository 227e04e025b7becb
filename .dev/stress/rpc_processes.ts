// Copyright 2026 the Gee authors. MIT license.
// Servers in processes of their own, killed, paused and restarted under load.
import {
  ConnectError,
  FixedDiscovery,
  LimitError,
  Registry,
  RegistryDiscovery,
  XClient,
} from "../../rpc/mod.ts";
import { findPorts } from "./find_ports.ts";
import { randomOf, type Report, sleep } from "./report.ts";
import { RpcProcess } from "./rpc_process.ts";

const LOOPS = 8;
const WATCH = { keepAlive: 500, keepAliveTimeout: 1000 };

/** What became of one call. */
interface Entry {
  readonly isIdempotent: boolean;
  readonly error: unknown;
}

/** A phase, and whether all of its calls must succeed. */
interface Phase {
  readonly name: string;
  readonly isHarmless: boolean;
  readonly disturb: () => Promise<void>;
}

/** Three servers, a registry and clients of both kinds of discovery. */
export async function processes(
  report: Report,
  rounds: number,
  seed: number,
): Promise<void> {
  report.title(
    `processes: 3 servers, restarted, killed and paused ${rounds} times each, seed ${seed}`,
  );
  const folder = await Deno.makeTempDir();
  const registry = new Registry({ timeout: 2000 });
  const web = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    registry.fetch,
  );
  const url = `http://127.0.0.1:${web.addr.port}/_geerpc_/registry`;
  const random = randomOf(seed);
  const ports = findPorts(3, random);
  const nodes = ports.map((port) =>
    new RpcProcess({ port, registry: url, log: `${folder}/${port}` })
  );
  try {
    await Promise.all(nodes.map((node) => node.start()));
    const cluster = new Cluster(nodes, ports, url, folder, random);
    await cluster.run(report, rounds);
  } finally {
    for (const node of nodes) await node[Symbol.asyncDispose]();
    await registry.close();
    await web.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

class Cluster {
  readonly #nodes: readonly RpcProcess[];
  readonly #folder: string;
  readonly #random: () => number;
  readonly #clients: readonly XClient[];
  readonly #found: RegistryDiscovery;
  readonly #entries = new Map<number, Entry>();
  readonly #wrong: string[] = [];
  #calls = 0;

  constructor(
    nodes: readonly RpcProcess[],
    ports: readonly number[],
    url: string,
    folder: string,
    random: () => number,
  ) {
    this.#nodes = nodes;
    this.#folder = folder;
    this.#random = random;
    this.#found = new RegistryDiscovery(url, { freshness: 200, push: true });
    const addresses = ports.map((port) => `tcp@127.0.0.1:${port}`);
    const options = { ...WATCH, timeout: 2000 };
    this.#clients = [
      new XClient(this.#found, { ...options, selector: "roundRobin" }),
      new XClient(new FixedDiscovery(addresses), {
        ...options,
        selector: "p2c",
      }),
    ];
  }

  async run(report: Report, rounds: number): Promise<void> {
    const phases: readonly Phase[] = [
      { name: "calm", isHarmless: true, disturb: () => sleep(1000) },
      {
        name: "rolling restart",
        isHarmless: true,
        disturb: () => this.#each(rounds, (node) => this.#restart(node)),
      },
      {
        name: "pause",
        isHarmless: false,
        disturb: () => this.#each(rounds, (node) => this.#pause(node)),
      },
      {
        name: "kill -9",
        isHarmless: false,
        disturb: () => this.#each(rounds, (node) => this.#kill(node)),
      },
    ];
    for (const phase of phases) await this.#phase(report, phase);
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#found.close();
    this.#judge();
    for (const text of this.#wrong.slice(0, 5)) report.note(text);
    report.count("calls that settled", this.#entries.size, this.#calls);
    report.count("wrong, twice, or lost", this.#wrong.length, 0);
  }

  /** Calls all the time while something happens. */
  async #phase(
    report: Report,
    { name, isHarmless, disturb }: Phase,
  ): Promise<void> {
    const first = this.#calls;
    let isOver = false;
    const load = async (client: XClient) => {
      while (!isOver) {
        await this.#call(client);
        await sleep(1);
      }
    };
    const loads = this.#clients.flatMap((client) =>
      Array.from({ length: LOOPS }, () => load(client))
    );
    await disturb().finally(() => isOver = true);
    await Promise.all(loads);
    const failures = new Map<string, number>();
    for (let id = first + 1; id <= this.#calls; id++) {
      const error = this.#entries.get(id)?.error;
      if (error === undefined) continue;
      const kind = error instanceof Error ? error.name : String(error);
      failures.set(kind, (failures.get(kind) ?? 0) + 1);
    }
    const told = [...failures].map(([kind, count]) => `${count} ${kind}`);
    const text = `${name}: of ${this.#calls - first} calls ${
      told.join(", ") || "none"
    } failed`;
    if (isHarmless) report.check(text, failures.size === 0);
    else report.note(text);
  }

  async #call(client: XClient): Promise<void> {
    const id = ++this.#calls;
    const isIdempotent = this.#random() < 0.3;
    let error: unknown;
    try {
      const reply = await client.call("Work.do", { id }, {
        idempotent: isIdempotent,
      });
      if (reply !== id * 2) this.#wrong.push(`call ${id} replied ${reply}`);
    } catch (thrown) {
      error = thrown ?? "nothing";
    }
    if (this.#entries.has(id)) this.#wrong.push(`call ${id} settled twice`);
    this.#entries.set(id, { isIdempotent, error });
  }

  /** What the servers wrote down beside what the callers were told. */
  #judge(): void {
    const runs = new Map<number, number>();
    for (const { name } of Deno.readDirSync(this.#folder)) {
      const text = Deno.readTextFileSync(`${this.#folder}/${name}`);
      for (const line of text.split("\n")) {
        if (line !== "") runs.set(+line, (runs.get(+line) ?? 0) + 1);
      }
    }
    for (const [id, { isIdempotent, error }] of this.#entries) {
      const count = runs.get(id) ?? 0;
      if (count > 1 && !isIdempotent) {
        this.#wrong.push(`call ${id} ran ${count} times`);
      }
      if (error === undefined && count === 0) {
        this.#wrong.push(`call ${id} was answered and never ran`);
      }
      const isNotRun = error instanceof ConnectError ||
        error instanceof LimitError;
      if (isNotRun && count > 0) {
        this.#wrong.push(`call ${id} ran, and ended with ${error}`);
      }
    }
  }

  async #each(
    rounds: number,
    disturb: (node: RpcProcess) => Promise<void>,
  ): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      await sleep(100 + this.#random() * 200);
      await disturb(this.#nodes[round % this.#nodes.length]!); // one of them
    }
    await sleep(300);
  }

  async #restart(node: RpcProcess): Promise<void> {
    await node.close();
    await node.start();
  }

  async #kill(node: RpcProcess): Promise<void> {
    await node.kill();
    await sleep(this.#random() * 300);
    await node.start();
  }

  /** Some pauses are noticed and some are not. */
  async #pause(node: RpcProcess): Promise<void> {
    node.pause();
    await sleep(200 + this.#random() * 2500);
    node.resume();
  }
}
