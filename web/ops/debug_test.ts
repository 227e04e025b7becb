// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Engine } from "../engine.ts";
import { debug, type DebugOptions } from "./debug.ts";

function rig(options?: DebugOptions): Engine {
  const app = new Engine();
  const inner = new Engine();
  inner.get("/", (c) => c.string("root"));
  inner.any("/x", (c) => c.string(`x ${c.connection?.mountPath}`));
  const pages = {
    inner: { fetch: inner.fetch, stats: () => ({ big: 2n ** 60n }) },
    "<b> &": { stats: () => ({ hits: "<i>" }) },
    broken: {
      stats: () => {
        throw new Error("No");
      },
    },
  };
  app.mount(
    "/ops/debug",
    debug({ pages, routes: () => app.routes(), ...options }),
  );
  return app;
}

const from = (hostname: string) => ({ remoteAddr: { hostname } });

async function status(
  app: Engine,
  url: string,
  peer?: string,
  init?: RequestInit,
): Promise<number> {
  const response = await app.fetch(
    new Request(url, init),
    peer === undefined ? undefined : from(peer),
  );
  await response.body?.cancel();
  return response.status;
}

Deno.test("debug() lists pages, figures and routes, all escaped", async () => {
  const response = await rig().request("/ops/debug");
  assertEquals(response.status, 200);
  assertStringIncludes(
    response.headers.get("content-security-policy") ?? "",
    "default-src 'none'",
  );
  const text = await response.text();
  assertStringIncludes(text, '<a href="/ops/debug/inner/">inner</a>');
  assertStringIncludes(text, "&lt;b&gt; &amp;");
  assertStringIncludes(text, "&lt;i&gt;");
  assertStringIncludes(text, "1152921504606846976");
  assertStringIncludes(text, "<code>/ops/debug/*</code>");
  assertEquals(text.includes("<i>"), false);
});

Deno.test("debug() hands on what lies below a page", async () => {
  const app = rig();
  const text = async (path: string) => await (await app.request(path)).text();
  assertEquals(await text("/ops/debug/inner/"), "root");
  assertEquals(await text("/ops/debug/inner"), "root");
  assertEquals(await text("/ops/debug/inner/x?a=1"), "x /ops/debug/inner");
  assertEquals((await app.request("/ops/debug/nope")).status, 404);
  assertEquals((await app.request("/ops/debug/constructor")).status, 404);
  const stats = await (await app.request("/ops/debug/stats.json")).json();
  assertEquals(stats.broken, { error: "Error: No" });
});

Deno.test("debug() answers this machine by a local name only", async () => {
  const app = rig();
  const url = (host: string) => `http://${host}/ops/debug/stats.json`;
  const table: [host: string, peer: string | undefined, status: number][] = [
    ["localhost", "127.0.0.1", 200],
    ["localhost:8000", "127.0.0.1", 200],
    ["127.0.0.1:8000", "127.0.0.1", 200],
    ["[::1]:8000", "::1", 200],
    ["localhost", "::ffff:127.0.0.1", 200],
    ["localhost", "10.0.0.1", 403],
    ["localhost", "2001:db8::1", 403],
    ["evil.com", "127.0.0.1", 403],
    ["localhost.evil.com", "127.0.0.1", 403],
    ["127.0.0.1.evil.com", "127.0.0.1", 403],
    ["evil.com", undefined, 403],
  ];
  for (const [host, peer, wanted] of table) {
    assertEquals(await status(app, url(host), peer), wanted, host);
  }
});

Deno.test("debug() takes nobody behind a proxy for this machine", async () => {
  const url = "http://localhost/ops/debug/stats.json";
  for (const name of ["forwarded", "x-forwarded-for", "x-real-ip", "via"]) {
    const headers = { [name]: "127.0.0.1" };
    assertEquals(await status(rig(), url, "127.0.0.1", { headers }), 403, name);
  }
  // A unix socket tells no address.
  const info = { remoteAddr: {} };
  const response = await rig().fetch(new Request(url), info);
  await response.body?.cancel();
  assertEquals(response.status, 403);
});

Deno.test("debug() lets no other site write", async () => {
  const url = "http://localhost/ops/debug/inner/x";
  const post = (site: string) => ({
    method: "POST",
    headers: { "sec-fetch-site": site },
  });
  for (const app of [rig(), rig({ authorize: () => true })]) {
    assertEquals(await status(app, url, "127.0.0.1", post("same-origin")), 200);
    assertEquals(await status(app, url, "127.0.0.1", post("cross-site")), 403);
    assertEquals(await status(app, url, "127.0.0.1", post("same-site")), 403);
    assertEquals(await status(app, url, "127.0.0.1", { method: "POST" }), 200);
    // Over plain HTTP a browser may tell its origin alone.
    const by = (origin: string) => ({ method: "POST", headers: { origin } });
    const here = by("http://localhost");
    assertEquals(await status(app, url, "127.0.0.1", here), 200);
    for (const origin of ["http://evil.com", "null", "http://localhost:81"]) {
      assertEquals(await status(app, url, "127.0.0.1", by(origin)), 403);
    }
  }
});

Deno.test("debug() asks authorize in place of the address", async () => {
  const app = rig({
    authorize: (request, info) =>
      request.headers.get("x-key") === "k" &&
      info?.remoteAddr?.hostname === "10.0.0.1",
  });
  const url = "http://example.com/ops/debug/";
  const headers = { "x-key": "k" };
  assertEquals(await status(app, url, "10.0.0.1", { headers }), 200);
  assertEquals(await status(app, url, "10.0.0.1"), 403);
  assertEquals(await status(app, url, "127.0.0.1", { headers }), 403);
});
