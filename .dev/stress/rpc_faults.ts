// Copyright 2026 the Gee authors. MIT license.
// Calls under way through a TCP proxy that does what networks do, in each codec.
import {
  type Client,
  type CodecFactory,
  dial,
  frameCodec,
  gobCodec,
  jsonCodec,
  Server,
} from "../../rpc/mod.ts";
import { descriptors } from "./account.ts";
import { type Fault, FaultProxy, FAULTS } from "./fault_proxy.ts";
import { randomOf, type Report, sleep } from "./report.ts";

const CALLS = 256;
/** Short forms of 1 s and 2 s, in ms. */
const WATCH = { keepAlive: 150, keepAliveTimeout: 300 };
const TIMEOUT = 1000;
/** What it takes to notice, beside the cut itself, in ms. */
const GOALS: Partial<Record<Fault, number>> = { cut: 20, reset: 30 };

const CODECS: Readonly<Record<string, CodecFactory>> = {
  frames: frameCodec,
  JSON: jsonCodec,
  gob: gobCodec(),
};

/** Numbers that are given when the gate opens, and how often each was asked for. */
class Held {
  readonly counts = new Map<number, number>();
  gate = Promise.withResolvers<void>();
  async square({ n }: { n: number }): Promise<{ n: number; square: number }> {
    this.counts.set(n, (this.counts.get(n) ?? 0) + 1);
    await this.gate.promise;
    return { n, square: n * n };
  }
}

interface Result {
  settled: number;
  wrong: number;
  twice: number;
  values: number;
  /** From the fault to the last call that settled, in ms. */
  took: number;
  /** From the end of the fault to the first answer, in ms. */
  back: number;
}

/** Every fault in every codec. */
export async function faults(report: Report, seed: number): Promise<void> {
  report.title(`faults: ${CALLS} calls under way, seed ${seed}`);
  let unhandled = 0;
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled++;
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  await sleep(600);
  const before = descriptors();
  const random = randomOf(seed);
  for (const [name, codec] of Object.entries(CODECS)) {
    for (const fault of FAULTS) {
      tell(report, name, fault, await run(codec, fault, random));
    }
  }
  await sleep(100);
  report.count("unhandled rejections", unhandled, 0);
  report.count("descriptors left", Math.max(0, descriptors() - before), 0);
  globalThis.removeEventListener("unhandledrejection", onRejection);
}

function tell(report: Report, name: string, fault: Fault, result: Result) {
  const { settled, wrong, twice, values, took, back } = result;
  const about = `${name}, ${fault}`;
  report.count(`${about}, settled`, settled, CALLS);
  // What has no check cannot tell another digit.
  const isChecked = name === "frames" || fault !== "garbled bytes";
  if (isChecked) report.count(`${about}, wrong or twice`, wrong + twice, 0);
  else report.note(`${about}: ${wrong} wrong values, which only frames notice`);
  const isHarmless = fault === "delay" || fault === "one byte per write";
  if (isHarmless) report.count(`${about}, values`, values, CALLS);
  const { keepAlive, keepAliveTimeout } = WATCH;
  const goal = fault === "black hole" && name === "frames"
    ? 2 * keepAlive + keepAliveTimeout
    : GOALS[fault];
  report.figure(`${about}, last settled after`, took, "ms", goal);
  // Without signs of life it takes a call that times out.
  const isSlow = fault === "black hole" && name !== "frames";
  report.figure(
    `${about}, answers again after`,
    back,
    "ms",
    isSlow ? 700 : 100,
  );
}

async function run(
  codec: CodecFactory,
  fault: Fault,
  random: () => number,
): Promise<Result> {
  const held = new Held();
  await using server = new Server(WATCH);
  server.register(held);
  const proxy = new FaultProxy(random);
  proxy.target = (server.listen().addr as Deno.NetAddr).port; // it is TCP
  const client = await dial(`tcp@127.0.0.1:${proxy.port}`, {
    ...WATCH,
    codec,
    timeout: TIMEOUT,
  });
  try {
    return await disturb(client, server, held, proxy, fault);
  } finally {
    await client.close();
    held.gate.resolve();
    proxy.close();
  }
}

async function disturb(
  client: Client,
  server: Server,
  held: Held,
  proxy: FaultProxy,
  fault: Fault,
): Promise<Result> {
  const result = {
    settled: 0,
    wrong: 0,
    twice: 0,
    values: 0,
    took: 0,
    back: 0,
  };
  let last = 0;
  const calls = Array.from({ length: CALLS }, async (_, n) => {
    const { reply, error } = await client.go("Held.square", { n }).done;
    last = performance.now();
    result.settled++;
    if (error !== undefined) return;
    result.values++;
    const got = reply as { n: number; square: number } | null; // or garbage
    if (got?.n !== n || got.square !== n * n) result.wrong++;
  });
  const end = performance.now() + 5000;
  while (server.stats().inFlight < CALLS && performance.now() < end) {
    await sleep(1);
  }
  proxy.fault = fault;
  const start = performance.now();
  // A reset wants something that flows; what is cut has nothing to say.
  if (fault !== "cut") held.gate.resolve();
  await Promise.all(calls);
  result.took = last - start;
  proxy.fault = undefined;
  held.gate.resolve();
  result.back = await back(client);
  for (const count of held.counts.values()) if (count > 1) result.twice++;
  return result;
}

/** How long the same client takes to be answered again, in ms. */
async function back(client: Client): Promise<number> {
  const start = performance.now();
  const end = start + 5000;
  while (performance.now() < end) {
    const n = -1 - Math.floor(performance.now());
    const { reply } = await client.go("Held.square", { n }, { timeout: 500 })
      .done;
    if (reply !== undefined) return performance.now() - start;
    await sleep(1);
  }
  return NaN;
}
