// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { Ghost } from "./ghost.ts";
import { KeyHash } from "./key_hash.ts";

Deno.test("Ghost.take() knows a hash once, with its stamp", () => {
  const ghost = new Ghost(true);
  ghost.add(-5, 7);
  assertEquals([ghost.take(4), ghost.take(-5), ghost.take(-5)], [
    undefined,
    7,
    undefined,
  ]);
  const plain = new Ghost();
  plain.add(9, 7);
  assertEquals(plain.take(9), 0);
});

Deno.test("Ghost.add() lets the oldest of a full bucket go", () => {
  const ghost = new Ghost();
  // The same bits 8 and up: one bucket of four.
  for (const hash of [1, 2, 3, 4, 5]) ghost.add(hash);
  assertEquals([1, 2, 3, 4, 5].map((hash) => ghost.take(hash)), [
    undefined,
    0,
    0,
    0,
    0,
  ]);
});

Deno.test("Ghost.fit() keeps what it knows and remembers about the last ones", () => {
  const hash = new KeyHash(Uint32Array.of(0x9e3779b9, 0x85ebca6b));
  const ghost = new Ghost();
  for (let id = 0; id < 4096; id++) {
    ghost.fit(id);
    ghost.add(hash.of(`${id}`));
  }
  assertEquals(ghost.capacity, 4096);
  let known = 0;
  for (let id = 2048; id < 4096; id++) {
    if (ghost.take(hash.of(`${id}`)) === 0) known++;
  }
  assert(known > 1900, `only ${known} of 2048 are known`);
  ghost.fit(100);
  assertEquals(ghost.capacity, 128);
});
