// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { abortable } from "../abortable.ts";
import { Client } from "../client.ts";
import { jsonCodec } from "../codec/json_codec.ts";
import type { CallContext } from "../context.ts";
import { RemoteError, RpcError, ShutdownError } from "../errors.ts";
import { Server, type ServerOptions } from "../server.ts";
import type { ClientOptions } from "../client.ts";
import { dial } from "../dial.ts";
import { pipe, settle } from "../testdata/pipe.ts";
import { turn } from "../turn.ts";
import { WINDOW_BYTES } from "./incoming_stream.ts";

/** Methods with streams, which tell what became of them. */
class Streams {
  made = 0;
  readonly ended = Promise.withResolvers<string>();
  context: CallContext | undefined;
  async *count(to: number, context: CallContext) {
    this.context = context;
    try {
      for (let n = 0; n < to; n++) {
        this.made++;
        yield n;
      }
    } finally {
      this.ended.resolve("closed");
    }
  }
  async *bytes(size: number) {
    yield new Uint8Array(size).fill(1);
    yield "text";
  }
  async *fail() {
    yield 1;
    throw new RpcError("aborted", "in the midst", { details: [1] });
  }
  async *odd() {
    yield 1;
    yield 2n;
  }
  async *stuck(_args: unknown, context: CallContext) {
    yield 1;
    await new Promise((resolve) =>
      context.signal.addEventListener("abort", resolve)
    );
  }
  async sum(items: AsyncIterable<number>) {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  }
  async first(items: AsyncIterable<number>) {
    for await (const item of items) return item;
    return -1;
  }
  async caught(items: AsyncIterable<unknown>) {
    try {
      for await (const _ of items);
    } catch (error) {
      this.ended.resolve(String(error));
      throw error;
    }
  }
  async *double(items: AsyncIterable<number>) {
    for await (const item of items) yield item * 2;
  }
  never() {
    return new Promise(() => {});
  }
  plain() {
    return 1;
  }
}

interface Rig extends AsyncDisposable {
  readonly streams: Streams;
  readonly server: Server;
  readonly client: Client;
}

function rig(
  options: ClientOptions & ServerOptions = {},
  clientOptions: ClientOptions = options,
): Rig {
  const streams = new Streams();
  const server = new Server(options);
  server.register(streams);
  const [end, other] = pipe();
  const serving = server.serve(other);
  const client = new Client(end, clientOptions);
  return {
    streams,
    server,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close({ timeout: 0 });
      await serving;
    },
  };
}

async function* numbers(to: number, ended?: { value: boolean }) {
  try {
    for (let n = 0; n < to; n++) yield n;
  } finally {
    if (ended !== undefined) ended.value = true;
  }
}

Deno.test("Client.service() gives a stream of items, to be iterated at once or when it has begun", async () => {
  await using subject = rig();
  const streams = subject.client.service<Streams>("Streams");
  assertEquals(await Array.fromAsync(streams.count(3)), [0, 1, 2]);
  const begun: AsyncIterable<number> = await streams.count(2);
  assertEquals(await Array.fromAsync(begun), [0, 1]);
  const bytes = await Array.fromAsync(streams.bytes(300_000));
  assertEquals(bytes, [new Uint8Array(300_000).fill(1), "text"]);
  assertEquals(await streams.plain(), 1);
  assertEquals(subject.client.stats(), {
    calls: 4,
    errors: 0,
    inFlight: 0,
    late: 0,
  });
});

Deno.test("Client.call() takes a stream as the arguments, both ways at once too", async () => {
  await using subject = rig();
  const streams = subject.client.service<Streams>("Streams");
  assertEquals(await streams.sum(numbers(5_000)), 12_497_500);
  let sum = 0;
  for await (const item of streams.double(numbers(5_000))) sum += item;
  assertEquals(sum, 24_995_000);
  assertEquals(subject.server.stats().inFlight, 0);
});

