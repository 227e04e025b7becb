// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { FixedDiscovery } from "./discovery/fixed.ts";
import { ConnectError, NoServersError, RemoteError } from "./errors.ts";
import { deadAddress, handling, start, type Who } from "./testdata/servers.ts";
import { until } from "./testdata/until.ts";
import { XClient } from "./x_client.ts";

Deno.test("XClient.fork() takes the first success and cancels the others", async () => {
  await using a = start("a");
  await using b = start("b");
  await using client = new XClient(
    new FixedDiscovery([a.address, deadAddress(), b.address]),
  );
  const reply = client.fork("Who.wait");
  await Promise.all([handling(a, 1), handling(b, 1)]);
  b.who.gate.resolve("b");
  assertEquals(await reply, "b");
  await until(
    "the loser's call is under way",
    () => client.stats().servers.every(({ pending }) => pending === 0),
  );
  a.who.gate.resolve("late");
});

Deno.test("XClient.fork() passes over failures, and tells all of them when there is nothing else", async () => {
  await using a = start("a");
  await using b = start("b");
  await using c = start("c");
  const discovery = new FixedDiscovery([b.address, a.address]);
  await using client = new XClient(discovery);
  assertEquals(await client.fork("Who.fail"), "a");
  discovery.update([b.address, c.address]);
  const error = await assertRejects(
    () => client.fork("Who.fail"),
    AggregateError,
    'Cannot call "Who.fail": all 2 servers failed, the first: b failed',
  );
  assertEquals(error.errors.map(({ message }) => message), [
    "b failed",
    "c failed",
  ]);
  discovery.update([]);
  await assertRejects(
    () => client.fork("Who.am"),
    NoServersError,
    "Cannot fork: no servers are available",
  );
});

Deno.test("XClient.fork() and XClient.broadcast() end with the caller's signal", async () => {
  await using a = start("a");
  await using client = new XClient(new FixedDiscovery([a.address]));
  for (const by of ["fork", "broadcast"] as const) {
    const controller = new AbortController();
    const call = client[by]("Who.wait", null, { signal: controller.signal });
    await until("no call", () => client.stats().servers[0]?.pending === 1);
    const reason = new Error("no time");
    controller.abort(reason);
    assertStrictEquals(await call.catch((error) => error), reason);
  }
  a.who.gate.resolve("late");
});

Deno.test("XClient.broadcast() rejects with all errors when every server failed", async () => {
  await using b = start("b");
  const dead = deadAddress();
  await using client = new XClient(new FixedDiscovery([b.address, dead]));
  const error = await assertRejects(
    () => client.broadcast("Who.fail"),
    AggregateError,
    'Cannot call "Who.fail": all 2 servers failed, the first: b failed',
  );
  const [first, second] = error.errors;
  assert(first instanceof RemoteError && second instanceof ConnectError);
});

Deno.test("XClient.inform() tells what every server answered, failures and nobody included", async () => {
  await using b = start("b");
  const discovery = new FixedDiscovery([b.address]);
  await using client = new XClient(discovery);
  const [result] = await client.inform("Who.fail");
  assert(result !== undefined && "error" in result);
  assertEquals((result.error as Error).message, "b failed");
  assertEquals(result.server, b.address);
  discovery.update([]);
  assertEquals(await client.inform("Who.am"), []);
});

Deno.test("XClient.service() makes typed clients of each way to call", async () => {
  await using a = start("a");
  await using b = start("b");
  const discovery = new FixedDiscovery([a.address, b.address]);
  await using client = new XClient(discovery);
  const forked: string = await client.service<Who>("Who", "fork").fail();
  assertEquals(forked, "a");
  const all = await client.service<Who>("Who", "broadcast").am();
  const names = all.map((result): string =>
    "reply" in result ? result.reply : "failed"
  );
  assertEquals(names, ["a", "b"]);
  const told = await client.service<Who>("Who", "inform").do(7, {
    timeout: 1000,
  });
  assertEquals(told.length, 2);
  assertEquals([a, b].map(({ who }) => who.done.get(7)), [1, 1]);
});

Deno.test("XClient refuses to send one stream to several servers", async () => {
  await using a = start("a");
  await using client = new XClient(new FixedDiscovery([a.address]));
  async function* items() {
    yield 1;
  }
  for (const way of ["broadcast", "inform", "fork"] as const) {
    await assertRejects(
      () => client[way]("Who.do", items()),
      TypeError,
      'Cannot call "Who.do" on several servers: the arguments are a stream, which can be read once',
    );
  }
  assertEquals(a.who.done.size, 0);
});
