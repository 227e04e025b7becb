// Copyright 2026 the Gee authors. MIT license.
// Eight nodes on real sockets, each behind a proxy that cuts, resets, delays and
// garbles what comes to it. A model checks every read.
import { Group, HttpPool, type PeerPool, TcpPool } from "../../cache/mod.ts";
import { History } from "./cache_history.ts";
import { FaultProxy, FAULTS } from "./fault_proxy.ts";
import { areSettled } from "./cache_settle.ts";
import { randomOf, type Report, sleep } from "./report.ts";

const NODES = 8;
const KEYS = 60;
const TAGS = 3;
const CLIENTS = 24;
const TIMEOUT = 300;
const MAX_PROBE = 200;
/** Two cores do not always go on at once. */
const SLACK = 500;
const TOLD_AFTER = MAX_PROBE + SLACK;
/** How long all may take to be well again, in ms: a machine may be slow. */
const SETTLE_MS = 60_000;
/** The owner, the next owner, the source. */
const READ_LIMIT = 2 * TIMEOUT + SLACK;
/** Two owners, and two rounds in which more nodes may get lost. */
const CHANGE_LIMIT = 6 * TIMEOUT + SLACK;
const SECRET = "what all nodes know and nobody else";

/** How nodes talk, and whether they find out that bytes were garbled. */
const KINDS = {
  "tcp": { isHttp: false, isTls: false, isGuarded: false },
  "tcp over tls": { isHttp: false, isTls: true, isGuarded: true },
  "http with a secret": { isHttp: true, isTls: false, isGuarded: true },
} as const;
/** How nodes may talk. */
type Kind = keyof typeof KINDS;

/** A node and what stands before it. */
interface Node {
  readonly name: string;
  readonly proxy: FaultProxy;
  readonly pool: PeerPool;
  readonly group: Group;
  /** Ends its server. */
  readonly stop: () => Promise<void>;
  /** Since when nothing is wrong with its network. */
  backSince: number;
}

/** One cluster. */
class Run {
  readonly errors: string[] = [];
  readonly faults = new Map<string, number>();
  readonly longest: [read: number, change: number] = [0, 0];
  /** Reads and changes that took longer than they may. */
  late = 0;
  reads = 0;
  changes = 0;
  missed = 0;
  readonly #kind: Kind;
  readonly #random: (below: number) => number;
  readonly #chance: () => number;
  readonly #nodes: Node[] = [];
  readonly history: History;
  #left: number;