Deno.test("A stream that nobody takes stops its maker at the window, and break ends it", async () => {
  await using subject = rig();
  const streams = subject.client.service<Streams>("Streams");
  const items = await streams.count(1e9);
  await settle();
  for (let i = 0; i < 100; i++) await new Promise((go) => setTimeout(go, 0));
  const { made } = subject.streams;
  // 24 bytes are the least an item takes.
  assert(made > 1000 && made <= WINDOW_BYTES / 24 + 1, String(made));
  for await (const item of items) if (item === 10) break;
  assertEquals(await subject.streams.ended.promise, "closed");
  assertEquals(subject.streams.context?.signal.aborted, true);
  assertEquals(subject.client.stats().inFlight, 0);
  assertEquals(subject.client.stats().errors, 0);
});

Deno.test("A stream of arguments is ended when its method has enough of it", async () => {
  await using subject = rig();
  const streams = subject.client.service<Streams>("Streams");
  const ended = { value: false };
  assertEquals(await streams.first(numbers(1e9, ended)), 0);
  await settle();
  assertEquals(ended.value, true);
  const never = { value: false };
  await assertRejects(
    () => subject.client.call("Streams.no", numbers(1e9, never)),
    RemoteError,
    "can't find method no",
  );
});

Deno.test("A stream ends once with the error of the one who makes it", async () => {
  await using subject = rig();
  const streams = subject.client.service<Streams>("Streams");
  const items: unknown[] = [];
  const error = await assertRejects(
    async () => {
      for await (const item of streams.fail()) items.push(item);
    },
    RemoteError,
    "in the midst",
  );
  assertEquals([items, error.code, error.details], [[1], "aborted", [1]]);
  await assertRejects(
    () => Array.fromAsync(streams.odd()),
    RemoteError,
    "BigInt",
  );
  async function* failing() {
    yield 1;
    throw new Error("mine");
  }
  await assertRejects(() => streams.caught(failing()), Error, "mine");
  assertEquals(
    await subject.streams.ended.promise,
    "AbortError: The caller has given the call up",
  );
  const iterator = (await streams.fail())[Symbol.asyncIterator]();
  await iterator.next();
  await assertRejects(() => iterator.next(), RemoteError, "in the midst");
  assertEquals(await iterator.next(), { done: true, value: undefined });
});

Deno.test("A stream is bounded by the timeout of its call, the handle timeout, its signal, and the connection", async () => {
  await using subject = rig();
  const streams = subject.client.service<Streams>("Streams");
  await assertRejects(
    () => Array.fromAsync(streams.stuck(null, { timeout: 1 })),
    DOMException,
    "Cannot go on: no item within 1 ms",
  );
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = (await streams.stuck(null, { signal }))
    [Symbol.asyncIterator]();
  await aborted.next();
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted.next(), Error, "enough");
  const cut = (await streams.stuck(null))[Symbol.asyncIterator]();
  await cut.next();
  await subject.client.close();
  await assertRejects(() => cut.next(), ShutdownError, "the client was closed");
  await using short = rig({ handleTimeout: 1 });
  const error = await assertRejects(
    () => Array.fromAsync(short.client.service<Streams>("Streams").stuck(null)),
    RemoteError,
    "rpc server: request handle timeout: expect within 1ms",
  );
  assertEquals(error.code, "deadline_exceeded");
});

Deno.test("Streams begin and go on, and calls can be given up, while other calls wait for their turn", async () => {
  await using subject = rig({ maxInFlight: 1, maxBufferedBytes: 1000 }, {});
  const { client, server } = subject;
  const gate = Promise.withResolvers<void>();
  async function* slowly() {
    yield 1;
    await gate.promise;
    yield 2;
  }
  const running = client.call("Streams.sum", slowly());
  const holding = client.call("Streams.never");
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = client.call("Streams.plain", "x".repeat(500), { signal });
  assertEquals(await client.call("Streams.sum", numbers(10)), 45);
  const { sum } = client.service<Streams>("Streams");
  assertEquals(await sum(numbers(10)), 45);
  assertEquals(server.stats().inFlight, 2);
  gate.resolve();
  assertEquals(await running, 3);
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  await client.close();
  await assertRejects(() => holding, ShutdownError);
});

Deno.test("Codecs without streams say so on both sides", async () => {
  await using subject = rig({ codec: jsonCodec });
  await assertRejects(
    () => subject.client.call("Streams.sum", numbers(1)),
    TypeError,
    'Cannot send a stream in codec "application/json": only frames carry it',
  );
  const error = await assertRejects(
    () => subject.client.call("Streams.count", 1),
    RemoteError,
    'rpc server: "Streams.count" answers with a stream, which only frames carry',
  );
  assertEquals(error.code, "unknown");
  assertEquals(subject.streams.made, 0);
});

