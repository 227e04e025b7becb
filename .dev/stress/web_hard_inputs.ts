// Copyright 2026 the Gee authors. MIT license.
// How the work of each parser grows with hostile input.
import {
  HARD_INPUTS,
  type HardInput,
  work,
} from "../../web/testdata/hard_inputs.ts";
import type { Report } from "./report.ts";

const SIZES = [125_000, 250_000, 500_000, 1_000_000];
/** Shorter times tell nothing about growth. */
const LEAST_MS = 2;
/** Longer ones are enough to know, and would be hours at the next sizes. */
const MOST_MS = 2000;
/** Per doubling: twice is linear, four times quadratic. */
const GOAL = 2.5;
const LIMIT = 3.6;

/** Twice the input must not be four times the work. */
export async function hardInputs(
  report: Report,
  inputs: readonly HardInput[] = HARD_INPUTS,
): Promise<void> {
  report.title(`hard inputs: ${inputs.length}, doubled up to 1 MB`);
  for (const input of inputs) await work(input, 1000); // warm up
  const grown: { name: string; growth: number; ms: number }[] = [];
  for (const input of inputs) {
    let measured = await measure(input);
    // What another process took the time of is not found so a second time.
    if (measured.growth > LIMIT) measured = await measure(input);
    const name = `${input.name} of ${JSON.stringify(input.piece)}`;
    if (measured.ms >= LEAST_MS) grown.push({ name, ...measured });
  }
  report.note(`${grown.length} of them take ${LEAST_MS} ms or more`);
  grown.sort((a, b) => b.growth - a.growth);
  for (const { name, growth, ms } of grown.slice(0, 5)) {
    const title = `${name} (${ms.toFixed(0)} ms), per doubling`;
    report.figure(title, growth, "x", GOAL);
  }
  const bad = grown.filter(({ growth }) => growth > LIMIT);
  const names = bad.map(({ name }) => name).join(", ");
  report.check(`grow like squares: ${bad.length} ${names}`, bad.length === 0);
}

/** The time of the largest size that ends soon, and the growth up to it. */
async function measure(
  input: HardInput,
): Promise<{ growth: number; ms: number }> {
  const times: number[] = [];
  for (const size of SIZES) {
    const ms = await shortest(input, size);
    times.push(ms);
    if (ms > MOST_MS) break;
  }
  const [first = 0] = times;
  const ms = times.at(-1) ?? 0;
  const doublings = times.length - 1;
  return {
    growth: doublings === 0 ? Infinity : (ms / first) ** (1 / doublings),
    ms,
  };
}

/** The shortest of some rounds: what another process takes is left out. */
async function shortest(input: HardInput, size: number): Promise<number> {
  let least = Infinity;
  for (let left = 5; left > 0 && !(least > MOST_MS && left < 5); left--) {
    const start = performance.now();
    await work(input, size);
    least = Math.min(least, performance.now() - start);
  }
  return least;
}
