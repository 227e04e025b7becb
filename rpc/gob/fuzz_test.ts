// Copyright 2026 the Gee authors. MIT license.
// What Go wrote, mutated: a value or an error of ours, and never slow.

import { assert, assertEquals } from "@std/assert";
import * as gob from "./mod.ts";
import { seeded } from "../testdata/random.ts";
import { Types, VECTORS } from "./testdata/vectors.ts";

const RUNS = 20_000;

function mutate(bytes: Uint8Array, random: (below: number) => number) {
  const list = [...bytes];
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(list.length + 1);
    const kind = random(5);
    if (kind === 0) list.splice(at, 1);
    else if (kind === 1) list.splice(at, 0, random(256));
    else if (kind === 2) list[at] = random(256);
    else if (kind === 3) list.splice(at, random(8));
    else list.splice(at, 0, ...list.slice(random(list.length), at));
  }
  return new Uint8Array(list.slice(0, 4096));
}

Deno.test(`decode() of ${RUNS} mutated streams gives a value or an error`, () => {
  const random = seeded(20261130);
  const good = VECTORS.filter(({ items }) => items[0]?.error === undefined)
    .map(({ hex, items }) => ({
      bytes: Uint8Array.fromHex(hex),
      type: items[0] && new Types().of(items[0].schema),
    }));
  let values = 0;
  for (let run = 0; run < RUNS; run++) {
    const vector = good[random(good.length)] ?? good[0];
    const bytes = mutate(vector?.bytes ?? new Uint8Array(), random);
    const type = run % 2 ? vector?.type : undefined;
    const decoder = new gob.GobDecoder();
    decoder.push(bytes);
    try {
      for (let next = 0; next < 5; next++) {
        if (decoder.next(type) !== undefined) values++;
      }
    } catch (error) {
      const isOurs = error instanceof SyntaxError ||
        error instanceof TypeError || error instanceof RangeError;
      assert(
        isOurs && error.message.startsWith("Cannot decode gob: "),
        `${bytes.toHex()}: ${error}`,
      );
    }
  }
  assertEquals(values > RUNS / 20, true);
});
