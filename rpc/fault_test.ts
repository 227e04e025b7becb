// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { Client } from "./client.ts";
import type { CodecFactory } from "./codec/codec.ts";
import { frameCodec } from "./codec/frame_codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { RemoteError, ShutdownError, WireError } from "./errors.ts";
import { Server } from "./server.ts";
import { type Fault, type FaultOptions, Faulty } from "./testdata/faulty.ts";
import { seeded } from "./testdata/random.ts";

const CALLS = 256;
// Bytes that no JSON text can have where they stand instead of another one: a
// digit for a digit would be well formed, and only TCP tells them apart. Frames
// have a check, so they get digits, too.
const GARBAGE: Record<string, readonly number[]> = {
  JSON: [0x00, 0x0a, 0x22, 0xff],
  frames: [0x00, 0x22, 0x31, 0x32, 0xff],
};
const CODECS: Record<string, CodecFactory> = {
  JSON: jsonCodec,
  frames: frameCodec,
};

/** Numbers with a check of their own, and how often each was asked for. */
class Checked {
  readonly counts = new Map<number, number>();
  square(n: number): unknown {
    this.counts.set(n, (this.counts.get(n) ?? 0) + 1);
    const reply = { n, square: n * n };
    return n % 3 === 0 ? Promise.resolve().then(() => reply) : reply;
  }
}

/** Calls all at once over a connection with a fault; returns how the calls ended. */
async function run(
  codec: CodecFactory,
  options: FaultOptions,
  note: string,
): Promise<string[]> {
  const checked = new Checked();
  await using server = new Server();
  server.register(checked);
  const { hostname, port } = server.listen().addr as Deno.NetAddr;
  const conn = await Deno.connect({ hostname, port });
  await using client = new Client(new Faulty(conn, options), {
    codec,
    timeout: options.fault === "stall" ? 1 : 30_000,
  });
  const ends = await Promise.all(Array.from({ length: CALLS }, async (_, n) => {
    const { reply, error } = await client.go("Checked.square", n).done;
    if (error === undefined) {
      assertEquals(reply, { n, square: n * n }, `${note}: a wrong value`);
      return "value";
    }
    const isKnown = error instanceof RemoteError ||
      error instanceof WireError || error instanceof ShutdownError ||
      error instanceof DOMException;
    if (!isKnown) throw new Error(note, { cause: error });
    return error.name;
  }));
  const { inFlight, calls, errors } = client.stats();
  const values = ends.filter((end) => end === "value").length;
  assertEquals([inFlight, calls, errors], [0, CALLS, CALLS - values], note);
  for (const [n, count] of checked.counts) {
    assertEquals(count, 1, `${note}: ${n} was carried out twice`);
  }
  const healthy = new Client(await Deno.connect({ hostname, port }));
  await healthy.call("Checked.square", -1).finally(() => healthy.close());
  return [...new Set(ends)].toSorted();
}

/** Which ends a fault may bring about. */
const ALLOWED: Record<Fault, readonly string[]> = {
  none: ["value"],
  dribble: ["value"],
  cut: ["ShutdownError", "value"],
  "half-close": ["ShutdownError", "value"],
  garble: ["RemoteError", "ShutdownError", "WireError", "value"],
  stall: ["TimeoutError", "value"],
};

/** About how many bytes go each way. */
const LENGTHS: Record<string, number> = { JSON: 15_000, frames: 5000 };

const SEEDS: Record<Fault, number> = {
  none: 1,
  dribble: 1,
  cut: 12,
  "half-close": 12,
  garble: 24,
  stall: 4,
};

for (const [name, codec] of Object.entries(CODECS)) {
  for (const fault of Object.keys(ALLOWED) as Fault[]) {
    Deno.test(`Client settles 256 calls once and rightly in ${name} on a connection with fault "${fault}"`, async () => {
      for (let seed = 1; seed <= SEEDS[fault]; seed++) {
        const random = seeded(seed);
        const garbage = GARBAGE[name] ?? [];
        const options: FaultOptions = {
          fault,
          direction: seed % 2 === 0 ? "read" : "write",
          at: random(LENGTHS[name] ?? 0),
          byte: garbage[random(garbage.length)] ?? 0,
        };
        const note = `seed ${seed}, ${JSON.stringify(options)}`;
        const ends = await run(codec, options, note);
        const odd = ends.filter((end) => !ALLOWED[fault].includes(end));
        assertEquals(odd, [], note);
      }
    });
  }
}
