// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertStringIncludes } from "@std/assert";

const PROGRAM = `
import { Engine } from "${new URL("./mod.ts", import.meta.url)}";
const app = new Engine();
app.get("/users/:id{int}", (c) => c.string("user"));
await using server = app.run({ port: 0 });
const origin = "http://127.0.0.1:" + server.addr.port;
for (const path of ["/users/7", "/nope/secret"]) {
  await (await fetch(origin + path)).text();
}
`;

async function run(env: Record<string, string>): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net=127.0.0.1",
      "--no-check",
      "data:text/javascript," + encodeURIComponent(PROGRAM),
    ],
    env,
  }).output();
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  assertEquals(success, true, text);
  return text;
}

Deno.test("Engine names the spans of Deno's telemetry after routes", async () => {
  const text = await run({
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_PROTOCOL: "console",
  });
  assertStringIncludes(text, "GET /users/:id{int}");
  assertStringIncludes(text, "http.route");
});

Deno.test("Engine runs without telemetry and without a word", async () => {
  assertEquals(await run({ OTEL_DENO: "false" }), "");
});
