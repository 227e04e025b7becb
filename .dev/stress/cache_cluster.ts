// Copyright 2026 the Gee authors. MIT license.
// Clusters in one process, whose network loses questions and answers and is cut
// at times, checked by a model: a node that a change reached never gives what
// was before it, and in the end no node does.
import { type ByteView, Group, HttpPool } from "../../cache/mod.ts";
import { areSettled } from "./cache_settle.ts";
import { randomOf, type Report, sleep } from "./report.ts";

const NODES = 4;
/** They have owners of all kinds; the first node has two. */
const NAMES = ["Tom", "Jack", "Sam", "Eve", "Ann", "Bob"];
const KEYS = NAMES.length;
const CLIENTS = 6;
/** How long faults last, in ms. */
const FAULTY_MS = 300;
/**
 * How long a former owner is asked, in ms. A process that stands still for longer
 * is told of nothing before its own timer has it forget what it holds.
 */
const GRACE_MS = 200;
/** How many clusters run at once: most of their time they wait. */
const AT_ONCE = 8;

/** What is asked of a network, and how bad it is. */
class Network {
  readonly pools = new Map<string, HttpPool>();
  /** Ways that are cut, as "from to". */
  readonly cuts = new Set<string>();
  /** The part of messages that are lost. */
  loss = 0;
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** The way of a node to all others. */
  fetchOf(self: string): (request: Request) => Promise<Response> {
    return async (request) => {
      const { origin } = new URL(request.url);
      await this.pass(self, origin);
      const pool = this.pools.get(origin);
      if (pool === undefined) throw new TypeError("Cannot find the node");
      const response = await pool.fetch(request);
      await this.pass(origin, self);
      return response;
    };
  }

  /** One message on its way: it takes a while, and may get lost. */
  async pass(from: string, to: string): Promise<void> {
    await this.wait();
    const isLost = this.cuts.has(`${from} ${to}`) ||
      this.#random() < this.loss;
    if (isLost) throw new TypeError("Cannot pass the message: it is lost");
  }

  /** A few turns, or a few ms. */
  async wait(): Promise<void> {
    if (this.#random() < 0.3) return await sleep(this.#random() * 3);
    for (let turns = this.#random() * 5; turns > 0; turns--) {
      await Promise.resolve();
    }
  }
}

/** A node, and the newest version of each key it must not fall behind. */
interface Node {
  readonly name: string;
  readonly pool: HttpPool;
  readonly group: Group;
  readonly floors: number[];
}

/** What is wrong with the network of a cluster. */
const FAULTS = [
  "nothing",
  "the list",
  "one node",
  "nodes in turn",
  "ways",
] as const;
type Fault = typeof FAULTS[number];

/** One cluster with its source and its model. */
class Cluster {
  readonly errors: string[] = [];
  reads = 0;
  changes = 0;
  missed = 0;
  readonly #random: (below: number) => number;
  readonly #fault: Fault;
  readonly #network: Network;
  readonly #nodes: Node[];
  readonly #versions = Array.from({ length: KEYS }, () => 0);
  /** Changes of each key under way; -1 for a `set`, which wants to be alone. */
  readonly #changing = Array.from({ length: KEYS }, () => 0);
  #isOver = false;

  constructor(fault: Fault, random: () => number) {
    this.#fault = fault;
    this.#random = (below) => Math.floor(random() * below);
    this.#network = new Network(random);
    this.#nodes = Array.from({ length: NODES }, (_, at) => this.#start(at));
    const names = this.#nodes.map(({ name }) => name);
    for (const { name, pool } of this.#nodes) {
      this.#network.pools.set(name, pool);
      pool.set(...names);
    }
  }

