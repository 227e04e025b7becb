// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import type { Selector } from "./balance/selector.ts";
import { FixedDiscovery } from "./discovery/fixed.ts";
import { RegistryDiscovery } from "./discovery/registry_discovery.ts";
import {
  ConnectError,
  NoServersError,
  RemoteError,
  ShutdownError,
} from "./errors.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Registry } from "./registry.ts";
import { Server } from "./server.ts";
import { serve } from "./testdata/http.ts";
import { deadAddress, handling, start, Who } from "./testdata/servers.ts";
import { XClient } from "./x_client.ts";
import { until } from "./testdata/until.ts";

Deno.test("XClient.call() goes round the servers over one connection each", async () => {
  await using a = start("a");
  await using b = start("b");
  const discovery = new FixedDiscovery([a.address, b.address]);
  await using client = new XClient(discovery, { selector: "roundRobin" });
  const who = client.service<Who>("Who");
  const names = [];
  for (let i = 0; i < 6; i++) names.push(await who.am());
  assertEquals(names.toSorted(), ["a", "a", "a", "b", "b", "b"]);
  assertEquals([a.server.stats().connections, b.server.stats().connections], [
    1,
    1,
  ]);
});

Deno.test("XClient.call() reaches every server by chance, and takes a selector of one's own", async () => {
  await using a = start("a");
  await using b = start("b");
  const discovery = new FixedDiscovery([a.address, b.address]);
  await using random = new XClient(discovery);
  const names = new Set<unknown>();
  for (let i = 0; i < 64; i++) names.add(await random.call("Who.am"));
  assertEquals(names, new Set(["a", "b"]));
  await using last = new XClient(discovery, {
    selector: { pick: (servers) => servers.at(-1)! },
  });
  assertEquals(await last.call("Who.am"), "b");
});

Deno.test("XClient.call() passes over servers that cannot be reached", async () => {
  await using a = start("a");
  const discovery = new FixedDiscovery([
    deadAddress(),
    a.address,
    deadAddress(),
  ]);
  await using client = new XClient(discovery, { selector: "roundRobin" });
  for (let i = 0; i < 3; i++) assertEquals(await client.call("Who.am"), "a");
  discovery.update([deadAddress(), deadAddress()]);
  await assertRejects(
    () => client.call("Who.am"),
    ConnectError,
    "Cannot connect to",
  );
  discovery.update([]);
  await assertRejects(
    () => client.call("Who.am"),
    NoServersError,
    "Cannot call: no servers are available",
  );
});

Deno.test("XClient dials a server once for many callers, and again after it was lost", async () => {
  const first = start("a");
  const { address } = first;
  await using client = new XClient(new FixedDiscovery([address]));
  await Promise.all(Array.from({ length: 50 }, () => client.call("Who.am")));
  assertEquals(first.server.stats().connections, 1);
  await first[Symbol.asyncDispose]();
  await assertRejects(() => client.call("Who.am"), Error);
  await using again = new Server();
  again.register(new Who("again"));
  again.listen({ port: Number(address.split(":")[1]) });
  assertEquals(await client.call("Who.am"), "again");
});

Deno.test("XClient.call() is not repeated once it was sent", async () => {
  const a = start("a");
  await using b = start("b");
  const discovery = new FixedDiscovery([a.address, b.address]);
  const selector: Selector = { pick: (servers) => servers[0]! };
  await using client = new XClient(discovery, { selector });
  const call = client.call("Who.wait");
  call.catch(() => {});
  await handling(a, 1);
  await a[Symbol.asyncDispose]();
  await assertRejects(() => call, ShutdownError);
  assertEquals(b.server.stats().calls, 0);
});

Deno.test("XClient.call() waits for a dial no longer than its signal says", async () => {
  // A server that accepts and never serves would not do: dialing it succeeds.
  const gate = Promise.withResolvers<readonly string[]>();
  await using client = new XClient({ getAll: () => gate.promise });
  const reason = new Error("no time");
  gate.resolve([deadAddress()]);
  const error = await client.call("Who.am", null, {
    signal: AbortSignal.abort(reason),
  })
    .catch((error) => error);
  assertStrictEquals(error, reason);
});

Deno.test("XClient.broadcast() tells what every server answered", async () => {
  await using a = start("a");
  await using b = start("b");
  const dead = deadAddress();
  const discovery = new FixedDiscovery([a.address, b.address, dead]);
  await using client = new XClient(discovery);
  const results = await client.broadcast<string>("Who.fail");
  assertEquals(results.map(({ server }) => server), [
    a.address,
    b.address,
    dead,
  ]);
  assert("reply" in results[0]! && results[0].reply === "a");
  assert("error" in results[1]! && results[1].error instanceof RemoteError);
  assert("error" in results[2]! && results[2].error instanceof ConnectError);
});

