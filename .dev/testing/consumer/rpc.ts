// Copyright 2026 the Gee authors. MIT license.

import { dial, Server } from "@gee/std/rpc";

class Arith {
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
}

const server = new Server();
server.register(new Arith());
await using listener = server.listen();
await using client = await dial(listener.address);
const sum = await client.service<Arith>("Arith").sum({ a: 1, b: 2 });
console.log(`rpc: ${sum}`);
