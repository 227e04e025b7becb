// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Heartbeat } from "../heartbeat.ts";
import { Registry } from "../registry.ts";
import { serve } from "../testdata/http.ts";
import { until } from "../testdata/until.ts";
import type { Discovery, DiscoveryOptions } from "./discovery.ts";
import { FixedDiscovery } from "./fixed.ts";
import { RegistryDiscovery } from "./registry_discovery.ts";

/** The addresses of the list; waits for the first one. */
async function addresses(
  discovery: Discovery,
  options?: DiscoveryOptions,
): Promise<string[]> {
  const list = await discovery.getAll(options);
  return list.map((server) =>
    typeof server === "string" ? server : server.address
  );
}

const list = (servers: string) =>
  new Response(null, { headers: { "X-Geerpc-Servers": servers } });

Deno.test("FixedDiscovery keeps each address once, and the old list when the new one is wrong", async () => {
  const discovery = new FixedDiscovery(["tcp@a:1", "tcp@b:1", "tcp@a:1"]);
  assertEquals(await addresses(discovery), ["tcp@a:1", "tcp@b:1"]);
  assertThrows(
    () => discovery.update(["tcp@c:1", "nope"]),
    SyntaxError,
    "Cannot parse address",
  );
  const wrong = [{ weight: 0 }, { priority: 0.5 }, { priority: -1 }];
  for (const more of wrong) {
    assertThrows(
      () => discovery.update([{ address: "tcp@c:1", ...more }]),
      RangeError,
      `Cannot list "tcp@c:1": its ${Object.keys(more)} is ${
        Object.values(more)
      }`,
    );
  }
  assertEquals(await addresses(discovery), ["tcp@a:1", "tcp@b:1"]);
  discovery.update([]);
  assertEquals(await addresses(discovery), []);
});

Deno.test("RegistryDiscovery.getAll() reads the list, leaves out what is no address", async () => {
  let requests = 0;
  await using server = serve(() => {
    requests++;
    return list(" tcp@a:1, ,nope,tcp@[::]:9,tcp@a:1 ,file@/etc");
  });
  const discovery = new RegistryDiscovery(server.url);
  const [first, second] = await Promise.all([
    addresses(discovery),
    addresses(discovery),
  ]);
  assertEquals(first, ["tcp@a:1", "tcp@[::]:9"]);
  assertEquals(second, first);
  assertEquals(await addresses(discovery), first);
  assertEquals(requests, 1);
});

Deno.test("RegistryDiscovery serves an old list at once and refreshes it behind", async () => {
  let servers = "tcp@a:1";
  await using server = serve(() => list(servers));
  const discovery = new RegistryDiscovery(server.url, { freshness: 0 });
  assertEquals(await addresses(discovery), ["tcp@a:1"]);
  servers = "tcp@b:1";
  assertEquals(await addresses(discovery), ["tcp@a:1"]);
  await discovery.refresh();
  assertEquals(await addresses(discovery), ["tcp@b:1"]);
  await discovery.refresh();
});

Deno.test("RegistryDiscovery keeps the last list while the registry is down", async () => {
  const errors: string[] = [];
  let isDown = false;
  await using server = serve(() =>
    isDown ? new Response(null, { status: 503 }) : list("tcp@a:1")
  );
  const discovery = new RegistryDiscovery(server.url, {
    freshness: 0,
    onError(error) {
      errors.push((error as Error).message);
    },
  });
  await addresses(discovery);
  isDown = true;
  assertEquals(await addresses(discovery), ["tcp@a:1"]);
  await until("no failure", () => errors.length > 0);
  assertEquals(errors, ["Cannot refresh servers: the registry answered 503"]);
});

Deno.test("RegistryDiscovery.getAll() rejects while it never knew a list, and recovers", async () => {
  let isDown = true;
  await using server = serve(() =>
    isDown ? new Response(null, { status: 500 }) : list("tcp@a:1")
  );
  const discovery = new RegistryDiscovery(server.url);
  await assertRejects(
    () => addresses(discovery),
    Error,
    "Cannot refresh servers: the registry answered 500",
  );
  isDown = false;
  assertEquals(await addresses(discovery), ["tcp@a:1"]);
});

Deno.test("RegistryDiscovery.getAll() ends with its signal while others go on waiting", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = serve(async () => {
    await gate.promise;
    return list("tcp@a:1");
  });
  const discovery = new RegistryDiscovery(server.url);
  const controller = new AbortController();
  const impatient = addresses(discovery, { signal: controller.signal });
  const patient = addresses(discovery, {
    signal: new AbortController().signal,
  });
  const reason = new Error("no time");
  controller.abort(reason);
  assertStrictEquals(await impatient.catch((error) => error), reason);
  gate.resolve();
  assertEquals(await patient, ["tcp@a:1"]);
  const aborted = addresses(discovery, { signal: controller.signal });
  assertEquals(await aborted, ["tcp@a:1"]);
});

Deno.test("RegistryDiscovery does not wait for ever", async () => {
  const gate = Promise.withResolvers<Response>();
  await using server = serve(() => gate.promise);
  const discovery = new RegistryDiscovery(server.url, { timeout: 5 });
  const error = await assertRejects(() => addresses(discovery), DOMException);
  assert(error.name === "TimeoutError");
  gate.resolve(list(""));
  assertThrows(() => new RegistryDiscovery("nope"), TypeError);
});

