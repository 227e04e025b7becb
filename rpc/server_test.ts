// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertObjectMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { dial } from "./dial.ts";
import { RemoteError, WireError } from "./errors.ts";
import { Server, type ServerOptions } from "./server.ts";
import type { CallContext } from "./context.ts";
import { encodeOption } from "./option.ts";
import { pipe, type PipeEnd, settle } from "./testdata/pipe.ts";
import { until } from "./testdata/until.ts";

class Arith {
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
  async product({ a, b }: { a: number; b: number }) {
    await Promise.resolve();
    return a * b;
  }
  nothing() {}
  big() {
    return 1n;
  }
  fail(what: string) {
    // deno-lint-ignore no-throw-literal
    if (what === "text") throw "not an Error";
    throw new Error(what);
  }
  async reject() {
    await Promise.resolve();
    throw new Error("100%d");
  }
}

/** Says when it is called and ends when told, or when its signal aborts. */
class Slow {
  readonly contexts: CallContext[] = [];
  readonly reasons: unknown[] = [];
  readonly release = Promise.withResolvers<string>();
  wait(_args: unknown, context: CallContext) {
    this.contexts.push(context);
    context.signal.addEventListener(
      "abort",
      () => this.reasons.push(context.signal.reason),
    );
    return this.release.promise;
  }
}

const HANDSHAKE = encodeOption({
  codecType: "application/json",
  connectTimeout: 0,
  handleTimeout: 0,
});

function request(serviceMethod: string, seq: number, body: string): string {
  return `${
    JSON.stringify({ ServiceMethod: serviceMethod, Seq: seq, Error: "" })
  }\n${body}\n`;
}

interface Served extends AsyncDisposable {
  readonly server: Server;
  readonly end: PipeEnd;
  readonly running: Promise<void>;
}

/** A server on one end of a pipe, the option sent from the other. */
function served(receiver: object, options?: ServerOptions): Served {
  const server = new Server(options);
  server.register(receiver);
  const [end, other] = pipe();
  const running = server.serve(other);
  end.write(HANDSHAKE);
  return {
    server,
    end,
    running,
    [Symbol.asyncDispose]: () => server.close({ timeout: 0 }),
  };
}

