// Copyright 2026 the Gee authors. MIT license.
// One suite over both transports, on real sockets: what nodes give one another.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ClosedError, LoadError } from "../errors.ts";
import { Cluster, type ClusterOptions, KINDS } from "../testdata/cluster.ts";

/** A test over each transport. */
function test(
  name: string,
  run: (
    start: (n: number, more?: Partial<ClusterOptions>) => Promise<Cluster>,
  ) => Promise<void>,
): void {
  for (const kind of KINDS) {
    Deno.test(`${kind === "http" ? "HttpPool" : "TcpPool"} ${name}`, () =>
      run((count, more = {}) => Cluster.start(count, { kind, ...more })));
  }
}

const text = async (value: Promise<unknown>) => String(await value);

/** Waits until something holds; a test that hangs here is ended by its runner. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((done) => setTimeout(done, 5));
}

test("has each key loaded once, by its owner, whoever asks", async (start) => {
  await using cluster = await start(3);
  const keys = Array.from({ length: 60 }, (_, index) => `key ${index}`);
  for (const { group } of cluster.nodes) {
    const values = await group.getMany(keys);
    assertEquals(
      [...values].map(String),
      keys.map((key) => `${key},value of ${key}`),
    );
  }
  const loads = cluster.nodes.flatMap((node) => node.loads);
  assertEquals(loads.toSorted(), keys.toSorted());
  for (const node of cluster.nodes) {
    for (const key of node.loads) assertEquals(cluster.ownerOf(key), node);
  }
});

test("carries any key and any value", async (start) => {
  const values = new Map<string, Uint8Array>();
  await using cluster = await start(2, {
    getter: () => (key) => values.get(key),
  });
  const keys = [".", "..", "a b", "a+b", "x/y", "%2F", "100%", "?#&=", "\0"];
  keys.push(
    "__proto__",
    "üñ",
    "中文",
    "😀",
    "\ud800",
    "\udc00x",
    "k".repeat(5000),
  );
  for (const [index, key] of keys.entries()) {
    const size = [0, 1, 100, 70_000][index % 4] ?? 0;
    values.set(key, Uint8Array.from({ length: size }, (_, at) => at + index));
  }
  for (const key of keys) {
    const view = await cluster.otherOf(key).group.get(key);
    assertEquals(view?.bytes(), values.get(key), JSON.stringify(key));
  }
  assertEquals(await cluster.otherOf("none").group.get("none"), undefined);
  const loads = cluster.nodes.flatMap((node) => node.loads);
  assertEquals(loads.length, keys.length + 1);
});

test("tells changes to every node before they resolve", async (start) => {
  const versions = new Map<string, number>();
  await using cluster = await start(3, {
    group: { copies: { after: 1 } },
    getter: () => (key, context) => {
      context.tags = [`tag of ${key}`];
      return `${versions.get(key) ?? 0}`;
    },
  });
  const keys = cluster.nodes.flatMap((node) => cluster.keysOf(node, 2));
  const everywhere = async (key: string, want: string) => {
    for (const { group } of cluster.nodes) {
      assertEquals(await text(group.get(key)), want, key);
    }
  };
  let version = 0;
  for (const key of keys) {
    for (const { group } of cluster.nodes) {
      await everywhere(key, `${versions.get(key) ?? 0}`);
      versions.set(key, ++version);
      assertEquals(await group.remove(key), { missed: [] });
      await everywhere(key, `${version}`);
      assertEquals(await group.set(key, `${++version}`), { missed: [] });
      await everywhere(key, `${version}`);
      versions.set(key, ++version);
      await group.refresh(key);
      await everywhere(key, `${version}`);
      versions.set(key, ++version);
      await group.removeTag(`tag of ${key}`);
      await everywhere(key, `${version}`);
      versions.set(key, ++version);
      await group.reset();
      await everywhere(key, `${version}`);
    }
  }
  for (const { group } of cluster.nodes) assert(group.stats().copyHits > 0);
});

test("tells a failing load from a dead owner", async (start) => {
  await using cluster = await start(2, {
    group: { retryAfter: 0 },
    getter: () => () => {
      throw new Error("Secret reason");
    },
  });
  const error = await assertRejects(
    () => cluster.otherOf("k").group.get("k"),
    LoadError,
    "failed to load it",
  );
  assert(!error.message.includes("Secret"));
  assertEquals(cluster.otherOf("k").group.stats().loads, 0);
});

test("asks the source when the owner is gone, and moves its keys on", async (start) => {
  await using cluster = await start(3, {
    pool: { maxFailures: 2, probeAfter: 10, maxProbe: 40 },
  });
  const owner = cluster.at(2);
  const keys = cluster.keysOf(owner, 20);
  const [asker, other] = [cluster.at(0), cluster.at(1)];
  await asker.group.getMany(keys);
  await owner.crash();
  const values = await asker.group.getMany(keys);
  assertEquals(values.size, 20);
  await until(async () => {
    await asker.group.getMany(keys);
    return asker.pool.stats().peers[owner.name]?.state === "down";
  });
  await asker.group.getMany(keys);
  await other.group.getMany(keys);
  // Each is kept by one of the two now.
  const before = asker.loads.length + other.loads.length;
  await until(async () => {
    await other.group.getMany(keys);
    return other.pool.stats().peers[owner.name]?.state === "down";
  });
  for (const { group } of [asker, other]) await group.getMany(keys);
  const more = asker.loads.length + other.loads.length - before;
  assert(more <= 20, `${more} more loads`);

  const { missed } = await asker.group.set(keys[0] ?? "", "new");
  assertEquals(missed, [owner.name]);
  assertEquals(await text(other.group.get(keys[0] ?? "")), "new");

  const port = Number(owner.name.split(":").at(-1));
  const back = await cluster.add(port);
  back.pool.set(...new Set(cluster.names));
  await until(() =>
    [asker, other].every(({ pool }) =>
      pool.stats().peers[owner.name]?.state === "up"
    )
  );
  await asker.group.getMany(keys);
  assert(back.loads.length > 0 || back.group.stats().handovers > 0);
});

test("has a new node ask the former owner before the source", async (start) => {
  await using cluster = await start(2);
  const keys = Array.from({ length: 100 }, (_, index) => `key ${index}`);
  await cluster.at(0).group.getMany(keys);
  const added = await cluster.add();
  cluster.meet();
  const moved = keys.filter((key) => cluster.ownerOf(key) === added);
  assert(moved.length > 10 && moved.length < 60, `${moved.length} moved`);
  await added.group.getMany(keys);
  assertEquals(added.loads, []);
  assertEquals(added.group.stats().handovers, moved.length);
  // What changed since is not brought back.
  await cluster.at(0).group.remove(moved[0] ?? "");
  await cluster.at(1).group.get(moved[0] ?? "");
  assertEquals(added.loads, [moved[0]]);
});

test("warms a node up from its peers", async (start) => {
  await using cluster = await start(3, { pool: { grace: 0 } });
  const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`);
  await cluster.at(0).group.getMany(keys);
  const added = await cluster.add();
  cluster.meet();
  const moved = keys.filter((key) => cluster.ownerOf(key) === added);
  const { restored } = await added.group.warmUp();
  assertEquals(restored, moved.length);
  await cluster.at(1).group.getMany(keys);
  assertEquals(added.loads, []);
});

test("keeps nodes without the secret out", async (start) => {
  const secret = "a secret that nobody knows";
  await using cluster = await start(2, { pool: { secret } });
  const key = cluster.keysOf(cluster.at(1), 1)[0] ?? "";
  assertEquals(await text(cluster.at(0).group.get(key)), `value of ${key}`);
  assertEquals([cluster.at(0).loads, cluster.at(1).loads], [[], [key]]);
  await using strangers = await start(2, {
    pool: { secret: "another secret of someone else" },
  });
  for (const { pool } of strangers.nodes) pool.set(...cluster.names);
  const stranger = strangers.at(0);
  assertEquals(await text(stranger.group.get(key)), `value of ${key}`);
  assertEquals(stranger.loads, [key]);
  await stranger.group.set(key, "stolen");
  assertEquals(await text(cluster.at(0).group.get(key)), `value of ${key}`);
});

test("ends what waits when it is closed, and may be closed twice", async (start) => {
  await using cluster = await start(2, {
    getter: () => () => new Promise(() => {}),
  });
  const asker = cluster.otherOf("k");
  const waits = asker.group.get("k").catch((error) => error);
  await until(() => cluster.ownerOf("k").loads.length > 0);
  await asker.pool.close();
  await asker.pool.close();
  assertThrows(() => asker.pool.set(), ClosedError, "the pool is closed");
  assertEquals(asker.pool.pickPeer("k"), undefined);
  // The group goes on alone, and ends with its own close.
  await asker.group.close();
  assert(await waits instanceof ClosedError);
});

test("keeps its peers when a change is too long for a question", async (start) => {
  await using cluster = await start(3, {
    pool: { maxAnswerBytes: 4096, maxFailures: 1 },
  });
  const [owner, other] = [cluster.at(0), cluster.at(1)];
  const [key = "", ...keys] = cluster.keysOf(owner, 20);
  assertEquals(await text(other.group.get(key)), `value of ${key}`);
  const value = new Uint8Array(5000);
  assertEquals(await other.group.set(key, value), { missed: [] });
  // It is not kept, and neither is the value before it.
  assertEquals(owner.group.has(key), false);
  await owner.group.getMany(keys);
  const many = Array.from({ length: 2000 }, (_, index) => `other ${index}`);
  const removed = await other.group.removeMany([...many, ...keys]);
  assertEquals(removed, { missed: [] });
  assertEquals(keys.filter((key) => owner.group.has(key)), []);
  assertEquals(
    await text(other.group.get("k".repeat(5000))),
    "value of " + "k".repeat(5000),
  );
  for (const { pool } of cluster.nodes) {
    const states = Object.values(pool.stats().peers).map(({ state }) => state);
    assertEquals(states, ["up", "up"]);
  }
});

test("hands over no more than an answer may have", async (start) => {
  const pool = { grace: 0, maxAnswerBytes: 20_000 };
  await using cluster = await start(2, { pool });
  const keys = Array.from({ length: 400 }, (_, index) => `key ${index}`);
  await cluster.at(0).group.getMany(keys);
  const added = await cluster.add();
  cluster.meet();
  const { restored } = await added.group.warmUp();
  assert(restored > 50 && restored < 400, `${restored} restored`);
  assertEquals(added.group.stats().peerFailures, 0);
});
