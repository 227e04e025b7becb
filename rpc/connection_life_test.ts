// Copyright 2026 the Gee authors. MIT license.
// How connections of frames begin, live and end.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Client } from "./client.ts";
import { frameCodec } from "./codec/frame_codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import type { CallContext } from "./context.ts";
import { dial } from "./dial.ts";
import {
  ConnectError,
  RemoteError,
  ShutdownError,
  WireError,
} from "./errors.ts";
import { encodeOption, FRAMES_TYPE } from "./option.ts";
import { Server } from "./server.ts";
import { pipe, type PipeEnd, settle } from "./testdata/pipe.ts";

class Slow {
  readonly contexts: CallContext[] = [];
  release = Promise.withResolvers<string>();
  wait(_args: unknown, context: CallContext) {
    this.contexts.push(context);
    return this.release.promise;
  }
  echo(value: unknown) {
    return value;
  }
  told(_args: unknown, { metadata, traceparent, deadline }: CallContext) {
    return { metadata, traceparent, left: deadline! - Date.now() }; // there is a handle timeout
  }
}

/** A client whose every connection goes to the server that is there at the time. */
function linked(connect: () => PipeEnd, first = connect()): Client {
  return new Client(first, { redial: () => Promise.resolve(connect()) });
}

function serve(server: Server): PipeEnd {
  const [end, other] = pipe();
  server.serve(other).catch(() => {});
  return end;
}

Deno.test("Client says what to do when the server hangs up on frames", async () => {
  await using server = new Server({ codecs: [jsonCodec] });
  server.register(new Slow());
  await using client = new Client(serve(server));
  await assertRejects(
    () => client.call("Slow.echo", 1),
    ShutdownError,
    "Cannot finish the call: the connection has ended before the server said anything; " +
      "one that does not know frames needs { codec: jsonCodec } or { codec: gobCodec() }",
  );
  await using known = new Client(serve(server), { codec: jsonCodec });
  assertEquals(await known.call("Slow.echo", 1), 1);
});

Deno.test("Server refuses frames of another version", async () => {
  const errors: unknown[] = [];
  await using server = new Server({ onError: (error) => errors.push(error) });
  const [end, other] = pipe();
  const running = server.serve(other);
  await end.write(encodeOption({
    codecType: FRAMES_TYPE,
    connectTimeout: 0,
    handleTimeout: 0,
    version: 2,
  }));
  await end.write(new Uint8Array(1));
  await running;
  assertEquals(
    (errors[0] as Error).message,
    "Cannot serve frames of version 2: version 1 is wanted",
  );
});

Deno.test("Server tells methods metadata and the smaller one of both time limits", async () => {
  await using server = new Server({ handleTimeout: 10_000 });
  server.register(new Slow());
  await using client = new Client(serve(server), { timeout: 5000 });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const told = (timeout?: number) =>
    client.call<{ metadata: unknown; traceparent: string; left: number }>(
      "Slow.told",
      null,
      { metadata: { traceparent }, ...(timeout !== undefined && { timeout }) },
    );
  const { left, ...rest } = await told();
  assertEquals(rest, { metadata: { traceparent }, traceparent });
  assert(left <= 5000 && left > 1000, String(left));
  assert((await told(3000)).left <= 3000);
  const longest = (await told(60_000)).left;
  assert(longest <= 10_000 && longest > 5000);
  await assertRejects(
    () => client.call("Slow.told", 1, { metadata: { "Upper\n": "x" } }),
    TypeError,
    'Cannot send metadata "Upper\\n"',
  );
});

