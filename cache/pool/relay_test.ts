// Copyright 2026 the Gee authors. MIT license.
// What a node tells in the stead of another, and whom it does not tell again.

import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Change } from "../change.ts";
import { ClosedError } from "../errors.ts";
import {
  FakeSource,
  LocalNetwork,
  LocalPool,
} from "../testdata/local_transport.ts";
import type { ChangeIds } from "./change_ids.ts";

const DROP: Change = { kind: "drop", keys: ["x"] };

/** A node with one group. */
function start(network: LocalNetwork, self: string) {
  const options = { timeout: 1000, random: () => 0 };
  const pool = new LocalPool(self, network, options);
  const group = new FakeSource();
  pool.register(group);
  const told = () =>
    group.applied.map((change) =>
      "keys" in change ? `${change.kind} ${change.keys.join()}` : change.kind
    );
  return { pool, group, told };
}

/** Nodes with the same list. */
function startAll(network: LocalNetwork, ...names: string[]) {
  const nodes = names.map((name) => start(network, name));
  for (const { pool } of nodes) pool.set(...names);
  return nodes;
}

/** Tells a node a change, as another would. */
async function tell(
  { pool }: ReturnType<typeof start>,
  missed: readonly string[],
  ids: ChangeIds | undefined,
): Promise<void> {
  const answer = await pool.answer({
    kind: "tell",
    group: "scores",
    change: DROP,
    missed,
    ids,
    hops: 0,
  });
  assertEquals(answer.kind, "done");
}

async function close(nodes: readonly ReturnType<typeof start>[]) {
  for (const { pool } of nodes) await pool.close();
}

Deno.test("PeerPool.tellOthers() names who was told by none, though one that was asked to has closed its group", async () => {
  const network = new LocalNetwork();
  const nodes = startAll(network, "a", "b", "c");
  const [a, b] = nodes;
  assert(a !== undefined && b !== undefined);
  b.group.onApply = () => {
    throw new ClosedError("Cannot change: it is closed");
  };
  network.stop("c");
  assertEquals(await a.pool.tellOthers("scores", DROP), ["c"]);
  await close(nodes);
});

Deno.test("PeerPool tells a node it hears of late what that one is said to have missed", async () => {
  using time = new FakeTime();
  const network = new LocalNetwork();
  const nodes = startAll(network, "a", "b");
  const [a, b] = nodes;
  assert(a !== undefined && b !== undefined);
  const late = start(network, "late");
  a.pool.add("late");
  network.between("a", "late", "cut");
  assertEquals(await a.pool.tellOthers("scores", DROP), ["late"]);
  b.pool.add("late");
  assertEquals(b.pool.others.map(({ name }) => name), ["a"]);
  await time.tickAsync(0);
  assertEquals(late.told(), ["remove x"]);
  assertEquals(b.pool.stats().peers.late?.state, "up");
  await close([...nodes, late]);
});

Deno.test("PeerPool passes on what comes with ids that are none, or too many", async () => {
  const many = Array.from({ length: 2000 }, (_, index) => index - index % 2);
  const all: ChangeIds[] = [
    new Map(),
    new Map([["origin", many]]),
    new Map([["o".repeat(100_000), [1, 1]]]),
  ];
  for (const ids of all) {
    const network = new LocalNetwork();
    const nodes = startAll(network, "a", "b");
    const [a, b] = nodes;
    assert(a !== undefined && b !== undefined);
    await tell(a, ["b"], new Map([["origin", [1, 1]]]));
    await tell(a, ["b"], ids);
    assertEquals(b.told(), ["remove x", "remove x"]);
    const sent = network.sent.at(-1)?.question;
    assert(sent?.kind === "tell");
    assertEquals([...sent.ids?.keys() ?? []].map((one) => one.length), [36]);
    await close(nodes);
  }
});

Deno.test("PeerPool tells again who may have asked one that was told only now", async () => {
  const network = new LocalNetwork();
  const nodes = startAll(network, "a", "b", "c");
  const [a, b, c] = nodes;
  assert(a !== undefined && b !== undefined && c !== undefined);
  const ids = new Map([["origin", [1, 1]]]);
  await tell(a, ["b"], ids);
  assertEquals([b.told(), c.told()], [["remove x"], []]);
  // Until now "b" could take the old value over from "c".
  await tell(a, ["b", "c"], ids);
  assertEquals([b.told(), c.told()], [["remove x", "remove x"], ["remove x"]]);
  // By now both know.
  await tell(a, ["b", "c"], ids);
  assertEquals([b.told().length, c.told().length], [2, 1]);
  await close(nodes);
});

Deno.test("PeerPool comes back where no question carries what was missed", async () => {
  using time = new FakeTime();
  const network = new LocalNetwork();
  const names = [..."abcde"];
  const nodes = startAll(network, ...names);
  for (const one of names) network.fault("*", one, "cut");
  network.maxKeys = 0;
  for (const { pool } of nodes) {
    await pool.tellOthers("scores", { kind: "drop", keys: ["x", "y"] });
    await pool.tellOthers("scores", { kind: "drop", keys: ["z"] });
  }
  for (const one of names) network.fault("*", one, "none");
  const before = network.ways("tell").length;
  await time.tickAsync(60_000);
  for (const { pool } of nodes) assertEquals(pool.others.length, 4);
  assert(network.ways("tell").length - before < 1000);
  await close(nodes);
});

Deno.test("PeerPool has the owner of a key hear of those that were lost while it was told", async () => {
  using time = new FakeTime();
  const network = new LocalNetwork();
  const nodes = startAll(network, "a", "b", "c");
  const [a, b, c] = nodes;
  assert(a !== undefined && b !== undefined && c !== undefined);
  const owner = a.pool.others.find(({ name }) => name === "b");
  assert(owner !== undefined);
  const gate = Promise.withResolvers<void>();
  network.delay = ({ question }) =>
    question.kind === "tell" && question.change.kind === "remove"
      ? gate.promise
      : undefined;
  const told = owner.tell("scores", { kind: "remove", keys: ["x"] });
  network.between("a", "c", "cut");
  const other = a.pool.tellOthers("scores", { kind: "drop", keys: ["y"] });
  await time.tickAsync(0);
  gate.resolve();
  await Promise.all([told, other]);
  assertEquals(b.pool.stats().peers.c?.state, "up");
  await a.pool.tellOthers("scores", DROP, owner);
  assert(c.told().includes("remove x"), c.told().join());
  await close(nodes);
});

Deno.test("PeerPool tells a long change in parts, though another node is down", async () => {
  const network = new LocalNetwork();
  const nodes = startAll(network, "a", "b", "c");
  const [a, b] = nodes;
  assert(a !== undefined && b !== undefined);
  network.stop("c");
  network.maxKeys = 2;
  await a.pool.tellOthers("scores", DROP);
  b.group.applied.length = 0;
  const keys = [..."rstu"];
  const change: Change = { kind: "drop", keys };
  assertEquals(await a.pool.tellOthers("scores", change), ["c"]);
  assertEquals(b.told(), ["drop r,s", "drop t,u"]);
  await close(nodes);
});
