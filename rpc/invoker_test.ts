// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import type { CallContext } from "./context.ts";
import { RpcError } from "./errors.ts";
import { Server, type ServerOptions } from "./server.ts";
import { settle } from "./testdata/pipe.ts";

/** Methods that wait, and what they were told. */
class Slow {
  readonly contexts: CallContext[] = [];
  readonly release = Promise.withResolvers<unknown>();
  returned = 0;
  wait(_args: unknown, context: CallContext) {
    this.contexts.push(context);
    // As with fetch, who looks at the signal hears of its end.
    context.signal.throwIfAborted();
    return this.release.promise;
  }
  async *stream(_args: unknown, context: CallContext) {
    this.contexts.push(context);
    try {
      yield 1;
      yield 2;
      await this.release.promise;
      yield 3;
    } finally {
      this.returned++;
    }
  }
  fail(text: string) {
    throw text === "code" ? new RpcError("not_found", "Cannot find it") : text;
  }
}

function rig(options?: ServerOptions) {
  const slow = new Slow();
  const server = new Server(options);
  server.register(slow);
  return {
    slow,
    server,
    [Symbol.asyncDispose]: () => server.close({ timeout: 0 }),
  };
}

/** The stream that is a reply. */
async function stream(server: Server, options?: { signal: AbortSignal }) {
  const reply = await server.invoke("Slow.stream", null, options);
  return reply as AsyncGenerator<number>; // what `stream` returns, once through the invoker
}

Deno.test("Server.invoke() tells the method who calls and how", async () => {
  await using r = rig();
  r.slow.release.resolve("done");
  const peer = { transport: "tcp", hostname: "10.1.2.3", port: 4 } as const;
  const metadata = { traceparent: "00-1-2-01", tenant: "a" };
  const reply = await r.server.invoke("Slow.Wait", null, {
    peer,
    dialect: "http",
    metadata,
    timeout: 1000,
  });
  assertEquals(reply, "done");
  const [context] = r.slow.contexts;
  assertEquals(
    [context?.serviceMethod, context?.peer, context?.dialect],
    ["Slow.wait", peer, "http"],
  );
  assertEquals(context?.metadata, metadata);
  assertEquals(context?.traceparent, "00-1-2-01");
  assertEquals(typeof context?.deadline, "number");
});

Deno.test("Server.invoke() rejects with codes: of the method, or why it was not called", async () => {
  await using r = rig({ maxInFlight: 1 });
  const cases: [string, unknown, string, string][] = [
    ["Slow.fail", "code", "not_found", "Cannot find it"],
    ["Slow.fail", "text", "unknown", "text"],
    ["Slow.no", 0, "unimplemented", "rpc server: can't find method no"],
    ["No.no", 0, "unimplemented", "rpc server: can't find service No"],
  ];
  for (const [serviceMethod, args, code, message] of cases) {
    const error = await assertRejects(
      () => r.server.invoke(serviceMethod, args),
      RpcError,
    );
    assertEquals([error.code, error.message], [code, message]);
  }
  const first = r.server.invoke("Slow.wait");
  const error = await assertRejects(
    () => r.server.invoke("Slow.wait"),
    RpcError,
    'Cannot call "Slow.wait": 1 calls are under way',
  );
  assertEquals(error.code, "resource_exhausted");
  r.slow.release.resolve(1);
  assertEquals(await first, 1);
  assertEquals(r.server.stats().errors, 5);
});

Deno.test("Server.invoke() makes an RpcError of whatever a method throws, and keeps it as the cause", async () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const thrown = [undefined, Symbol("odd"), revoked.proxy, Object.create(null)];
  await using server = new Server();
  server.register({
    throw(index: number) {
      throw thrown[index];
    },
    reject: (index: number) => Promise.reject(thrown[index]),
  }, { name: "Odd" });
  for (const index of thrown.keys()) {
    for (const name of ["Odd.throw", "Odd.reject"]) {
      const error = await assertRejects(
        () => server.invoke(name, index),
        RpcError,
      );
      assertEquals(error.code, "unknown");
      assert(error.cause === thrown[index]);
    }
  }
});

