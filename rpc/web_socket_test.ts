// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { abortable } from "./abortable.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import type { CallContext } from "./context.ts";
import { dial } from "./dial.ts";
import { ConnectError, RemoteError, ShutdownError } from "./errors.ts";
import { Server, type ServerOptions } from "./server.ts";
import { serve } from "./testdata/http.ts";
import type { WebSocketDoorOptions } from "./web_socket_door.ts";
import { closeQuietly } from "./wire/transport.ts";

class Things {
  context: CallContext | undefined;
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
  echo(value: unknown, context: CallContext) {
    this.context = context;
    return value;
  }
  fail() {
    throw new Error("100%d");
  }
  never() {
    return new Promise(() => {});
  }
  async *count(to: number) {
    for (let n = 1; n <= to; n++) yield await Promise.resolve(n);
  }
  async total(items: AsyncIterable<number>) {
    let total = 0;
    for await (const item of items) total += item;
    return total;
  }
}

interface Rig extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
  readonly things: Things;
}

function rig(
  options: ServerOptions = {},
  door: WebSocketDoorOptions = {},
): Rig {
  const server = new Server(options);
  const things = new Things();
  server.register(things);
  const web = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request, { remoteAddr }) =>
      server.webSocket(request, { peer: remoteAddr, ...door }),
  );
  return {
    url: `ws://127.0.0.1:${web.addr.port}/rpc`,
    server,
    things,
    async [Symbol.asyncDispose]() {
      await server.close();
      await web.shutdown();
    },
  };
}

for (const codec of [undefined, jsonCodec]) {
  Deno.test(`dial() by WebSocket calls as by TCP, in ${codec?.type ?? "frames"}`, async () => {
    await using subject = rig();
    const { things, server, url } = subject;
    await using client = await dial(url, codec ? { codec } : {});
    assertEquals(await client.call("Things.sum", { a: 1, b: 2 }), 3);
    await assertRejects(() => client.call("Things.fail"), RemoteError, "100%d");
    const calls = Array.from(
      { length: 500 },
      (_, a) => client.call("Things.sum", { a, b: 1 }),
    );
    assertEquals(
      await Promise.all(calls),
      Array.from({ length: 500 }, (_, a) => a + 1),
    );
    await client.call("Things.echo", 1);
    assertEquals(things.context?.dialect, "websocket");
    assert("hostname" in (things.context?.peer ?? {}));
    assertEquals(server.stats().peers[0]?.dialect, "websocket");
  });
}

Deno.test("dial() by WebSocket carries bodies beyond its window both ways, and streams", async () => {
  await using subject = rig();
  await using client = await dial(subject.url);
  const large = new Uint8Array(5 << 20).map((_, index) => index * 7);
  const [bytes, text, sum] = await Promise.all([
    client.call("Things.echo", large),
    client.call("Things.echo", "é".repeat(1 << 20)),
    client.call("Things.sum", { a: 1, b: 2 }),
  ]);
  assert(bytes instanceof Uint8Array);
  assertEquals(bytes.length, large.length);
  assertEquals(bytes.every((byte, index) => byte === large[index]), true);
  assertEquals([text === "é".repeat(1 << 20), sum], [true, 3]);
  const things = client.service<Things>("Things");
  const seen: number[] = [];
  for await (const n of things.count(3)) seen.push(n);
  assertEquals(seen, [1, 2, 3]);
  assertEquals(await things.total(things.count(100)), 5050);
});

Deno.test("A call by WebSocket ends with its connection, and the next one connects again", async () => {
  const servers = [new Server(), new Server()];
  for (const server of servers) server.register(new Things());
  let index = 0;
  await using web = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => servers[index]!.webSocket(request), // one of the two
  );
  await using client = await dial(`ws://127.0.0.1:${web.addr.port}`);
  const waiting = client.call("Things.never");
  await client.call("Things.sum", { a: 1, b: 2 });
  index = 1;
  await servers[0]?.close({ timeout: 0 });
  await assertRejects(() => waiting, ShutdownError);
  assertEquals(await client.call("Things.sum", { a: 3, b: 4 }), 7);
  await servers[1]?.close();
});

Deno.test("Server.webSocket() lets in who may, and nobody when it is full or closed", async () => {
  const upgrade = {
    connection: "upgrade",
    upgrade: "websocket",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-version": "13",
  };
  const server = new Server({ http: { hosts: ["rpc.example.com"] } });
  const ask = (headers: Record<string, string>, host = "localhost") =>
    server.webSocket(
      new Request(`http://${host}/`, { headers }),
      { origins: ["https://friend.example"] },
    );
  const rows: readonly (readonly [Record<string, string>, string, number])[] = [
    [{}, "localhost", 426],
    [{ upgrade: "websocket" }, "localhost", 400],
    [{ ...upgrade, origin: "http://evil.example" }, "localhost", 403],
    [{ ...upgrade, origin: "null" }, "localhost", 403],
    [{ ...upgrade, origin: "https://friend.example.evil" }, "localhost", 403],
    [{ ...upgrade, origin: "http://evil.example" }, "evil.example", 421],
  ];
  for (const [headers, host, status] of rows) {
    const response = ask(headers, host);
    assertEquals(response.status, status, JSON.stringify(headers));
    await response.body?.cancel();
  }
  await server.close();
  for (
    const origin of ["https://friend.example", "http://localhost", undefined]
  ) {
    // Past the rules: only that it is closed keeps these out.
    const response = ask({ ...upgrade, ...(origin && { origin }) });
    assertEquals(response.status, 503);
    await response.body?.cancel();
  }
});

Deno.test("dial() by WebSocket says why it fails: refused, late, given up, no address", async () => {
  await using subject = rig({ maxConnections: 1 });
  await using _client = await dial(subject.url);
  await assertRejects(
    () => dial(subject.url),
    ConnectError,
    `Cannot connect to "${subject.url}": the server refused`,
  );
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = silent.accept();
  const { port } = silent.addr as Deno.NetAddr; // of TCP
  await assertRejects(
    () => dial(`ws://127.0.0.1:${port}/`, { connectTimeout: 20 }),
    ConnectError,
    "no answer in time",
  );
  silent.close();
  // It may have been given up before it had connected.
  await accepting.then(closeQuietly, () => {});
  const reason = new Error("changed my mind");
  const signal = AbortSignal.abort(reason);
  const error = await dial(subject.url, { signal }).catch((error) => error);
  assertEquals(error, reason);
  await assertRejects(
    () => dial("ws://"),
    SyntaxError,
    'Cannot parse address "ws://": "ws://host:port/path" is wanted',
  );
});

Deno.test("Server.close() ends a WebSocket that opens only afterwards", async () => {
  const server = new Server();
  await using web = serve(async (request) => {
    const response = server.webSocket(request);
    await server.close({ timeout: 0 });
    return response;
  });
  const socket = new WebSocket(web.url.replace("http", "ws"));
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  try {
    const { code } = await abortable(closed, AbortSignal.timeout(10_000));
    assertEquals(code, 1000);
  } finally {
    socket.close();
    await closed;
  }
});
