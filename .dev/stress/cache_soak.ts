// Copyright 2026 the Gee authors. MIT license.
// A long run with 1 % of failing loads, in a process of its own: it shows what
// is kept, and by ending whether a timer is left.
import { Group } from "../../cache/mod.ts";
import { descriptors, heapUsed } from "./account.ts";
import { randomOf, type Report, sleep } from "./report.ts";

const KEYS = 20_000;
const CLIENTS = 64;

/** What the child found. */
interface Result {
  readonly slope: number;
  readonly wrong: number;
  readonly unhandled: number;
  readonly descriptors: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly loadFailures: number;
  readonly running: number;
}

/** Memory, descriptors, timers and rejections of a long run. */
export async function soak(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(`soak: ${count} operations, 1 % of loads fail, seed ${seed}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.url, `${count}`, `${seed}`],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "{}" } = await lines.read();
  const result = JSON.parse(value) as Result;
  const start = performance.now();
  // Somebody who never ends is ended; the status then is no success.
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  while (!(await lines.read()).done);
  const { success } = await child.status;
  clearTimeout(timer);
  report.count("wrong values", result.wrong, 0);
  report.count("unhandled rejections", result.unhandled, 0);
  report.count("loads running at the end", result.running, 0);
  report.check(
    `failed loads: ${result.loadFailures}, want some`,
    result.loadFailures > 0,
  );
  report.check(
    `memory: ${result.bytes} bytes, want at most ${result.maxBytes}`,
    result.bytes <= result.maxBytes,
  );
  report.figure("heap per operation, second half", result.slope, "bytes", 1);
  // Whatever is kept of an operation is more than that.
  report.check("heap per operation: nothing is kept", result.slope < 8);
  report.count("descriptors left", result.descriptors, 0);
  report.check("no timer left: the process ended by itself", success);
  report.figure("ended after", performance.now() - start, "ms", 500);
}

/** A client after the other: reads, and now and then a change. */
async function work(
  group: Group,
  count: number,
  random: () => number,
): Promise<number> {
  let left = count;
  let wrong = 0;
  const client = async () => {
    while (left-- > 0) {
      // Squared, so that some keys are asked for much more than others.
      const key = `key ${Math.floor(random() ** 2 * KEYS)}`;
      const action = random();
      if (action < 0.01) await group.remove(key);
      else if (action < 0.02) {
        await group.set(key, key, { tags: [`tag ${action}`], ttl: 5 });
      } else if (action < 0.0201) await group.removeTag(`tag ${random()}`);
      else if (action < 0.0202) await group.reset();
      else {
        const view = await group.get(key).catch(() => undefined);
        if (view !== undefined && String(view) !== key) wrong++;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return wrong;
}

async function main(count: number, seed: number): Promise<Result> {
  let unhandled = 0;
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    unhandled++;
  });
  const random = randomOf(seed);
  const maxBytes = 4 << 20;
  const group = new Group("soak", async (key) => {
    await Promise.resolve();
    if (random() < 0.01) throw new Error("Cannot load");
    return random() < 0.01 ? undefined : key;
  }, {
    maxBytes,
    ttl: 500,
    staleWhileRevalidate: 500,
    staleIfError: 1000,
    earlyRefresh: 1,
    retryAfter: 1,
  });
  let wrong = await work(group, count / 2, random);
  const middle = await heapUsed();
  // Deno opens a pair of sockets for itself when it has run half a second.
  await sleep(1000);
  const open = descriptors();
  wrong += await work(group, count / 2, random);
  const slope = (await heapUsed() - middle) / (count / 2);
  const { bytes, running, loadFailures } = group.stats();
  // Not closed: a group that is left alone must not keep a process alive.
  return {
    slope,
    wrong,
    unhandled,
    descriptors: descriptors() - open,
    bytes,
    maxBytes,
    loadFailures,
    running,
  };
}

if (import.meta.main) {
  const [count, seed] = Deno.args.map(Number);
  console.log(JSON.stringify(await main(count ?? NaN, seed ?? NaN)));
}
