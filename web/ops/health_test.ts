// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { health } from "./health.ts";

Deno.test("health() answers 200 while all is well, and keeps nothing", async () => {
  const app = new Engine();
  app.get(
    "/",
    health({ ready: { one: () => {}, two: () => Promise.resolve() } }),
  );
  const response = await app.request("/");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(await response.json(), {
    status: "ok",
    checks: { one: "ok", two: "ok" },
  });
});

Deno.test("health() names what failed and reports why", async () => {
  const reports: string[] = [];
  const app = new Engine();
  app.get(
    "/",
    health({
      ready: {
        good: () => {},
        sync: () => {
          throw new Error("Password wrong");
        },
        late: () => new Promise(() => {}),
      },
      timeout: 5,
      report: (name, error) => reports.push(`${name}: ${error}`),
    }),
  );
  const response = await app.request("/");
  assertEquals(response.status, 503);
  assertEquals(await response.json(), {
    status: "failed",
    checks: { good: "ok", sync: "failed", late: "failed" },
  });
  assertEquals(reports, [
    "sync: Error: Password wrong",
    "late: Error: No answer in 5 ms",
  ]);
});

Deno.test("health() does not ask again what still hangs", async () => {
  let asked = 0;
  const gate = Promise.withResolvers<void>();
  const app = new Engine();
  const slow = () => {
    asked++;
    return gate.promise;
  };
  app.get("/", health({ ready: { slow }, timeout: 5 }));
  assertEquals((await app.request("/")).status, 503);
  assertEquals((await app.request("/")).status, 503);
  assertEquals(asked, 1);
  gate.resolve();
  await gate.promise;
  assertEquals((await app.request("/")).status, 200);
});

Deno.test("health() says that the server is closing", async () => {
  const app = new Engine();
  app.get("/", health());
  const server = app.run({ port: 0, drainDelay: 50 });
  const closed = server.close();
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
  assertEquals(response.status, 503);
  assertEquals(await response.json(), { status: "closing", checks: {} });
  await closed;
});

Deno.test("health() refuses a time limit that is none", () => {
  assertThrows(
    () => health({ timeout: 0 }),
    RangeError,
    "Cannot limit a health check: got 0 ms, want a positive number",
  );
});
