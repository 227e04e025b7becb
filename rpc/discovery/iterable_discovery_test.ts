// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { settle } from "../testdata/pipe.ts";
import type { EndpointList } from "./endpoint.ts";
import { IterableDiscovery } from "./iterable_discovery.ts";

/** Lists that the test gives one by one. */
function lists() {
  const stream = new TransformStream<EndpointList, EndpointList>();
  const writer = stream.writable.getWriter();
  const give = async (...list: EndpointList) => {
    await writer.write(list);
    await settle();
  };
  return { readable: stream.readable, writer, give };
}

const addresses = async (discovery: IterableDiscovery) =>
  (await discovery.getAll()).map(({ address }) => address).join();

Deno.test("IterableDiscovery serves the last list, and what is no list changes nothing", async () => {
  const { readable, give } = lists();
  const errors: string[] = [];
  await using discovery = new IterableDiscovery(readable, {
    onError: (error) => errors.push((error as Error).message),
  });
  const first = addresses(discovery);
  await give("tcp@a:1", { address: "tcp@b:1", weight: 3 });
  assertEquals(await first, "tcp@a:1,tcp@b:1");
  await give("nope");
  assertEquals(await addresses(discovery), "tcp@a:1,tcp@b:1");
  await give("tcp@c:1");
  assertEquals(await addresses(discovery), "tcp@c:1");
  assertEquals(errors.length, 1);
});

Deno.test("IterableDiscovery keeps the last list when the iterable ends or fails", async () => {
  const errors: unknown[] = [];
  const reason = new Error("the source is gone");
  async function* failing() {
    yield await Promise.resolve(["tcp@a:1"]);
    throw reason;
  }
  await using discovery = new IterableDiscovery(failing(), {
    onError: (error) => errors.push(error),
  });
  assertEquals(await addresses(discovery), "tcp@a:1");
  await settle();
  assertEquals(await addresses(discovery), "tcp@a:1");
  assertEquals(errors, [reason]);
});

Deno.test("IterableDiscovery goes on, or says why it ended, although its listener fails", async () => {
  const onError = () => {
    throw new Error("the listener fails");
  };
  async function* failing() {
    yield await Promise.resolve(["nope"]);
    throw new Error("the source is gone");
  }
  await using discovery = new IterableDiscovery(failing(), { onError });
  await assertRejects(
    async () => await discovery.getAll(),
    Error,
    "the source is gone",
  );
});

Deno.test("IterableDiscovery lists no server twice", async () => {
  const { readable, give } = lists();
  await using discovery = new IterableDiscovery(readable);
  const first = addresses(discovery);
  await give("tcp@a:1", { address: "tcp@a:1", weight: 3 }, "tcp@b:1");
  assertEquals(await first, "tcp@a:1,tcp@b:1");
});

Deno.test("IterableDiscovery.getAll() rejects when no list comes any more", async () => {
  async function* none() {}
  await using discovery = new IterableDiscovery(none());
  for (let i = 0; i < 2; i++) {
    await assertRejects(
      async () => await discovery.getAll(),
      Error,
      "Cannot discover servers: the iterable ended without a list",
    );
  }
});

Deno.test("IterableDiscovery.close() ends waits, and the iterable that waits for nothing", async () => {
  const { readable, writer } = lists();
  const discovery = new IterableDiscovery(readable);
  const controller = new AbortController();
  const impatient = discovery.getAll({ signal: controller.signal });
  const waiting = discovery.getAll();
  const reason = new Error("no time");
  controller.abort(reason);
  assertStrictEquals(
    await Promise.resolve(impatient).catch((error) => error),
    reason,
  );
  await discovery.close();
  await discovery.close();
  await assertRejects(
    async () => await waiting,
    Error,
    "Cannot discover servers: the discovery was closed",
  );
  await writer.close().catch(() => {});
});