Deno.test("XClient.broadcast() to nobody is an error unless that is allowed", async () => {
  await using client = new XClient(new FixedDiscovery([]));
  await assertRejects(
    () => client.broadcast("Who.am"),
    NoServersError,
    "Cannot broadcast: no servers are available",
  );
  assertEquals(await client.broadcast("Who.am", null, { allowNone: true }), []);
});

Deno.test("XClient closes idle connections to servers that are no longer listed", async () => {
  await using a = start("a");
  await using b = start("b");
  const discovery = new FixedDiscovery([a.address, b.address]);
  await using client = new XClient(discovery);
  const waiting = client.broadcast("Who.wait");
  await Promise.all([handling(a, 1), handling(b, 1)]);
  discovery.update([b.address]);
  assertEquals(await client.call("Who.am"), "b");
  assertEquals(a.server.stats().connections, 1);
  a.who.gate.resolve("late");
  b.who.gate.resolve("late");
  assertEquals((await waiting).length, 2);
  await client.call("Who.am");
  await until(
    "the server that left is connected",
    () => a.server.stats().connections === 0,
  );
});

Deno.test("XClient finds the servers that a registry lists, as they come and go", async () => {
  const registry = new Registry();
  await using web = serve(registry.fetch);
  await using a = start("a");
  await using b = start("b");
  const discovery = new RegistryDiscovery(web.url, { freshness: 0 });
  await using client = new XClient(discovery, { selector: "roundRobin" });
  await using first = new Heartbeat(web.url, a.address);
  await first.listed;
  assertEquals(await client.call("Who.am"), "a");
  const second = new Heartbeat(web.url, b.address);
  await second.listed;
  await discovery.refresh();
  await discovery.refresh();
  const names = new Set([
    await client.call("Who.am"),
    await client.call("Who.am"),
  ]);
  assertEquals(names, new Set(["a", "b"]));
  await second.close();
  await discovery.refresh();
  await discovery.refresh();
  assertEquals(await client.call("Who.am"), "a");
  await discovery.refresh();
});

Deno.test("XClient.close() rejects calls, ends dials and may be called again", async () => {
  await using a = start("a");
  const client = new XClient(new FixedDiscovery([a.address]));
  const call = client.call("Who.am");
  call.catch(() => {});
  await client.close();
  await client.close();
  await assertRejects(() => call, ShutdownError);
  await assertRejects(
    () => client.call("Who.am"),
    ShutdownError,
    "Cannot call: the client was closed",
  );
});

Deno.test("XClient.call() ends with its timeout while a dial hangs", async () => {
  // No address on every machine leaves a dial without an answer, so a stub does.
  const { connect } = Deno;
  const hang = ({ signal }: { signal: AbortSignal }) =>
    new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason))
    );
  Object.assign(Deno, { connect: hang });
  const client = new XClient(new FixedDiscovery(["tcp@127.0.0.1:1"]));
  try {
    const error = await assertRejects(
      () => client.call("Who.am", null, { timeout: 1 }),
      DOMException,
    );
    assertEquals(error.name, "TimeoutError");
  } finally {
    Object.assign(Deno, { connect });
    await client.close();
  }
});

Deno.test("XClient.call() refuses what its selector chose when it is not listed", async () => {
  const selector: Selector = {
    // As from a program without types.
    pick: <Server>() => ({ address: deadAddress() }) as Server,
  };
  const discovery = new FixedDiscovery([deadAddress(), deadAddress()]);
  await using client = new XClient(discovery, { selector });
  await assertRejects(
    () => client.call("Who.am"),
    TypeError,
    "Cannot call: the selector chose what is not listed",
  );
});

Deno.test("XClient.call() does not dial a dead server again for every call", async () => {
  await using a = start("a");
  const dead = deadAddress();
  const { connect } = Deno;
  let dials = 0;
  Object.assign(Deno, {
    connect(options: Deno.ConnectOptions) {
      if (`tcp@127.0.0.1:${options.port}` === dead) dials++;
      return connect(options);
    },
  });
  const discovery = new FixedDiscovery([dead, a.address]);
  const client = new XClient(discovery, { selector: "roundRobin" });
  try {
    for (let i = 0; i < 50; i++) assertEquals(await client.call("Who.am"), "a");
    assertEquals(dials, 1);
  } finally {
    Object.assign(Deno, { connect });
    await client.close();
  }
});
