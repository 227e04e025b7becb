// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertMatch } from "@std/assert";
import type { CallContext } from "../context.ts";
import { RpcError } from "../errors.ts";
import { Server, type ServerOptions } from "../server.ts";
import { RegistryDiscovery } from "../discovery/registry_discovery.ts";
import { Heartbeat } from "../heartbeat.ts";
import { XClient } from "../x_client.ts";
import { Registry } from "../registry.ts";
import { pipe, settle } from "../testdata/pipe.ts";
import { seeded } from "../testdata/random.ts";
import { parts, RawHttp } from "../testdata/raw_http.ts";

class Arith {
  readonly begun = Promise.withResolvers<CallContext>();
  readonly release = Promise.withResolvers<string>();
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
  echo(value: unknown) {
    return value;
  }
  wait(_args: unknown, context: CallContext) {
    this.begun.resolve(context);
    return this.release.promise;
  }
  async *count(to: number) {
    for (let n = 1; n <= to; n++) yield await Promise.resolve(n);
    if (to > 2) throw new RpcError("out_of_range", "too far");
  }
}

function opened(
  options?: ServerOptions,
  arith = new Arith(),
  pipeOptions = {},
): RawHttp {
  const server = new Server(options);
  server.register(arith);
  return new RawHttp(server, undefined, pipeOptions);
}

