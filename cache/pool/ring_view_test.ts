// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { HashRing } from "../ring/hash_ring.ts";
import type { Ring } from "../ring/ring.ts";
import { RingView } from "./ring_view.ts";

const keys = Array.from({ length: 300 }, (_, index) => `key ${index}`);

function weights(...names: string[]): Map<string, number> {
  return new Map(names.map((name) => [name, 1]));
}

function setUp(makeRing: () => Ring = () => new HashRing()) {
  const clock = { now: 0 };
  const rings = new RingView({
    self: "a",
    makeRing,
    grace: 100,
    now: () => clock.now,
  });
  rings.set(weights("a", "b", "c"));
  return { clock, rings };
}

Deno.test("RingView.set() takes names, away and weights as they are", () => {
  const { rings } = setUp();
  const reference = new HashRing();
  reference.put("a", { weight: 2 });
  reference.put("d");
  rings.set(new Map([["a", 2], ["d", 1]]));
  for (const key of keys) {
    assertEquals(rings.owner(key), reference.owner(key));
    const other = rings.owner(key) === "a" ? "d" : "a";
    assertEquals(rings.ownerBeside(key, rings.owner(key) ?? ""), other);
    assertEquals(rings.ownerBeside(key, "gone"), rings.owner(key));
  }
});

/** A ring with nothing that may be left out. */
function bare(): Ring {
  const ring = new HashRing();
  return {
    get names() {
      return ring.names;
    },
    put: (name, options) => ring.put(name, options),
    remove: (name) => ring.remove(name),
    owner: (key) => ring.owner(key),
    owners: (key, count) => ring.owners(key, count),
  };
}

Deno.test("RingView.setDown() passes over nodes that are down, as if they were not there", () => {
  for (const makeRing of [undefined, bare]) {
    const { clock, rings } = setUp(makeRing);
    const all = keys.map((key) => rings.owner(key));
    rings.setDown(new Set(["b"]));
    const [withoutB, onlyC] = [new HashRing(), new HashRing()];
    withoutB.add("a", "c");
    onlyC.add("c");
    const ownersOn = (ring: Ring) => keys.map((key) => ring.owner(key));
    assertEquals(keys.map((key) => rings.owner(key)), ownersOn(withoutB));
    assertEquals(rings.shareOf("b"), 0);
    const beside = keys.map((key) => rings.ownerBeside(key, "a"));
    assertEquals(beside, ownersOn(onlyC));
    // Who owned the keys before the list changed is who stood in for others then.
    rings.keep();
    rings.set(weights("c", "d"));
    rings.setDown(new Set());
    const former = keys.map((key) => rings.formerOwner(key));
    assertEquals(former, ownersOn(withoutB));
    clock.now = 100;
    rings.set(weights("a", "b", "c"));
    assertEquals(keys.map((key) => rings.owner(key)), all);
    rings.setDown(new Set(["a", "b", "c"]));
    assertEquals(rings.owner("key"), undefined);
  }
});

Deno.test("RingView.formerOwner() is the owner before, also on a ring without clone", () => {
  for (const makeRing of [undefined, bare]) {
    const { clock, rings } = setUp(makeRing);
    const before = keys.map((key) => rings.owner(key));
    const former = () => keys.map((key) => rings.formerOwner(key));
    assertEquals(new Set(former()), new Set([undefined]));
    rings.keep();
    rings.set(weights("a", "c"));
    assertEquals(former(), before);
    // The oldest one is kept, from the last change on.
    clock.now = 99;
    rings.keep();
    rings.set(weights("a"));
    clock.now = 198;
    assertEquals(former(), before);
    clock.now = 199;
    assertEquals(new Set(former()), new Set([undefined]));
    rings.keep();
    assertEquals(new Set(former()), new Set(["a"]));
    clock.now = 150;
    // A clock that went back says nothing about the age.
    assertEquals(rings.formerOwner("x"), undefined);
  }
});

Deno.test("RingView.shareOf() is near the part of keys a node owns", () => {
  const { rings } = setUp();
  const shares = ["a", "b", "c"].map((name) => rings.shareOf(name));
  assert(Math.abs(shares.reduce((sum, share) => sum + share) - 1) < 1e-9);
  const total = 100_000;
  let count = 0;
  for (let key = 0; key < total; key++) {
    if (rings.owner(`user:${key}`) === "b") count++;
  }
  assert(Math.abs(rings.shareOf("b") - count / total) < 0.02);
  assertEquals(rings.shareOf("d"), 0);
  rings.set(weights("a"));
  assertEquals([rings.shareOf("a"), rings.shareOf("b")], [1, 0]);
});
