// Copyright 2026 the Gee authors. MIT license.
// One run of five nodes in processes of their own that are killed, paused, and
// taken off the list, under load. A model checks every read; the calls of the
// source and the time of each request have bounds.
import { BalancedRing } from "../../cache/mod.ts";
import { Budget } from "./cache_budget.ts";
import { History } from "./cache_history.ts";
import { allDone, CountingSource, NodeProcess } from "./cache_process.ts";
import { findPorts } from "./find_ports.ts";
import { NodeError, type NodeStats } from "./cache_process.ts";
import { randomOf, sleep } from "./report.ts";

/** How many nodes there are. */
export const NODES = 5;
const KEYS = 100;
const TAGS = 4;
const CLIENTS = 12;
const SOURCE_MS = 2;
const TIMEOUT = 500;
const MAX_PROBE = 400;
const GRACE = 600;
/** Two cores that all processes share do not always go on at once. */
const SLACK = 500;
/** After its return a node has been told what it missed. */
const TOLD_AFTER = MAX_PROBE + SLACK;
/** Until then every node has found out that another one is gone. */
const FOUND_AFTER = TIMEOUT + MAX_PROBE * 1.5;
/** The owner, the next owner, the source. */
export const READ_LIMIT = 2 * TIMEOUT + SOURCE_MS + SLACK;
/** The owner, and two rounds in which one more node may get lost each. */
export const CHANGE_LIMIT = 5 * TIMEOUT + SLACK;

/** Settings of a run. */
export interface ProcessesOptions {
  readonly kind: "http" | "tcp";
  /** How long faults go on, in ms. */
  readonly ms: number;
  readonly seed: number;
}

/** What came out of a run. */
export interface ProcessesResult {
  readonly errors: readonly string[];
  readonly reads: number;
  readonly changes: number;
  /** How many times a node missed a change. */
  readonly missed: number;
  /** Kills, pauses and changes of the list. */
  readonly faults: readonly [kills: number, pauses: number, lists: number];
  readonly calls: number;
  readonly maxCalls: number;
  /** Reads and changes that took longer than they may, faults aside. */
  readonly late: number;
  /** The longest read and the longest change, in ms, faults of the node aside. */
  readonly longest: readonly [read: number, change: number];
}

/** A place in the cluster, where one process after the other may run. */
interface Place {
  readonly name: string;
  process: NodeProcess | undefined;
  /** Whether it can be asked by the driver. */
  isLive: boolean;
  isMember: boolean;
  /** Since when it is in order. */
  backSince: number;
  /** Counts its faults: who met one is not judged by the clock. */
  disturbances: number;
}

/** One run. */
class Run {
  readonly #options: ProcessesOptions;
  readonly #random: (below: number) => number;
  readonly #places: Place[];
  readonly #history: History;
  readonly #source: CountingSource;
  readonly #owners = new BalancedRing();
  readonly #errors: string[] = [];
  readonly #faults: [number, number, number] = [0, 0, 0];
  readonly #longest: [number, number] = [0, 0];
  #late = 0;
  readonly #budget = new Budget(KEYS);
  #reads = 0;
  #changes = 0;
  #missed = 0;
  #isOver = false;

