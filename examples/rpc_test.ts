// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { GoProgram, isSkipped, titled } from "../.dev/testing/go.ts";
import { dial } from "../rpc/mod.ts";
import { runExample, serveExample } from "./testdata/example.ts";

Deno.test("rpc_arith.ts calls, fails with a reason, and gives up", async () => {
  assertEquals(
    await runExample("rpc_arith.ts"),
    `7 + 8 = 15
7 / 2 = { quo: 3, rem: 1 }
Doubled: [ 2, 4, 6 ]
invalid_argument: Cannot divide by zero { argument: "b" }
Cannot finish "Arith.ponder": no reply within 50 ms
The server knows: true
`,
  );
});

Deno.test("rpc_streams.ts streams in all directions", async () => {
  assertEquals(
    await runExample("rpc_streams.ts"),
    `Counted: [ 5, 6, 7 ]
Sent ahead: true
The counting has ended
Total: 10
Heard: HELLO! STREAMS!
`,
  );
});

Deno.test("rpc_registry.ts calls one server and all of them", async () => {
  const late =
    'TimeoutError: Cannot finish "Foo.sleep": no reply within 100 ms';
  assertEquals(
    await runExample("rpc_registry.ts"),
    `call Foo.sum: 0 + 0 = 0
call Foo.sum: 1 + 1 = 2
call Foo.sum: 2 + 4 = 6
call Foo.sum: 3 + 9 = 12
call Foo.sum: 4 + 16 = 20
broadcast Foo.sum: [ 6, 6 ]
inform Foo.sleep: ${late}
inform Foo.sleep: ${late}
listed in the end: 0
`,
  );
});

Deno.test({
  name: titled("rpc_go.ts calls a server of Go's net/rpc"),
  ignore: isSkipped,
  fn: async () => {
    const source = new URL(
      "../rpc/testdata/net_rpc_server.go",
      import.meta.url,
    );
    await using server = await GoProgram.start(source, "gob");
    const [address = ""] = (await server.line()).split(" ");
    assertEquals(
      await runExample("rpc_go.ts", [address]),
      `7 * 8 = 56
17 / 5 = { Quo: 3, Rem: 2 }
1 / 0: 100% wrong: divide by zero
`,
    );
  },
});

Deno.test("rpc_browser.ts serves a page, its client, a WebSocket and curl", async () => {
  const { origin, end } = await serveExample("rpc_browser.ts");
  const page = await (await fetch(origin)).text();
  assertStringIncludes(page, 'import { dial } from "/rpc/mod.ts"');
  const script = await fetch(`${origin}/rpc/dial.ts`);
  assertEquals(script.headers.get("content-type"), "text/javascript");
  assertStringIncludes(await script.text(), "export async function dial(");
  const client = await dial(`${origin.replace("http", "ws")}/socket`);
  assertEquals(await client.call("Numbers.square", 7), 49);
  const primes = await fetch(`${origin}/Numbers.primes`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "10",
  });
  assertEquals(await primes.text(), "2\n3\n5\n7\n");
  const outside = await fetch(`${origin}/rpc/..%2fdeno.json`);
  assertEquals(outside.status, 404);
  await outside.body?.cancel();
  assertEquals((await end()).code, 0);
  await client.close();
});