  /** Faults for a while, then none; in the end all nodes agree. */
  async run(): Promise<void> {
    // Until then it counts as a cluster that has just begun.
    await sleep(GRACE_MS * 2);
    const clients = Array.from({ length: CLIENTS }, () => this.#client());
    await this.#disturb();
    this.#isOver = true;
    await Promise.all(clients);
    await this.#settle();
    for (const node of this.#nodes) {
      node.floors.splice(0, KEYS, ...this.#versions);
      for (let key = 0; key < KEYS; key++) await this.#read(node, key);
    }
    for (const { pool, group } of this.#nodes) {
      await pool.close();
      await group.close();
    }
  }

  #start(at: number): Node {
    const name = `http://node-${at}:1`;
    const pool = new HttpPool(name, {
      ring: "crc32x50",
      fetch: this.#network.fetchOf(name),
      probeAfter: 4,
      // A ping has half of it; where nothing is cut, none is to take too long.
      maxProbe: this.#fault === "the list" ? 1000 : 20,
      timeout: 2000,
      grace: GRACE_MS,
    });
    const group = new Group("cluster", async (text, context) => {
      const key = NAMES.indexOf(text);
      context.tags = [`tag ${key % 2}`];
      // What is read now is answered later: the oldest it may be.
      const version = String(this.#versions[key]);
      await this.#network.wait();
      return version;
    }, { copies: { after: 2 }, retryAfter: 0 });
    pool.register(group);
    return { name, pool, group, floors: this.#versions.map(() => 0) };
  }

  async #client(): Promise<void> {
    while (!this.#isOver) {
      const node = this.#nodes[this.#random(NODES)]!; // below their number
      const key = this.#random(KEYS);
      if (this.#random(5) > 0) await this.#read(node, key);
      else await this.#change(node, key);
      await this.#network.wait();
    }
  }

  async #read({ name, group, floors }: Node, key: number): Promise<void> {
    const oldest = floors[key]!; // a key
    let view: ByteView | undefined;
    try {
      view = await group.get(NAMES[key]!);
    } catch {
      return; // The owner failed; nothing wrong was read.
    }
    this.reads++;
    const got = Number(String(view));
    if (got >= oldest) return;
    this.errors.push(`"${NAMES[key]}" at ${name}: ${got}, want ${oldest}`);
  }

  async #change(node: Node, key: number): Promise<void> {
    const kind = this.#random(8);
    const all = this.#versions.keys().toArray();
    const keys = kind === 0
      ? all
      : kind === 1
      ? all.filter((one) => one % 2 === key % 2)
      : [key];
    // Two who set one key at once do not agree on the order, and must not.
    const isSet = kind < 5 && kind > 1;
    const isBusy = keys.some((one) =>
      isSet ? this.#changing[one] !== 0 : this.#changing[one]! < 0
    );
    if (isBusy) return;
    for (const one of keys) {
      this.#changing[one]! += isSet ? -1 : 1;
      this.#versions[one]!++;
    }
    const versions = keys.map((one) => [one, this.#versions[one]!] as const);
    const { missed } = await this.#tell(node.group, key, kind);
    for (const one of keys) this.#changing[one]! -= isSet ? -1 : 1;
    this.changes++;
    this.missed += missed.length;
    for (const { name, floors } of this.#nodes) {
      if (missed.includes(name)) continue;
      for (const [one, version] of versions) {
        floors[one] = Math.max(floors[one]!, version);
      }
    }
  }

  #tell(group: Group, key: number, kind: number) {
    const name = NAMES[key]!; // a key
    const tags = [`tag ${key % 2}`];
    if (kind === 0) return group.reset();
    if (kind === 1) return group.removeTag(`tag ${key % 2}`);
    if (kind < 5) return group.set(name, `${this.#versions[key]}`, { tags });
    return group.remove(name);
  }

  /** Cuts and heals the network for a while; in the end it is whole. */
  async #disturb(): Promise<void> {
    const network = this.#network;
    const end = performance.now() + FAULTY_MS;
    network.loss = this.#fault === "ways" ? this.#random(3) * 0.03 : 0;
    while (performance.now() < end) {
      if (this.#fault === "one node") {
        await this.#cutForAWhile();
        continue;
      }
      if (this.#fault === "the list") await this.#changeList();
      if (this.#fault === "nodes in turn") this.#cutNode(this.#random(NODES));
      if (this.#fault === "ways") this.#cutWay();
      await sleep(2 + this.#random(15));
    }
    network.cuts.clear();
    network.loss = 0;
    const names = this.#nodes.map(({ name }) => name);
    for (const { pool } of this.#nodes) pool.set(...names);
  }

  /** A node joins or leaves; the others learn of it one by one. */
  async #changeList(): Promise<void> {
    const names = this.#nodes.map(({ name }) => name);
    for (const wanted of [names.slice(1), names]) {
      await Promise.all(this.#nodes.map(async ({ pool }) => {
        await sleep(this.#random(4));
        pool.set(...wanted);
      }));
      // Who left is told of changes for twice the grace period.
      await sleep(GRACE_MS * (0.5 + this.#random(100) / 100));
    }
  }

  /** The same node, and each time all others find that it is back. */
  async #cutForAWhile(): Promise<void> {
    this.#cutNode(0);
    await sleep(20 + this.#random(40));
    this.#network.cuts.clear();
    await this.#settle();
    await sleep(this.#random(20));
  }

  /** One node cannot be reached and reaches nobody; the others can. */
  #cutNode(at: number): void {
    const { cuts } = this.#network;
    cuts.clear();
    if (this.#random(3) === 0 && this.#fault !== "one node") return;
    const { name } = this.#nodes[at]!; // below their number
    for (const other of this.#nodes) {
      cuts.add(`${name} ${other.name}`).add(`${other.name} ${name}`);
    }
  }

  /** Any way in one direction, whatever becomes of the others. */
  #cutWay(): void {
    const { cuts } = this.#network;
    const [from, to] = [this.#random(NODES), this.#random(NODES)];
    const way = `${this.#nodes[from]?.name} ${this.#nodes[to]?.name}`;
    if (this.#random(2) === 0) cuts.add(way);
    else if (this.#random(3) === 0) cuts.clear();
    else cuts.delete(way);
  }

  /** Waits until every node has told every other what that missed. */
  async #settle(): Promise<void> {
    const pools = this.#nodes.map(({ pool }) => pool);
    const end = performance.now() + 60_000;
    while (!areSettled(pools)) {
      await sleep(5);
      if (performance.now() < end) continue;
      this.errors.push("nodes are still down after a minute");
      return;
    }
  }
}

/** Many clusters, with each kind of fault. */
export async function clusters(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(
    `clusters: ${count} of ${NODES} nodes per fault, for ${FAULTY_MS} ms, seed ${seed}`,
  );
  report.note("Timers run in them, so that a seed repeats them nearly");
  for (const fault of FAULTS) {
    let [reads, changes, missed, bad, next] = [0, 0, 0, 0, 0];
    const lane = async () => {
      while (next < count) {
        const number = seed + next++;
        const cluster = new Cluster(fault, randomOf(number));
        await cluster.run();
        reads += cluster.reads;
        changes += cluster.changes;
        missed += cluster.missed;
        const [error] = cluster.errors;
        if (error === undefined) continue;
        if (++bad <= 3) report.note(`seed ${number}: ${error}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    report.note(
      `wrong: ${fault}; ${reads} reads, ${changes} changes, ${missed} times a node missed one`,
    );
    report.count(`${fault}, clusters with a stale value`, bad, 0);
    // Who joins is told first what it missed; a change that comes meanwhile may
    // miss it as well.
    if (fault === "the list") continue;
    report.check(
      `${fault}, changes were missed: ${missed}`,
      fault === "nothing" ? missed === 0 : missed > 0,
    );
  }
}