Deno.test("Server ends a stream that it cannot send", async () => {
  const ended = Promise.withResolvers<void>();
  const server = new Server();
  server.register({
    open: () => new ReadableStream({ cancel: () => ended.resolve() }),
  }, { name: "Files" });
  await using listener = server.listen();
  await using client = await dial(listener.address, { codec: jsonCodec });
  await assertRejects(() => client.call("Files.open"), RemoteError);
  await ended.promise;
});

Deno.test("Server leaves a peer that begins streams and reads no answers", async () => {
  const errors: unknown[] = [];
  await using server = new Server({
    maxBufferedBytes: 1000,
    maxInFlight: 10,
    onError: (error) => errors.push(error),
  });
  const [end, other] = pipe();
  other.write = () => new Promise(() => {});
  const serving = server.serve(other);
  await using client = new Client(end);
  const calls = Array.from(
    { length: 100 },
    () => client.call("No.method", numbers(1)),
  );
  const results = await Promise.allSettled(calls);
  await serving;
  assert(results.every((r) => r.status === "rejected"));
  assertEquals(errors.length, 1);
  assertMatch(
    (errors[0] as Error).message,
    /^Cannot take call \d\d: the peer reads no answers$/,
  );
});

Deno.test("Server turns away more calls with streams than its limit", async () => {
  await using subject = rig({ maxStreams: 1 });
  const { client } = subject;
  const gate = Promise.withResolvers<void>();
  async function* waiting() {
    await gate.promise;
    yield 1;
  }
  const first = client.call("Streams.sum", waiting());
  const error = await assertRejects(
    () => client.call("Streams.sum", numbers(1)),
    RemoteError,
    "rpc server: 1 calls with streams are under way",
  );
  assertEquals(error.code, "resource_exhausted");
  await assertRejects(
    () => client.call("Streams.count", 1),
    RemoteError,
    "rpc server: 1 calls with streams are under way",
  );
  gate.resolve();
  assertEquals(await first, 1);
  assertEquals(await client.call("Streams.sum", numbers(3)), 3);
});

Deno.test("A stream without a pause of its own lets others have their turn", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  let made = 0;
  const server = new Server();
  server.register({
    async *numbers() {
      turn().then(() => resolve(made));
      for (; made < 5000; made++) yield made;
    },
  }, { name: "Fast" });
  const [end, other] = pipe();
  const serving = server.serve(other);
  const client = new Client(end);
  const items = client.call<AsyncIterable<number>>("Fast.numbers");
  assertEquals((await Array.fromAsync(await items)).length, 5000);
  // The window alone would take all of them.
  assert(await promise <= 1024, `${await promise} items were made in one turn`);
  await client.close();
  await serving;
  await server.close();
});

Deno.test("A stream of arguments ends for what its method has left behind, however the call ends", async () => {
  const reading: Promise<unknown>[] = [];
  const read = async (items: AsyncIterable<unknown>) => {
    for await (const _ of items);
  };
  const server = new Server();
  server.register({
    reply: (items: AsyncIterable<unknown>) => reading.push(read(items)),
    throws(items: AsyncIterable<unknown>) {
      reading.push(read(items));
      throw new Error("no");
    },
    async rejects(items: AsyncIterable<unknown>) {
      reading.push(read(items));
      await Promise.reject(new Error("no"));
    },
    async *stream(items: AsyncIterable<unknown>) {
      reading.push(read(items));
      yield 1;
    },
  }, { name: "Left" });
  const [near, far] = pipe();
  const serving = server.serve(far);
  const client = new Client(near);
  for (const name of ["reply", "throws", "rejects", "stream"]) {
    const endless = new ReadableStream<number>();
    const reply = await client.call(`Left.${name}`, endless).catch(() => {});
    if (name === "stream") {
      await Array.fromAsync(reply as AsyncIterable<number>); // it answers so
    }
    const read = reading.pop() ?? Promise.resolve();
    await assertRejects(
      () => abortable(read, AbortSignal.timeout(10_000)),
      DOMException,
      "The call was answered",
    );
  }
  await client.close();
  await serving;
  await server.close();
});
