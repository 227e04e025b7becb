// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertExists } from "@std/assert";
import {
  areRanges,
  ChangeCounter,
  type ChangeIds,
  holdIds,
  joinIds,
} from "./change_ids.ts";

function ids(pools: Record<string, number[]>): ChangeIds {
  return new Map(Object.entries(pools));
}

function join(one: ChangeIds, other: ChangeIds): ChangeIds {
  const both = joinIds(one, other, 500);
  assertExists(both);
  return both;
}

Deno.test("ChangeCounter.next() numbers what one pool tells, apart from all others", () => {
  const [one, other] = [new ChangeCounter(), new ChangeCounter()];
  const joined = join(join(one.next(), one.next()), other.next());
  assertEquals([...joined.values()], [[1, 2], [1, 1]]);
});

Deno.test("joinIds() keeps ranges in order and apart", () => {
  const cases: [number[], number[], number[]][] = [
    [[1, 2], [3, 4], [1, 4]],
    [[3, 4], [1, 2], [1, 4]],
    [[1, 2], [4, 5], [1, 2, 4, 5]],
    [[1, 9], [3, 4], [1, 9]],
    [[1, 2, 8, 9], [2, 8], [1, 9]],
    [[1, 2, 8, 9], [4, 5], [1, 2, 4, 5, 8, 9]],
  ];
  for (const [one, other, both] of cases) {
    assertEquals(
      join(ids({ a: one, b: [7, 7] }), ids({ a: other })),
      ids({ a: both, b: [7, 7] }),
    );
  }
});

Deno.test("joinIds() gives nothing that is too long", () => {
  const long = (from: number) =>
    ids({
      a: Array.from({ length: 500 }, (_, at) => from + (at >> 1) * 8),
    });
  const both = join(long(0), long(4));
  assertEquals(both.get("a")?.length, 1000);
  assertEquals(joinIds(both, ids({ b: [1, 1] }), 500), undefined);
  assertEquals(joinIds(both, ids({ b: [1, 1] }), 501)?.size, 2);
});

Deno.test("holdIds() wants every number", () => {
  const known = ids({ a: [1, 5, 7, 9], b: [3, 3] });
  const cases: [Record<string, number[]>, boolean][] = [
    [{}, true],
    [{ a: [1, 5] }, true],
    [{ a: [2, 3, 8, 8], b: [3, 3] }, true],
    [{ a: [5, 6] }, false],
    [{ a: [1, 9] }, false],
    [{ a: [1, 1], c: [1, 1] }, false],
  ];
  for (const [wanted, isHeld] of cases) {
    assertEquals(holdIds(known, ids(wanted)), isHeld);
  }
});

Deno.test("areRanges() refuses what nobody counts so", () => {
  for (const ranges of [[], [1], [2, 1], [-1, 1], [1, 1.5], [1, 2 ** 53]]) {
    assertEquals(areRanges(ranges), false);
  }
  assertEquals(areRanges([1, 1, 3, 9]), true);
});
