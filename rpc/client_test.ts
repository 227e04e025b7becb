// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Client, type ClientOptions } from "./client.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { dial } from "./dial.ts";
import {
  ConnectError,
  LimitError,
  RemoteError,
  ShutdownError,
  WireError,
} from "./errors.ts";
import { Server } from "./server.ts";
import { pipe, type PipeEnd, settle } from "./testdata/pipe.ts";

class Arith {
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
  echo(value: unknown) {
    return value;
  }
  ping() {
    return "pong";
  }
  fail(): never {
    throw new Error("100%d");
  }
}

/** A client on one end of a pipe whose other end the test plays. */
function client(options?: ClientOptions): { client: Client; end: PipeEnd } {
  const [end, other] = pipe();
  return { client: new Client(other, { codec: jsonCodec, ...options }), end };
}

function reply(
  end: PipeEnd,
  seq: number,
  body: string,
  error = "",
): Promise<number> {
  const header = JSON.stringify({
    ServiceMethod: "A.b",
    Seq: seq,
    Error: error,
  });
  return end.write(new TextEncoder().encode(`${header}\n${body}\n`));
}

Deno.test("Client.call() returns the reply, values of every JSON kind", async () => {
  await using server = new Server();
  server.register(new Arith());
  await using client = await dial(server.listen().address);
  assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
  for (
    const value of [null, 0, "", "São \n😀", "\ufeff\ufffd", [], {}, [{
      a: [1.5, true],
    }]]
  ) {
    assertEquals(await client.call("Arith.echo", value), value);
  }
  assertEquals(await client.call("Arith.ping"), "pong");
});

Deno.test("Client.call() carries large messages next to small ones", async () => {
  await using server = new Server();
  server.register(new Arith());
  await using client = await dial(server.listen().address);
  const large = "é".repeat(3 << 20);
  const [first, second] = await Promise.all([
    client.call("Arith.echo", large),
    client.call("Arith.sum", { a: 1, b: 2 }),
  ]);
  assert(first === large);
  assertEquals(second, 3);
  assertEquals(await client.call("Arith.sum", { a: 1, b: 3 }), 4);
});

Deno.test("Client.call() rejects with the server's text to the letter", async () => {
  await using server = new Server();
  server.register(new Arith());
  await using client = await dial(server.listen().address);
  const error = await assertRejects(
    () => client.call("Arith.fail"),
    RemoteError,
    "100%d",
  );
  assertEquals([error.message, error.serviceMethod, error.name], [
    "100%d",
    "Arith.fail",
    "RemoteError",
  ]);
  assertEquals(client.stats(), { calls: 1, errors: 1, inFlight: 0, late: 0 });
});

Deno.test("Client sends the option and the first call in one write", async () => {
  const { client: subject, end } = client();
  const call = subject.call("A.b", 1);
  await settle();
  assertEquals(end.peer?.writes.length, 1);
  const buffer = new Uint8Array(1000);
  const count = await end.read(buffer) ?? 0;
  assertEquals(
    new TextDecoder().decode(buffer.subarray(512, count)),
    '{"ServiceMethod":"A.b","Seq":1,"Error":""}\n1\n',
  );
  await reply(end, 1, "2");
  assertEquals(await call, 2);
  await subject.close();
});

Deno.test("Client gives replies in any order to their calls", async () => {
  const { client: subject, end } = client();
  const calls = [1, 2, 3].map((n) => subject.call("A.b", n));
  for (const seq of [3, 1, 2]) await reply(end, seq, String(seq * 10));
  assertEquals(await Promise.all(calls), [10, 20, 30]);
  await subject.close();
});

Deno.test("Client.call() ends with its signal, and the late reply is dropped", async () => {
  const { client: subject, end } = client();
  const controller = new AbortController();
  const call = subject.call("A.b", 1, { signal: controller.signal });
  const other = subject.call("A.b", 2, { signal: controller.signal });
  await reply(end, 2, "2");
  assertEquals(await other, 2);
  const reason = new Error("changed my mind");
  controller.abort(reason);
  assertStrictEquals(await call.catch((error) => error), reason);
  await reply(end, 1, "1");
  const next = subject.call("A.b", 3);
  await reply(end, 3, "3");
  assertEquals(await next, 3);
  assertEquals(subject.stats(), { calls: 3, errors: 1, inFlight: 0, late: 1 });
  assertStrictEquals(
    await subject.call("A.b", 1, { signal: controller.signal }).catch((error) =>
      error
    ),
    reason,
  );
  await subject.close();
});

