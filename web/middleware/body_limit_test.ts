// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { bodyLimit } from "./body_limit.ts";

Deno.test("bodyLimit() allows more or less than the engine, the innermost counts", async () => {
  const app = new Engine({ bodyLimit: 10 });
  const big = app.group("/big").use(bodyLimit({ maxBytes: 100 }));
  for (const group of [app, big]) {
    group.post("/all", async (c) => c.json((await c.body.bytes()).length));
    group.post(
      "/small",
      bodyLimit({ maxBytes: 2 }),
      async (c) => c.json((await c.body.bytes()).length),
    );
  }
  const cases: [path: string, size: number, status: number][] = [
    ["/all", 10, 200],
    ["/all", 11, 413],
    ["/big/all", 100, 200],
    ["/big/all", 101, 413],
    ["/big/small", 2, 200],
    ["/big/small", 3, 413],
  ];
  for (const [path, size, status] of cases) {
    const body = "x".repeat(size);
    const response = await app.request(path, { method: "POST", body });
    await response.body?.cancel();
    assertEquals([path, size, response.status], [path, size, status]);
  }
});

Deno.test("bodyLimit() limits the time of a body", async () => {
  const app = new Engine();
  app.post("/", bodyLimit({ timeout: 1 }), async (c) => {
    await c.body.bytes();
  });
  const body = new ReadableStream();
  const response = await app.request("/", { method: "POST", body });
  assertEquals(response.status, 408);
});

Deno.test("bodyLimit() refuses options without sense", () => {
  assertThrows(() => bodyLimit({}), TypeError, "neither maxBytes nor timeout");
  for (const value of [0, -1, NaN]) {
    assertThrows(() => bodyLimit({ maxBytes: value }), RangeError, `${value}`);
    assertThrows(() => bodyLimit({ timeout: value }), RangeError, `${value}`);
  }
});
