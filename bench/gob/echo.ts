// Copyright 2026 the Gee authors. MIT license.
// Calls in gob between two processes, as net/rpc has them; echo.go is Go's side.

import { dial, netRpcCodec, Server } from "../../rpc/mod.ts";
import * as gob from "../../rpc/gob/mod.ts";
import { args } from "./cases.ts";

class Arith {
  sum({ Num1, Num2 }: { Num1: number; Num2: number }) {
    return Num1 + Num2;
  }
}

const METHODS = { "Arith.Sum": { args, reply: gob.int } };

async function serve(): Promise<void> {
  const server = new Server({ codecs: [netRpcCodec({ methods: METHODS })] });
  server.register(new Arith());
  const { port } = server.listen().addr as Deno.NetAddr;
  console.log(`127.0.0.1:${port}`);
  await new Promise(() => {});
}

async function call(
  address: string,
  callers: number,
  ms: number,
): Promise<void> {
  const codec = netRpcCodec({ methods: METHODS });
  await using client = await dial(`tcp@${address}`, { codec });
  const run = async (limit: number) => {
    const start = performance.now();
    let calls = 0;
    const loop = async () => {
      for (let Num1 = 0; performance.now() - start < limit; Num1++) {
        const sum = await client.call("Arith.Sum", { Num1, Num2: 35_000 });
        if (sum !== Num1 + 35_000) throw new Error(`Cannot sum: ${sum}`);
        calls++;
      }
    };
    await Promise.all(Array.from({ length: callers }, loop));
    return calls / (performance.now() - start) * 1000;
  };
  await run(ms / 2);
  console.log(await run(ms));
}

if (import.meta.main) {
  const [what, address = "", callers, ms] = Deno.args;
  if (what === "serve") await serve();
  else await call(address, Number(callers), Number(ms));
}
