// Copyright 2026 the Gee authors. MIT license.
// Servers that are killed, come back and are slow, under calls all the time.

import { assert, assertEquals } from "@std/assert";
import { FixedDiscovery } from "./discovery/fixed.ts";
import { RegistryDiscovery } from "./discovery/registry_discovery.ts";
import { ConnectError, ShutdownError } from "./errors.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Registry } from "./registry.ts";
import { serve } from "./testdata/http.ts";
import { seeded } from "./testdata/random.ts";
import { handling, start } from "./testdata/servers.ts";
import { until } from "./testdata/until.ts";
import { XClient } from "./x_client.ts";
import type { XClientOptions } from "./x_client_options.ts";

const portOf = (address: string) => Number(address.split(":")[1]);

/** Five servers, of which one at a time is killed and started again between waves of calls. */
async function flap(
  seed: number,
  options: XClientOptions,
  each: (client: XClient, id: number) => Promise<unknown>,
): Promise<{ readonly done: Map<number, number>; readonly calls: number }> {
  const random = seeded(seed);
  const servers = Array.from({ length: 5 }, (_, i) => start(`${i}`));
  const discovery = new FixedDiscovery(servers.map(({ address }) => address));
  const client = new XClient(discovery, options);
  let id = 0;
  for (let wave = 0; wave < 40; wave++) {
    const calls = Array.from({ length: 25 }, () => each(client, id++));
    const victim = random(servers.length);
    const { address, who } = servers[victim]!;
    if (wave % 2 === 0) {
      await servers[victim]![Symbol.asyncDispose]();
      await Promise.all(calls);
      servers[victim] = start(`${victim}`, portOf(address), who);
    }
    await Promise.all(calls);
  }
  await client.close();
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  const done = new Map<number, number>();
  for (const { who } of servers) {
    for (const [id, count] of who.done) {
      done.set(id, (done.get(id) ?? 0) + count);
    }
  }
  return { done, calls: id };
}

Deno.test("XClient settles every call once while servers are killed, and runs none twice", async () => {
  const seed = 11;
  let settled = 0;
  const lost: number[] = [];
  const { done, calls } = await flap(
    seed,
    { selector: "roundRobin" },
    async (client, id) => {
      try {
        assertEquals(await client.call("Who.do", id), id, `seed ${seed}`);
      } catch (error) {
        const isKnown = error instanceof ShutdownError ||
          error instanceof ConnectError;
        if (!isKnown) throw new Error(`seed ${seed}`, { cause: error });
        lost.push(id);
      }
      settled++;
    },
  );
  assertEquals(settled, calls);
  assert(lost.length > 0, "no server was killed while it had calls");
  for (const [id, count] of done) assertEquals(count, 1, `${id} ran twice`);
  for (let id = 0; id < calls; id++) {
    assert(done.has(id) || lost.includes(id), `${id} is lost without an error`);
  }
});

Deno.test("XClient answers every idempotent call while servers are killed one at a time", async () => {
  for (const selector of ["random", "p2c", "leastPending"] as const) {
    let settled = 0;
    const { calls, done } = await flap(
      12,
      // Waves of calls fail together, which is no steady load.
      { selector, idempotent: ["Who.do"], retryBudget: { perSecond: 1000 } },
      async (client, id) => {
        assertEquals(await client.call("Who.do", id), id, selector);
        settled++;
      },
    );
    assertEquals([settled, done.size], [calls, calls]);
  }
});

Deno.test("XClient goes on while one of two registries is down, and then both, and learns what changed", async () => {
  const isDown = [false, false];
  const registries = isDown.map(() => new Registry());
  const doors = registries.map((registry, i) =>
    serve((request) =>
      isDown[i] ? new Response(null, { status: 503 }) : registry.fetch(request)
    )
  );
  await using first = doors[0]!;
  await using second = doors[1]!;
  const urls = [first.url, second.url];
  await using a = start("a");
  await using b = start("b");
  // Short, as the outages of this test are.
  const period = 5;
  await using _ = new Heartbeat(urls, a.address, { period });
  const listed = () => registries.map((registry) => registry.servers().length);
  await until("not listed twice", () => listed().join() === "1,1");
  const discovery = new RegistryDiscovery(urls, { freshness: 0 });
  await using client = new XClient(discovery, { selector: "roundRobin" });
  assertEquals(await client.call("Who.am"), "a");
  isDown[0] = true;
  await using heartbeat = new Heartbeat(urls, b.address, { period });
  await heartbeat.listed;
  await until(
    "the new server is not called",
    async () => await client.call("Who.am") === "b",
  );
  isDown[1] = true;
  for (let i = 0; i < 20; i++) await client.call("Who.am");
  assertEquals(client.stats().servers.length, 2);
  isDown.fill(false);
  await until("not listed again", () => listed().join() === "2,2");
  await discovery.refresh().catch(() => {});
  await discovery.refresh();
});

Deno.test("XClient does not let one slow server block the others", async () => {
  await using slow = start("slow");
  await using a = start("a");
  await using b = start("b");
  const discovery = new FixedDiscovery(
    [slow, a, b].map(({ address }) => address),
  );
  for (const selector of ["leastPending", "p2c", "random"] as const) {
    await using client = new XClient(discovery, { selector });
    const waiting = client.broadcast("Who.wait");
    await Promise.all([slow, a, b].map((server) => handling(server, 1)));
    for (const { who } of [a, b]) who.gate.resolve("fast");
    // What is slow there is slow for those alone who wait for it.
    for (let i = 0; i < 200; i++) await client.call("Who.am");
    const [first, ...others] = client.stats().servers;
    assertEquals(first?.pending, 1);
    assertEquals(others.map(({ pending }) => pending), [0, 0]);
    slow.who.gate.resolve("slow");
    assertEquals((await waiting).length, 3);
    for (const { who } of [slow, a, b]) who.gate = Promise.withResolvers();
  }
});

Deno.test("XClient.close() settles calls in every state, dials included, and may be called twice at once", async () => {
  await using a = start("a");
  const dialing = start("b");
  const { connect } = Deno;
  Object.assign(Deno, {
    connect(options: Deno.ConnectOptions & { signal: AbortSignal }) {
      if (options.port !== portOf(dialing.address)) return connect(options);
      return new Promise((_, reject) =>
        options.signal.addEventListener(
          "abort",
          () => reject(options.signal.reason),
        )
      );
    },
  });
  try {
    const client = new XClient(
      new FixedDiscovery([a.address, dialing.address]),
      { selector: "roundRobin" },
    );
    const calls = Array.from(
      { length: 20 },
      () => client.call("Who.wait").catch((error) => error),
    );
    await handling(a, 10);
    await Promise.all([client.close(), client.close()]);
    for (const error of await Promise.all(calls)) {
      assert(error instanceof ShutdownError, String(error));
    }
    await client.close();
  } finally {
    Object.assign(Deno, { connect });
    a.who.gate.resolve("late");
    await dialing[Symbol.asyncDispose]();
  }
});

Deno.test("XClient gives up to connect to a server that is no longer listed, and its calls go on", async () => {
  // It takes connections in and says nothing.
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using living = start("living");
  const discovery = new FixedDiscovery([`tls@127.0.0.1:${silent.addr.port}`]);
  await using client = new XClient(discovery, {
    connectTimeout: 0,
    timeout: 0,
    drainTimeout: 1,
  });
  const signal = AbortSignal.timeout(10_000);
  const waiting = client.call("Who.am", null, { signal });
  using _ = await silent.accept();
  discovery.update([living.address]);
  assertEquals(await client.call("Who.am"), "living");
  assertEquals(await waiting, "living");
});