  constructor(options: ProcessesOptions) {
    const random = randomOf(options.seed);
    this.#options = options;
    this.#random = (below) => Math.floor(random() * below);
    const scheme = options.kind === "http" ? "http://" : "";
    this.#places = findPorts(NODES, random).map((port) => ({
      name: `${scheme}127.0.0.1:${port}`,
      process: undefined,
      isLive: false,
      isMember: true,
      backSince: Infinity,
      disturbances: 0,
    }));
    for (const { name } of this.#places) this.#owners.put(name);
    this.#history = new History({
      keys: KEYS,
      nodes: [],
      bound: TOLD_AFTER,
      backSince: (node) =>
        this.#places.find(({ name }) => name === node)?.backSince ?? Infinity,
    });
    this.#source = new CountingSource(SOURCE_MS, (key) => ({
      value: this.#history.value(Number(key)),
      tags: [`tag ${Number(key) % TAGS}`],
    }));
  }

  /** Load and faults for a while, then a reading of everything everywhere. */
  async run(): Promise<ProcessesResult> {
    let work: Promise<unknown> | undefined;
    try {
      await allDone(this.#places.map((place) => this.#start(place)));
      const clients = Array.from({ length: CLIENTS }, () => this.#client());
      work = Promise.all(clients);
      await this.#disturb();
      this.#isOver = true;
      await work;
      await this.#settle();
      this.#history.end();
      for (const place of this.#places) {
        for (let key = 0; key < KEYS; key++) await this.#read(place, key);
      }
      return this.#result();
    } finally {
      // Whatever happened; a client may wait for one that is paused.
      this.#isOver = true;
      await Promise.all(this.#places.map(({ process }) => process?.kill()));
      await work;
      await this.#source[Symbol.asyncDispose]();
    }
  }

  #result(): ProcessesResult {
    return {
      errors: [...this.#history.errors, ...this.#errors],
      reads: this.#reads,
      changes: this.#changes,
      missed: this.#missed,
      faults: this.#faults,
      calls: this.#source.calls,
      maxCalls: this.#budget.maxCalls,
      late: this.#late,
      longest: this.#longest,
    };
  }

  async #start(place: Place): Promise<void> {
    place.process = await NodeProcess.start({
      kind: this.#options.kind,
      self: place.name,
      peers: this.#members(),
      source: this.#source.url,
      pool: {
        timeout: TIMEOUT,
        probeAfter: 50,
        maxProbe: MAX_PROBE,
        grace: GRACE,
      },
      group: {},
    });
    this.#history.born(place.name);
    place.backSince = performance.now();
    place.isLive = true;
  }

  #members(): string[] {
    return this.#places.filter(({ isMember }) => isMember)
      .map(({ name }) => name);
  }

  async #client(): Promise<void> {
    while (!this.#isOver) {
      const live = this.#places.filter(({ isLive }) => isLive);
      const place = live[this.#random(live.length)]!; // below their number
      const key = Math.floor((this.#random(1000) / 1000) ** 2 * KEYS);
      if (this.#random(12) > 0) await this.#read(place, key);
      else await this.#change(place, key);
    }
  }

  async #read(place: Place, key: number): Promise<void> {
    const { name, disturbances, isMember } = place;
    // Who is not in the list is told for a while, and nobody waits for it.
    const floor = isMember ? this.#history.floor(name, key) : 0;
    const ticket = this.#budget.begin(key);
    const text = await this.#order(
      place,
      0,
      READ_LIMIT,
      () => place.process!.call<string>({ op: "get", key: `${key}` }),
    );
    this.#reads++;
    this.#budget.end(ticket);
    if (text === undefined) return;
    const isStill = place.isMember && place.disturbances === disturbances;
    this.#history.judge(name, key, isStill ? floor : 0, text);
  }

  async #change(place: Place, key: number): Promise<void> {
    const kind = this.#random(200);
    const keys = kind === 0
      ? Array.from({ length: KEYS }, (_, one) => one)
      : kind < 5
      ? Array.from({ length: KEYS / TAGS }, (_, at) => at * TAGS + key % TAGS)
      : [key];
    const isSet = kind > 4 && kind < 80;
    const attempt = this.#history.raise(keys, isSet);
    if (attempt === undefined) return;
    this.#budget.changes(keys);
    const tag = `tag ${key % TAGS}`;
    const value = this.#history.value(key);
    const call = () => {
      const process = place.process!; // it is live
      if (kind === 0) return process.call<string[]>({ op: "reset" });
      if (kind < 5) return process.call<string[]>({ op: "removeTag", tag });
      return process.call<string[]>(
        isSet
          ? { op: "set", key: `${key}`, value, tags: [tag] }
          : { op: "remove", key: `${key}` },
      );
    };
    const missed = await this.#order(place, 1, CHANGE_LIMIT, call);
    // Of those that are gone anyway the others know, or their keys move.
    const isHeard = missed?.every((name) =>
      this.#places.some((one) => one.name === name && !one.isLive)
    );
    this.#budget.changed(keys, isHeard ? 0 : TOLD_AFTER);
    if (missed === undefined) return this.#history.failed(attempt);
    this.#changes++;
    this.#missed += missed.length;
    this.#history.resolved(attempt, missed);
  }

  /** Waits for an answer; nothing where the node was killed meanwhile. */
  async #order<T>(
    place: Place,
    which: 0 | 1,
    limit: number,
    call: () => Promise<T>,
  ): Promise<T | undefined> {
    const { disturbances, name } = place;
    const start = performance.now();
    let result: T | undefined;
    try {
      result = await call();
    } catch (error) {
      const isExcused = place.disturbances !== disturbances &&
        !(error instanceof NodeError);
      if (!isExcused) this.#errors.push(`${name}: ${error}`);
    }
    if (place.disturbances !== disturbances) return result;
    const ms = performance.now() - start;
    this.#longest[which] = Math.max(this.#longest[which], ms);
    if (ms > limit) this.#late++;
    return result;
  }

  /** One fault after the other, with some calm between them. */
  async #disturb(): Promise<void> {
    const end = performance.now() + this.#options.ms;
    for (let turn = this.#random(3); performance.now() < end; turn++) {
      await sleep(200 + this.#random(400));
      const at = this.#random(NODES);
      const place = this.#places[at]!; // below their number
      const next = this.#places[(at + 1 + this.#random(NODES - 1)) % NODES]!;
      if (turn % 3 === 0) await this.#kill(place);
      else if (turn % 3 === 1) await this.#pause(place, next);
      else await this.#leave(place);
      await sleep(this.#random(2) * TOLD_AFTER);
    }
  }

  async #kill(place: Place): Promise<void> {
    this.#faults[0]++;
    this.#fall(place);
    await place.process?.kill();
    this.#history.died(place.name);
    await sleep(this.#random(1500));
    await this.#start(place);
    this.#expose(place, TOLD_AFTER);
  }

  /** While it is paused another one may be killed. */
  async #pause(place: Place, next: Place): Promise<void> {
    this.#faults[1]++;
    this.#fall(place);
    place.process?.pause();
    const wait = sleep(1000 + this.#random(2000));
    if (this.#random(3) === 0) {
      await sleep(this.#random(500));
      await this.#kill(next);
    }
    await wait;
    place.process?.resume();
    place.disturbances++;
    place.isLive = true;
    place.backSince = performance.now();
    this.#expose(place, TOLD_AFTER);
  }

  /** It leaves the list and comes back, some time within the grace period. */
  async #leave(place: Place): Promise<void> {
    this.#faults[2]++;
    place.backSince = Infinity;
    for (const isMember of [false, true]) {
      place.isMember = isMember;
      this.#expose(place, TOLD_AFTER);
      this.#history.spreadBegins();
      const peers = this.#members();
      await Promise.all(
        this.#places.map(({ process }) =>
          process?.call({ op: "peers", peers })
        ),
      );
      this.#history.spreadEnds();
      this.#expose(place, TOLD_AFTER);
      if (!isMember) await sleep(this.#random(3 * GRACE));
    }
    place.disturbances++;
    place.backSince = performance.now();
  }

  #fall(place: Place): void {
    place.isLive = false;
    place.backSince = Infinity;
    place.disturbances++;
    this.#expose(place, FOUND_AFTER);
    // Each client may wait for the node, and again where it is asked instead.
    this.#budget.loses(2 * CLIENTS);
  }

  /** The keys of a node move, and meanwhile nodes disagree where they are. */
  #expose({ name }: Place, ms: number): void {
    const up = new Set(
      this.#places.filter(({ isLive, isMember }) => isLive && isMember)
        .map(({ name }) => name),
    ).add(name);
    for (let key = 0; key < KEYS; key++) {
      const owners = this.#owners.owners(`${key}`, NODES);
      if (owners.find((owner) => up.has(owner)) !== name) continue;
      this.#budget.moves(key, ms);
    }
  }

  /** Waits until every node has told every other what that missed. */
  async #settle(): Promise<void> {
    const end = performance.now() + 5 * TOLD_AFTER;
    while (performance.now() < end) {
      const stats = await Promise.all(
        this.#places.map(({ process }) => process!.stats()), // all run
      );
      if (stats.every(isSettled)) return;
      await sleep(20);
    }
    this.#errors.push("Nodes are still down long after the last fault");
  }
}

function isSettled({ pool }: NodeStats): boolean {
  return Object.values(pool.peers).every(({ state, pending }) =>
    state === "up" && pending === 0
  );
}

/** Runs one cluster of processes; all of them have ended then. */
export async function runProcesses(
  options: ProcessesOptions,
): Promise<ProcessesResult> {
  return await new Run(options).run();
}
