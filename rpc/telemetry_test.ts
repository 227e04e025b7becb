// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const PROGRAM = `
import { RpcError, Server } from "${new URL("./mod.ts", import.meta.url)}";
const server = new Server();
server.register({
  well: () => "secret",
  later: () => Promise.resolve("secret"),
  fail() { throw new RpcError("not_found", "Cannot find it"); },
  reject: () => Promise.reject(new Error("Cannot reach it")),
  inner: () => server.invoke("Test.well"),
}, { name: "Test" });
const metadata = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};
for (const name of ["well", "later", "fail", "reject", "inner"]) {
  await server.invoke("Test." + name, "hidden", { metadata }).catch(() => {});
}
for (const traceparent of [
  "00-" + "0".repeat(32) + "-b7ad6b7169203332-01",
  "00-" + "a".repeat(32) + "-" + "0".repeat(16) + "-01",
  "ff-" + "a".repeat(32) + "-b7ad6b7169203333-01",
  "00-" + "a".repeat(32) + "-b7ad6b7169203334-01junk",
]) await server.invoke("Test.well", 0, { metadata: { traceparent } });
await server.close();
`;

async function run(env: Record<string, string>): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "data:text/javascript," + encodeURIComponent(PROGRAM),
    ],
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  assertEquals(success, true, text);
  return text;
}

Deno.test("calls are spans of Deno's telemetry, in the trace of their caller", async () => {
  const text = await run({
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_PROTOCOL: "console",
  });
  for (
    const part of [
      "Test.well",
      "Test.later",
      "rpc.system: gee",
      "rpc.service: Test",
      "rpc.method: reject",
      "error.type: not_found",
      "error.type: unknown",
      "Cannot find it",
      "Cannot reach it",
      "Server",
    ]
  ) assertStringIncludes(text, part);
  // Five calls from outside, and one from within that goes on with the trace.
  assertEquals(
    text.split("0af7651916cd43dd8448eb211c80319c").length - 1,
    6,
    text,
  );
  assertEquals(text.split("b7ad6b7169203331").length - 1, 5, text);
  const invalid = ["b7ad6b7169203332", "b7ad6b7169203334", "a".repeat(32)];
  for (const value of ["secret", "hidden", "on?", ...invalid]) {
    assert(!text.includes(value), `${value} is in ${text}`);
  }
});

Deno.test("without telemetry no call is told", async () => {
  assertEquals(await run({ OTEL_DENO: "false" }), "");
});
