// Copyright 2026 the Gee authors. MIT license.
// What goes wrong in other systems of remote calls, by number, as far as the tests
// beside the sources leave it out:
//
//  2  late replies, numbers that wrap: client_test.ts, wire/slots_test.ts
//  3  cancel, deadlines, ceilings: connection_life_test.ts, server_test.ts
//  4  unknown methods, bodies that are none: dialects_test.ts, server_test.ts
//  5  whatever a method throws: server_connection_test.ts
//  7  lengths, counts, depth: codec/frame_codec_test.ts, option_test.ts,
//     server_connection_test.ts, gob/gob_test.ts
//  8  one byte at a time: replay_test.ts, codec/json_codec_test.ts
//  9  half-open peers, redial: connection_life_test.ts, redial_test.ts,
//     x_client_cluster_test.ts
// 10  heartbeats and stale lists: heartbeat_test.ts, discovery/discovery_test.ts
// 11  broadcasts: x_client_fan_out_test.ts, x_client_test.ts
// 12  addresses and tokens of registries: registry_test.ts, address_test.ts
// 14  types of proxies: client_test.ts, bench/rpc.ts

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Client, type ClientOptions } from "./client.ts";
import { LimitError, RemoteError, ShutdownError } from "./errors.ts";
import { Server } from "./server.ts";
import { pipe, type PipeEnd, settle } from "./testdata/pipe.ts";
import { seeded } from "./testdata/random.ts";

const CALLS = 64;

/** Every way in which calls under way end, and what they end with. */
const ENDS: Record<
  string,
  {
    readonly options?: ClientOptions;
    readonly name: string;
    end(parts: {
      readonly client: Client;
      readonly near: PipeEnd;
      readonly far: PipeEnd;
      readonly controller: AbortController;
    }): void | Promise<void>;
  }
> = {
  "the peer leaves": {
    name: "ShutdownError",
    end: ({ far }) => far.close(),
  },
  "the connection breaks": {
    name: "ShutdownError",
    async end({ client, near }) {
      near.failure = new Deno.errors.ConnectionReset("reset");
      await assertRejects(() => client.call("A.b"), ShutdownError);
    },
  },
  "garbage comes": {
    name: "ShutdownError",
    end: ({ near }) => near.deliver(new Uint8Array(100).fill(1)),
  },
  "the client closes": {
    name: "ShutdownError",
    end: ({ client }) => client.close(),
  },
  "the signal aborts": {
    name: "AbortError",
    end: ({ controller }) => controller.abort(),
  },
  "the time is over": {
    options: { timeout: 1 },
    name: "TimeoutError",
    end: () => {},
  },
  "nobody is alive": {
    options: { keepAlive: 1, keepAliveTimeout: 1 },
    name: "ShutdownError",
    end: () => {},
  },
};

for (const [what, { options, name, end }] of Object.entries(ENDS)) {
  Deno.test(`1: every call settles once when ${what}`, async () => {
    const [near, far] = pipe();
    const client = new Client(near, options);
    const controller = new AbortController();
    const { signal } = controller;
    const ends: string[] = [];
    const calls = Array.from({ length: CALLS }, async (_, n) => {
      const { error, reply } = await client.go("A.b", n, { signal }).done;
      ends.push(error instanceof Error ? error.name : `${reply}`);
    });
    await settle();
    await end({ client, near, far, controller });
    await Promise.all(calls);
    assertEquals(ends, Array(CALLS).fill(name));
    assertEquals(client.stats().inFlight, 0);
    await client.close();
    await client.close();
  });
}

Deno.test("6: nothing can be called that was not offered, by 5,000 names", async () => {
  class Arith {
    secret = () => "secret";
    static make() {}
    get half() {
      return () => 1;
    }
    sum() {
      return 1;
    }
    _inner() {}
  }
  const server = new Server();
  server.register(new Arith());
  const [near, far] = pipe();
  const serving = server.serve(far);
  const client = new Client(near);
  const words = [
    ...["constructor", "__proto__", "prototype", "toString", "then", "half"],
    ...["secret", "make", "_inner", "Arith", "sum", "", ".", "call", "Sum "],
    ...["hasOwnProperty", "Symbol.iterator", "SUM", "sum\0", "é", "length"],
  ];
  const random = seeded(7);
  const word = () => words[random(words.length)] ?? "";
  const names = Array.from({ length: 5000 }, () => {
    const parts = Array.from({ length: 1 + random(3) }, word);
    return parts.join(".");
  }).filter((name) => name !== "Arith.sum");
  const errors = await Promise.all(
    names.map((name) => client.go(name).done.then(({ error }) => error)),
  );
  for (const [index, error] of errors.entries()) {
    assert(
      error instanceof RemoteError && error.code === "unimplemented",
      `"${names[index]}": ${error}`,
    );
  }
  assertEquals(await client.call("Arith.sum"), 1);
  await client.close();
  await serving;
  await server.close();
});

Deno.test("13: a drain ends at its bound although a client neither leaves nor waits", async () => {
  const server = new Server();
  server.register({ one: () => 1 }, { name: "Math" });
  const [near, far] = pipe();
  const serving = server.serve(far);
  // As our client would, but for the end when the server says that it goes away.
  const client = new Client({
    read: (buffer) => near.read(buffer),
    write: (bytes) => near.write(bytes),
    close: () => {},
  });
  assertEquals(await client.call("Math.one"), 1);
  await server.close({ timeout: 50 });
  await serving;
  assertEquals(server.stats().connections, 0);
  near.close();
  await client.close();
});

Deno.test("a client bounds what waits where nobody takes its bytes", async () => {
  const client = new Client({
    read: () => closed.promise,
    write: () => closed.promise,
    close: () => closed.reject(new Deno.errors.BadResource("closed")),
  }, { maxBufferedBytes: 1000 });
  const { error } = await client.go("A.b", "x".repeat(2000), {
    signal: AbortSignal.abort(new Error("Given up")),
  }).done;
  assertEquals((error as Error).message, "Given up"); // it was given
  const waiting = client.go("A.b", "x".repeat(2000));
  await assertRejects(
    () => client.call("A.b"),
    LimitError,
    'Cannot call "A.b": 1000 bytes wait to be sent',
  );
  await client.close();
  assert((await waiting.done).error instanceof ShutdownError);
});

const closed = Promise.withResolvers<never>();
closed.promise.catch(() => {});
