// Copyright 2026 the Gee authors. MIT license.
// A source that is away for two seconds, and clients who do not give up.
import { LRUCache } from "npm:lru-cache@11.2.2";
import { Group } from "../../cache/mod.ts";
import { keysOf, type Read, Source } from "./cache_source.ts";
import { p99, type Report, sleep } from "./report.ts";

const CLIENTS = 200;
const KEYS = 10;
const OUTAGE_MS = 2000;
const RETRY_MS = 50;
/** How long the source takes to answer or to fail. */
const MS = 20;
/** How long clients go on after the source is back. */
const AFTER_MS = 1500;

/** What came of an outage. */
interface Outcome {
  /** Calls of the source while it was away. */
  readonly calls: number;
  readonly peak: number;
  readonly errors: number;
  /** Of each client: the ms from the return of the source to its next value. */
  readonly waits: readonly number[];
}

/** All clients ask every 50 ms; the source is away and comes back. */
async function outage(read: Read, source: Source): Promise<Outcome> {
  source.calls = source.peak = 0;
  source.isDown = true;
  const start = performance.now();
  const back = start + OUTAGE_MS;
  let errors = 0;
  const waits: number[] = [];
  const client = async (key: string) => {
    let isServed = false;
    for (let now = start; now < back + AFTER_MS; now = performance.now()) {
      const isAnswered = await read(key).then(() => true, () => false);
      if (!isAnswered) errors++;
      const wait = performance.now() - back;
      if (isAnswered && !isServed && wait > 0) {
        waits.push(wait);
        isServed = true;
      }
      await sleep(RETRY_MS);
    }
    if (!isServed) waits.push(Infinity);
  };
  const clients = keysOf(CLIENTS, KEYS).map(client);
  await sleep(OUTAGE_MS);
  source.isDown = false;
  const { calls } = source;
  await Promise.all(clients);
  return { calls, peak: source.peak, errors, waits };
}

/** Two seconds without the source, with nothing in memory and with old values. */
export async function outages(report: Report): Promise<void> {
  report.title(
    `outage: source away for 2 s, ${CLIENTS} clients on ${KEYS} keys retry every ${RETRY_MS} ms`,
  );
  // They take little but time, so all of them take it together.
  const [alone, stale, lru, map] = await Promise.all([
    ours(),
    withStaleCopies(),
    lruCache(),
    bareMap(),
  ]);
  report.check(
    `source calls while it was away: ${alone.calls}, want at most 60`,
    alone.calls <= 60,
  );
  report.check(
    `peak at the source: ${alone.peak}, want at most ${KEYS}`,
    alone.peak <= KEYS,
  );
  report.count(
    "clients served after it came back",
    alone.waits.filter(Number.isFinite).length,
    CLIENTS,
  );
  report.figure("served again, p99", p99(alone.waits), "ms", 300);
  report.count("errors with a stale copy", stale.errors, 0);
  report.check(
    `source calls with a stale copy: ${stale.calls}, want at most 60`,
    stale.calls <= 60,
  );
  tell(report, "lru-cache", lru);
  tell(report, "bare Map", map);
}

async function ours(): Promise<Outcome> {
  const source = new Source(MS);
  await using group = new Group("outage", source.get);
  return await outage((key) => group.get(key), source);
}

async function withStaleCopies(): Promise<Outcome> {
  const source = new Source(MS);
  await using group = new Group("outage", source.get, {
    ttl: 100,
    staleIfError: 60_000,
  });
  await Promise.all(keysOf(KEYS, KEYS).map((key) => group.get(key)));
  await sleep(200);
  return await outage((key) => group.get(key), source);
}

async function lruCache(): Promise<Outcome> {
  const source = new Source(MS);
  const cache = new LRUCache<string, string>({
    max: 1000,
    fetchMethod: source.get,
  });
  return await outage((key) => cache.fetch(key), source);
}

async function bareMap(): Promise<Outcome> {
  const source = new Source(MS);
  const map = new Map<string, string>();
  return await outage(
    async (key) => map.get(key) ?? map.set(key, await source.get(key)),
    source,
  );
}

function tell(report: Report, name: string, result: Outcome): void {
  const { calls, peak, errors, waits } = result;
  report.note(
    `${name}: ${calls} calls while it was away, peak ${peak}, ${errors} errors, served again ${
      p99(waits).toFixed(0)
    } ms`,
  );
}
