// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { serverTiming, type ServerTimingState } from "./server_timing.ts";

function appWith(options: Parameters<typeof serverTiming>[0] = {}) {
  let time = 0;
  const app = new Engine<ServerTimingState>();
  app.use(serverTiming({ now: () => time++, ...options }));
  return app;
}

async function headerOf(
  app: Engine<ServerTimingState>,
): Promise<string | null> {
  const response = await app.request("/");
  await response.body?.cancel();
  return response.headers.get("server-timing");
}

Deno.test("serverTiming() tells what was measured and added, in order", async () => {
  const app = appWith();
  app.get("/", async (c) => {
    const { timing } = c.state;
    assertEquals(timing.measure("a", () => 1), 1);
    assertEquals(await timing.measure("b", () => Promise.resolve(2)), 2);
    timing.add("c", { description: "hit" });
    timing.add("d");
    return c.string("x");
  });
  assertEquals(
    await headerOf(app),
    'a;dur=1.0, b;dur=1.0, c;desc="hit", d, total;dur=5.0',
  );
});

Deno.test("serverTiming() times what fails, and answers to it", async () => {
  const app = appWith({ total: false });
  app.get("/", async (c) => {
    const { timing } = c.state;
    assertThrows(() =>
      timing.measure("a", () => {
        throw new Error("No");
      })
    );
    await timing.measure("b", () => Promise.reject(new Error("No")));
  });
  assertEquals(await headerOf(app), "a;dur=1.0, b;dur=1.0");
  app.notFound(() => {
    throw new Error("No");
  });
  const missing = await appWith().request("/");
  assertEquals(missing.headers.get("server-timing"), "total;dur=1.0");
});

Deno.test("serverTiming() lets no text break out of its place", async () => {
  const app = appWith({ total: false });
  app.get("/", (c) => {
    const { timing } = c.state;
    for (const name of ["", "a b", "a\r\nb", "a,b", "\u010a"]) {
      assertThrows(() => timing.add(name), TypeError, "is not a token");
      assertThrows(() => timing.measure(name, () => {}), TypeError, "token");
    }
    timing.add("a", { description: '"\\\r\n\0\u010aé' });
    return c.string("x");
  });
  assertEquals(await headerOf(app), String.raw`a;desc="\"\\?????"`);
});

Deno.test("serverTiming() is silent where strangers must not know", async () => {
  const app = appWith({ when: (c) => c.header("x-admin") === "yes" });
  app.get("/", (c) => c.json(c.state.timing.measure("a", () => 7)));
  const response = await app.request("/");
  assertEquals(await response.json(), 7);
  assertEquals(response.headers.get("server-timing"), null);
  const headers = { "x-admin": "yes" };
  const admin = await app.request("/", { headers });
  assertEquals(admin.headers.has("server-timing"), true);
});

Deno.test("serverTiming() bounds the header", async () => {
  const app = appWith({ total: false });
  app.get("/", (c) => {
    for (let at = 0; at < 1000; at++) c.state.timing.add("a");
    return c.string("x");
  });
  assertEquals((await headerOf(app))?.split(",").length, 100);
});