/** The lines of some replies, two each. */
async function replies(end: PipeEnd, count: number): Promise<string[]> {
  const buffer = new Uint8Array(1 << 16);
  let text = "";
  while (text.split("\n").length <= count * 2) {
    const length = await end.read(buffer);
    if (length === null) throw new Error(`Cannot read on: got ${text}`);
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return text.trimEnd().split("\n");
}

const send = (end: PipeEnd, text: string) =>
  end.write(new TextEncoder().encode(text));

Deno.test("Server replies to every kind of request and the connection lives on", async () => {
  await using rig = served(new Arith());
  const { server, end, running } = rig;
  const requests: [string, string, string, string][] = [
    ["Arith.sum", '{"a":1,"b":2}', "", "3"],
    ["Arith.Sum", '{"a":1,"b":2}', "", "3"],
    ["Arith.nothing", "null", "", "null"],
    ["sum", "{}", "rpc server: service/method request ill-formed: sum", "{}"],
    ["No.sum", "{}", "rpc server: can't find service No", "{}"],
    ["Arith.no", "{}", "rpc server: can't find method no", "{}"],
    [
      "Arith.constructor",
      "{}",
      "rpc server: can't find method constructor",
      "{}",
    ],
    [
      "__proto__.toString",
      "{}",
      "rpc server: can't find service __proto__",
      "{}",
    ],
    ["Arith.fail", '"100%d"', "100%d", "{}"],
    ["Arith.fail", '"text"', "not an Error", "{}"],
    [
      "Arith.fail",
      '""',
      "rpc server: the method failed without a message",
      "{}",
    ],
  ];
  await send(
    end,
    requests.map(([method, body], i) => request(method, i + 1, body)).join(""),
  );
  const lines = await replies(end, requests.length);
  for (const [i, [method, , error, body]] of requests.entries()) {
    assertEquals(JSON.parse(lines[i * 2]!), {
      ServiceMethod: method,
      Seq: i + 1,
      Error: error,
    });
    assertEquals(lines[i * 2 + 1], body);
  }
  assertEquals(end.peer?.writes.length, 1);
  assertObjectMatch(server.stats(), {
    connections: 1,
    calls: 11,
    errors: 8,
    inFlight: 0,
  });
  end.close();
  await running;
  assertEquals(server.stats().connections, 0);
});

Deno.test("Server answers undecodable arguments and replies with an error", async () => {
  await using rig = served(new Arith());
  const { end, running } = rig;
  await send(
    end,
    request("Arith.sum", 1, "{nope") + request("Arith.big", 2, "null"),
  );
  const lines = await replies(end, 2);
  assert(
    JSON.parse(lines[0]!).Error.startsWith("rpc server: read body err: "),
    lines[0],
  );
  assert(JSON.parse(lines[2]!).Error.includes("BigInt"), lines[2]);
  end.close();
  await running;
});

Deno.test("Server replies in the order in which methods end", async () => {
  await using rig = served(new Arith());
  const { end, running } = rig;
  await send(
    end,
    request("Arith.product", 1, '{"a":3,"b":4}') +
      request("Arith.sum", 2, '{"a":3,"b":4}') +
      request("Arith.reject", 3, "null"),
  );
  const lines = await replies(end, 3);
  assertEquals(
    lines.filter((_, i) => i % 2 === 0).map((line) => JSON.parse(line).Seq),
    [2, 1, 3],
  );
  assertEquals([lines[1], lines[3]], ["7", "12"]);
  end.close();
  await running;
});

Deno.test("Server loses nothing when the option and requests come one byte at a time", async () => {
  await using server = new Server();
  server.register(new Arith());
  const [end, other] = pipe({ readBytes: 1 });
  const running = server.serve(other);
  await end.write(HANDSHAKE);
  await send(end, request("Arith.sum", 1, '{"a":1,"b":2}'));
  let text = "";
  const buffer = new Uint8Array(1);
  while (!text.endsWith("3\n")) {
    assertEquals(await end.read(buffer), 1);
    text += String.fromCharCode(buffer[0]!);
  }
  end.close();
  await running;
});

Deno.test("Server ends a connection that begins with something else and says why", async () => {
  const errors: unknown[] = [];
  await using server = new Server({ onError: (error) => errors.push(error) });
  const openings = [
    "garbage\r\n\r\n",
    '{"MagicNumber":1}\n',
    '{"MagicNumber":3927900,"CodecType":"application/xml"}\n',
  ];
  for (const opening of openings) {
    const [end, other] = pipe();
    const running = server.serve(other);
    await send(end, opening);
    await running;
    assertEquals(other.isClosed, true);
    assertEquals(other.writes, []);
  }
  const [end, other] = pipe();
  const running = server.serve(other);
  end.close();
  await running;
  assertEquals(
    errors.map((error) => error instanceof WireError && error.message),
    [
      'Cannot read the option: got byte 103, "{" is wanted',
      "Cannot read the option: magic number 1 is wrong",
      'Cannot serve codec "application/xml": it is not offered',
      "Cannot read the option: the connection has ended",
    ],
  );
});

Deno.test("Server ends a connection whose option does not come in time", async () => {
  await using server = new Server({ handshakeTimeout: 1 });
  const [, other] = pipe();
  await server.serve(other);
  assertEquals(other.isClosed, true);
  await server.close();
});

Deno.test("Server answers at the handle timeout, aborts the method and drops its late result", async () => {
  const slow = new Slow();
  await using rig = served(slow, { handleTimeout: 1 });
  const { server, end, running } = rig;
  await send(end, request("Slow.wait", 1, "null"));
  const buffer = new Uint8Array(1000);
  const count = await end.read(buffer);
  const text = new TextDecoder().decode(buffer.subarray(0, count ?? 0));
  assertEquals(
    JSON.parse(text.split("\n")[0]!).Error,
    "rpc server: request handle timeout: expect within 1ms",
  );
  assertEquals((slow.reasons[0] as DOMException).name, "TimeoutError");
  slow.release.resolve("late");
  await settle();
  assertEquals(end.peer?.writes.length, 1);
  end.close();
  await running;
  await server.close();
});

Deno.test("Server takes a shorter handle timeout from the client, not a longer one", async () => {
  for (const [own, asked] of [[0, 1], [1, 10_000]] as const) {
    const slow = new Slow();
    await using server = new Server({ handleTimeout: own });
    server.register(slow);
    const listener = server.listen();
    await using client = await dial(listener.address, { handleTimeout: asked });
    await assertRejects(
      () => client.call("Slow.wait"),
      RemoteError,
      "rpc server: request handle timeout: expect within 1ms",
    );
  }
});

Deno.test("Server aborts the methods of a connection that ended, also ones that look late", async () => {
  const slow = new Slow();
  await using rig = served(slow);
  const { server, end, running } = rig;
  await send(end, request("Slow.wait", 1, "null"));
  await settle();
  assertEquals(server.stats().inFlight, 1);
  end.close();
  await running;
  assertEquals((slow.reasons[0] as DOMException).name, "AbortError");
  assertEquals(slow.contexts[0]?.signal.aborted, true);
  assertEquals(server.stats().inFlight, 0);
  slow.release.resolve("late");
  await server.close();
});

Deno.test("Server tells the method who calls", async () => {
  const slow = new Slow();
  slow.release.resolve("done");
  await using server = new Server();
  server.register(slow);
  await using client = await dial(server.listen().address);
  await client.call("Slow.wait");
  assertEquals(slow.contexts[0]?.serviceMethod, "Slow.wait");
  assertEquals((slow.contexts[0]?.peer as Deno.NetAddr).hostname, "127.0.0.1");
  assertEquals(slow.contexts[0]?.signal.aborted, false);
});

Deno.test("Server stops reading while enough calls are under way", async () => {
  const slow = new Slow();
  await using rig = served(slow, { maxInFlight: 2 });
  const { server, end, running } = rig;
  for (let seq = 1; seq <= 5; seq++) {
    await send(end, request("Slow.wait", seq, "null"));
    await settle();
  }
  assertEquals(slow.contexts.length, 2);
  slow.release.resolve("done");
  await settle();
  assertEquals(slow.contexts.length, 5);
  end.close();
  await running;
  await server.close();
});

Deno.test("Server stops reading while the client does not read", async () => {
  class Big {
    count = 0;
    text() {
      this.count++;
      return "x".repeat(1000);
    }
  }
  const big = new Big();
  await using server = new Server({ maxBufferedBytes: 500 });
  server.register(big);
  const [end, other] = pipe();
  const gate = Promise.withResolvers<void>();
  let isOpen = false;
  const stuck = {
    read: (buffer: Uint8Array) => other.read(buffer),
    async write(bytes: Uint8Array) {
      if (!isOpen) await gate.promise;
      return await other.write(bytes);
    },
    close: () => other.close(),
  };
  const running = server.serve(stuck);
  await end.write(HANDSHAKE);
  for (let seq = 1; seq <= 5; seq++) {
    await send(end, request("Big.text", seq, "null"));
    await settle();
  }
  assertEquals(big.count, 1);
  isOpen = true;
  gate.resolve();
  await settle();
  assertEquals(big.count, 5);
  end.close();
  await running;
});

Deno.test("Server ends a connection whose message is too long", async () => {
  await using rig = served(new Arith(), { maxMessageBytes: 1000 });
  const { end, running } = rig;
  await send(end, request("Arith.sum", 1, JSON.stringify("x".repeat(500))));
  assertEquals((await replies(end, 1)).length, 2);
  await send(end, "x".repeat(1001));
  await running;
  assertEquals(end.peer?.isClosed, true);
});

Deno.test("Server.close() lets calls end, refuses new ones, and is bounded", async () => {
  const slow = new Slow();
  await using server = new Server();
  server.register(slow);
  const listener = server.listen();
  await using client = await dial(listener.address);
  const early = client.call("Slow.wait");
  await until("no call came", () => slow.contexts.length > 0);
  const closing = listener.close();
  await assertRejects(
    () => client.call("Slow.wait"),
    RemoteError,
    "rpc server: the server is closing",
  );
  slow.release.resolve("done");
  assertEquals(await early, "done");
  await closing;
  await listener.finished;
  await server.close();
  assertThrows(
    () => server.listen(),
    TypeError,
    "Cannot serve: the server is closed",
  );
});

Deno.test("Server.close() ends methods that never settle at its bound", async () => {
  const slow = new Slow();
  await using rig = served(slow);
  const { server, end } = rig;
  await send(end, request("Slow.wait", 1, "null"));
  await settle();
  await server.close({ timeout: 1 });
  assertEquals(slow.reasons.length, 1);
  assertEquals(end.peer?.isClosed, true);
});

Deno.test("Server.close() ends connections that have not sent their option", async () => {
  await using server = new Server();
  const [, other] = pipe();
  const running = server.serve(other);
  await server.close();
  await running;
  assertEquals(other.isClosed, true);
});

Deno.test("Server.listen() serves a Unix socket and leaves no file behind", {
  ignore: Deno.build.os === "windows",
}, async () => {
  // The one path that the test task allows.
  const path = `${Deno.cwd()}/gee_test.sock`;
  const server = new Server();
  server.register(new Arith());
  const { address } = server.listen({ path });
  assertEquals(address, `unix@${path}`);
  const client = await dial(address);
  assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
  await client.close();
  await server.close();
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
});

Deno.test("Server.listen() closes connections beyond the limit", async () => {
  await using server = new Server({ maxConnections: 1 });
  server.register(new Arith());
  const { address } = server.listen();
  await using first = await dial(address);
  assertEquals(await first.call("Arith.sum", { a: 1, b: 2 }), 3);
  await using second = await dial(address);
  await assertRejects(
    () => second.call("Arith.sum", { a: 1, b: 2 }),
    Error,
    "has ended",
  );
  assertEquals(await first.call("Arith.sum", { a: 1, b: 3 }), 4);
});

Deno.test("Server.register() refuses a name twice, and services() lists what there is", () => {
  const server = new Server();
  server.register({ b() {}, a() {} }, { name: "Two" });
  server.register({ c() {} }, { name: "One" });
  assertThrows(
    () => server.register({ c() {} }, { name: "One" }),
    TypeError,
    'Cannot register service "One": the name is taken',
  );
  assertEquals(server.services(), {
    One: ["C", "c"],
    Two: ["A", "B", "a", "b"],
  });
  assertEquals(Object.keys(server.services()), ["One", "Two"]);
});

Deno.test("Server survives a thenable that never calls back twice", async () => {
  class Odd {
    thenable() {
      return {
        then(resolve: (value: number) => void) {
          resolve(1);
          resolve(2);
          throw new Error("ignored");
        },
      };
    }
  }
  await using server = new Server();
  server.register(new Odd());
  await using client = await dial(server.listen().address);
  assertEquals(await client.call("Odd.thenable"), 1);
  assertInstanceOf(
    await client.call("Odd.no").catch((error) => error),
    RemoteError,
  );
});
