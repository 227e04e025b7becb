// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Code } from "../code.ts";
import { CODES } from "../code.ts";
import type { CallContext } from "../context.ts";
import { RpcError } from "../errors.ts";
import { Server, type ServerOptions } from "../server.ts";
import { settle } from "../testdata/pipe.ts";
import { Engine } from "../../web/mod.ts";

class Things {
  context: CallContext | undefined;
  readonly left = Promise.withResolvers<void>();
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
  echo(value: unknown, context: CallContext) {
    this.context = context;
    return value;
  }
  bytes() {
    return new Uint8Array([0, 255]);
  }
  nothing() {}
  big() {
    return 1n;
  }
  fail(code: Code) {
    throw new RpcError(code, "100%d", { details: { id: 7 } });
  }
  odd() {
    throw new RpcError("aborted", "odd", { details: { big: 1n } });
  }
  wait(_args: unknown, { signal }: CallContext) {
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason))
    );
  }
  async *count(to: number, { signal }: CallContext) {
    try {
      for (let n = 0; n < to; n++) yield await Promise.resolve({ n });
      if (to === 0) throw new RpcError("not_found", "none");
    } finally {
      if (signal.aborted) this.left.resolve();
    }
  }
}

function opened(options?: ServerOptions): { server: Server; things: Things } {
  const server = new Server(options);
  const things = new Things();
  server.register(things);
  return { server, things };
}

interface Ask {
  readonly method?: string;
  readonly body?: BodyInit;
  readonly headers?: Record<string, string>;
  readonly host?: string;
  readonly signal?: AbortSignal;
}