Deno.test("RegistryDiscovery takes an answer without a list for a failure, and a timeout of 0 for none", async () => {
  let isRegistry = true;
  await using server = serve(() =>
    isRegistry ? list("tcp@a:1") : new Response()
  );
  const discovery = new RegistryDiscovery(server.url, { timeout: 0 });
  assertEquals(await addresses(discovery), ["tcp@a:1"]);
  isRegistry = false;
  await assertRejects(
    () => discovery.refresh(),
    Error,
    'Cannot refresh servers: the answer has no "x-geerpc-servers" header',
  );
  assertEquals(await addresses(discovery), ["tcp@a:1"]);
});

Deno.test("RegistryDiscovery asks several registries in turn, the one that answered last first", async () => {
  const asked: string[] = [];
  let isDown = true;
  await using first = serve(() => {
    asked.push("first");
    return isDown ? new Response(null, { status: 503 }) : list("tcp@a:1");
  });
  await using second = serve(() => {
    asked.push("second");
    return isDown ? list("tcp@b:1") : new Response(null, { status: 503 });
  });
  const discovery = new RegistryDiscovery([first.url, second.url]);
  assertEquals(await addresses(discovery), ["tcp@b:1"]);
  await discovery.refresh();
  isDown = false;
  await discovery.refresh();
  assertEquals(await addresses(discovery), ["tcp@a:1"]);
  assertEquals(asked, ["first", "second", "second", "second", "first"]);
});

Deno.test("RegistryDiscovery says so when no registry answers", async () => {
  await using down = serve(() => new Response(null, { status: 503 }));
  const discovery = new RegistryDiscovery([down.url, down.url]);
  await assertRejects(
    () => addresses(discovery),
    AggregateError,
    "Cannot refresh servers: no registry answered",
  );
  assertThrows(
    () => new RegistryDiscovery([]),
    TypeError,
    "Cannot discover servers: no registry is given",
  );
  assertThrows(
    () => new RegistryDiscovery(down.url, { service: "a b" }),
    SyntaxError,
    'Cannot use service "a b": at most 128 letters',
  );
});

Deno.test("RegistryDiscovery takes weights and tags over, and leaves out what is wrong with them", async () => {
  await using server = serve(() =>
    new Response(null, {
      headers: {
        "x-geerpc-servers": "tcp@a:1,tcp@b:1,tcp@c:1",
        "x-geerpc-weight": "2,0,0.5",
        "x-geerpc-tags": "zone=a fast,,",
      },
    })
  );
  const discovery = new RegistryDiscovery(server.url);
  assertEquals(await discovery.getAll(), [
    { address: "tcp@a:1", weight: 2, tags: ["zone=a", "fast"], priority: 0 },
    { address: "tcp@c:1", weight: 0.5, tags: [], priority: 0 },
  ]);
});

Deno.test("RegistryDiscovery with push knows changes at once", async () => {
  await using registry = new Registry();
  await using server = serve(registry.fetch);
  const heartbeats = ["tcp@a:1", "tcp@b:1"].map((address) =>
    new Heartbeat(server.url, address, { service: "Arith", weight: 2 })
  );
  const [first, second] = heartbeats as [Heartbeat, Heartbeat]; // two were made
  await Promise.all([first.listed, second.listed]);
  await using discovery = new RegistryDiscovery(server.url, {
    service: "Arith",
    push: true,
  });
  assertEquals(await addresses(discovery), ["tcp@a:1", "tcp@b:1"]);
  await addresses(discovery); // from then on it waits for changes
  await second.close();
  await until(
    "the list is old",
    async () => (await addresses(discovery)).length === 1,
  );
  await first.close();
});

Deno.test("RegistryDiscovery with push does not flood registries that answer at once", async () => {
  const times: number[] = [];
  await using server = serve(() => {
    const response = list("tcp@a:1");
    response.headers.set(
      "x-geerpc-version",
      `${times.push(performance.now())}`,
    );
    return response;
  });
  const discovery = new RegistryDiscovery(server.url, {
    push: true,
    freshness: 0,
  });
  await discovery.getAll();
  await until("it does not ask", async () => {
    await discovery.getAll();
    return times.length >= 4;
  });
  await discovery.close();
  // Timers may be late, and are never early.
  assert(times[3]! - times[1]! >= 80);
});

Deno.test("RegistryDiscovery with push goes on through an outage, and asks an original now and then", async () => {
  let servers = "tcp@a:1";
  let isDown = false;
  let requests = 0;
  const errors: unknown[] = [];
  await using server = serve(() => {
    requests++;
    return isDown ? new Response(null, { status: 503 }) : list(servers);
  });
  await using discovery = new RegistryDiscovery(server.url, {
    push: true,
    freshness: 5,
    onError(error) {
      errors.push(error);
      isDown = false;
      servers = "tcp@b:1";
    },
  });
  assertEquals(await addresses(discovery), ["tcp@a:1"]);
  isDown = true;
  await until(
    "the list is old",
    async () => (await addresses(discovery))[0] === "tcp@b:1",
  );
  assertEquals(errors.length, 1);
  assert(requests >= 3);
});