Deno.test("Client.call() ends with its timeout or that of the client", async () => {
  const { client: subject } = client({ timeout: 2 });
  for (const options of [{}, { timeout: 1 }]) {
    const error = await assertRejects(
      () => subject.call("A.b", 1, options),
      DOMException,
    );
    assertEquals(error.name, "TimeoutError");
    const wanted = options.timeout ?? 2;
    assertEquals(
      error.message,
      `Cannot finish "A.b": no reply within ${wanted} ms`,
    );
  }
  await assertRejects(
    () => subject.call("A.b", 1, { timeout: -1 }),
    RangeError,
    "Cannot use timeout -1: it must be 0 to 2147483647 milliseconds",
  );
  assertEquals(subject.stats().inFlight, 0);
  await subject.close();
});

Deno.test("Client settles every call once when the peer dies, and takes no more", async () => {
  const { client: subject, end } = client();
  const calls = Array.from(
    { length: 256 },
    (_, i) => subject.call("A.b", i, { timeout: i % 2 === 0 ? 0 : 1000 }),
  );
  const settled = Promise.allSettled(calls);
  await settle();
  end.close();
  for (const result of await settled) {
    assert(
      result.status === "rejected" && result.reason instanceof ShutdownError,
    );
    assertEquals(
      result.reason.message,
      "Cannot finish the call: the connection has ended",
    );
  }
  assertEquals(subject.isAvailable, false);
  await assertRejects(() => subject.call("A.b"), ShutdownError);
  assertEquals(subject.stats(), {
    calls: 256,
    errors: 257,
    inFlight: 0,
    late: 0,
  });
  await subject.close();
});

Deno.test("Client ends when the transport fails to write, with the cause", async () => {
  const { client: subject, end } = client();
  await settle();
  const failure = new Error("Broken pipe");
  if (end.peer !== undefined) end.peer.failure = failure;
  const error = await assertRejects(() => subject.call("A.b"), ShutdownError);
  assertStrictEquals(error.cause, failure);
  await subject.close();
});

Deno.test("Client ends when the peer sends what is no message", async () => {
  const { client: subject, end } = client({ maxMessageBytes: 100 });
  const call = subject.call("A.b");
  await end.write(new TextEncoder().encode("nope\nnope\n"));
  const error = await assertRejects(() => call, ShutdownError);
  assert(error.cause instanceof WireError);
  const { client: other, end: otherEnd } = client({ maxMessageBytes: 100 });
  const second = other.call("A.b");
  await otherEnd.write(new Uint8Array(101).fill(0x20));
  const { cause } = await assertRejects(() => second, ShutdownError);
  assertEquals(
    (cause as Error).message,
    "Cannot read a message: it is longer than 100 bytes",
  );
  await Promise.all([subject.close(), other.close()]);
});

Deno.test("Client.call() alone fails when only the reply's body is malformed", async () => {
  const { client: subject, end } = client();
  const calls = [subject.call("A.b"), subject.call("A.b"), subject.call("A.b")];
  const settled = Promise.allSettled(calls);
  await reply(end, 1, "{nope");
  await reply(end, 2, "{nope", "denied");
  await reply(end, 3, "1");
  const [first, second, third] = await settled;
  assert(first?.status === "rejected" && first.reason instanceof WireError);
  assert(first.reason.message.startsWith('Cannot read the reply of "A.b": '));
  assert(second?.status === "rejected" && second.reason.message === "denied");
  assert(third?.status === "fulfilled");
  await subject.close();
});

Deno.test("Client.call() refuses arguments without a JSON form and sends nothing", async () => {
  const { client: subject } = client();
  await assertRejects(() => subject.call("A.b", 1n), TypeError, "BigInt");
  assertEquals(subject.stats(), { calls: 0, errors: 1, inFlight: 0, late: 0 });
  await subject.close();
});

Deno.test("Client.call() refuses what is no name and sends nothing", async () => {
  const { client: subject } = client();
  for (const name of [undefined, 5, {}, Symbol("x")]) {
    await assertRejects(
      () => subject.call(name as string), // as JavaScript may
      TypeError,
      `Cannot call a method: its name is of type ${typeof name}, a string is wanted`,
    );
  }
  assertEquals(subject.stats().calls, 0);
  await subject.close();
});

Deno.test("Client.call() refuses calls and bytes beyond the limits", async () => {
  const { client: subject } = client({ maxInFlight: 1 });
  const first = subject.call("A.b").catch(() => {});
  await assertRejects(
    () => subject.call("A.b"),
    LimitError,
    'Cannot call "A.b": 1 calls are under way',
  );
  await subject.close();
  await first;
  const { client: other } = client({ maxBufferedBytes: 600 });
  const second = other.call("A.b", "x".repeat(100)).catch(() => {});
  await assertRejects(
    () => other.call("A.b"),
    LimitError,
    'Cannot call "A.b": 600 bytes wait to be sent',
  );
  await other.close();
  await second;
  assertThrows(() => new Client(pipe()[0], { timeout: -1 }), RangeError);
});

