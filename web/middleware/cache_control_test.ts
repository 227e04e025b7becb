// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import {
  cacheControl,
  type CacheControlOptions,
  noStore,
} from "./cache_control.ts";
import { noTransform } from "./no_transform.ts";
import { recovery } from "./recovery.ts";

async function headerOf(app: Engine, path: string): Promise<string | null> {
  const response = await app.request(path);
  await response.body?.cancel();
  return response.headers.get("cache-control");
}

function addRoutes(app: Engine): Engine {
  app.get("/ok", (c) => c.string("x"));
  app.get("/async", async (c) => c.string(await Promise.resolve("x")));
  app.get(
    "/own",
    () => new Response("", { headers: { "cache-control": "a" } }),
  );
  app.get("/set", (c) => c.setHeader("cache-control", "b").string("x"));
  app.get("/304", () => new Response(null, { status: 304 }));
  app.get("/302", (c) => c.redirect("/ok"));
  app.get("/error", () => {
    throw new HttpError(400);
  });
  return app;
}

Deno.test("cacheControl() writes each directive", async () => {
  const cases: [options: CacheControlOptions, header: string][] = [
    [
      { public: true, maxAge: 60, immutable: true },
      "public, immutable, max-age=60",
    ],
    [{ private: true, noCache: true }, "private, no-cache"],
    [{ noStore: true, noTransform: true }, "no-store, no-transform"],
    [
      { noStore: false, maxAge: 0, mustRevalidate: true },
      "must-revalidate, max-age=0",
    ],
    [{ sMaxage: 1, proxyRevalidate: true }, "proxy-revalidate, s-maxage=1"],
    [
      { maxAge: 1, staleWhileRevalidate: 2, staleIfError: 3 },
      "max-age=1, stale-while-revalidate=2, stale-if-error=3",
    ],
  ];
  for (const [options, header] of cases) {
    const app = addRoutes(new Engine().use(cacheControl(options)));
    assertEquals(await headerOf(app, "/ok"), header);
  }
});

Deno.test("cacheControl() is for successes that say nothing themselves", async () => {
  const app = addRoutes(new Engine().use(cacheControl({ maxAge: 1 })));
  const cases = {
    "/ok": "max-age=1",
    "/async": "max-age=1",
    "/304": "max-age=1",
    "/own": "a",
    "/set": "b",
    "/302": null,
    "/error": null,
    "/nope": null,
  };
  for (const [path, header] of Object.entries(cases)) {
    assertEquals([path, await headerOf(app, path)], [path, header]);
  }
});

Deno.test("noStore() is for errors too, with and without recovery", async () => {
  for (const inner of [[], [recovery()]]) {
    const app = addRoutes(new Engine().use(noStore(), ...inner));
    for (const path of ["/ok", "/async", "/302", "/error", "/nope"]) {
      assertEquals([path, await headerOf(app, path)], [path, "no-store"]);
    }
    assertEquals(await headerOf(app, "/own"), "a");
    assertEquals(await headerOf(app, "/set"), "b");
  }
});

Deno.test("cacheControl() refuses what contradicts itself", () => {
  const cases: CacheControlOptions[] = [
    { public: true, private: true },
    { private: true, sMaxage: 1 },
    { noStore: true, maxAge: 0 },
    { noStore: true, immutable: true },
    { noCache: true, immutable: true },
    { mustRevalidate: true, staleIfError: 1 },
  ];
  for (const options of cases) {
    const names = Object.keys(options).join(" and ");
    assertThrows(
      () => cacheControl(options),
      TypeError,
      `Cannot make cache-control: ${names} contradict each other`,
    );
  }
  assertThrows(() => cacheControl({}), TypeError, "got no directive");
  for (const maxAge of [-1, 1.5, NaN, Infinity]) {
    assertThrows(
      () => cacheControl({ maxAge }),
      RangeError,
      `maxAge ${maxAge}`,
    );
  }
});

Deno.test("noTransform() stands beside what is said already", async () => {
  const app = addRoutes(new Engine().use(noTransform()));
  app.get(
    "/no",
    (c) => c.setHeader("cache-control", "No-Transform").string(""),
  );
  assertEquals(await headerOf(app, "/ok"), "no-transform");
  assertEquals(await headerOf(app, "/async"), "no-transform");
  assertEquals(await headerOf(app, "/own"), "a, no-transform");
  assertEquals(await headerOf(app, "/set"), "b, no-transform");
  assertEquals(await headerOf(app, "/no"), "No-Transform");
});