function request(path: string, ask: Ask = {}): Request {
  const { method = "POST", body, headers = {}, host = "localhost", signal } =
    ask;
  return new Request(`http://${host}${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body !== undefined && { body }),
    ...(signal !== undefined && { signal }),
  });
}

Deno.test("Server.fetch() answers POST /Service.method with the reply as JSON", async () => {
  const { server } = opened();
  await using _ = server;
  const rows: readonly (readonly [string, string | undefined, string])[] = [
    ["/Things.sum", '{"a":1,"b":2}', "3"],
    ["/Things.Sum", '{"a":1,"b":2}', "3"], // as Go spells it
    ["/Things%2Eecho", '"é\\ud800"', '"é\\ud800"'],
    ["/Things.echo", undefined, "null"],
    ["/Things.nothing?query=1", "{}", "null"],
  ];
  for (const [path, body, wanted] of rows) {
    const { fetch } = server; // bound
    const response = await fetch(
      request(path, body === undefined ? {} : { body }),
    );
    assertEquals([response.status, await response.text()], [200, wanted]);
    assertEquals(response.headers.get("content-type"), "application/json");
    assertEquals(response.headers.get("access-control-allow-origin"), null);
    assertEquals(
      response.headers.get("content-length"),
      String(new TextEncoder().encode(wanted).length),
    );
  }
  const bytes = await server.fetch(request("/Things.bytes"));
  assertEquals(bytes.headers.get("content-type"), "application/octet-stream");
  assertEquals(await bytes.bytes(), new Uint8Array([0, 255]));
});

Deno.test("Server.fetch() answers failures with code, message, details and the status of the code", async () => {
  const { server } = opened();
  await using _ = server;
  const statuses = [499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 404];
  statuses.push(500, 503, 500, 401);
  for (const [index, code] of CODES.entries()) {
    const body = JSON.stringify(code);
    const response = await server.fetch(request("/Things.fail", { body }));
    assertEquals(response.status, statuses[index], code);
    assertEquals(
      response.headers.get("www-authenticate"),
      code === "unauthenticated" ? "Bearer" : null,
    );
    assertEquals(await response.json(), {
      code,
      message: "100%d",
      details: { id: 7 },
    });
  }
  const rows = [
    ["/Things.no", 404, "unimplemented", "rpc server: can't find method no"],
    ["/No.no", 404, "unimplemented", "rpc server: can't find service No"],
    [
      "/sum",
      404,
      "unimplemented",
      "rpc server: service/method request ill-formed: sum",
    ],
    [
      "/Things.constructor",
      404,
      "unimplemented",
      "rpc server: can't find method constructor",
    ],
    [
      "/__proto__.toString",
      404,
      "unimplemented",
      "rpc server: can't find service __proto__",
    ],
    ["/Things.big", 500, "unknown", "Do not know how to serialize a BigInt"],
    ["/Things.odd", 409, "aborted", "odd"],
  ] as const;
  for (const [path, status, code, message] of rows) {
    const response = await server.fetch(request(path));
    assertEquals([response.status, await response.json()], [
      status,
      { code, message },
    ]);
  }
});

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

Deno.test("Server.fetch() hands metadata, trace, peer and dialect on, names like __proto__ too", async () => {
  const { server, things } = opened({
    http: { metadataHeaders: ["X-Request-Id"] },
  });
  await using _ = server;
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const remoteAddr = {
    transport: "tcp",
    hostname: "10.0.0.1",
    port: 1,
  } as const;
  await server.fetch(
    request("/Things.echo", {
      headers: {
        authorization: "Bearer s3cret",
        traceparent,
        "x-request-id": "7",
        "x-rpc-tenant": "a",
        "x-rpc-__proto__": "b",
        "x-rpc-authorization": "Bearer forged",
        "x-rpc-timeout": "60000",
        "x-other": "c",
        cookie: "d",
      },
    }),
    { remoteAddr },
  );
  const { context } = things;
  assertEquals(Object.entries(context?.metadata ?? {}).sort(), [
    ["__proto__", "b"],
    ["authorization", "Bearer s3cret"],
    ["tenant", "a"],
    ["traceparent", traceparent],
    ["x-request-id", "7"],
  ]);
  assertEquals([context?.dialect, context?.peer, context?.traceparent], [
    "http",
    remoteAddr,
    traceparent,
  ]);
  assert(context?.deadline !== undefined);
});

Deno.test("Server.fetch() asks authenticate, and ends calls at their time or when the client leaves", async () => {
  const { server } = opened({
    authenticate: ({ metadata }) =>
      metadata.authorization === "Bearer s3cret" ? "Tom" : undefined,
  });
  await using _ = server;
  const headers = { authorization: "Bearer s3cret" };
  const refused = await server.fetch(request("/Things.nothing"));
  assertEquals([refused.status, (await refused.json()).code], [
    401,
    "unauthenticated",
  ]);
  const admitted = await server.fetch(request("/Things.nothing", { headers }));
  assertEquals(await admitted.text(), "null");
  for (const name of ["x-rpc-timeout", "connect-timeout-ms"]) {
    const response = await server.fetch(
      request("/Things.wait", { headers: { ...headers, [name]: "1" } }),
    );
    assertEquals([response.status, (await response.json()).code], [
      504,
      "deadline_exceeded",
    ]);
  }
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = server.fetch(request("/Things.wait", { headers, signal }));
  await settle();
  assertEquals(server.stats().inFlight, 1);
  controller.abort();
  assertEquals((await waiting).status, 499);
  assertEquals(server.stats().inFlight, 0);
});

Deno.test("Server.fetch() writes streams as lines or as events, no faster than they are read", async () => {
  const { server, things } = opened();
  await using _ = server;
  const lines = await server.fetch(request("/Things.count", { body: "2" }));
  assertEquals(lines.headers.get("content-type"), "application/x-ndjson");
  assertEquals(await lines.text(), '{"n":0}\n{"n":1}\n');
  const headers = { accept: "text/event-stream" };
  const events = await server.fetch(
    request("/Things.count", { body: "1", headers }),
  );
  assertEquals(events.headers.get("content-type"), "text/event-stream");
  assertEquals(await events.text(), 'data: {"n":0}\n\nevent: end\ndata:\n\n');
  const failing = await server.fetch(
    request("/Things.count", { body: "0", headers }),
  );
  const error = '{"code":"not_found","message":"none"}';
  assertEquals(await failing.text(), `event: error\ndata: ${error}\n\n`);
  const broken = await server.fetch(request("/Things.count", { body: "0" }));
  const reader = broken.body!.getReader(); // a stream has one
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), `{"error":${error}}\n`);
  await assertRejects(() => reader.read(), RpcError, "none");
  const endless = await server.fetch(request("/Things.count", { body: "1e9" }));
  const some = endless.body!.getReader(); // a stream has one
  await some.read();
  assertEquals(server.stats().inFlight, 1);
  await some.cancel();
  await things.left.promise;
  await settle();
  assertEquals(server.stats().inFlight, 0);
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
