// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { TopKTrie } from "./top_k_trie.ts";

type Entry = readonly [key: string, rank: number];

function build(entries: Entry[]): TopKTrie {
  const sorted = entries.toSorted(([a, i], [b, j]) =>
    a < b ? -1 : a > b ? 1 : i - j
  );
  return new TopKTrie(
    sorted.map(([key]) => key),
    Uint32Array.from(sorted, ([, rank]) => rank),
  );
}

/** The same by looking at every entry. */
function model(
  entries: Entry[],
  prefix: string,
  limit: number,
  accept: (rank: number) => boolean = () => true,
): number[] {
  const ranks = entries.filter(([key, rank]) =>
    key.startsWith(prefix) && accept(rank)
  );
  return [...new Set(ranks.map(([, rank]) => rank))].sort((a, b) => a - b)
    .slice(0, limit);
}

// Few letters, so that keys share prefixes and repeat; enough for divided nodes.
const key = fc.string({
  unit: fc.constantFrom("a", "b", "é", "😀", " "),
  maxLength: 6,
});
const entries = fc.array(fc.tuple(key, fc.nat(60)), {
  maxLength: 300,
  size: "max",
});

Deno.test("TopKTrie.suggest() gives what a look at every entry gives", () => {
  fc.assert(
    fc.property(
      entries,
      key,
      fc.integer({ min: 1, max: 12 }),
      (all, prefix, limit) => {
        assertEquals(
          build(all).suggest(prefix, { limit }),
          model(all, prefix, limit),
        );
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("TopKTrie.suggest() fetches further when ranks are refused", () => {
  fc.assert(
    fc.property(
      entries,
      key,
      fc.integer({ min: 1, max: 5 }),
      (all, prefix, modulus) => {
        const accept = (rank: number) => rank % modulus === 0;
        assertEquals(
          build(all).suggest(prefix, { limit: 8, accept }),
          model(all, prefix, 8, accept),
        );
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("TopKTrie.suggest() keeps eight of a thousand although the best hundred are refused", () => {
  const all = Array.from({ length: 1000 }, (_, i): Entry => [`a${i}`, i]);
  const trie = build(all);
  const accept = (rank: number) => rank >= 100;
  assertEquals(trie.suggest("a", { limit: 8, accept }), [
    100,
    101,
    102,
    103,
    104,
    105,
    106,
    107,
  ]);
  assertEquals(trie.suggest("", { limit: 2 }), [0, 1]);
  assertEquals(trie.suggest("a99", { limit: 3 }), [99, 990, 991]);
  assertEquals(trie.suggest("b", { limit: 3 }), []);
  assertEquals(trie.suggest("a1000", { limit: 3 }), []);
});

Deno.test("TopKTrie has few nodes, and none for nothing", () => {
  const all = Array.from(
    { length: 10_000 },
    (_, i): Entry => [i.toString(7), i],
  );
  const { entries, nodes } = build(all).stats();
  assertEquals(entries, 10_000);
  assertEquals(nodes < 2000 && nodes > 100, true, `${nodes} nodes`);
  assertEquals(build([]).suggest("a", { limit: 3 }), []);
  assertEquals(build([]).stats(), { entries: 0, nodes: 0, bytes: 0 });
});

Deno.test("TopKTrie refuses keys without ranks", () => {
  assertThrows(
    () => new TopKTrie(["a"], new Uint32Array()),
    RangeError,
    "Cannot build a trie: 1 keys, 0 ranks",
  );
});
