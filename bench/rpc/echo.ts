// Copyright 2026 the Gee authors. MIT license.

import type { Measure } from "../suite.ts";
import type { Body } from "./candidate.ts";
import { candidates, type Kind } from "./candidates.ts";

/** How long calls are made before they count, in ms. */
export const WARMUP = 400;
/** How long they count, in ms. */
export const MS = 800;

const SERVER = new URL("./candidates.ts", import.meta.url).href;

/** Calls per second of a closed loop of callers, for each candidate. */
export function echoes(
  kind: Kind,
  body: Body,
  callers: number,
): Record<string, Measure> {
  const names = Object.keys(candidates[kind]);
  return Object.fromEntries(
    names.map((name) => [name, () => echo(kind, name, body, callers)]),
  );
}

async function echo(
  kind: Kind,
  name: string,
  body: Body,
  callers: number,
): Promise<number> {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SERVER, kind, name],
    stdout: "piped",
  }).spawn();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const where = ((await reader.read()).value ?? "").trim();
  const call = await candidates[kind][name]!.connect(where);
  const run = async (ms: number) => {
    const start = performance.now();
    let calls = 0;
    const loop = async () => {
      while (performance.now() - start < ms) {
        await call(body);
        calls++;
      }
    };
    await Promise.all(Array.from({ length: callers }, loop));
    return calls / (performance.now() - start) * 1000;
  };
  await run(WARMUP);
  const speed = await run(MS);
  server.kill("SIGKILL");
  return speed;
}