Deno.test("Server.invoke() ends at the shortest of the timeouts, and a method may have more than the server", async () => {
  for (
    const [handleTimeout, own, asked] of [
      [1, undefined, 0],
      [60_000, 1, 0],
      [60_000, undefined, 1],
      [0, 60_000, 1],
      [0, 1, 60_000],
    ] as const
  ) {
    const server = new Server({ handleTimeout });
    const slow = new Slow();
    server.register(slow, {
      methodOptions: { wait: own === undefined ? {} : { timeout: own } },
    });
    const error = await assertRejects(
      () => server.invoke("Slow.wait", null, { timeout: asked }),
      RpcError,
      "rpc server: request handle timeout: expect within 1ms",
    );
    assertEquals(error.code, "deadline_exceeded");
    const { signal } = slow.contexts[0]!; // it was called
    assertEquals((signal.reason as DOMException).name, "TimeoutError");
    assertEquals(server.stats().methods["Slow.wait"]?.errors, {
      deadline_exceeded: 1,
    });
    await server.close({ timeout: 0 });
  }
});

Deno.test("Server.invoke() ends by its signal, whose reason the method hears, and never twice", async () => {
  await using r = rig();
  const controller = new AbortController();
  const { signal } = controller;
  const call = r.server.invoke("Slow.wait", null, { signal });
  controller.abort(new Error("the browser left"));
  await assertRejects(() => call, Error, "the browser left");
  assertEquals(r.slow.contexts[0]?.signal.reason, signal.reason);
  r.slow.release.resolve("late");
  await settle();
  await assertRejects(
    () => r.server.invoke("Slow.wait", null, { signal }),
    Error,
    "the browser left",
  );
  assertEquals(r.slow.contexts.length, 1);
  const { calls, inFlight, methods } = r.server.stats();
  assertEquals([calls, inFlight], [2, 0]);
  assertEquals(methods["Slow.wait"]?.errors, { canceled: 2 });
});

Deno.test("Server.invoke() counts a call that was given up until its method is done", async () => {
  await using r = rig({ maxInFlight: 2, handleTimeout: 0 });
  for (let i = 0; i < 2; i++) {
    const controller = new AbortController();
    const call = r.server.invoke("Slow.wait", 0, controller);
    controller.abort(new Error("left"));
    await assertRejects(() => call, Error, "left");
  }
  await assertRejects(
    () => r.server.invoke("Slow.wait"),
    RpcError,
    'Cannot call "Slow.wait": 2 calls are under way',
  );
  r.slow.release.resolve("late");
  await settle();
  assertEquals(await r.server.invoke("Slow.wait"), "late");
});

Deno.test("Server.invoke() counts a call that was given up no longer than its handle timeout", async () => {
  await using r = rig({ maxInFlight: 1, handleTimeout: 1 });
  const controller = new AbortController();
  const call = r.server.invoke("Slow.wait", 0, controller);
  controller.abort(new Error("left"));
  await assertRejects(() => call, Error, "left");
  assertEquals(r.server.stats().inFlight, 1);
  await r.server.close(); // waits for it
  assertEquals(r.server.stats().inFlight, 0);
});

Deno.test("Server.invoke() refuses a timeout that is none", async () => {
  await using r = rig();
  await assertRejects(
    () => r.server.invoke("Slow.wait", 0, { timeout: NaN }),
    RangeError,
    "Cannot use timeout NaN: it must be 0 to 2147483647 milliseconds",
  );
});

Deno.test("Server.close() waits for invoked calls, refuses further ones, and is bounded", async () => {
  await using r = rig();
  const early = r.server.invoke("Slow.wait");
  const closing = r.server.close();
  const error = await assertRejects(
    () => r.server.invoke("Slow.wait"),
    RpcError,
    "rpc server: the server is closing",
  );
  assertEquals(error.code, "unavailable");
  r.slow.release.resolve("done");
  assertEquals(await early, "done");
  await closing;

  await using stuck = rig();
  const call = stuck.server.invoke("Slow.wait");
  const failed = assertRejects(
    () => call,
    RpcError,
    "Cannot reply: the server closes",
  );
  await stuck.server.close({ timeout: 1 });
  await failed;
  assertEquals(stuck.slow.contexts[0]?.signal.aborted, true);
});

