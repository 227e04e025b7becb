// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { debugPage } from "./debug_page.ts";
import { goPage } from "./go_page.ts";
import { Server, type ServerOptions } from "../server.ts";
import { schemaOf } from "../testdata/schema.ts";

const HERE = { remoteAddr: addr("127.0.0.1") };
const PATHS = ["/debug/rpc", "/debug/geerpc"];

function addr(hostname: string): Deno.NetAddr {
  return { transport: "tcp", hostname, port: 1 };
}

function opened(options: ServerOptions = { debug: true }): Server {
  const server = new Server(options);
  server.register({
    sum: ({ a, b }: { a: number; b: number }) => a + b,
    fail() {
      throw new Error("no");
    },
  }, {
    name: "Odd",
    schema: {
      sum: {
        args: schemaOf<{ a: number; b: number }>(
          () => ({ value: { a: 1, b: 2 } }),
          {
            input: () => ({
              type: "object",
              properties: {
                a: { type: "number", minimum: 3 },
                "</textarea>": { enum: ["<script>"] },
              },
            }),
            output: () => ({}),
          },
        ),
      },
    },
  });
  return server;
}

function get(path: string, headers = {}, host = "localhost:9999"): Request {
  return new Request(`http://${host}${path}`, { headers });
}

Deno.test("Server.fetch() shows debug pages to nobody but clients on this machine", async () => {
  await using server = opened();
  const rows = [
    [get(PATHS[0] ?? ""), HERE, undefined],
    [get(PATHS[0] ?? ""), { remoteAddr: addr("::1") }, undefined],
    [get(PATHS[0] ?? ""), { remoteAddr: addr("::ffff:127.0.0.1") }, undefined],
    [get(PATHS[0] ?? "", {}, "[::1]:9999"), HERE, undefined],
    [get(PATHS[0] ?? ""), {}, "the client is not on this machine"],
    [
      get(PATHS[0] ?? ""),
      { remoteAddr: addr("10.0.0.1") },
      "the client is not on this machine",
    ],
    [
      get(PATHS[0] ?? ""),
      { remoteAddr: addr("127.0.0.1.evil") },
      "the client is not on this machine",
    ],
    [
      get(PATHS[0] ?? ""),
      { remoteAddr: { transport: "unix", path: "/x" } },
      "the client is not on this machine",
    ],
    [
      get(PATHS[0] ?? "", { via: "1.1 x" }),
      HERE,
      "the client comes by a proxy",
    ],
    [
      get(PATHS[0] ?? "", { "x-forwarded-for": "127.0.0.1" }),
      HERE,
      "the client comes by a proxy",
    ],
    [
      get(PATHS[0] ?? "", {}, "10.0.0.1"),
      HERE,
      'the host "10.0.0.1" is not a local name',
    ],
  ] as const;
  for (const [request, info, refusal] of rows) {
    const response = await server.fetch(request, info);
    const text = await response.text();
    if (refusal === undefined) {
      assertEquals(response.status, 200);
      continue;
    }
    assertEquals(response.status, 403);
    assertEquals(
      JSON.parse(text).message,
      `Cannot show the debug page: ${refusal}`,
    );
  }
  const rebound = await server.fetch(
    get("/debug/rpc", {}, "evil.example"),
    HERE,
  );
  assertEquals(rebound.status, 421);
  await rebound.body?.cancel();
  const written = await server.fetch(
    new Request("http://localhost/debug/rpc", { method: "POST" }),
    HERE,
  );
  assertEquals([written.status, written.headers.get("allow")], [
    405,
    "GET, HEAD",
  ]);
  await written.body?.cancel();
});

Deno.test("Server.fetch() asks authorize instead, and shows nothing when that throws", async () => {
  const asked: unknown[] = [];
  await using server = opened({
    debug: {
      authorize({ headers }, { remoteAddr }) {
        asked.push(remoteAddr);
        if (headers.has("x-throw")) throw new Error("secret");
        return Promise.resolve(headers.get("authorization") === "Bearer x");
      },
    },
  });
  const far = { remoteAddr: addr("10.0.0.1") };
  const good = await server.fetch(
    get("/debug/rpc", { authorization: "Bearer x" }),
    far,
  );
  assertEquals(good.status, 200);
  await good.body?.cancel();
  for (const headers of [{}, { "x-throw": "1" }]) {
    const bad = await server.fetch(get("/debug/geerpc", headers), far);
    assertEquals([bad.status, (await bad.json()).message], [
      403,
      "Cannot show the debug page: the client is not authorized",
    ]);
  }
  assertEquals(asked.length, 3);
  assert(asked.every((peer) => peer === far.remoteAddr));
});

