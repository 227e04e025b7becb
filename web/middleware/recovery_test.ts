// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import type { Context } from "../context.ts";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import { recovery } from "./recovery.ts";

Deno.test("recovery() lets the middleware around it go on", async () => {
  const reports: string[] = [];
  const app = new Engine().use(
    async (c) => {
      const response = await c.next();
      c.setHeader("x-seen", String(response.status));
    },
    recovery({ report: (error, c) => reports.push(`${error} ${c.path}`) }),
  );
  app.get("/sync", () => {
    throw new Error("Index out of range");
  });
  app.get("/async", (_: Context) => Promise.reject("x"));
  for (const path of ["/sync", "/async"]) {
    const response = await app.request(path);
    assertEquals(response.headers.get("x-seen"), "500");
    assertEquals(await response.json(), { message: "Internal Server Error" });
  }
  assertEquals(reports, ["Error: Index out of range /sync", "x /async"]);
});

Deno.test("recovery() answers as onError does", async () => {
  const app = new Engine().use(recovery()).onError((error, c) =>
    c.string(503, String(error))
  );
  app.get("/", () => {
    throw new Error("Down");
  });
  const response = await app.request("/");
  assertEquals([response.status, await response.text()], [503, "Error: Down"]);
});

Deno.test("recovery() reports no client that left, and survives its report", async () => {
  const reports: unknown[] = [];
  const app = new Engine().use(recovery({
    report(error) {
      reports.push(error);
      throw new Error("No line to the pager");
    },
  }));
  app.get("/gone", () => {
    throw new HttpError(499);
  });
  app.get("/number", () => Promise.reject(42));
  assertEquals((await app.request("/gone")).status, 499);
  assertEquals((await app.request("/number")).status, 500);
  assertEquals(reports, [42]);
});

Deno.test("Engine.default() has the logger around recovery", () => {
  const app = Engine.default();
  app.get("/", (c) => c.string("x"));
  assertEquals(app.routes()[0]?.middleware, ["logger", "recovery"]);
});
