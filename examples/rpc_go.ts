// Copyright 2026 the Gee authors. MIT license.
// Calls a server of Go's own net/rpc: `type Args struct{ A, B int }` and a service
// `Arith` with `Multiply(Args, *int)` and `Divide(*Args, *Quotient)`, as in the
// docs of net/rpc. Say where it listens where that is not tcp@127.0.0.1:1234.
//
//   deno run --allow-net=127.0.0.1 examples/rpc_go.ts
import { dial, netRpcCodec, RemoteError } from "../rpc/mod.ts";
import * as gob from "../rpc/gob/mod.ts";

const [address = "tcp@127.0.0.1:1234"] = Deno.args;

// What Go knows of its types, for numbers there are of many kinds.
const Args = gob.struct("Args", { A: gob.int, B: gob.int });
const Quotient = gob.struct("Quotient", { Quo: gob.int, Rem: gob.int });

await using client = await dial(address, {
  codec: netRpcCodec({
    methods: {
      "Arith.Multiply": { args: Args, reply: gob.int },
      "Arith.Divide": { args: Args, reply: Quotient },
    },
  }),
});

const product = await client.call("Arith.Multiply", { A: 7, B: 8 });
console.log("7 * 8 =", product);
const quotient = await client.call("Arith.Divide", { A: 17, B: 5 });
console.log("17 / 5 =", quotient);
try {
  await client.call("Arith.Divide", { A: 1, B: 0 });
} catch (error) {
  if (!(error instanceof RemoteError)) throw error;
  console.log("1 / 0:", error.message);
}
