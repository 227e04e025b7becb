// Copyright 2026 the Gee authors. MIT license.
// What a client names things: prototype pollution (CWE-1321) by every source,
// and parameters that come twice (CWE-235).
import { assert, assertEquals } from "@std/assert";
import { runDeno } from "../.dev/testing/run_deno.ts";
import { Engine } from "./mod.ts";
import { pollute, SOURCES } from "./testdata/pollution.ts";

Deno.test("No source of a request reaches the prototype of objects", async () => {
  const before = Reflect.ownKeys(Object.prototype);
  const statuses = await pollute();
  assertEquals(({} as Record<string, unknown>)["polluted"], undefined);
  assertEquals(Reflect.ownKeys(Object.prototype), before);
  assertEquals(statuses.length, SOURCES);
  for (const [what, status] of statuses) {
    // Bodies are refused; in the rest such a name is one like any other.
    const isRefused = what.startsWith("json") || what.startsWith("route ");
    assertEquals(status, isRefused ? 400 : 200, what);
  }
});

Deno.test("Everything goes on where prototypes are frozen", async () => {
  const program = new URL("testdata/frozen_program.ts", import.meta.url);
  const { stdout } = await runDeno(
    [
      "run",
      "--no-check",
      "--unsafe-proto",
      "--allow-net=127.0.0.1",
      "--allow-read",
      program.href,
    ],
    { cwd: new URL("..", import.meta.url) },
  );
  assertEquals(stdout, "done\n");
});

Deno.test("A parameter that comes twice is read by one rule, sources apart", async () => {
  const app = new Engine();
  app.post("/:a", async (c) =>
    c.json([
      c.query("a"),
      c.queries("a"),
      c.cookie("a"),
      c.param("a"),
      await c.postForm("a"),
      (await c.body.form()).getAll("a"),
      c.query("only"),
    ]));
  const response = await app.request("/path?a=q1&a=q2", {
    method: "POST",
    headers: { cookie: "a=c1; a=c2; only=c" },
    body: new URLSearchParams([["a", "f1"], ["a", "f2"], ["only", "f"]]),
  });
  // JSON has no undefined: the last is null, whatever cookie and form say.
  assertEquals(await response.json(), [
    "q1",
    ["q1", "q2"],
    "c1",
    "path",
    "f1",
    ["f1", "f2"],
    null,
  ]);
});

Deno.test("Names of built-in members are no parameters, routes or files", async () => {
  const app = new Engine();
  app.get("/p/:id", (c) => {
    const read = (name: string) => [
      c.query(name),
      c.cookie(name),
      // Names that no pattern has: what a careless program might ask for.
      (c.params as Record<string, unknown>)[name],
      (c.state as Record<string, unknown>)[name],
    ];
    const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
    return c.json(names.map(read));
  });
  app.static("/files", new URL("testdata", import.meta.url));
  const none = [null, null, null, null];
  const response = await app.request("/p/constructor");
  assertEquals(await response.json(), [none, none, none, none]);
  for (const path of ["/constructor", "/__proto__", "/files/constructor"]) {
    const { status, body } = await app.request(path);
    await body?.cancel();
    assertEquals(status, 404, path);
  }
  assert(!app.routes().some(({ pattern }) => pattern.includes("constructor")));
});
