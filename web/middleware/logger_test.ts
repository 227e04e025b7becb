// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import { logger } from "./logger.ts";
import { recovery } from "./recovery.ts";

function logged(lines: string[]) {
  let time = 0;
  return logger({ log: (line) => lines.push(line), now: () => time++ });
}

Deno.test("logger() writes the real status, also of empty and foreign answers", async () => {
  const lines: string[] = [];
  const app = new Engine().use(logged(lines));
  app.get("/empty", () => {});
  app.get(
    "/foreign",
    async () => await Promise.resolve(new Response("x", { status: 202 })),
  );
  for (const path of ["/empty", "/foreign?a=%20b", "/nope"]) {
    await app.request(path);
  }
  assertEquals(lines, [
    "[200] GET /empty in 1.0ms",
    "[202] GET /foreign?a=%20b in 1.0ms",
    "[404] GET /nope in 1.0ms",
  ]);
});

Deno.test("logger() shows the error behind a 5xx with or without recovery", async () => {
  for (const middleware of [[], [recovery()]]) {
    const lines: string[] = [];
    const app = new Engine().use(logged(lines), ...middleware);
    app.get("/sync", () => {
      throw new Error("One\n[200] GET /forged \u001b[31m");
    });
    app.get("/async", () => Promise.reject("two"));
    app.get("/client", () => {
      throw new HttpError(404);
    });
    for (const path of ["/sync", "/async", "/client"]) await app.request(path);
    assertEquals(lines[0], "[500] GET /sync in 1.0ms");
    const stack = lines[1]?.split("\n") ?? [];
    assertEquals(stack[0], "    Error: One");
    assertEquals(stack[1], "    [200] GET /forged \\u001b[31m");
    assertEquals(stack.every((line) => line.startsWith("    ")), true);
    assertEquals(lines.slice(2), [
      "[500] GET /async in 1.0ms",
      "    two",
      "[404] GET /client in 1.0ms",
    ]);
  }
});

Deno.test("logger() keeps a request on one line", async () => {
  const lines: string[] = [];
  const app = new Engine().use(logged(lines));
  const url = "http://localhost/a\r\n\u001b[31m\u2028";
  await app.fetch({ url, method: "GET", headers: new Headers() } as Request);
  assertEquals(lines, [
    "[404] GET /a\\u000d\\u000a\\u001b[31m\\u2028 in 1.0ms",
  ]);
});