function post(method: string, body: string, ...headers: string[]): string {
  const lines = [
    `POST /${method} HTTP/1.1`,
    "Host: localhost",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    ...headers,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

const CLOSE = "Connection: close";
const SUM = '{"a":1,"b":2}';

Deno.test("Server on its port answers HTTP, request after request, pipelined or not", async () => {
  await using http = opened();
  await http.send(post("Arith.sum", SUM) + post("Arith.sum", '{"a":2,"b":3}'));
  const text = await http.read("\r\n\r\n5");
  assertEquals(text.match(/\r\n\r\n\d/g), ["\r\n\r\n3", "\r\n\r\n5"]);
  assertMatch(
    text,
    /^HTTP\/1\.1 200 OK\r\nContent-Type: application\/json\r\n/,
  );
  assertMatch(text, /\r\nContent-Length: 1\r\n/);
  await http.send(`\r\n${post("Arith.echo", '"\xc3\xa9"')}`); // a line end too many
  assertMatch(await http.read('"\xc3\xa9"'), /Content-Length: 4\r\n/);
  await http.send(post("Arith.sum", '{"a":3,"b":4}', CLOSE));
  const last = await http.read();
  assertEquals(parts(last), [200, "7"]);
  assertMatch(last, /\r\nConnection: close\r\n/);
  assertEquals(http.server.stats().methods["Arith.sum"]?.calls, 3);
});

Deno.test("Server on its port reads HTTP one byte at a time, with LF alone, of HTTP/1.0", async () => {
  await using http = opened({}, new Arith(), { readBytes: 1, writeBytes: 1 });
  const request = `POST /Arith.sum HTTP/1.0\ncontent-type: application/json\n` +
    `content-length: 13\n\n${SUM}`;
  for (const byte of request) await http.send(byte);
  assertEquals(parts(await http.read()), [200, "3"]);
});

Deno.test("Server on its port refuses requests that could be understood in two ways", async () => {
  const line = "GET / HTTP/1.1";
  const host = "Host: a.localhost";
  const rows: readonly (readonly [string, number])[] = [
    [`${line}\r\n\r\n`, 400], // no host
    [`${line}\r\n${host}\r\nHost: b\r\n\r\n`, 400],
    [`${line}\r\nHost: a b\r\n\r\n`, 400],
    [`${line}\r\nHost: user@localhost\r\n\r\n`, 400],
    [`${line}\r\n${host}\r\n folded: 1\r\n\r\n`, 400],
    [`${line}\r\n${host}\r\nname : 1\r\n\r\n`, 400],
    [`${line}\r\n${host}\r\nname\r\n\r\n`, 400],
    [`${line}\r\n${host}\r\na: b\rc\r\n\r\n`, 400],
    [`${line}\r\n${host}\r\na: b\0c\r\n\r\n`, 400],
    [`GET  / HTTP/1.1\r\n${host}\r\n\r\n`, 400],
    [`GET / HTTP/1.1 \r\n${host}\r\n\r\n`, 400],
    [`GET nowhere HTTP/1.1\r\n${host}\r\n\r\n`, 400],
    [`GET / HTTP/2.0\r\n${host}\r\n\r\n`, 505],
    [`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`, 505],
    [`TRACE / HTTP/1.1\r\n${host}\r\n\r\n`, 501],
    [
      `${line}\r\n${host}\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx`,
      400,
    ],
    [`${line}\r\n${host}\r\nContent-Length: +1\r\n\r\nx`, 400],
    [`${line}\r\n${host}\r\nContent-Length: 1, 1\r\n\r\nx`, 400],
    [`${line}\r\n${host}\r\nContent-Length: 0x1\r\n\r\nx`, 400],
    [`${line}\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 411],
    [`${line}\r\n${host}\r\nContent-Length: 99999999\r\n\r\n`, 413],
    [`${line}\r\n${host}\r\nContent-Length: 9007199254740993\r\n\r\n`, 400],
    [`${line}\r\n${host}\r\n${"a: b\r\n".repeat(100)}\r\n`, 431],
    [`${line}\r\n${host}\r\na: ${"b".repeat(17_000)}`, 431],
    [`CONNECT example.com:443 HTTP/1.1\r\n${host}\r\n\r\n`, 404],
  ];
  for (const [request, status] of rows) {
    await using http = opened();
    await http.send(request);
    const text = await http.read("}");
    assertEquals(parts(text)[0], status, request.slice(0, 90));
    assertMatch(text, /\r\nConnection: close\r\n/);
    assertMatch(parts(text)[1], /^\{"code":"[a-z_]+","message":"Cannot /);
  }
});

Deno.test("Server on its port answers what no Request can be", async () => {
  const rows = [
    ["connect / HTTP/1.1", 501],
    ["get / HTTP/1.1\r\nContent-Length: 1", 400],
  ] as const;
  for (const [request, status] of rows) {
    await using http = opened();
    await http.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await http.read("\r\n\r\n");
    await http.send(`${request}\r\nHost: localhost\r\n\r\nx`);
    assertEquals(parts(await http.read("}"))[0], status, request);
  }
});

Deno.test("Server on its port refuses a head or a body that breaks off, and one that is late", async () => {
  for (
    const request of ["GET / HT", `${post("Arith.sum", SUM).slice(0, -1)}`]
  ) {
    const errors: unknown[] = [];
    await using http = opened({ onError: (error) => errors.push(error) });
    await http.send(request);
    http.end.close();
    await http.running;
    assertEquals(errors, []);
  }
  for (
    const request of ["GET / HT", `${post("Arith.sum", SUM).slice(0, -1)}`]
  ) {
    await using http = opened({ handshakeTimeout: 1 });
    await http.send(request);
    assertEquals(await http.read(), "");
    await http.running;
  }
  await using idle = opened({ http: { idleTimeout: 1 } });
  await idle.send(post("Arith.sum", SUM));
  assertEquals(parts(await idle.read()), [200, "3"]);
});

Deno.test("Server on its port says 100 before a body that waits for it", async () => {
  await using http = opened();
  const request = post("Arith.sum", SUM, "Expect: 100-continue", CLOSE);
  await http.send(request.slice(0, -SUM.length));
  assertEquals(await http.read("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  assertEquals(parts(await http.ask(SUM)), [200, "3"]);
});

Deno.test("Server on its port streams in chunks, and breaks a failing stream off", async () => {
  {
    await using http = opened();
    const text = await http.ask(post("Arith.count", "2", CLOSE));
    assertMatch(text, /\r\nTransfer-Encoding: chunked\r\n/);
    assertMatch(text, /\r\nContent-Type: application\/x-ndjson\r\n/);
    assertEquals(parts(text)[1], "2\r\n1\n\r\n2\r\n2\n\r\n0\r\n\r\n");
  }
  const errors: unknown[] = [];
  await using http = opened({ onError: (error) => errors.push(error) });
  const text = await http.ask(post("Arith.count", "3", CLOSE));
  assertMatch(
    text,
    /\r\n3\n\r\n[0-9a-f]+\r\n\{"error":\{"code":"out_of_range","message":"too far"\}\}\n\r\n$/,
  );
  await http.running;
  assertEquals(errors, []);
});

Deno.test("Server on its port aborts a call whose client leaves", async () => {
  const arith = new Arith();
  await using http = opened({}, arith);
  await http.send(post("Arith.wait", "1"));
  const { signal, dialect, peer } = await arith.begun.promise;
  assertEquals([dialect, peer], ["http", undefined]);
  assertEquals(http.server.stats().inFlight, 1);
  assertEquals(
    http.server.stats().peers.map(({ dialect, inFlight }) => [
      dialect,
      inFlight,
    ]),
    [["http", 1]],
  );
  http.end.close();
  await settle();
  assertEquals(signal.aborted, true);
  assertEquals((signal.reason as Error).message, "The connection has ended");
  arith.release.resolve("late");
});

Deno.test("Server.close() lets a request under way end, and ends idle connections", async () => {
  const arith = new Arith();
  await using http = opened({}, arith);
  const idle = new RawHttp(http.server);
  await idle.send(post("Arith.echo", "7"));
  await idle.read("7");
  await http.send(post("Arith.wait", "1"));
  await arith.begun.promise;
  const closing = http.server.close();
  assertEquals(await idle.read(), "");
  arith.release.resolve("done");
  assertEquals(parts(await http.read()), [200, '"done"']);
  await closing;
  assertEquals(http.server.stats().connections, 0);
});

Deno.test("Server with http: false ends connections of HTTP without a byte", async () => {
  const errors: unknown[] = [];
  await using http = opened({
    http: false,
    onError: (error) => errors.push(error),
  });
  assertEquals(await http.ask(post("Arith.sum", SUM)), "");
  assertEquals(errors.map((error) => (error as Error).message), [
    'Cannot serve codec "http": it is not offered',
  ]);
  const request = new Request("http://localhost/Arith.sum", { method: "POST" });
  assertEquals((await http.server.fetch(request)).status, 404);
});

Deno.test("Server.close() waits neither for a poll of its registry nor for an answer that hangs", async () => {
  const registry = new Registry();
  const asked = Promise.withResolvers<void>();
  const authorize = () => {
    asked.resolve();
    return new Promise<boolean>(() => {});
  };
  const server = new Server({ registry, debug: { authorize } });
  const [poll, hang] = [new RawHttp(server), new RawHttp(server)];
  await poll.send("GET /_geerpc_/registry HTTP/1.0\n\n");
  const [, version] = /X-Geerpc-Version: (.*)\r/.exec(await poll.read()) ?? [];
  const again = new RawHttp(server);
  await again.send(
    `GET /_geerpc_/registry?wait=50000&version=${version} HTTP/1.0\n\n`,
  );
  await hang.send("GET /debug/rpc HTTP/1.0\n\n");
  await asked.promise;
  const closing = server.close({ timeout: 1 });
  assertEquals(parts(await again.read())[0], 200);
  assertEquals(await hang.read(), "");
  await closing;
  await registry.close();
});

Deno.test("Server on its port survives 3,000 mutated requests, each refused or answered", async () => {
  const errors: unknown[] = [];
  const server = new Server({
    onError: (error) => errors.push(error),
    debug: true,
    registry: new Registry(),
  });
  server.register(new Arith());
  const samples = [
    post("Arith.echo", SUM, CLOSE),
    post("Arith.count", "2", CLOSE),
    `GET /debug/rpc HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n\r\n`,
    "HEAD /_geerpc_/registry HTTP/1.0\n\n",
  ];
  const random = seeded(6);
  const odd = "\0\r\n\t :/%\xff";
  for (let round = 0; round < 3000; round++) {
    let text = samples[random(samples.length)] ?? "";
    for (let changes = random(4); changes > 0; changes--) {
      const at = 5 + random(text.length); // behind the method
      const count = random(3);
      text = text.slice(0, at) + odd.charAt(random(odd.length)) +
        text.slice(at + count);
    }
    const [end, other] = pipe();
    const running = server.serve(other);
    await end.write(
      Uint8Array.from(text, (character) => character.charCodeAt(0)),
    );
    for (let turn = 0; turn < 60; turn++) await Promise.resolve();
    let answer = "";
    if (other.writes.length > 0) {
      const buffer = new Uint8Array(20_000);
      const count = await end.read(buffer) ?? 0;
      answer = String.fromCharCode(...buffer.subarray(0, count));
      const status = Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);
      const isGood = status >= 200 && status < 500 || status === 501 ||
        status === 505;
      assertEquals(isGood, true, `${JSON.stringify(text)}: ${answer}`);
    }
    end.close();
    await running;
  }
  assertEquals(errors, []);
  await server.close();
});

Deno.test("Server on its port is a registry for heartbeats and discoveries, and speaks with fetch", async () => {
  await using registry = new Registry();
  await using server = new Server({ registry });
  server.register(new Arith());
  const { address, addr } = server.listen();
  const origin = `http://127.0.0.1:${(addr as Deno.NetAddr).port}`;
  const url = `${origin}/_geerpc_/registry`;
  await using heartbeat = new Heartbeat(url, address);
  await heartbeat.listed;
  await using client = new XClient(new RegistryDiscovery(url));
  assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
  const head = await fetch(url, { method: "HEAD" });
  assertEquals(head.headers.get("x-geerpc-servers"), address);
  const text = "é".repeat(1 << 20);
  const reply = await fetch(`${origin}/Arith.echo`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(text),
  });
  assertEquals(await reply.json() === text, true);
  const [first, second] = await Promise.all([
    fetch(`${origin}/nothing`),
    fetch(origin, { method: "DELETE" }),
  ]);
  assertEquals([first.status, second.status], [404, 404]);
  await Promise.all([first.body?.cancel(), second.body?.cancel()]);
});
