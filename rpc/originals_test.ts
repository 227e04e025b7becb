// Copyright 2026 the Gee authors. MIT license.
// What the original did, R1-R38, what was wrong in it, B60-B76, and what it takes
// to live among its programs, N1-N9, by number. A row that has a test elsewhere is
// named here with it:
//
// R1, R2, N2, N5, B66  option_test.ts
// R3  server_test.ts (what begins with something else), dialects_test.ts
// R4-R9, N9  codec/gob_codec_test.ts, gob/vectors_test.ts, replay_test.ts
// R10-R13, B60, B61  service_test.ts, server_test.ts
// R15, R16, B62  dialects_test.ts, server_test.ts
// R17  server_test.ts (replies in the order in which methods end)
// R18, B63  server_test.ts, connection_life_test.ts, replay_test.ts
// R19, B64  server_connection_test.ts (whatever a method throws)
// R20  server_stats_test.ts
// R21-R24, N4  http/connect_test.ts, http/debug_door_test.ts, connect_test.ts
// R25, R26, R28  client_test.ts
// R27, B65  dialects_test.ts ("100%d")
// R29, R30  address_test.ts, client_test.ts, connect_test.ts
// R31  balance/selector_test.ts, x_client_test.ts
// R32, B67  discovery/discovery_test.ts
// R33, B70  x_client_test.ts, x_client_policy_test.ts, x_client_cluster_test.ts
// R34, B68  x_client_fan_out_test.ts, x_client_test.ts
// R35, R36  registry_test.ts, replay_test.ts
// R37, B69  heartbeat_test.ts
// R38  address_test.ts, client_test.ts (a server at [::])
// B71  registry_test.ts, server_methods_test.ts, connect_test.ts (TLS)
// B73, B75  wrongs_test.ts, server_connection_test.ts, limits_test.ts
// B76  codec/json_codec_test.ts, stream/stream_test.ts, connection_life_test.ts
// N1  option_test.ts, client_test.ts (option and first call in one write)
// N3  connection_life_test.ts (an original server that hung up)
// N6-N8  are of `cache`
// N9  net_rpc_test.ts, codec/json_rpc_test.ts

import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
} from "@std/assert";
import { Client } from "./client.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { FixedDiscovery } from "./discovery/fixed.ts";
import { RemoteError } from "./errors.ts";
import { decodeOption } from "./option.ts";
import { Server } from "./server.ts";
import { pipe } from "./testdata/pipe.ts";

/** A client and a server between which nothing but a pipe is. */
async function connected(
  test: (client: Client, server: Server) => Promise<void>,
): Promise<void> {
  const server = new Server();
  const [near, far] = pipe();
  const serving = server.serve(far);
  const client = new Client(near, { codec: jsonCodec });
  await test(client, server);
  await client.close();
  await serving;
  await server.close();
}

Deno.test("R2: an option that says nothing has the codec, and no time limits of its own", async () => {
  const [near, far] = pipe();
  const client = new Client(near, { codec: jsonCodec });
  const bytes = new Uint8Array(1000);
  const count = await far.read(bytes) ?? 0;
  const decoded = decodeOption(bytes.subarray(0, count));
  assertEquals(count, 512);
  assertEquals(decoded?.option.codecType, "application/json");
  assertEquals(decoded?.option.handleTimeout, 0);
  await client.close();
});

Deno.test("R14: the last dot is between service and method", async () => {
  await connected(async (client, server) => {
    server.register({ sum: () => 1 }, { name: "Arith" });
    for (
      const [name, text] of [
        ["sum", "rpc server: service/method request ill-formed: sum"],
        ["A.Arith.sum", "rpc server: can't find service A.Arith"],
        ["Arith.", "rpc server: can't find method "],
        [".sum", "rpc server: can't find service "],
      ] as const
    ) await assertRejects(() => client.call(name), RemoteError, text);
    assertEquals(await client.call("Arith.sum"), 1);
  });
});

Deno.test("R31: what a discovery gives is no way into its list", async () => {
  const servers = ["tcp@a:1", "tcp@b:1"];
  const discovery = new FixedDiscovery(servers);
  servers.pop();
  const list = await discovery.getAll();
  assertEquals(list.map((one) => typeof one === "string" ? one : one.address), [
    "tcp@a:1",
    "tcp@b:1",
  ]);
});

Deno.test("B72: arguments and replies belong to the caller alone", async () => {
  await connected(async (client, server) => {
    server.register({
      echo: (value: { list: number[] }) => {
        value.list.push(4);
        return value;
      },
    }, { name: "Echo" });
    const value = Object.freeze({ list: Object.freeze([1, 2, 3]) });
    const options = Object.freeze({ timeout: 1000 });
    const first = await client.call("Echo.echo", value, options);
    const second = await client.call("Echo.echo", value, options);
    assertEquals(first, { list: [1, 2, 3, 4] });
    assertEquals(second, first);
    assertNotStrictEquals(second, first);
  });
});

Deno.test("B74: options are read once and never written", async () => {
  const options = Object.freeze({ codec: jsonCodec, timeout: 7 });
  for (let round = 0; round < 2; round++) {
    const [near] = pipe();
    await new Client(near, options).close();
  }
  assertEquals(options, { codec: jsonCodec, timeout: 7 });
});