Deno.test("Server aborts a method when its caller gives up, and counts it until it ends", async () => {
  const slow = new Slow();
  await using server = new Server({ maxInFlight: 2 });
  server.register(slow);
  await using client = new Client(serve(server));
  for (let i = 0; i < 5; i++) {
    const controller = new AbortController();
    const call = client.call("Slow.wait", i, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assertRejects(() => call, Error, "enough");
  }
  await settle();
  // Two run on though nobody waits for them.
  assertEquals(slow.contexts.length, 2);
  assertEquals(slow.contexts.map(({ signal }) => signal.aborted), [true, true]);
  assertEquals(server.stats().inFlight, 2);
  slow.release.resolve("late");
  assertEquals(await client.call("Slow.echo", "next"), "next");
  assertEquals(slow.contexts.length, 2); // the others were not even begun
  assertEquals(client.stats().late, 0);
});

Deno.test("Server aborts a method whose call was given up while its arguments were encoded", async () => {
  const slow = new Slow();
  await using server = new Server();
  server.register(slow);
  await using client = new Client(serve(server));
  const controller = new AbortController();
  const toJSON = () => controller.abort(new Error("enough"));
  const { signal } = controller;
  await assertRejects(
    () => client.call("Slow.wait", { toJSON }, { signal }),
    Error,
    "enough",
  );
  await client.call("Slow.echo");
  assertEquals(slow.contexts.map(({ signal }) => signal.aborted), [true]);
  slow.release.resolve("late");
});

Deno.test("Server aborts a method at the end of its caller's time without a word, and at the handle timeout with one", async () => {
  const slow = new Slow();
  await using server = new Server({ handleTimeout: 40 });
  server.register(slow);
  const [end, other] = pipe();
  const serving = server.serve(other);
  await using client = new Client(end, { timeout: 0 });
  const mute = client.call("Slow.wait", 1, { timeout: 1 });
  await assertRejects(() => mute, DOMException, "no reply within 1 ms");
  const error = await assertRejects(
    () => client.call("Slow.wait", 2),
    RemoteError,
    "rpc server: request handle timeout: expect within 40ms",
  );
  assertEquals(error.code, "deadline_exceeded");
  assertEquals(slow.contexts.map(({ signal }) => signal.aborted), [true, true]);
  assertEquals(client.stats().late, 0);
  await client.close();
  await serving;
});

Deno.test("Server stays within its limits under 20,000 calls that are given up at once", async () => {
  const slow = new Slow();
  let most = 0;
  await using server = new Server({ maxInFlight: 16 });
  server.register({
    wait: (args: unknown, context: CallContext) => {
      most = Math.max(most, server.stats().inFlight);
      // Ends when it is told to, as a method should.
      return new Promise((resolve) =>
        context.signal.addEventListener("abort", () => resolve(args))
      );
    },
    echo: slow.echo,
  }, { name: "Slow" });
  await using client = new Client(serve(server));
  for (let i = 0; i < 20_000; i++) {
    const controller = new AbortController();
    client.call("Slow.wait", i, { signal: controller.signal }).catch(() => {});
    controller.abort();
  }
  assertEquals(await client.call("Slow.echo", "alive"), "alive");
  assert(most <= 16, String(most));
  assertEquals(client.stats().inFlight, 0);
});

Deno.test("Client and Server notice a peer that gives no sign of life", async () => {
  const options = { keepAlive: 1, keepAliveTimeout: 1 };
  const [end] = pipe();
  await using client = new Client(end, options);
  const error = await assertRejects(() => client.call("A.b"), ShutdownError);
  assert(error.cause instanceof WireError);
  assertEquals(
    error.cause.message,
    "Cannot go on: the peer gave no sign of life for 2 ms",
  );
  const errors: unknown[] = [];
  await using server = new Server({
    ...options,
    onError: (e) => errors.push(e),
  });
  const [mute, other] = pipe();
  const running = server.serve(other);
  await mute.write(
    encodeOption({
      codecType: FRAMES_TYPE,
      connectTimeout: 0,
      handleTimeout: 0,
      version: 1,
    }),
  );
  await mute.write(new Uint8Array(4)); // the byte behind the option tells its end
  await running;
  assertEquals(
    (errors[0] as Error).message,
    "Cannot go on: the peer gave no sign of life for 2 ms",
  );
});

Deno.test("Client keeps a connection on which signs of life come, also while the server takes nothing", async () => {
  const slow = new Slow();
  await using server = new Server({
    keepAlive: 1,
    keepAliveTimeout: 1000,
    maxInFlight: 1,
    maxBufferedBytes: 1,
  });
  server.register(slow);
  await using client = new Client(serve(server), {
    keepAlive: 1,
    keepAliveTimeout: 1000,
  });
  const calls = [
    client.call("Slow.wait"),
    client.call("Slow.wait"),
    client.call("Slow.wait"),
  ];
  for (let i = 0; i < 20; i++) await new Promise((go) => setTimeout(go, 2));
  slow.release.resolve("done");
  assertEquals(await Promise.all(calls), ["done", "done", "done"]);
});

Deno.test("Client connects again for the next call when its connection has ended", async () => {
  const servers: Server[] = [];
  const start = () => {
    const server = new Server();
    server.register(new Slow());
    servers.push(server);
    return serve(server);
  };
  await using client = linked(start);
  assertEquals(await client.call("Slow.echo", 1), 1);
  const lost = client.call("Slow.wait");
  await settle();
  await servers[0]?.close({ timeout: 0 });
  await assertRejects(() => lost, ShutdownError); // it was sent, so it is not repeated
  assertEquals(client.isAvailable, true);
  const calls = [1, 2, 3].map((n) => client.call("Slow.echo", n));
  assertEquals(await Promise.all(calls), [1, 2, 3]);
  assertEquals(servers.length, 2); // one dial for all
  await client.close();
  await assertRejects(() => client.call("Slow.echo", 1), ShutdownError);
  for (const server of servers) await server.close();
});

Deno.test("Client sends a call over a new connection as over any: with its time, of each item of a stream", async () => {
  await using server = new Server({ handleTimeout: 10_000 });
  const gate = Promise.withResolvers<void>();
  server.register(new Slow());
  server.register({
    async *two() {
      yield 1;
      await gate.promise;
      yield 2;
    },
  }, { name: "Items" });
  const ended = () => {
    const [end, other] = pipe();
    other.close();
    return end;
  };
  const { timeout } = AbortSignal;
  const limit = new AbortController();
  const clients = [1, 2].map(() => linked(() => serve(server), ended()));
  await settle();
  const [first, second] = clients as [Client, Client]; // two were made
  const told = await first.call<{ left: number }>(
    "Slow.told",
    null,
    { timeout: 3000 },
  );
  assert(told.left <= 3000, String(told.left));
  try {
    AbortSignal.timeout = () => limit.signal;
    const items = (await second.call<AsyncIterable<number>>("Items.two"))
      [Symbol.asyncIterator]();
    assertEquals((await items.next()).value, 1);
    limit.abort();
    await settle();
    gate.resolve();
    assertEquals((await items.next()).value, 2);
  } finally {
    AbortSignal.timeout = timeout;
  }
  await Promise.all([first.close(), second.close()]);
});

Deno.test("Client says of a new connection that ends at once that nothing was sent", async () => {
  const ended = () => {
    const [end, other] = pipe();
    other.close();
    return end;
  };
  await using client = new Client(ended(), {
    redial: () => {
      const end = ended();
      // Its end is met before the call is told of it.
      end.read = () => {
        throw new Error("reset");
      };
      return Promise.resolve(end);
    },
  });
  await settle();
  await assertRejects(
    () => client.call("A.b"),
    ConnectError,
    'Cannot call "A.b": the new connection has ended',
  );
});

Deno.test("Client connects again after an original server has hung up on an unknown method", async () => {
  const [end, original] = pipe();
  await using server = new Server();
  server.register(new Slow());
  const client = new Client(end, {
    codec: jsonCodec,
    redial: () => Promise.resolve(serve(server)),
  });
  const call = client.call("Slow.gone");
  const text = "rpc server: can't find method gone";
  const header = { ServiceMethod: "Slow.gone", Seq: 1, Error: text };
  await original.write(
    new TextEncoder().encode(`${JSON.stringify(header)}\n{}\n`),
  );
  original.close();
  const error = await assertRejects(() => call, RemoteError, text);
  assertEquals(error.code, "unimplemented");
  await settle();
  assertEquals(await client.call("Slow.echo", 1), 1);
  await client.close();
});

Deno.test("Client leaves a server that goes away: calls under way end there, new ones go elsewhere", async () => {
  const slow = new Slow();
  const old = new Server();
  old.register(slow);
  const young = new Server();
  young.register(new Slow());
  await using client = linked(() => serve(young), serve(old));
  const early = client.call("Slow.wait");
  await settle();
  const closing = old.close();
  await settle();
  assertEquals(await client.call("Slow.echo", "new"), "new");
  slow.release.resolve("old");
  assertEquals(await early, "old");
  await closing;
  assertEquals(young.stats().calls, 1);
  await client.close();
  await young.close();
});

Deno.test("dial() connects again by itself unless told otherwise, and each call has its time limit", async () => {
  await using server = new Server();
  server.register(new Slow());
  const { address } = server.listen();
  await using once = await dial(address, { reconnect: false });
  await using again = await dial(address);
  assertEquals(await again.call("Slow.echo", 1), 1);
  assertEquals(await once.call("Slow.echo", 1), 1);
  await server.close();
  await assertRejects(() => once.call("Slow.echo", 1), ShutdownError);
  assertEquals(once.isAvailable, false);
  await assertRejects(
    () => again.call("Slow.echo", 1),
    ConnectError,
    "Cannot connect to",
  );
  const late = await again.call("Slow.echo", 1, { timeout: 1 }).catch((e) => e);
  assertEquals((late as DOMException).name, "TimeoutError");
});

Deno.test("Client of frames closes the connection when the peer sends garbage", async () => {
  const [end, other] = pipe();
  await using client = new Client(other, { codec: frameCodec });
  const call = client.call("A.b");
  await end.write(new Uint8Array(20).fill(7));
  const { cause } = await assertRejects(() => call, ShutdownError);
  assertEquals(
    (cause as Error).message,
    "Cannot read a frame: its header is garbled",
  );
});

Deno.test("Client of a codec without signs of life leaves a connection on which calls time out and nothing comes", async () => {
  const server = new Server();
  server.register({ one: () => 1 }, { name: "Math" });
  const [end] = pipe();
  const served: Promise<void>[] = [];
  await using client = new Client(end, {
    codec: jsonCodec,
    keepAliveTimeout: 1,
    timeout: 1,
    redial: () => {
      const [end, other] = pipe();
      served.push(server.serve(other));
      return Promise.resolve(end);
    },
  });
  for (let call = 0; call < 2; call++) {
    await assertRejects(
      () => client.call("Math.one"),
      DOMException,
      'Cannot finish "Math.one": no reply within 1 ms',
    );
  }
  assertEquals(await client.call("Math.one", null, { timeout: 1000 }), 1);
  assertEquals(end.isClosed, true);
  await client.close();
  await Promise.all(served);
  await server.close();
});
