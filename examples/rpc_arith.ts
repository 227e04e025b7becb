// Copyright 2026 the Gee authors. MIT license.
// The first calls: a class is registered, its methods are called typed and by
// name, several at once; what fails says why, and what takes too long is given up.
//
//   deno run --allow-net=127.0.0.1 examples/rpc_arith.ts
import {
  type CallContext,
  dial,
  RemoteError,
  RpcError,
  Server,
} from "../rpc/mod.ts";

class Arith {
  isAlone = false;

  sum({ a, b }: { a: number; b: number }): number {
    return a + b;
  }

  divide({ a, b }: { a: number; b: number }): { quo: number; rem: number } {
    if (b === 0) {
      throw new RpcError("invalid_argument", "Cannot divide by zero", {
        details: { argument: "b" },
      });
    }
    return { quo: Math.trunc(a / b), rem: a % b };
  }

  /** Never answers, but notices when nobody waits any more. */
  ponder(_question: string, { signal }: CallContext): Promise<void> {
    signal.addEventListener("abort", () => this.isAlone = true);
    return new Promise(() => {});
  }
}

const service = new Arith();
const server = new Server();
server.register(service);
await using listener = server.listen();

await using client = await dial(listener.address);
const arith = client.service<Arith>("Arith");
console.log("7 + 8 =", await arith.sum({ a: 7, b: 8 }));
console.log("7 / 2 =", await client.call("Arith.divide", { a: 7, b: 2 }));

// All on one connection, answered in any order.
const calls = [1, 2, 3].map((n) => client.go("Arith.sum", { a: n, b: n }));
const done = await Promise.all(calls.map((call) => call.done));
console.log("Doubled:", done.map(({ reply }) => reply));

try {
  await arith.divide({ a: 1, b: 0 });
} catch (error) {
  if (!(error instanceof RemoteError)) throw error;
  console.log(`${error.code}: ${error.message}`, error.details);
}
try {
  await arith.ponder("Why?", { timeout: 50 });
} catch (error) {
  console.log((error as Error).message);
}
// The server hears that a call was given up before it answers the next one.
await arith.sum({ a: 0, b: 0 });
console.log("The server knows:", service.isAlone);
