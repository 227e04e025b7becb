// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { CODES } from "../code.ts";
import { settle } from "../testdata/pipe.ts";
import { opened, request } from "../testdata/things.ts";

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
    ["/Things.odd", 409, "aborted", "Odd"],
  ] as const;
  for (const [path, status, code, message] of rows) {
    const response = await server.fetch(request(path));
    assertEquals([response.status, await response.json()], [
      status,
      { code, message },
    ]);
  }
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
  const error = '{"code":"not_found","message":"None"}';
  assertEquals(await failing.text(), `event: error\ndata: ${error}\n\n`);
  const broken = await server.fetch(request("/Things.count", { body: "0" }));
  const reader = broken.body!.getReader(); // a stream has one
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), `{"error":${error}}\n`);
  await assertRejects(
    () => reader.read(),
    Error,
    "Cannot go on with a stream: its call failed",
  );
  const endless = await server.fetch(request("/Things.count", { body: "1e9" }));
  const some = endless.body!.getReader(); // a stream has one
  await some.read();
  assertEquals(server.stats().inFlight, 1);
  await some.cancel();
  await things.left.promise;
  await settle();
  assertEquals(server.stats().inFlight, 0);
});

Deno.test("Server.fetch() refuses a body that is too long, though it never ends", async () => {
  const { server } = opened();
  await using _ = server;
  const never = () => new Promise<void>(() => {});
  const post = request("/Things.echo");
  const headers = new Headers(post.headers);
  headers.set("content-length", "999999999");
  const body = new ReadableStream({ pull: never, cancel: never });
  const response = await server.fetch(
    new Request(post.url, { method: "POST", headers, body }),
  );
  assertEquals(response.status, 413);
  await response.body?.cancel();
});