  constructor(kind: Kind, count: number, seed: number) {
    const random = randomOf(seed);
    this.#kind = kind;
    this.#left = count;
    this.#chance = random;
    this.#random = (below) => Math.floor(random() * below);
    this.history = new History({
      keys: KEYS,
      nodes: [],
      bound: TOLD_AFTER,
      backSince: (name) =>
        this.#nodes.find((node) => node.name === name)?.backSince ?? Infinity,
      isTold: (name) =>
        this.#nodes.every((node) =>
          node.name === name ||
          node.pool.others.some((peer) => peer.name === name)
        ),
    });
  }

  async run(): Promise<void> {
    const certificate = await readCertificate();
    for (let at = 0; at < NODES; at++) {
      this.#nodes.push(this.#start(certificate));
    }
    const names = this.#nodes.map(({ name }) => name);
    for (const { pool } of this.#nodes) pool.set(...names);
    const clients = Array.from({ length: CLIENTS }, () => this.#client());
    await this.#disturb();
    await Promise.all(clients);
    await this.#settle();
    this.history.end();
    for (const node of this.#nodes) {
      for (let key = 0; key < KEYS; key++) await this.#read(node, key);
    }
    this.errors.push(...this.history.errors);
    for (const { pool, group, proxy, stop } of this.#nodes) {
      await pool.close();
      proxy.close();
      await stop();
      await group.close();
    }
  }

  #start({ cert, key }: { cert: string; key: string }): Node {
    const { isHttp, isTls } = KINDS[this.#kind];
    const proxy = new FaultProxy(this.#chance);
    const address = `127.0.0.1:${proxy.port}`;
    const name = isHttp ? `http://${address}` : address;
    const options = {
      timeout: TIMEOUT,
      probeAfter: 20,
      maxProbe: MAX_PROBE,
      secret: SECRET,
    };
    let pool: PeerPool;
    let stop = () => Promise.resolve();
    if (isHttp) {
      const http = new HttpPool(name, options);
      const server = Deno.serve({
        hostname: "127.0.0.1",
        port: 0,
        onListen() {},
      }, http.fetch);
      proxy.target = server.addr.port;
      stop = () => server.shutdown();
      pool = http;
    } else {
      const tls = isTls ? { tls: { caCerts: [cert] } } : {};
      const tcp = new TcpPool(name, { ...options, ...tls });
      const listening = { port: 0, ...isTls ? { tls: { cert, key } } : {} };
      proxy.target = tcp.listen(listening).addr.port;
      pool = tcp;
    }
    const group = new Group("cluster", async (text, context) => {
      context.tags = [`tag ${Number(text) % TAGS}`];
      // What is read now is answered later: the oldest it may be.
      const value = this.history.value(Number(text));
      await sleep(1);
      return value;
    }, { copies: { after: 2 } });
    pool.register(group);
    this.history.born(name);
    return { name, proxy, pool, group, stop, backSince: performance.now() };
  }

  async #client(): Promise<void> {
    while (this.#left-- > 0) {
      const node = this.#nodes[this.#random(NODES)]!; // below their number
      const key = Math.floor(this.#chance() ** 2 * KEYS);
      if (this.#random(8) > 0) await this.#read(node, key);
      else await this.#change(node, key);
      await sleep(this.#random(13));
    }
  }

  async #read({ name, group }: Node, key: number): Promise<void> {
    const floor = this.history.floor(name, key);
    const start = performance.now();
    try {
      const view = await group.get(`${key}`);
      this.history.judge(name, key, floor, String(view));
    } catch (error) {
      this.errors.push(`A read at ${name} failed: ${error}`);
    }
    this.reads++;
    this.#time(0, start, READ_LIMIT);
  }

  async #change({ group }: Node, key: number): Promise<void> {
    const kind = this.#random(50);
    const all = Array.from({ length: KEYS }, (_, one) => one);
    const keys = kind === 0
      ? all
      : kind < 3
      ? all.filter((one) => one % TAGS === key % TAGS)
      : [key];
    const isSet = kind > 2 && kind < 20;
    const attempt = this.history.raise(keys, isSet);
    if (attempt === undefined) return;
    const start = performance.now();
    const tag = `tag ${key % TAGS}`;
    const { missed } =
      await (kind === 0
        ? group.reset()
        : kind < 3
        ? group.removeTag(tag)
        : isSet
        ? group.set(`${key}`, this.history.value(key), { tags: [tag] })
        : group.remove(`${key}`));
    this.history.resolved(attempt, missed);
    this.changes++;
    this.missed += missed.length;
    this.#time(1, start, CHANGE_LIMIT);
  }

  #time(which: 0 | 1, start: number, limit: number): void {
    const ms = performance.now() - start;
    this.longest[which] = Math.max(this.longest[which], ms);
    if (ms > limit) this.late++;
  }

  async #disturb(): Promise<void> {
    const { isGuarded } = KINDS[this.#kind];
    for (let turn = 0; this.#left > 0; turn++) {
      const fault = FAULTS[turn % FAULTS.length]!; // below their number
      if (fault === "garbled bytes" && !isGuarded) continue;
      this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
      const at = this.#random(NODES);
      const places = [at, (at + 1 + this.#random(NODES - 1)) % NODES]
        .slice(0, 1 + this.#random(2));
      const hit = places.map((place) => this.#nodes[place]!); // below, too
      for (const node of hit) {
        node.backSince = Infinity;
        node.proxy.fault = fault;
      }
      await sleep(100 + this.#random(600));
      for (const node of hit) {
        node.proxy.fault = undefined;
        node.backSince = performance.now();
      }
      this.history.settle();
      await sleep(this.#random(2) * this.#random(TOLD_AFTER));
      this.history.settle();
    }
  }

  /** Waits until every node has told every other what that missed. */
  async #settle(): Promise<void> {
    const pools = this.#nodes.map(({ pool }) => pool);
    const end = performance.now() + SETTLE_MS;
    while (!areSettled(pools)) {
      await sleep(10);
      if (performance.now() < end) continue;
      for (const { name, pool } of this.#nodes) {
        for (
          const [peer, { state, pending }] of Object.entries(pool.stats().peers)
        ) {
          if (state === "up" && pending === 0) continue;
          this.errors.push(`${name} has ${peer} ${state} in the end`);
        }
      }
      return;
    }
  }
}

async function readCertificate(): Promise<{ cert: string; key: string }> {
  const at = new URL("../../cache/pool/testdata/", import.meta.url);
  const read = (file: string) => Deno.readTextFile(new URL(file, at));
  return { cert: await read("peer.crt"), key: await read("peer.key") };
}

/** A cluster over each of some ways to talk, all faults in turn. */
export async function faults(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(
    `proxy: ${NODES} nodes behind proxies with faults, ${count} operations, seed ${seed}`,
  );
  for (const kind of Object.keys(KINDS) as Kind[]) { // they are
    const run = new Run(kind, count, seed);
    const start = performance.now();
    await run.run();
    const { errors, reads, changes, missed, late, longest } = run;
    const { madeUp, longest: told } = run.history;
    report.note(
      `${kind}: ${reads} reads, ${changes} changes, ${missed} times a node missed one; ${madeUp} changes were made up for under load`,
    );
    report.note([...run.faults].map(([name, n]) => `${n} ${name}`).join(", "));
    for (const error of errors.slice(0, 5)) report.note(error);
    report.count(
      `${kind}, wrong reads and errors`,
      errors.length,
      0,
    );
    report.check(`${kind}, changes were missed: ${missed}`, missed > 0);
    report.figure(`${kind}, told when back`, told, "ms", TOLD_AFTER);
    report.figure(`${kind}, late requests`, late, "", 0);
    report.figure(`${kind}, longest read`, longest[0], "ms", READ_LIMIT);
    report.figure(`${kind}, longest change`, longest[1], "ms", CHANGE_LIMIT);
    report.figure("took", (performance.now() - start) / 1000, "s");
  }
}
