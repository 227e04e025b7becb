// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertMatch } from "@std/assert";
import { callSite } from "./call_site.ts";
import { Engine } from "./engine.ts";
import { defineRoutes } from "./routes/define_routes.ts";

Deno.test("callSite() is where a user of the framework stood", () => {
  const app = new Engine();
  app.get("/a", (c) => c.string("a"));
  app.group("/g").static("/files", ".");
  app.mount("/m", app.fetch);
  const routes = defineRoutes({ "GET /r": { handler: () => 1 } });
  routes.register(app);
  routes.docs(app, "/docs", { title: "T", version: "1" });
  for (const { place, pattern } of app.routes()) {
    assertMatch(place, /call_site_test\.ts:\d+:\d+$/, pattern);
  }
});

Deno.test("callSite() says when there is no stack", () => {
  const trace = new Error();
  trace.stack = "";
  assertEquals(callSite(trace), "an unknown place");
});
