// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import type { Context } from "../context.ts";
import { Engine } from "../engine.ts";
import { recovery } from "./recovery.ts";
import { timeout } from "./timeout.ts";

function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(signal.reason))
  );
}

Deno.test("timeout() answers inside the onion, and with headers set before", async () => {
  const seen: number[] = [];
  const app = new Engine().use(async (c) => {
    c.setHeader("x-a", "1");
    seen.push((await c.next()).status);
  }, recovery());
  app.get("/", timeout({ ms: 1 }), () => new Promise<Response>(() => {}));
  app.get(
    "/504",
    timeout({ ms: 1, status: 504 }),
    (c) => aborted(c.signal).then(() => {}),
  );
  for (const [path, status] of [["/", 503], ["/504", 504]] as const) {
    const response = await app.request(path);
    assertEquals(response.status, status);
    assertEquals(response.headers.get("x-a"), "1");
    await response.body?.cancel();
  }
  assertEquals(seen, [503, 504]);
});

Deno.test("timeout() aborts the signal and throws the late answer away", async () => {
  const cancelled = Promise.withResolvers<string>();
  const late = Promise.withResolvers<void>();
  let reason: unknown;
  const app = new Engine();
  app.get("/", timeout({ ms: 1 }), async (c) => {
    reason = await aborted(c.signal);
    await late.promise;
    return new Response(
      new ReadableStream({ cancel: () => cancelled.resolve("cancelled") }),
    );
  });
  const response = await app.request("/");
  assertEquals(response.status, 503);
  assertEquals(await response.json(), { message: "Service Unavailable" });
  assertEquals(String(reason), "HttpError: Service Unavailable");
  late.resolve();
  assertEquals(await cancelled.promise, "cancelled");
});

Deno.test("timeout() answers 503 whatever the handler makes of the abort", async () => {
  const app = new Engine().use(recovery());
  app.get("/fail", timeout({ ms: 1 }), async (c) => {
    await aborted(c.signal);
    throw new Error("Aborted");
  });
  app.get("/answer", timeout({ ms: 1 }), async (c: Context) => {
    await aborted(c.signal);
    return c.fail(502, "Upstream");
  });
  for (const path of ["/fail", "/answer"]) {
    const response = await app.request(path);
    assertEquals(response.status, 503);
    assertEquals(await response.json(), { message: "Service Unavailable" });
  }
});

Deno.test("timeout() may be longer than the limit of the engine, which counts again after it", async () => {
  const app = new Engine({ handlerTimeout: 4 });
  const step = Promise.withResolvers<void>();
  app.get("/", timeout({ ms: 60_000 }), async (c) => {
    await step.promise;
    return c.string("done");
  });
  app.get(
    "/after",
    async (c) => {
      await c.next();
      await new Promise(() => {});
    },
    timeout({ ms: 60_000 }),
    (c) => c.string("done"),
  );
  const answer = app.request("/");
  // The engine gives up on this one in 4 ms, and so would have on the other.
  assertEquals((await app.request("/after")).status, 503);
  assertEquals((await app.request("/after")).status, 503);
  step.resolve();
  assertEquals(await (await answer).text(), "done");
});

Deno.test("timeout() leaves quick, failing and synchronous handlers alone", async () => {
  const app = new Engine();
  app.use(timeout({ ms: 60_000 }), timeout({ ms: 50_000 }));
  app.get("/sync", (c) => c.string("a"));
  app.get("/async", async (c) => c.string(await Promise.resolve("b")));
  app.get("/throws", () => {
    throw new Error("No");
  });
  app.get("/rejects", () => Promise.reject(new Error("No")));
  assertEquals(
    app.fetch(new Request("http://a/sync")) instanceof Response,
    true,
  );
  assertEquals(await (await app.request("/async")).text(), "b");
  assertEquals((await app.request("/throws")).status, 500);
  assertEquals((await app.request("/rejects")).status, 500);
});

Deno.test("timeout() leaves no timer when the server closes under it", async () => {
  const app = new Engine();
  const begun = Promise.withResolvers<void>();
  app.get("/", timeout({ ms: 60_000 }), () => {
    begun.resolve();
    return new Promise<Response>(() => {});
  });
  const server = app.run({ port: 0, drainTimeout: 1 });
  const answer = fetch(`http://127.0.0.1:${server.addr.port}/`);
  await begun.promise;
  await server.close();
  const response = await answer;
  assertEquals(response.status, 503);
  await response.body?.cancel();
});

Deno.test("timeout() refuses times that no timer can keep", () => {
  for (const ms of [0, -1, NaN, Infinity, 2 ** 31]) {
    assertThrows(() => timeout({ ms }), RangeError, `got ${ms} ms`);
  }
});
