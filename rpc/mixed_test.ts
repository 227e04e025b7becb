// Copyright 2026 the Gee authors. MIT license.
// Calls and streams of every kind and size at once, many of them given up, over
// connections that take and give bytes in small pieces.

import { assert, assertEquals } from "@std/assert";
import { Client } from "./client.ts";
import { frameCodec, framesCodec } from "./codec/frame_codec.ts";
import { RemoteError } from "./errors.ts";
import { Server } from "./server.ts";
import { pipe } from "./testdata/pipe.ts";
import { seeded } from "./testdata/random.ts";

class Mixed {
  echo(value: unknown) {
    return value;
  }
  async later(value: unknown) {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    return value;
  }
  async *count(to: number) {
    for (let n = 0; n < to; n++) yield n;
  }
  async *double(items: AsyncIterable<number>) {
    for await (const item of items) yield item * 2;
  }
  async sum(items: AsyncIterable<number>) {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  }
  fail() {
    throw new Error("as wanted");
  }
}

async function* numbers(to: number) {
  for (let n = 0; n < to; n++) yield n;
}

/** One call of a kind and size of its own, and what must come of it. */
async function one(
  client: Client,
  random: (limit: number) => number,
  signal: AbortSignal,
): Promise<void> {
  const mixed = client.service<Mixed>("Mixed");
  const options = { signal };
  const size = [10, 2000, 200_000][random(3)] ?? 0;
  const to = random(300);
  const last = to * (to - 1) / 2;
  await [
    async () => {
      const bytes = new Uint8Array(size).fill(random(256));
      assertEquals(await mixed.echo(bytes, options), bytes);
    },
    async () => {
      const text = "é".repeat(size);
      assert(await mixed.later(text, options) === text);
    },
    async () => {
      let sum = 0;
      for await (const n of mixed.count(to, options)) sum += n;
      assertEquals(sum, last);
    },
    async () => {
      for await (const n of mixed.count(1e9, options)) if (n >= to) break;
    },
    async () => assertEquals(await mixed.sum(numbers(to), options), last),
    async () => {
      let sum = 0;
      for await (const n of mixed.double(numbers(to), options)) sum += n;
      assertEquals(sum, last * 2);
    },
    async () => {
      const error = await mixed.fail(undefined, options).catch((e) => e);
      if (error instanceof RemoteError) {
        assertEquals(error.message, "as wanted");
      } else throw error;
    },
  ][random(7)]?.();
}

for (
  const [name, codec] of [
    ["frames", frameCodec],
    ["frames, deflated", framesCodec({ compress: 1000 })],
  ] as const
) {
  Deno.test(`Client settles calls and streams of every kind at once in ${name}, also those given up`, async () => {
    const random = seeded(7);
    const server = new Server({
      codecs: [codec],
      maxInFlight: 8,
      maxBufferedBytes: 100_000,
    });
    server.register(new Mixed());
    const [end, other] = pipe({ writeBytes: 3001, readBytes: 2003 });
    const serving = server.serve(other);
    const client = new Client(end, { codec });
    const given = new Error("given up");
    const ends = await Promise.all(Array.from({ length: 200 }, async (_, i) => {
      const controller = new AbortController();
      const call = one(client, random, controller.signal);
      if (i % 3 === 0) {
        for (let n = random(3000); n > 0; n--) await Promise.resolve();
        controller.abort(given);
      }
      return await call.then(() => "well", (error) => {
        if (error !== given) throw error;
        return "given up";
      });
    }));
    assert(ends.filter((end) => end === "well").length >= 133);
    assert(ends.includes("given up"));
    assertEquals(client.stats().inFlight, 0);
    await client.call("Mixed.echo", 1);
    await client.close();
    await serving;
    assertEquals(server.stats().inFlight, 0);
    await server.close();
  });
}
