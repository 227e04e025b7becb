// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { Engine } from "../../web/mod.ts";
import { type Ask, opened, request } from "../testdata/things.ts";

Deno.test("Server.fetch() refuses what a foreign page could send", async () => {
  const { server } = opened();
  await using _ = server;
  const path = "/Things.sum";
  const body = '{"a":1,"b":2}';
  const site = (value: string) => ({ "sec-fetch-site": value });
  const rows: readonly (readonly [Ask, number])[] = [
    [{ headers: { "content-type": "text/plain" } }, 415],
    [{ headers: { "content-type": "application/x-www-form-urlencoded" } }, 415],
    [{ headers: { "content-type": "application/jsonp" } }, 415],
    [{ headers: { "content-encoding": "gzip" } }, 415],
    [{ headers: { "content-type": "Application/JSON; charset=utf-8" } }, 200],
    [{ headers: site("cross-site") }, 403],
    [{ headers: site("same-site") }, 403],
    [{ headers: site("same-origin") }, 200],
    [{ headers: site("none") }, 200],
    [{ headers: { origin: "http://evil.example" } }, 403],
    [{ headers: { origin: "null" } }, 403],
    [{ headers: { origin: "http://localhost:1" } }, 403],
    [{ headers: { origin: "https://localhost" } }, 200], // TLS of a proxy
    [{ host: "evil.example" }, 421],
    [{ host: "localhost.evil.example" }, 421],
    [{ host: "127.0.0.1.evil.example:80" }, 421],
    [{ host: "rpc.example.com:8080" }, 200],
    [{ host: "RPC.example.com" }, 200],
    [{ host: "a.localhost" }, 200],
    [{ host: "10.1.2.3" }, 200],
    [{ host: "[2001:db8::1]:80" }, 200],
  ];
  const open = opened({ http: { hosts: ["Rpc.example.com"] } }).server;
  await using __ = open;
  for (const [ask, status] of rows) {
    const response = await open.fetch(request(path, { body, ...ask }));
    assertEquals(response.status, status, JSON.stringify(ask));
    assertEquals(response.headers.get("access-control-allow-origin"), null);
    await response.body?.cancel();
  }
  const all = opened({ http: { hosts: ["*"] } }).server;
  await using ___ = all;
  const response = await all.fetch(request(path, { body, host: "x.example" }));
  assertEquals(await response.text(), "3");
  const strict = await server.fetch(
    request(path, { body, host: "rpc.example.com" }),
  );
  assertEquals(await strict.json(), {
    code: "permission_denied",
    message:
      'Cannot answer for host "rpc.example.com": it is not among "hosts" of the server',
  });
});

Deno.test("Server.fetch() refuses wrong methods, paths and bodies, and says what is wanted", async () => {
  const { server } = opened({ maxMessageBytes: 20 });
  await using _ = server;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
  });
  const rows: readonly (readonly [string, Ask, number, string])[] = [
    [
      "/Things.sum",
      { method: "GET" },
      405,
      'Cannot call "Things.sum" by GET: POST is wanted',
    ],
    [
      "/Things.sum",
      { method: "OPTIONS" },
      405,
      'Cannot call "Things.sum" by OPTIONS: POST is wanted',
    ],
    [
      "/favicon.ico",
      { method: "GET" },
      404,
      'Cannot answer "/favicon.ico": there is nothing',
    ],
    ["/", {}, 404, 'Cannot answer "/": there is nothing'],
    [
      "/a/Things.sum",
      {},
      404,
      'Cannot answer "/a/Things.sum": there is nothing',
    ],
    ["/%ff", {}, 404, 'Cannot answer "/%ff": there is nothing'],
    [
      "/debug/rpc",
      { method: "GET" },
      404,
      'Cannot answer "/debug/rpc": there is nothing',
    ],
    [
      "/_geerpc_/registry",
      { method: "GET" },
      404,
      'Cannot answer "/_geerpc_/registry": there is nothing',
    ],
    [
      "/Things.sum",
      { body: "{" },
      400,
      "Cannot read the arguments: they are not JSON",
    ],
    [
      "/Things.sum",
      { body: new Uint8Array([34, 255, 34]) },
      400,
      "Cannot read the arguments: they are not JSON",
    ],
    [
      "/Things.sum",
      { body: `"${"x".repeat(20)}"` },
      413,
      "Cannot read the body: it is longer than 20 bytes",
    ],
    [
      "/Things.sum",
      { body: endless },
      413,
      "Cannot read the body: it is longer than 20 bytes",
    ],
    [
      "/Things.sum",
      { headers: { "x-rpc-timeout": "-1" } },
      400,
      'Cannot use timeout "-1": 0 to 2147483647 milliseconds are wanted',
    ],
    [
      "/Things.sum",
      { headers: { upgrade: "websocket" } },
      501,
      'Cannot open a WebSocket here: "webSocket" of the server does, behind Deno.serve',
    ],
  ];
  for (const [path, ask, status, message] of rows) {
    const response = await server.fetch(request(path, ask));
    const body = await response.json();
    assertEquals([response.status, body.message], [status, message]);
  }
  assertEquals(server.stats().calls, 0);
});

Deno.test("Server.fetch() is mounted in an engine of web below a prefix", async () => {
  const { server, things } = opened({ debug: true });
  await using _ = server;
  const app = new Engine();
  app.mount("/api/rpc", server.fetch);
  const remoteAddr = { transport: "tcp", hostname: "::1", port: 1 } as const;
  const ask = (path: string, init: RequestInit) =>
    app.fetch(new Request(`http://localhost/api/rpc${path}`, init), {
      remoteAddr,
    });
  const reply = await ask("/Things.echo", {
    method: "POST",
    body: "7",
    headers: { "content-type": "application/json" },
  });
  assertEquals([await reply.text(), things.context?.peer], ["7", remoteAddr]);
  assertEquals((await ask("/debug/rpc", {})).status, 200);
});

Deno.test("Server.fetch() waits for a body as long as for an option, and no longer", async () => {
  const { server } = opened({ handshakeTimeout: 1 });
  await using _ = server;
  const silent = await server.fetch(
    request("/Things.echo", { body: new ReadableStream() }),
  );
  assertEquals([silent.status, (await silent.json()).message], [
    408,
    "Cannot read the body: it is late",
  ]);
  const broken = new ReadableStream({
    pull: (controller) => controller.error(new Error("secret")),
  });
  const answer = await server.fetch(request("/Things.echo", { body: broken }));
  assertEquals([answer.status, (await answer.json()).message], [
    400,
    "Cannot read the body: it breaks off",
  ]);
});

Deno.test("Server.fetch() calls nothing where calls are off", async () => {
  const { server } = opened({ http: { calls: false } });
  await using _ = server;
  const answer = await server.fetch(request("/Things.echo", { body: "7" }));
  assertEquals([answer.status, await answer.json()], [404, {
    code: "not_found",
    message: 'Cannot answer "/Things.echo": there is nothing',
  }]);
});
