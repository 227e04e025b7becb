// Copyright 2026 the Gee authors. MIT license.
// Among programs of Go's net/rpc, live.

import { assertEquals, assertRejects } from "@std/assert";
import { GoProgram, isSkipped, runGo, titled } from "../.dev/testing/go.ts";
import { netRpcCodec } from "./codec/gob_codec.ts";
import { jsonRpcCodec } from "./codec/json_rpc.ts";
import { dial } from "./dial.ts";
import { RemoteError } from "./errors.ts";
import * as gob from "./gob/mod.ts";
import { Server } from "./server.ts";

const args = gob.struct("Args", { A: gob.int, B: gob.int });
const quotient = gob.struct("Quotient", { Quo: gob.int, Rem: gob.int });
const codec = netRpcCodec({
  methods: {
    "Arith.Multiply": { args, reply: gob.int },
    "Arith.Divide": { args, reply: quotient },
    "Arith.Later": { args: gob.int, reply: gob.int64 },
  },
});

class Arith {
  multiply({ A, B }: gob.ValueOf<typeof args>) {
    if (typeof A !== "number") throw new TypeError("want numbers");
    return A * B;
  }

  divide({ A, B }: gob.ValueOf<typeof args>) {
    if (B === 0) throw new Error("100% wrong: divide by zero");
    return { Quo: Math.trunc(A / B), Rem: A % B };
  }

  sort(words: string[]) {
    return Promise.resolve(words.toSorted());
  }
}

/** Both forms of net/rpc, and what the client in Go says of wrong arguments. */
const FORMS = {
  gob: {
    codec,
    wrong:
      'rpc server: read body err: Cannot decode gob: got a string, want "Args"',
  },
  // JSON has no types, so the method is called.
  json: { codec: jsonRpcCodec, wrong: "want numbers" },
};

for (const [form, { codec, wrong }] of Object.entries(FORMS)) {
  Deno.test({
    name: titled(`a client calls a server of Go's net/rpc, in ${form}`),
    ignore: isSkipped,
    async fn() {
      const source = new URL("testdata/net_rpc_server.go", import.meta.url);
      await using program = await GoProgram.start(source, form);
      const [address = "", web = ""] = (await program.line()).split(" ");
      await using client = await dial(address, { codec });
      const calls = Array.from(
        { length: 200 },
        (_, index) => client.call("Arith.Multiply", { A: index, B: index }),
      );
      assertEquals(
        await Promise.all(calls),
        Array.from({ length: 200 }, (_, index) => index * index),
      );
      assertEquals(await client.call("Arith.Divide", { A: 7, B: -2 }), {
        Quo: -3,
        Rem: 1,
      });
      await assertRejects(
        () => client.call("Arith.Divide", { A: 7, B: 0 }),
        RemoteError,
        "100% wrong: divide by zero",
      );
      await assertRejects(
        () => client.call("Arith.Gone", { A: 7, B: 0 }),
        RemoteError,
        "rpc: can't find method Arith.Gone",
      );
      assertEquals(await client.call("Arith.Sort", ["b", "a"]), ["a", "b"]);
      if (form === "gob") {
        await using other = await dial(web, { codec });
        assertEquals(await other.call("Arith.Multiply", { A: 6, B: 7 }), 42);
      }
      // The one that takes longer is overtaken.
      const order: unknown[] = [];
      await Promise.all([200, 0].map(async (ms) => {
        order.push(await client.call("Arith.Later", ms));
      }));
      assertEquals(order, [0, 200_000_000]);
    },
  });

  Deno.test({
    name: titled(`a server is called by a client of Go's net/rpc, in ${form}`),
    ignore: isSkipped,
    async fn() {
      const server = new Server({ codecs: [codec] });
      server.register(new Arith());
      await using listener = server.listen();
      const source = new URL("testdata/net_rpc_client.go", import.meta.url);
      const { port } = listener.addr as Deno.NetAddr;
      const address = `127.0.0.1:${port}`;
      const output = await runGo(source, undefined, address, form);
      const squares = Array.from({ length: 200 }, (_, index) => index * index);
      assertEquals(new TextDecoder().decode(output).split("\n"), [
        "42 <nil>",
        "{3 1} <nil>",
        "100% wrong: divide by zero",
        "rpc server: can't find method Gone",
        wrong,
        "[a b] <nil>",
        `${squares.reduce((sum, square) => sum + square)} <nil>`,
        "",
      ]);
    },
  });
}
