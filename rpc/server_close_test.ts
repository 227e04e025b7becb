// Copyright 2026 the Gee authors. MIT license.
// How a server ends, as its callers see it.

import { assertEquals, assertRejects } from "@std/assert";
import { Client } from "./client.ts";
import { dial } from "./dial.ts";
import { RemoteError } from "./errors.ts";
import { Server } from "./server.ts";
import { pipe, settle } from "./testdata/pipe.ts";

Deno.test("Server.close() answers the calls that were sent before their caller heard of it", async () => {
  const server = new Server();
  server.register({ double: (n: number) => 2 * n }, { name: "Math" });
  const [end, other] = pipe();
  const serving = server.serve(other);
  const client = new Client({
    read: (buffer) => end.read(buffer),
    write: async (bytes) => {
      await settle();
      return await end.write(bytes);
    },
    close: () => end.close(),
  });
  assertEquals(await client.call("Math.double", 2), 4);
  const closing = server.close();
  const error = await assertRejects(
    () => client.call("Math.double", 3),
    RemoteError,
    "rpc server: the server is closing",
  );
  assertEquals(error.code, "unavailable");
  await Promise.all([closing, serving]);
  assertEquals(client.isAvailable, false);
});

Deno.test("Server.close() answers who has just connected, and waits for no other handshake", async () => {
  const server = new Server();
  server.register({ double: (n: number) => 2 * n }, { name: "Math" });
  const [end, other] = pipe();
  const [, silent] = pipe();
  const serving = [server.serve(other), server.serve(silent)];
  const closing = server.close();
  const client = new Client(end);
  assertEquals(await client.call("Math.double", 3), 6);
  await Promise.all([closing, ...serving]);
  assertEquals([other.isClosed, silent.isClosed], [true, true]);
});

Deno.test("Server.close() has given its port back", async () => {
  let port = 0;
  for (let round = 0; round < 6; round++) {
    const server = new Server();
    server.register({ double: (n: number) => 2 * n }, { name: "Math" });
    const { addr, address } = server.listen({ port });
    ({ port } = addr as Deno.NetAddr); // a port was asked for
    if (round % 2 === 0) {
      await using client = await dial(address);
      assertEquals(await client.call("Math.double", 2), 4);
    }
    await server.close();
  }
});

Deno.test("Server.close() has given its port back when it is called a second time", async () => {
  const server = new Server();
  const { addr } = server.listen();
  const { port } = addr as Deno.NetAddr; // a port was asked for
  const first = server.close();
  await server.close();
  Deno.listen({ hostname: "127.0.0.1", port }).close();
  await first;
});