Deno.test("Server.fetch() tells on the debug page what was called, escaped everywhere", async () => {
  await using server = opened();
  await server.invoke("Odd.sum", {});
  await server.invoke("Odd.fail").catch(() => {});
  const json = await server.fetch(get("/debug/rpc?format=json"), HERE);
  const report = await json.json();
  assert(report.now > 0);
  assertEquals([report.calls, report.errors, report.peers], [2, 1, []]);
  assertEquals(report.methods["Odd.fail"].errors, { unknown: 1 });
  const asJson = await server.fetch(
    get("/debug/rpc", { accept: "application/json" }),
    HERE,
  );
  assertEquals(Object.keys(await asJson.json()), Object.keys(report));
  const page = await server.fetch(
    get("/debug/rpc", { accept: "text/html" }),
    HERE,
  );
  const policy = page.headers.get("content-security-policy") ?? "";
  const [, nonce = ""] = /script-src 'nonce-([^']{20,})'/.exec(policy) ?? [];
  assertMatch(policy, /^default-src 'none'; .*frame-ancestors 'none'$/);
  const html = await page.text();
  assert(html.includes(`<script type="module" nonce="${nonce}">`));
  assert(!/src=|https?:/.test(html));
  assert(
    html.includes(
      '<th scope="row">Odd.fail</th><td>1</td><td>unknown 1</td>',
    ),
  );
  // A textarea drops the line end it begins with.
  assert(html.includes(`spellcheck="false">
{
  &quot;a&quot;: 3,
  &quot;&lt;/textarea&gt;&quot;: &quot;&lt;script&gt;&quot;
}</textarea>`));
  const again = await server.fetch(get("/debug/rpc"), HERE);
  assert(again.headers.get("content-security-policy") !== policy);
  await again.body?.cancel();
});

Deno.test("Server.fetch() shows what Go's eyes know at /debug/geerpc", async () => {
  await using server = opened();
  await server.invoke("Odd.sum", {});
  const response = await server.fetch(get("/debug/geerpc"), HERE);
  assertEquals(
    response.headers.get("content-type"),
    "text/html; charset=utf-8",
  );
  const html = await response.text();
  const cells = [...html.matchAll(/<td[^>]*>(.*)<\/td>/g)].map(([, cell]) =>
    cell
  );
  assertEquals(cells, [
    "fail(interface {}, *interface {}) error",
    "0",
    "sum(interface {}, *interface {}) error",
    "1",
  ]);
  assert(html.includes("\tService Odd\n"));
});

Deno.test("Server.fetch() offers no forms where calls are off", async () => {
  await using server = opened({ debug: true, http: { calls: false } });
  const html = await (await server.fetch(get("/debug/rpc"), HERE)).text();
  assert(html.includes("<caption") && !html.includes("<form"));
});

Deno.test("debugPage() and goPage() escape names, whatever they are", () => {
  const name = `<b>'&+"</textarea>`;
  const counts = { calls: 1, inFlight: 0 };
  const html = debugPage({
    stats: {
      connections: 1,
      errors: 0,
      ...counts,
      methods: { [name]: { ...counts, errors: {}, p50: 1, p99: 2 } },
      peers: [{
        peer: { transport: "unix", path: name },
        dialect: name,
        since: 0,
        ...counts,
      }],
    },
    methods: [{
      name,
      params: [{ name: "args", schema: { default: name } }],
      result: { name: "reply", schema: {} },
      "x-idempotent": false,
      "x-stream": true,
    }],
    hasCalls: true,
    now: 1000,
    nonce: "x",
  });
  assertEquals(html.includes(name), false);
  assertEquals(html.split("<b>").length, 1);
  assert(html.includes("unix &lt;b&gt;&#39;&amp;+&quot;&lt;/textarea&gt;"));
  const page = goPage([{ name, methods: [{ signature: name, calls: 1 }] }]);
  const wanted = "&lt;b&gt;&#39;&amp;&#43;&#34;&lt;/textarea&gt;";
  assertEquals(page.split(wanted).length, 3);
});
