// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { Engine } from "../engine.ts";
import { responseCache } from "./response_cache.ts";

Deno.test("responseCache() keeps answers whose status allows no body", async () => {
  let calls = 0;
  const app = new Engine().use(responseCache({ ttl: 1000, statuses: [204] }));
  app.get("/", () => {
    calls++;
    return new Response(null, { status: 204 });
  });
  for (let time = 0; time < 2; time++) {
    const response = await app.request("/");
    assertEquals([response.status, response.body], [204, null]);
  }
  assertEquals(calls, 1);
});

Deno.test("responseCache() answers 304 in place of a success only", async () => {
  const app = new Engine();
  app.use(responseCache({ ttl: 1000, statuses: [200, 301, 404] }));
  app.get("/lost", () => new Response("lost", { status: 404 }));
  app.get("/moved", (c) => c.redirect(301, "/there"));
  app.get("/there", (c) => c.string("there"));
  const headers = { "if-none-match": "*" };
  for (let time = 0; time < 2; time++) {
    for (const [path, status] of [["/lost", 404], ["/moved", 301]] as const) {
      const response = await app.request(path, { headers });
      assertEquals([path, response.status], [path, status]);
      assertEquals(response.headers.get("etag"), null);
    }
    assertEquals((await app.request("/there", { headers })).status, 304);
  }
});

Deno.test("responseCache() makes no tag of a body that HEAD leaves out", async () => {
  const app = new Engine().use(responseCache({ ttl: 1000 }));
  app.get("/", (c) => c.string("Hello"));
  app.head("/", () => {
    const headers = { "content-length": "5" };
    return new Response(null, { headers });
  });
  for (let time = 0; time < 2; time++) {
    const { headers } = await app.request("/", { method: "HEAD" });
    assertEquals([headers.get("etag"), headers.get("content-length")], [
      null,
      "5",
    ]);
  }
});

Deno.test("responseCache() keeps no body that is shorter than it says", async () => {
  let calls = 0;
  const app = new Engine().use(responseCache({ ttl: 1000 }));
  app.get("/", () => {
    calls++;
    return new Response("Hel", { headers: { "content-length": "5" } });
  });
  for (let time = 0; time < 2; time++) await (await app.request("/")).text();
  assertEquals(calls, 2);
});
