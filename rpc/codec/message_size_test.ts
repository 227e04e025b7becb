// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Client } from "../client.ts";
import { LimitError, RemoteError, WireError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { Server } from "../server.ts";
import { pipe } from "../testdata/pipe.ts";
import type { CodecFactory } from "./codec.ts";
import { frameCodec, framesCodec } from "./frame_codec.ts";
import { gobCodec, netRpcCodec } from "./gob_codec.ts";
import { jsonCodec } from "./json_codec.ts";
import { jsonRpcCodec } from "./json_rpc.ts";

class Sizes {
  readonly release = Promise.withResolvers<string>();
  wait() {
    return this.release.promise;
  }
  make(length: number) {
    return "é".repeat(length);
  }
  bytes(length: number) {
    return new Uint8Array(length);
  }
  fail(length: number) {
    throw new Error("é".repeat(length));
  }
  size(value: unknown) {
    return String(value).length;
  }
  async *items(length: number) {
    yield "first";
    yield "é".repeat(length);
  }
  async sum(items: AsyncIterable<string>) {
    let sum = 0;
    for await (const item of items) sum += item.length;
    return sum;
  }
  async *failing(length: number) {
    yield "first";
    throw new Error("x".repeat(length));
  }
}

/** A server and a client that take 200,000 bytes a message. */
function rig(
  codec: CodecFactory,
  limits: Limits = { maxMessageBytes: 200_000 },
  clientLimits = limits,
) {
  const sizes = new Sizes();
  const server = new Server({
    ...limits,
    codecs: [codec],
  });
  server.register(sizes);
  const [end, other] = pipe();
  const serving = server.serve(other);
  const client = new Client(end, { ...clientLimits, codec });
  return {
    sizes,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close({ timeout: 0 });
      await serving;
    },
  };
}

const CODECS: Record<string, CodecFactory> = {
  frameCodec,
  "framesCodec with compress": framesCodec({ compress: 1 }),
  jsonCodec,
  jsonRpcCodec,
  gobCodec: gobCodec(),
  netRpcCodec: netRpcCodec(),
};

for (const [name, codec] of Object.entries(CODECS)) {
  Deno.test(`${name} lets a message that is too long fail alone, on either side`, async () => {
    await using r = rig(codec);
    const { client, sizes } = r;
    const slow = client.call("Sizes.wait");
    await assertRejects(
      () => client.call("Sizes.size", "é".repeat(110_000)),
      LimitError,
      'Cannot call "Sizes.size": the message is longer than 200000 bytes',
    );
    assertEquals(await client.call("Sizes.size", "é".repeat(90_000)), 90_000);
    await assertRejects(
      () => client.call("Sizes.make", 110_000),
      RemoteError,
      'Cannot answer "Sizes.make": the message is longer than 200000 bytes',
    );
    assertEquals(await client.call("Sizes.make", 90_000), "é".repeat(90_000));
    // A text that is too long is cut.
    const { error } = await client.go("Sizes.fail", 110_000).done;
    assert(error instanceof RemoteError);
    assertEquals(error.message, "é".repeat(100));
    sizes.release.resolve("at last");
    assertEquals(await slow, "at last");
  });
}

Deno.test("frameCodec refuses bytes and items that are too long, and ends their calls alone", async () => {
  await using r = rig(frameCodec);
  const { client, sizes } = r;
  const slow = client.call("Sizes.wait");
  for (const _ of [1, 2]) {
    await assertRejects(
      () => client.call("Sizes.size", new Uint8Array(200_001)),
      LimitError,
      'Cannot call "Sizes.size": the message is longer than 200000 bytes',
    );
  }
  const { error } = await client.go("Sizes.bytes", 200_001).done;
  assert(error instanceof RemoteError);
  assertEquals(error.code, "resource_exhausted");
  const long = async function* () {
    yield "é".repeat(110_000);
  };
  const text = "Cannot send an item: the message is longer than 200000 bytes";
  await assertRejects(() => client.call("Sizes.sum", long()), LimitError, text);
  const items = client.service<Sizes>("Sizes").items(110_000)
    [Symbol.asyncIterator]();
  assertEquals((await items.next()).value, "first");
  await assertRejects(() => items.next(), RemoteError, text);
  const failing = client.service<Sizes>("Sizes").failing(210_000)
    [Symbol.asyncIterator]();
  assertEquals((await failing.next()).value, "first");
  await assertRejects(() => failing.next(), RemoteError, "x".repeat(100));
  sizes.release.resolve("at last");
  assertEquals(await slow, "at last");
});

Deno.test("frameCodec lets a long message fail alone that only the peer finds too long", async () => {
  const short = { maxMessageBytes: 300_000 };
  for (const body of ["é".repeat(300_000), new Uint8Array(3_000_000)]) {
    await using r = rig(frameCodec, short, {});
    const { client, sizes } = r;
    const slow = client.call("Sizes.wait");
    await assertRejects(
      () => client.call("Sizes.size", body),
      RemoteError,
      "rpc server: read body err: it is longer than 300000 bytes",
    );
    assertEquals(await client.call("Sizes.size", "again"), 5);
    sizes.release.resolve("at last");
    assertEquals(await slow, "at last");
  }
  await using r = rig(frameCodec, {}, short);
  for (const method of ["Sizes.make", "Sizes.bytes"]) {
    await assertRejects(
      () => r.client.call(method, 1_000_000),
      WireError,
      `Cannot read the reply of "${method}": it is longer than 300000 bytes`,
    );
  }
  assertEquals(await r.client.call("Sizes.size", "again"), 5);
});
