// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { dial } from "./dial.ts";
import { RpcError } from "./errors.ts";
import { Server } from "./server.ts";
import { schemaOf } from "./testdata/schema.ts";

class Arith {
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
  async *count(to: number): AsyncGenerator<number> {
    for (let i = 0; i < to; i++) yield await Promise.resolve(i);
  }
  now() {
    return "now";
  }
}

const SUM = {
  name: "Arith.sum",
  params: [{
    name: "args",
    schema: { type: "object", target: "draft-2020-12" },
  }],
  result: { name: "reply", schema: { type: "number" } },
  "x-idempotent": true,
  "x-stream": false,
};

function described(): Server {
  const server = new Server({ reflection: true });
  const pair = schemaOf<{ a: number; b: number }>(
    () => ({ value: { a: 1, b: 2 } }),
    {
      input: (options) => ({ type: "object", ...options }),
      output: () => ({}),
    },
  );
  const number = schemaOf<number>(() => ({ value: 3 }), {
    input: () => ({}),
    output: () => ({ type: "number" }),
  });
  const date = schemaOf<unknown>(() => ({ value: 0 }), {
    input: () => ({}),
    output() {
      throw new Error("a Date has no JSON Schema");
    },
  });
  server.register(new Arith(), {
    schema: { sum: { args: pair, reply: number }, now: { reply: date } },
    methodOptions: { sum: { idempotent: true } },
  });
  return server;
}

Deno.test("Server.schema() describes every method once, with schemas where there are some", async () => {
  await using server = described();
  const { openrpc, info, methods } = server.schema({ title: "Sums" });
  assertEquals([openrpc, info], ["1.3.2", { title: "Sums", version: "0.0.0" }]);
  assertEquals(methods.map(({ name }) => name), [
    "Arith.count",
    "Arith.now",
    "Arith.sum",
    "Reflection.describe",
    "Reflection.schema",
    "Reflection.services",
  ]);
  assertEquals(methods[0]?.["x-stream"], true);
  assertEquals(methods[1]?.result.schema, {});
  assertEquals(methods[2], SUM);
});

Deno.test("Server.schema() leaves out a schema that JSON cannot hold", async () => {
  await using server = new Server({ debug: { authorize: () => true } });
  const big = schemaOf<bigint>(() => ({ value: 1n }), {
    input: () => ({ default: 1n }),
    output: () => ({}),
  });
  server.register({ next: (of: bigint) => `${of + 1n}` }, {
    name: "Big",
    schema: { next: { args: big } },
  });
  assertEquals(server.schema().methods[0]?.params[0]?.schema, {});
  const page = await server.fetch(new Request("http://localhost/debug/rpc"));
  assertEquals(page.status, 200);
  await page.body?.cancel();
});

Deno.test("Reflection tells clients which services and methods there are", async () => {
  await using server = described();
  await using client = await dial(server.listen().address);
  assertEquals(await client.call("Reflection.services"), [
    "Arith",
    "Reflection",
  ]);
  const arith = await client.call("Reflection.describe", { service: "Arith" });
  assertEquals(arith, {
    service: "Arith",
    methods: server.schema().methods.slice(0, 3),
  });
  assertEquals(await client.call("Reflection.schema"), server.schema());
  const error = await assertRejects(
    () => server.invoke("Reflection.describe", null),
    RpcError,
    'Cannot describe service "": there is none',
  );
  assertEquals(error.code, "not_found");
  const odd = await assertRejects(
    () => server.invoke("Reflection.describe", { service: { toString: 5 } }),
    RpcError,
    "Cannot look up a service: its name is of type object, a string is wanted",
  );
  assertEquals(odd.code, "invalid_argument");
});

Deno.test("Reflection is for those who may call, and not offered unless wanted", async () => {
  await using closed = new Server({
    reflection: true,
    authenticate: () => undefined,
  });
  const error = await assertRejects(
    () => closed.invoke("Reflection.services"),
    RpcError,
  );
  assertEquals(error.code, "unauthenticated");
  await using without = new Server();
  assertEquals(without.services(), {});
});