Deno.test("Server.invoke() of a stream is under way until the stream ends", async () => {
  await using r = rig();
  r.slow.release.resolve(0);
  const items: number[] = [];
  for await (const item of await stream(r.server)) {
    items.push(item);
    assertEquals(r.server.stats().inFlight, 1);
  }
  assertEquals(items, [1, 2, 3]);
  assertEquals(r.server.stats().inFlight, 0);
  assertEquals(r.server.stats().methods["Slow.stream"]?.calls, 1);
});

Deno.test("Server.invoke() ends a stream that its reader leaves, and the method hears of it", async () => {
  await using r = rig();
  for await (const _item of await stream(r.server)) break;
  assertEquals(r.slow.contexts[0]?.signal.aborted, true);
  assertEquals(r.slow.returned, 1);
  assertEquals(r.server.stats().methods["Slow.stream"]?.errors, {
    canceled: 1,
  });
});

Deno.test("Server.invoke() ends a stream that nobody reads on, when its caller leaves", async () => {
  await using r = rig();
  const controller = new AbortController();
  const items = await stream(r.server, controller);
  await items.next();
  controller.abort(new Error("left"));
  await settle();
  assertEquals(r.slow.returned, 1);
  assertEquals(r.server.stats().inFlight, 0);
  await assertRejects(() => items.next(), Error, "left");
});

Deno.test("Server.invoke() ends a stream that its reader leaves before the first item, or while one is waited for", async () => {
  await using server = new Server({ health: true });
  const watch = async () =>
    await server.invoke("Health.watch") as AsyncGenerator<unknown>; // once through the invoker
  await (await watch()).return(undefined);
  assertEquals(server.stats().inFlight, 0);
  const waiting = await watch();
  await waiting.next();
  const second = waiting.next();
  await waiting.return(undefined);
  await assertRejects(() => second, DOMException, "The reader has left");
  assertEquals(server.stats().inFlight, 0);
});

Deno.test("Server.invoke() ends a stream that was given up before it was read, or before it was there", async () => {
  const ended: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const stream = (name: string) =>
    new ReadableStream({ cancel: () => void ended.push(name) });
  await using server = new Server();
  server.register({
    unread: () => stream("unread"),
    late: () => promise.then(() => stream("late")),
  }, { name: "Streams" });
  const controller = new AbortController();
  const { signal } = controller;
  await server.invoke("Streams.unread", null, { signal });
  const late = server.invoke("Streams.late", null, { signal });
  controller.abort(new Error("left"));
  await assertRejects(() => late, Error, "left");
  resolve();
  await settle();
  assertEquals(ended, ["unread", "late"]);
  assertEquals(server.stats().inFlight, 0);
});

Deno.test("Server.invoke() ends a stream by its signal, its timeout and close", async () => {
  await using byTime = rig({ handleTimeout: 1 });
  const slow = await stream(byTime.server);
  const late = await assertRejects(async () => {
    for await (const _item of slow);
  }, RpcError);
  assertEquals(late.code, "deadline_exceeded");
  byTime.slow.release.resolve(0);

  await using bySignal = rig();
  const controller = new AbortController();
  const items = await stream(bySignal.server, controller);
  await items.next();
  await items.next();
  const third = items.next();
  controller.abort(new Error("left"));
  bySignal.slow.release.resolve(0);
  await assertRejects(() => third, Error, "left");

  await using byClose = rig();
  const open = await stream(byClose.server);
  await byClose.server.close({ timeout: 1 });
  const error = await open.next().catch((error: unknown) => error);
  assertInstanceOf(error, RpcError);
  assertEquals(error.code, "unavailable");
});
