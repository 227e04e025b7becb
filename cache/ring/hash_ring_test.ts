// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import golden from "../testdata/ring_golden.json" with { type: "json" };
import { crc32 } from "./hash.ts";
import { HashRing } from "./hash_ring.ts";

/** The ring of the original's own test: hashes are the numbers themselves. */
function numberRing(): HashRing {
  const ring = new HashRing({ replicas: 3, hash: (text) => parseInt(text) });
  ring.add("6", "4", "2");
  return ring;
}

Deno.test("crc32() agrees with Go on the golden texts", () => {
  for (const [text, crc] of Object.entries(golden.crc32)) {
    assertEquals(crc32(text), crc, text);
  }
});

Deno.test("crc32() hashes the UTF-8 bytes of any text", () => {
  assertEquals(crc32("😀"), crc32Bytes([0xf0, 0x9f, 0x98, 0x80]));
  assertEquals(crc32("\ud800a"), crc32Bytes([0xef, 0xbf, 0xbd, 0x61]));
  assertEquals(crc32("\udc00"), crc32("\ufffd"));
});

function crc32Bytes(bytes: number[]): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1 ? crc >>> 1 ^ 0xedb8_8320 : crc >>> 1;
    }
  }
  return ~crc >>> 0;
}

Deno.test("HashRing.owner() agrees with Go on the golden rings", () => {
  for (const { peers, owners } of golden.rings) {
    const ring = new HashRing();
    ring.add(...peers);
    for (const [key, owner] of Object.entries(owners)) {
      assertEquals(ring.owner(key), owner, `"${key}" of ${peers.length}`);
    }
  }
});

Deno.test("HashRing.owner() gives a key to the first point at or after its hash", () => {
  const ring = numberRing();
  const owners = ["2", "11", "12", "23", "26", "27"].map((key) =>
    ring.owner(key)
  );
  assertEquals(owners, ["2", "2", "2", "4", "6", "2"]);
  ring.add("8");
  assertEquals([ring.owner("27"), ring.owner("29")], ["8", "2"]);
});

Deno.test("HashRing.owner() of an empty ring is undefined", () => {
  assertEquals(new HashRing().owner("Tom"), undefined);
  const ring = numberRing();
  for (const name of ring.names) ring.remove(name);
  assertEquals(ring.owner("2"), undefined);
});

Deno.test("HashRing.owner() is the smallest name where points collide, in any order", () => {
  for (const names of [["a", "b", "c"], ["c", "b", "a"]]) {
    const ring = new HashRing({ replicas: 2, hash: () => 7 });
    ring.add(...names);
    assertEquals(ring.owner("k"), "a");
    ring.remove("a");
    assertEquals(ring.owner("k"), "b");
  }
});

Deno.test("HashRing.add() moves keys to the new name only, and remove() takes it back", () => {
  const ring = new HashRing();
  ring.add("n1", "n2", "n3", "n4");
  const keys = Array.from({ length: 2000 }, (_, index) => `key ${index}`);
  const before = keys.map((key) => ring.owner(key));
  ring.add("n5", "n1");
  const after = keys.map((key) => ring.owner(key));
  const moved = after.filter((owner, index) => owner !== before[index]);
  assert(moved.length > 0 && moved.length < keys.length * 0.4);
  assertEquals(new Set(moved), new Set(["n5"]));
  assertEquals([ring.remove("n5"), ring.remove("n5")], [true, false]);
  assertEquals(keys.map((key) => ring.owner(key)), before);
  assertEquals(ring.names, ["n1", "n2", "n3", "n4"]);
});

Deno.test("HashRing.owner() finds what a search over all points finds", () => {
  const ring = new HashRing({ replicas: 20 });
  const names = Array.from({ length: 30 }, (_, index) => `node ${index}`);
  ring.add(...names);
  const points = names.flatMap((name) =>
    Array.from({ length: 20 }, (_, replica) => ({
      hash: crc32(`${replica}${name}`),
      name,
    }))
  ).sort((a, b) => a.hash - b.hash);
  for (let index = 0; index < 5000; index++) {
    const hash = crc32(`key ${index}`);
    const point = points.find((point) => point.hash >= hash) ?? points[0];
    assertEquals(ring.owner(`key ${index}`), point?.name);
  }
});

Deno.test("HashRing() and add() refuse numbers out of bounds", () => {
  for (const replicas of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => new HashRing({ replicas }),
      RangeError,
      `Cannot create a ring with ${replicas} replicas: want at least 1`,
    );
  }
  const ring = new HashRing({ replicas: 1 });
  assertThrows(
    () => ring.add(...Array.from({ length: 65537 }, (_, index) => `${index}`)),
    RangeError,
    "Cannot add to a ring: it holds at most 65536 names, got 65537",
  );
  assertEquals(ring.names, []);
});
