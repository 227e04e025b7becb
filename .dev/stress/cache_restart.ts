// Copyright 2026 the Gee authors. MIT license.
// One of three nodes restarts under a steady load: what that costs the source
// with nothing, with a snapshot, and with what the other nodes hand over.
import { History } from "./cache_history.ts";
import { allDone, CountingSource, NodeProcess } from "./cache_process.ts";
import { findPorts } from "./find_ports.ts";
import { p99, randomOf, type Report, sleep } from "./report.ts";

const NODES = 3;
const KEYS = 1000;
/** Requests each second. */
const RATE = 1000;
const TTL = 4000;
const MAX_LOADS = 32;
const TIMEOUT = 500;
const MAX_PROBE = 400;
const SLACK = 500;
/** The owner, the next owner, the source. */
const LIMIT = 2 * TIMEOUT + SLACK;
/** Long enough for values to end at all times. */
const WARM_MS = 5000;
const STEADY_MS = 1500;
/** It takes a while until a machine is up again. */
const GONE_MS = 500;
const AFTER_MS = 2000;
/** In which the calls of the source are counted. */
const WINDOW_MS = 500;

/** How a node starts again. */
const WAYS = ["nothing", "a snapshot", "warmUp()"] as const;
type Way = typeof WAYS[number];

/** A place where one process after the other runs. */
interface Place {
  readonly name: string;
  process: NodeProcess | undefined;
  isLive: boolean;
  /** Requests that are not answered yet. */
  underWay: number;
  backSince: number;
}

/** Three nodes, their source, and those who ask. */
class Cluster implements AsyncDisposable {
  readonly times: number[] = [];
  readonly errors: string[] = [];
  readonly source: CountingSource;
  readonly #random: () => number;
  readonly #places: Place[];
  readonly #history: History;
  readonly #folder = Deno.makeTempDirSync();
  readonly #waits = new Set<Promise<void>>();
  #isOver = false;
  #load: Promise<void> | undefined;

