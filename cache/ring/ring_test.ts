// Copyright 2026 the Gee authors. MIT license.
// What both rings promise.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { BalancedRing } from "./balanced_ring.ts";
import { HashRing } from "./hash_ring.ts";
import { boundedOwner, ownerAmong, type Ring } from "./ring.ts";

const rings: Readonly<Record<string, () => Ring>> = {
  HashRing: () => new HashRing(),
  BalancedRing: () => new BalancedRing(),
};
const keys = Array.from({ length: 20_000 }, (_, index) => `key ${index}`);
const nodes = (count: number) =>
  Array.from({ length: count }, (_, index) => `http://10.0.0.${index}:8001`);

function ownersOf(ring: Ring): (string | undefined)[] {
  return keys.map((key) => ring.owner(key));
}

function filled(make: () => Ring, names: readonly string[]): Ring {
  const ring = make();
  for (const name of names) ring.put(name);
  return ring;
}

for (const [kind, make] of Object.entries(rings)) {
  Deno.test(`${kind} moves only the keys a node gains or loses`, () => {
    const names = nodes(10);
    const ring = filled(make, names);
    const before = ownersOf(ring);
    ring.put("new");
    const with11 = ownersOf(ring);
    let moved = 0;
    for (const [at, owner] of with11.entries()) {
      if (owner === before[at]) continue;
      assertEquals(owner, "new");
      moved++;
    }
    // A node of eleven should take a eleventh; points of CRC-32 are uneven.
    assert(moved > 0 && moved < keys.length * 0.16, `moved ${moved}`);
    assertEquals(ring.remove("new"), true);
    assertEquals(ring.remove("new"), false);
    assertEquals(ownersOf(ring), before);
  });

  Deno.test(`${kind} does not depend on the order of its names`, () => {
    const names = nodes(20);
    const one = filled(make, names);
    const two = filled(make, names.toReversed());
    two.put("gone");
    two.remove("gone");
    assertEquals(ownersOf(two), ownersOf(one));
    assertEquals(two.names, names.toSorted());
  });

  Deno.test(`${kind}.owners() tells who would own a key without the first`, () => {
    const ring = filled(make, nodes(6));
    for (const key of keys.slice(0, 30)) {
      const owners = ring.owners(key, 3);
      assertEquals(new Set(owners).size, 3);
      assertEquals(ring.owner(key), owners[0]);
      ring.remove(owners[0] ?? "");
      assertEquals(ring.owners(key, 2), owners.slice(1));
      ring.put(owners[0] ?? "");
    }
    assertEquals(ring.owners("key", 99).length, 6);
  });

  Deno.test(`${kind}.ownerAmong() gives the owner on a ring of those that are fit`, () => {
    const ring = filled(make, nodes(8));
    for (const count of [8, 7, 3, 1]) {
      const fit = new Set(nodes(count));
      const reference = filled(make, nodes(count));
      for (const key of keys.slice(0, 1000)) {
        const owner = ownerAmong(ring, key, (name) => fit.has(name));
        assertEquals(owner, reference.owner(key));
      }
    }
    assertEquals(ownerAmong(ring, "key", () => false), undefined);
    assertEquals(ownerAmong(make(), "key", () => true), undefined);
  });

  Deno.test(`${kind} gives shares by weight`, () => {
    const ring = filled(make, nodes(4));
    ring.put("large", { weight: 4 });
    const share = ownersOf(ring).filter((owner) => owner === "large").length;
    assert(share > keys.length * 0.4 && share < keys.length * 0.6);
    ring.put("large", { weight: 1 });
    assertEquals(
      ownersOf(ring),
      ownersOf(filled(make, [...nodes(4), "large"])),
    );
    for (const weight of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => ring.put("x", { weight }),
        RangeError,
        `Cannot add "x" to a ring with weight ${weight}`,
      );
    }
    assertEquals(ring.names.includes("x"), false);
  });

  Deno.test(`${kind}.clone() owns alike and changes alone`, () => {
    const ring = filled(make, nodes(5));
    ring.put("large", { weight: 3 });
    ring.remove(nodes(1)[0] ?? "");
    const before = ownersOf(ring);
    const copy = ring.clone?.();
    assert(copy !== undefined);
    assertEquals([copy.names, ownersOf(copy)], [ring.names, before]);
    ring.remove("large");
    assertEquals(ownersOf(copy), before);
    const after = ownersOf(ring);
    copy.put("new");
    copy.put("large", { weight: 1 });
    assertEquals(ownersOf(ring), after);
    copy.remove("new");
    copy.put("large", { weight: 3 });
    assertEquals(ownersOf(copy), before);
  });

  Deno.test(`${kind} that is empty has no owners`, () => {
    const ring = make();
    assertEquals([ring.owner("a"), ring.owners("a", 2), ring.names], [
      undefined,
      [],
      [],
    ]);
    assertEquals(boundedOwner(ring, "a", () => 0), undefined);
  });
}

Deno.test("BalancedRing keeps 100 nodes within 6 % of the mean", () => {
  const ring = filled(() => new BalancedRing(), nodes(100));
  const counts = new Map<string | undefined, number>();
  const total = 1_000_000;
  for (let index = 0; index < total; index++) {
    const owner = ring.owner(`user:${index}`);
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  const most = Math.max(...counts.values()) / (total / 100);
  assert(most <= 1.06, `max/mean ${most}`);
});

Deno.test("boundedOwner() spills over in the order of the owners", () => {
  const ring = filled(() => new BalancedRing(), nodes(5));
  const [first = "", second = "", third = ""] = ring.owners("hot", 3);
  const loads = new Map<string, number>();
  const owner = () => boundedOwner(ring, "hot", (name) => loads.get(name) ?? 0);
  assertEquals(owner(), first);
  loads.set(first, 10);
  assertEquals(owner(), second);
  loads.set(second, 10);
  assertEquals(owner(), third);
  for (const name of ring.names) loads.set(name, 10);
  assertEquals(owner(), first);
});

Deno.test("boundedOwner() never lets a node have more than its bound", () => {
  const ring = filled(() => new HashRing(), nodes(7));
  const loads = new Map<string, number>();
  for (let index = 0; index < 700; index++) {
    const name = boundedOwner(ring, `key ${index % 3}`, (one) =>
      loads.get(one) ?? 0) ?? "";
    loads.set(name, (loads.get(name) ?? 0) + 1);
  }
  assert(Math.max(...loads.values()) <= Math.ceil(1.25 * 100));
  assertThrows(
    () => boundedOwner(ring, "a", () => 0, { capacity: 1 }),
    RangeError,
    "Cannot bound the load by 1: want a number above 1",
  );
});