Deno.test("Client.go() returns at once, and done resolves with the call however it ends", async () => {
  const { client: subject, end } = client();
  const good = subject.go<number>("A.b", { a: 1 });
  const bad = subject.go("A.b");
  assertEquals([good.serviceMethod, good.args, good.reply, good.error], [
    "A.b",
    { a: 1 },
    undefined,
    undefined,
  ]);
  await reply(end, 1, "7");
  await reply(end, 2, "{}", "denied");
  assertStrictEquals(await good.done, good);
  assertEquals([good.reply, good.error], [7, undefined]);
  const { reply: none, error } = await bad.done;
  assertEquals([none, (error as Error).message], [undefined, "denied"]);
  await subject.close();
});

Deno.test("Client.service() is typed and never mistaken for a promise", async () => {
  await using server = new Server();
  server.register(new Arith());
  await using subject = await dial(server.listen().address);
  const arith = await Promise.resolve(subject.service<Arith>("Arith"));
  const sum: number = await arith.sum({ a: 1, b: 2 });
  assertEquals([sum, await arith.ping()], [3, "pong"]);
  assertStrictEquals(arith.sum, arith.sum);
  await assertRejects(
    () =>
      arith.sum({ a: 1, b: 2 }, { signal: AbortSignal.abort(new Error("no")) }),
    Error,
    "no",
  );
  // Neither of both may call methods of the server.
  assertEquals(JSON.stringify({ arith }), '{"arith":{}}');
  assertThrows(() => `${arith}`, TypeError);
  assertEquals(subject.stats().calls, 2);
  // @ts-expect-error what JavaScript itself calls is no method
  subject.service<{ then(): void; toJSON(): void }>("Arith").toJSON;
  // @ts-expect-error a number is wanted
  await arith.sum({ a: "1", b: 2 });
  // @ts-expect-error no such method
  const nope = () => arith.nope();
  await assertRejects(nope, RemoteError, "rpc server: can't find method nope");
});

Deno.test("Client.close() rejects calls under way and may be called again", async () => {
  const { client: subject, end } = client();
  const call = subject.call("A.b");
  const closing = subject.close();
  await assertRejects(
    () => call,
    ShutdownError,
    "Cannot finish the call: the client was closed",
  );
  await closing;
  await subject.close();
  assertEquals(end.peer?.isClosed, true);
});

Deno.test("dial() refuses bad addresses, dead servers, aborted signals and bad times", async () => {
  await assertRejects(
    () => dial("127.0.0.1:1"),
    SyntaxError,
    "Cannot parse address",
  );
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const address = `tcp@127.0.0.1:${port}`;
  const error = await assertRejects(() => dial(address), ConnectError);
  assert(
    error.message.startsWith(
      `Cannot connect to "${address}": Connection refused`,
    ),
  );
  await assertRejects(() => dial(address, { connectTimeout: 0 }), ConnectError);
  await assertRejects(() => dial(address, { connectTimeout: NaN }), RangeError);
  await assertRejects(() => dial("unix@/no/such/socket"), ConnectError);
  const reason = new Error("no time");
  const given = await dial(address, { signal: AbortSignal.abort(reason) })
    .catch((e) => e);
  assertStrictEquals(given, reason);
});

Deno.test("dial() calls a server that another process could have started at [::]", async () => {
  await using server = new Server();
  server.register(new Arith());
  const { addr } = server.listen({ hostname: "0.0.0.0" });
  await using subject = await dial(`tcp@[::]:${(addr as Deno.NetAddr).port}`);
  assertEquals(await subject.call("Arith.ping"), "pong");
});

Deno.test("Client.call() refuses a bad timeout and sends nothing", async () => {
  const { client: subject, end } = client();
  await assertRejects(
    () => subject.call("A.b", 1, { timeout: -1 }),
    RangeError,
    "Cannot use timeout -1",
  );
  await settle();
  assertEquals(end.peer?.writes, [512]); // the option alone
  assertEquals(subject.stats(), { calls: 0, errors: 1, inFlight: 0, late: 0 });
  await subject.close();
});

Deno.test("Client leaves no timer and no call behind when encoding the arguments ends it", async () => {
  const { client: subject } = client();
  const toJSON = () => {
    subject.close();
    return 1;
  };
  await assertRejects(() => subject.call("A.b", { toJSON }), ShutdownError);
  assertEquals(subject.stats().inFlight, 0);
});

Deno.test("dial() leaves no connection behind when the options are wrong", async () => {
  await using server = new Server();
  const { address } = server.listen();
  await assertRejects(
    () => dial(address, { maxInFlight: 0 }),
    RangeError,
    "Cannot use maxInFlight 0",
  );
});
