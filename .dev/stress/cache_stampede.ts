// Copyright 2026 the Gee authors. MIT license.
// Many clients who miss at the same time, over a source that works or does not.
import { LRUCache } from "npm:lru-cache@11.2.2";
import { Group } from "../../cache/mod.ts";
import { keysOf, type Read, readAtOnce, Source } from "./cache_source.ts";
import { p99, type Report } from "./report.ts";

const CLIENTS = 200;
const MS = 50;
const MAX_LOADS = 32;

/** The caches beside ours: told, not judged. */
const PEERS: Record<string, (source: Source) => Read> = {
  "lru-cache": (source) => {
    const cache = new LRUCache<string, string>({
      max: 1000,
      fetchMethod: source.get,
    });
    return (key) => cache.fetch(key);
  },
  "bare Map": (source) => {
    const cache = new Map<string, string>();
    return async (key) => {
      const value = cache.get(key) ?? await source.get(key);
      cache.set(key, value);
      return value;
    };
  },
};

/** What each peer asks the source for in the same place. */
async function notePeers(
  report: Report,
  keys: readonly string[],
  isDown = false,
): Promise<void> {
  for (const [name, make] of Object.entries(PEERS)) {
    const source = new Source(MS);
    source.isDown = isDown;
    const { times, errors } = await readAtOnce(make(source), keys);
    report.note(
      `${name}: ${source.calls} calls, peak ${source.peak}, ${errors} errors, p99 ${
        p99(times).toFixed(0)
      } ms`,
    );
  }
}

/** A key or ten that nobody has: each is loaded once. */
export async function cold(report: Report): Promise<void> {
  report.title(`cold: ${CLIENTS} clients on 1 and on 10 cold keys`);
  for (const count of [1, 10]) {
    const source = new Source(MS);
    await using group = new Group("cold", source.get);
    const keys = keysOf(CLIENTS, count);
    const { times, errors } = await readAtOnce((key) => group.get(key), keys);
    report.count(`source calls, ${count} keys`, source.calls, count);
    report.count(`errors, ${count} keys`, errors, 0);
    report.figure(`p99, ${count} keys`, p99(times), "ms", MS * 1.2);
    await notePeers(report, keys);
  }
}

/** After a restart nobody has anything: the source is asked in waves. */
export async function restart(report: Report): Promise<void> {
  report.title(
    `restart: ${CLIENTS} clients on as many cold keys, maxLoads ${MAX_LOADS}`,
  );
  const source = new Source(MS);
  await using group = new Group("restart", source.get, { maxLoads: MAX_LOADS });
  const keys = keysOf(CLIENTS, CLIENTS);
  const { times, errors } = await readAtOnce((key) => group.get(key), keys);
  report.count("source calls", source.calls, CLIENTS);
  report.count("errors", errors, 0);
  report.check(
    `peak at the source: ${source.peak}, want at most ${MAX_LOADS}`,
    source.peak <= MAX_LOADS,
  );
  const waves = Math.ceil(CLIENTS / MAX_LOADS);
  report.figure("p99", p99(times), "ms", waves * MS * 1.2);
  await notePeers(report, keys);
}

/** A source that is down is asked once, and everybody is told at once. */
export async function down(report: Report): Promise<void> {
  report.title(`down: ${CLIENTS} clients on one key of a source that fails`);
  const source = new Source(MS);
  source.isDown = true;
  await using group = new Group("down", source.get);
  const keys = keysOf(CLIENTS, 1);
  const { times, errors } = await readAtOnce((key) => group.get(key), keys);
  report.count("source calls", source.calls, 1);
  report.count("errors", errors, CLIENTS);
  report.figure("last error after", Math.max(...times), "ms", MS * 1.2);
  await notePeers(report, keys, true);
}
