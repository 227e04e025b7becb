// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { gobCodec } from "./codec/gob_codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { dial } from "./dial.ts";
import { RemoteError, RpcError } from "./errors.ts";
import { Server } from "./server.ts";
import { pipe } from "./testdata/pipe.ts";
import { until } from "./testdata/until.ts";

class Mixed {
  readonly release = Promise.withResolvers<string>();
  well() {}
  fail() {
    throw new RpcError("not_found", "Cannot find it");
  }
  wait() {
    return this.release.promise;
  }
}

Deno.test("Server.stats() counts the calls of each method by what became of them", async () => {
  await using server = new Server();
  const mixed = new Mixed();
  server.register(mixed);
  await using client = await dial(server.listen().address);
  await client.call("Mixed.well");
  await client.call("Mixed.Well");
  for (let i = 0; i < 3; i++) {
    await assertRejects(() => client.call("Mixed.fail"), RemoteError);
  }
  await assertRejects(() => client.call("Mixed.no"), RemoteError);
  const waiting = client.call("Mixed.wait");
  await client.call("Mixed.well");
  const { methods, calls, errors, inFlight } = server.stats();
  assertEquals([calls, errors, inFlight], [7, 4, 1]);
  assertEquals(Object.keys(methods), [
    "Mixed.fail",
    "Mixed.wait",
    "Mixed.well",
  ]);
  const { well, fail, wait } = {
    well: methods["Mixed.well"],
    fail: methods["Mixed.fail"],
    wait: methods["Mixed.wait"],
  };
  assertEquals([well?.calls, well?.errors], [3, {}]);
  assertEquals([fail?.calls, fail?.errors], [3, { not_found: 3 }]);
  assertEquals([wait?.calls, wait?.inFlight], [0, 1]);
  assert(well !== undefined && well.p99 >= well.p50 && well.p50 > 0);
  mixed.release.resolve("done");
  assertEquals(await waiting, "done");
  assertEquals(server.stats().methods["Mixed.wait"]?.inFlight, 0);
});

Deno.test("Server.stats() counts what the old dialects call by codes, too", async () => {
  await using server = new Server({ handleTimeout: 1 });
  const mixed = new Mixed();
  server.register(mixed);
  await using client = await dial(server.listen().address, {
    codec: gobCodec(),
  });
  await assertRejects(() => client.call("Mixed.fail", 0), RemoteError);
  await assertRejects(() => client.call("Mixed.wait", 0), RemoteError);
  const { methods } = server.stats();
  assertEquals(methods["Mixed.fail"]?.errors, { not_found: 1 });
  assertEquals(methods["Mixed.wait"]?.errors, { deadline_exceeded: 1 });
  mixed.release.resolve("late");
});

Deno.test("Server.stats() lists connections with dialect, peer and calls", async () => {
  await using server = new Server();
  server.register(new Mixed());
  const { address } = server.listen();
  await using first = await dial(address, { codec: jsonCodec });
  await first.call("Mixed.well");
  await using second = await dial(address, { codec: gobCodec() });
  await second.call("Mixed.well", 0);
  await second.call("Mixed.well", 0);
  const { peers, connections } = server.stats();
  assertEquals(connections, 2);
  assertEquals(
    peers.map(({ dialect, calls, inFlight }) => [dialect, calls, inFlight]),
    [["application/json", 1, 0], ["application/gob", 2, 0]],
  );
  for (const { peer, since } of peers) {
    assertEquals(peer?.transport, "tcp");
    assert(since <= Date.now());
  }
});

Deno.test("Server.stats() is frozen through and through", async () => {
  await using server = new Server();
  server.register(new Mixed());
  const stats = server.stats();
  for (
    const part of [
      stats,
      stats.methods,
      stats.peers,
      stats.methods["Mixed.well"],
    ]
  ) {
    assert(Object.isFrozen(part));
  }
});

Deno.test("Server counts calls whose connection ended as canceled", async () => {
  await using server = new Server();
  server.register(new Mixed());
  await using client = await dial(server.listen().address);
  const waiting = client.call("Mixed.wait");
  await client.call("Mixed.well");
  await client.close();
  await assertRejects(() => waiting, Error);
  await until("a client is there", () => server.stats().connections === 0);
  assertEquals(server.stats().methods["Mixed.wait"]?.errors, { canceled: 1 });
});

Deno.test("Server survives an onError that throws", async () => {
  let told = 0;
  await using server = new Server({
    onError() {
      told++;
      throw new Error("the log is full");
    },
  });
  const [end, other] = pipe();
  const running = server.serve(other);
  await end.write(new TextEncoder().encode("garbage"));
  await running;
  assertEquals(told, 1);
});

Deno.test("Server refuses options that are out of range", () => {
  assertThrows(
    () => new Server({ maxConnections: 0 }),
    RangeError,
    "Cannot use maxConnections 0",
  );
  assertThrows(
    () => new Server({ handleTimeout: -1 }),
    RangeError,
    "Cannot use handleTimeout -1",
  );
});
