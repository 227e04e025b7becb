// Copyright 2026 the Gee authors. MIT license.
// Keys chosen to collide: nothing gets much slower by them.
import {
  BalancedRing,
  BloomFilter,
  createPolicy,
  Group,
  HashRing,
  type Ring,
} from "../../cache/mod.ts";
import { KeyHash } from "../../cache/policy/key_hash.ts";
import { Slots } from "../../cache/policy/slots.ts";
import {
  crcTwins,
  lettersOf,
  mapTwins,
  tableTwins,
  unseeded,
} from "../../cache/testdata/hostile_keys.ts";
import { randomOf, type Report } from "./report.ts";

const KEYS = 100_000;
const ROUNDS = 5;
const GOAL = 3;
/** What is quadratic takes hundreds of times as long. */
const LIMIT = 8;

/** What keys are put through. */
type Work = (keys: readonly string[]) => void | Promise<void>;

/** Memory, rings, filter and whole groups under keys that share a hash. */
export async function flooding(report: Report, seed: number): Promise<void> {
  report.title(`flooding: ${KEYS} keys that share a hash, seed ${seed}`);
  const random = randomOf(seed);
  const letters = lettersOf(KEYS, random);
  const twins = crcTwins(KEYS);
  const ours = tableTwins(KEYS);
  const users = Array.from(
    { length: KEYS },
    () => `user:${Math.floor(random() * 3e7)}`,
  );
  const numbers = mapTwins();
  const others = numbers.map(() => String(Math.floor(random() * 1e7)));
  for (const policy of ["s3fifo", "lru", "gdsf", "adaptive"] as const) {
    const work = memoryWork(policy);
    await compare(report, `${policy}, one CRC-32`, work, twins, letters);
    await compare(report, `${policy}, our hash unseeded`, work, ours, users);
    await compare(report, `${policy}, numbers of V8`, work, numbers, others);
  }
  for (const ring of [new HashRing(), new BalancedRing()]) {
    const name = `${ring.constructor.name}, one CRC-32`;
    await compare(report, name, ringWork(ring), twins, letters);
  }
  const some = KEYS / 10;
  await compare(
    report,
    "failing group, one CRC-32",
    failing,
    twins.slice(0, some),
    letters.slice(0, some),
  );
  await compare(report, "failing group, numbers", failing, numbers, others);
  await noteUnseeded(report, ours, users);
  filter(report, twins);
}

/** The medians of some rounds, in which both take turns. */
async function ratioOf(
  work: Work,
  hostile: readonly string[],
  harmless: readonly string[],
): Promise<number> {
  const times = async (keys: readonly string[]) => {
    const start = performance.now();
    await work(keys);
    return performance.now() - start;
  };
  await times(harmless); // warm up
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const base = await times(harmless);
    ratios.push(await times(hostile) / base);
  }
  return ratios.sort((a, b) => a - b)[ROUNDS >> 1] ?? NaN;
}

async function compare(
  report: Report,
  name: string,
  work: Work,
  hostile: readonly string[],
  harmless: readonly string[],
): Promise<void> {
  const ratio = await ratioOf(work, hostile, harmless);
  report.figure(name, ratio, "x", GOAL);
  if (ratio > LIMIT) report.check(`${name}: at most ${LIMIT} x`, false);
}

function memoryWork(policy: Parameters<typeof createPolicy>[0]): Work {
  return (keys) => {
    const cache = createPolicy<number>(policy, { maxEntries: keys.length });
    for (const key of keys) cache.set(key, 1);
    for (const key of keys) cache.get(key);
    for (const key of keys) cache.delete(key);
  };
}

function ringWork(ring: Ring): Work {
  for (let node = 0; node < 100; node++) ring.put(`http://10.0.0.${node}`);
  return (keys) => {
    for (const key of keys) ring.owner(key);
  };
}

/** All at once, so that each has a flight, a turn to wait for and a failure. */
async function failing(keys: readonly string[]): Promise<void> {
  await using group = new Group("flooding", async () => {
    await Promise.resolve();
    throw new Error("Cannot load");
  }, { maxWaiting: keys.length });
  await Promise.allSettled(keys.map((key) => group.get(key)));
}

/** How bad it would be without a seed; told, to show that the keys collide. */
async function noteUnseeded(
  report: Report,
  hostile: readonly string[],
  harmless: readonly string[],
): Promise<void> {
  const ratio = await ratioOf(
    (keys) => {
      const slots = new Slots<number>(new KeyHash(unseeded()));
      for (const key of keys.slice(0, KEYS / 10)) {
        if (slots.find(key) !== 0) continue;
        const { last, bytes } = slots.hash;
        if (slots.isFull) slots.grow();
        slots.insert(key, 1, 1, last, bytes);
      }
    },
    hostile,
    harmless,
  );
  report.note(
    `a tenth of them in a table without a seed: ${ratio.toPrecision(3)} x`,
  );
}

/** Who knows one key must not be able to make others that pass as it does. */
function filter(report: Report, twins: readonly string[]): void {
  const known = new BloomFilter({ expectedKeys: 1000 });
  const [first = "", ...others] = twins;
  known.add(first);
  const passed = others.filter((key) => known.has(key)).length;
  report.check(
    `keys with the CRC-32 of a known one that pass the filter: ${passed}, want at most 1 %`,
    passed <= KEYS / 100,
  );
}
