// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { FixedDiscovery } from "./discovery/fixed.ts";
import { RemoteError, RpcError } from "./errors.ts";
import { start } from "./testdata/servers.ts";
import { XClient } from "./x_client.ts";

Deno.test("XClient does not repeat a call whose method found another server closing", async () => {
  let runs = 0;
  await using behind = start("behind");
  await using a = start("a");
  const errors = [
    new RpcError("unavailable", "rpc server: the server is closing"),
    new RemoteError("Up.do", "draining", "unavailable", { ran: false }),
  ];
  await behind.server.close();
  a.server.register({
    pay: (index: number) => {
      runs++;
      if (index < errors.length) throw errors[index];
      return behind.server.invoke("Who.am");
    },
  }, { name: "Front" });
  await using client = new XClient(new FixedDiscovery([a.address]));
  for (
    const [index, text] of [
      "rpc server: the server is closing",
      "draining",
      "rpc server: the server is closing",
    ].entries()
  ) {
    const error = await assertRejects(
      () => client.call("Front.pay", index),
      RemoteError,
      `Cannot reply: another server says "${text}"`,
    );
    assertEquals([error.code, runs], ["unavailable", index + 1]);
  }
});
