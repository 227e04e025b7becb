// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import { devErrors, type DevErrorsOptions } from "./dev_errors.ts";

// Made up, so that the lines of this file, which the page shows, hold it not.
const TOKEN = ["s3", "cr3t"].join("");

function rig(options?: DevErrorsOptions): Engine {
  const app = new Engine();
  app.use(devErrors({ routes: () => app.routes(), enabled: true, ...options }));
  app.get("/crash", (c) => {
    c.setHeader("x-kept", "1");
    throw new Error("The <b>pot</b> is broken");
  });
  app.get("/refuse", () => {
    throw new HttpError(409, "In use", { cause: new Error("Locked") });
  });
  app.get("/own404", (c) => c.fail(404, "No such pot"));
  app.get("/users/:id{int}", (c) => c.json(c.param("id")));
  return app;
}

Deno.test("devErrors() shows message, stack with its lines, and the request", async () => {
  const response = await rig().request("/crash?q=<x>", {
    headers: { authorization: `Bearer ${TOKEN}`, "x-other": "seen" },
  });
  assertEquals(response.status, 500);
  assertEquals(response.headers.get("x-kept"), "1");
  const text = await response.text();
  assertStringIncludes(text, "Error: The &lt;b&gt;pot&lt;/b&gt; is broken");
  assertStringIncludes(text, "dev_errors_test.ts:");
  assertStringIncludes(text, "c.setHeader(&quot;x-kept&quot;, &quot;1&quot;);");
  assertStringIncludes(text, "seen");
  assertEquals(text.includes(TOKEN), false);
  assertEquals(text.includes("<b>"), false);
});

Deno.test("devErrors() tells JSON clients the same as a problem", async () => {
  const headers = { accept: "application/json" };
  const refused = await rig().request("/refuse", { headers });
  assertEquals(refused.status, 409);
  const problem = await refused.json();
  assertEquals(problem.title, "409 Conflict");
  assertEquals(problem.detail, "HttpError: In use");
  assertEquals(problem.hint, "Caused by Error: Locked");
  assert(problem.stack.length > 0);
});

Deno.test("devErrors() tells the nearest routes of a missing page", async () => {
  const headers = { accept: "application/json" };
  const missing = await rig().request("/users/tom", { headers });
  assertEquals(missing.status, 404);
  const { near: [route] } = await missing.json();
  assertEquals(route.reason, '"tom" may not be {int}');
  const wrong = await rig().request("/crash", { method: "POST", headers });
  assertEquals([wrong.status, wrong.headers.get("allow")], [
    405,
    "GET, HEAD, OPTIONS",
  ]);
  const page = await (await rig().request("/users/tom")).text();
  assertStringIncludes(page, "<code>/users/:id{int}</code>");
  const own = await rig().request("/own404", { headers });
  assertEquals(await own.json(), { message: "No such pot" });
});

Deno.test("devErrors() tells nothing outside of development", async () => {
  const app = rig();
  const foreign = await app.fetch(new Request("http://localhost/crash"), {
    remoteAddr: { hostname: "10.0.0.1" },
  });
  assertEquals(await foreign.json(), { message: "Internal Server Error" });
  const proxied = await app.request("http://example.com/crash");
  assertEquals(await proxied.json(), { message: "Internal Server Error" });
  const off = rig({ enabled: false });
  const response = await off.request("/crash");
  assertEquals(await response.json(), { message: "Internal Server Error" });
});
