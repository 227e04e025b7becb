// Copyright 2026 the Gee authors. MIT license.
// Keys that do not exist, again and again.
import { BloomFilter, Group, OverloadError } from "../../cache/mod.ts";
import { randomOf, type Report } from "./report.ts";

const MAX_BYTES = 8 << 20;
const MAX_LOADS = 32;
const CLIENTS = 500;
const KNOWN = 10_000;

/** What absent keys do to a group. */
interface Outcome {
  readonly calls: number;
  readonly peak: number;
  readonly mostBytes: number;
  readonly overloads: number;
  readonly errors: number;
}

/** Asks for keys, some hundred at once, and looks at memory meanwhile. */
async function penetrate(
  keyOf: (index: number) => string,
  count: number,
  mayHave?: (key: string) => boolean,
): Promise<Outcome> {
  let [calls, running, peak, mostBytes, overloads, errors] = [0, 0, 0, 0, 0, 0];
  await using group = new Group("penetration", async (key) => {
    calls++;
    peak = Math.max(peak, ++running);
    await Promise.resolve();
    running--;
    return key.startsWith("known") ? key : undefined;
  }, {
    maxBytes: MAX_BYTES,
    maxLoads: MAX_LOADS,
    maxWaiting: CLIENTS / 5,
    // However long the run takes, a key is asked for once while it is remembered.
    negativeTtl: Infinity,
    ...(mayHave === undefined ? {} : { mayHave }),
  });
  let next = 0;
  const client = async () => {
    while (next < count) {
      const index = next++;
      try {
        await group.get(keyOf(index));
      } catch (error) {
        if (error instanceof OverloadError) overloads++;
        else errors++;
      }
      if (index % 1000 > 0) continue;
      mostBytes = Math.max(mostBytes, group.stats().bytes);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { calls, peak, mostBytes, overloads, errors };
}

function check(report: Report, name: string, outcome: Outcome): void {
  const { peak, mostBytes, errors } = outcome;
  report.check(
    `${name}, peak at the source: ${peak}, want at most ${MAX_LOADS}`,
    peak <= MAX_LOADS,
  );
  report.check(
    `${name}, memory: ${mostBytes} bytes, want at most ${MAX_BYTES}`,
    mostBytes <= MAX_BYTES,
  );
  report.count(`${name}, errors`, errors, 0);
}

/** Strangers once each, few strangers often, and strangers at a filter. */
export async function penetration(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(`penetration: ${count} absent keys, seed ${seed}`);
  const random = randomOf(seed);
  const stranger = (index: number) => `stranger ${random()} ${index}`;

  const start = performance.now();
  const once = await penetrate(stranger, count);
  check(report, "each once", once);
  report.count(
    "each once, source calls and overloads",
    once.calls + once.overloads,
    count,
  );
  report.note(`${once.overloads} were refused, ${once.calls} asked`);

  const few = KNOWN / 2;
  const often = await penetrate((index) => `few ${index % few}`, count);
  check(report, "few often", often);
  report.check(
    `few often, source calls: ${often.calls}, want at most ${few}`,
    often.calls <= few,
  );

  const filter = new BloomFilter({ expectedKeys: KNOWN });
  for (let key = 0; key < KNOWN; key++) filter.add(`known ${key}`);
  const filtered = await penetrate(stranger, count, (key) => filter.has(key));
  check(report, "at a filter", filtered);
  report.check(
    `at a filter, source calls: ${filtered.calls}, want at most 1.5 %`,
    filtered.calls <= count * 0.015,
  );
  report.figure("took", (performance.now() - start) / 1000, "s");
}