  constructor(seed: number) {
    this.#random = randomOf(seed);
    this.#places = findPorts(NODES, this.#random).map((port) => ({
      name: `127.0.0.1:${port}`,
      process: undefined,
      isLive: false,
      underWay: 0,
      backSince: Infinity,
    }));
    this.#history = new History({
      keys: KEYS,
      nodes: this.#places.map(({ name }) => name),
      bound: MAX_PROBE + SLACK,
      backSince: (node) =>
        this.#places.find(({ name }) => name === node)?.backSince ?? Infinity,
    });
    this.source = new CountingSource(5, (key) => ({
      value: this.#history.value(Number(key)),
      tags: [],
    }));
  }

  /** Starts the nodes and the load. */
  async begin(): Promise<void> {
    await allDone(this.#places.map((place) => this.#start(place)));
    this.#load = this.#ask();
  }

  /** Ends the last node. */
  async stop(way: Way): Promise<void> {
    const place = this.#last;
    place.isLive = false;
    while (place.underWay > 0) await sleep(5);
    place.backSince = Infinity;
    if (way === "a snapshot") {
      await place.process?.call({ op: "snapshot", path: this.#path });
    }
    await place.process?.kill();
    if (way !== "a snapshot") this.#history.died(place.name);
    await sleep(GONE_MS);
  }

  /** Starts it again. */
  async startAgain(way: Way): Promise<void> {
    const place = this.#last;
    if (way === "a snapshot") return await this.#start(place, this.#path);
    await this.#start(place);
    this.#history.born(place.name);
    if (way === "warmUp()") await place.process?.call({ op: "warmUp" });
  }

  get #last(): Place {
    return this.#places.at(-1)!; // there are three
  }

  get #path(): string {
    return `${this.#folder}/snapshot`;
  }

  /** The most calls of the source within a window, per second. */
  async callsDuring(work: Promise<unknown>): Promise<number> {
    let isDone = false;
    const end = () => void (isDone = true);
    work.then(end, end);
    let most = 0;
    while (!isDone) {
      const before = this.source.calls;
      const start = performance.now();
      await sleep(WINDOW_MS);
      const ms = performance.now() - start;
      most = Math.max(most, (this.source.calls - before) / ms * 1000);
    }
    return most;
  }

  /** Waits for the last answers. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#load;
    await Promise.all(this.#waits);
    this.errors.push(...this.#history.errors);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#places.map(({ process }) => process?.kill()));
    await this.source[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #start(place: Place, restore?: string): Promise<void> {
    place.process = await NodeProcess.start({
      kind: "tcp",
      self: place.name,
      peers: this.#places.map(({ name }) => name),
      source: this.source.url,
      pool: { timeout: TIMEOUT, probeAfter: 50, maxProbe: MAX_PROBE },
      group: { ttl: TTL, maxLoads: MAX_LOADS },
      ...restore !== undefined && { restore },
    });
    place.backSince = performance.now();
    place.isLive = true;
  }

  /** So many requests each second, however long the answers take. */
  async #ask(): Promise<void> {
    const start = performance.now();
    for (let asked = 0; !this.#isOver;) {
      const due = (performance.now() - start) * RATE / 1000;
      for (; asked < due; asked++) {
        const key = Math.floor(this.#random() * KEYS);
        const wait = this.#random() < 0.01
          ? this.#change(key)
          : this.#read(key);
        this.#waits.add(wait);
        wait.finally(() => this.#waits.delete(wait));
      }
      this.#history.settle();
      await sleep(2);
    }
  }

  #pick(): Place {
    const live = this.#places.filter(({ isLive }) => isLive);
    return live[Math.floor(this.#random() * live.length)]!; // below their number
  }

  async #read(key: number): Promise<void> {
    const place = this.#pick();
    const { name } = place;
    const floor = this.#history.floor(name, key);
    const start = performance.now();
    try {
      const text = await this.#order<string>(place, "get", key);
      this.#history.judge(name, key, floor, text);
    } catch (error) {
      this.errors.push(`A read at ${name} failed: ${error}`);
    }
    this.times.push(performance.now() - start);
  }

  async #change(key: number): Promise<void> {
    const attempt = this.#history.raise([key], false);
    if (attempt === undefined) return;
    try {
      const place = this.#pick();
      const missed = await this.#order<string[]>(place, "remove", key);
      this.#history.resolved(attempt, missed);
    } catch (error) {
      this.errors.push(`A change failed: ${error}`);
    }
  }

  async #order<T>(
    place: Place,
    op: "get" | "remove",
    key: number,
  ): Promise<T> {
    place.underWay++;
    try {
      return await place.process!.call({ op, key: `${key}` }); // it is live
    } finally {
      place.underWay--;
    }
  }
}

function check(report: Report, when: string, calls: number, limit: number) {
  report.check(
    `source calls per s ${when}: ${calls.toFixed()} at most, want at most ${limit.toFixed()}`,
    calls <= limit,
  );
}

/** A restart in each way, one after the other, in one cluster. */
export async function nodeRestart(report: Report, seed: number): Promise<void> {
  report.title(
    `node restart: one of ${NODES} under ${RATE} requests each second, seed ${seed}`,
  );
  await using cluster = new Cluster(seed);
  await cluster.begin();
  await sleep(WARM_MS);
  for (const way of WAYS) {
    const before = cluster.source.calls;
    await sleep(STEADY_MS);
    const steady = (cluster.source.calls - before) / STEADY_MS * 1000;
    const withShare = steady + RATE / NODES + MAX_LOADS;
    const gone = await cluster.callsDuring(cluster.stop(way));
    const back = await cluster.callsDuring(
      cluster.startAgain(way).then(() => sleep(AFTER_MS)),
    );
    report.note(`steady source calls per s: ${steady.toFixed()}`);
    check(report, `while it is gone`, gone, withShare);
    const limit = way === "nothing" ? withShare : steady * 2;
    check(report, `after a start with ${way}`, back, limit);
  }
  await cluster.end();
  const { times, errors } = cluster;
  for (const error of errors.slice(0, 5)) report.note(error);
  report.count("wrong values and errors", errors.length, 0);
  const late = times.filter((ms) => ms > LIMIT).length;
  report.figure(`of ${times.length} reads over ${LIMIT} ms`, late, "", 0);
  report.figure("p99 of reads", p99(times), "ms", 50);
  report.check(
    `peak at the source: ${cluster.source.peak}, want at most ${
      NODES * MAX_LOADS
    }`,
    cluster.source.peak <= NODES * MAX_LOADS,
  );
}
