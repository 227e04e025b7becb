// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { liveReload } from "./live_reload.ts";

const SCRIPT = '\n<script src="/_reload.js" defer></script>\n';

function rig(): Engine {
  const app = new Engine().use(liveReload({ enabled: true }));
  app.get("/page", (c) => c.setHeader("x-kept", "1").html(201, "<p>x</p>"));
  app.get("/text", (c) => c.string("<p>x</p>"));
  app.get(
    "/zipped",
    (c) => c.setHeader("content-encoding", "gzip").html("zipped"),
  );
  return app;
}

Deno.test("liveReload() adds its script to pages and to nothing else", async () => {
  const app = rig();
  const page = await app.request("/page");
  assertEquals([page.status, page.headers.get("x-kept")], [201, "1"]);
  assertEquals(await page.text(), `<p>x</p>${SCRIPT}`);
  assertEquals(await (await app.request("/text")).text(), "<p>x</p>");
  assertEquals((await app.request("/nope")).status, 404);
});

Deno.test("liveReload() tells by its stream which run of the program this is", async () => {
  const first = async (app: Engine) => {
    const response = await app.request("/_reload");
    assertEquals(response.headers.get("content-type"), "text/event-stream");
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return new TextDecoder().decode(value);
  };
  const app = rig();
  const one = await first(app);
  assert(/^retry: 300\ndata: [\w-]{36}\n\n$/.test(one), one);
  assertEquals(await first(app), one);
  assert(await first(rig()) !== one);
  const script = await (await app.request("/_reload.js")).text();
  assert(script.includes('EventSource("/_reload")'));
});

Deno.test("liveReload() does nothing for others or when it is off", async () => {
  const foreign = await rig().fetch(new Request("http://localhost/page"), {
    remoteAddr: { hostname: "10.0.0.1" },
  });
  assertEquals(await foreign.text(), "<p>x</p>");
  const off = new Engine().use(liveReload({ enabled: false }));
  off.get("/page", (c) => c.html("<p>x</p>"));
  assertEquals(await (await off.request("/page")).text(), "<p>x</p>");
  assertEquals((await off.request("/_reload.js")).status, 404);
});

Deno.test("liveReload() refuses a path that could break out of its script", () => {
  assertThrows(
    () => liveReload({ path: '/x"></script>', enabled: true }),
    SyntaxError,
    'want a path of letters, digits and "_./-"',
  );
});
