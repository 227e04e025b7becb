// Copyright 2026 the Gee authors. MIT license.
// What bench/gob.ts encodes and decodes; values.go has the same.

import * as gob from "../../rpc/gob/mod.ts";

/** A value and what it is in Go. */
export interface Case {
  readonly value: unknown;
  readonly type: gob.GobType<unknown>;
}

interface Tree {
  Value: number;
  Left: Tree | null;
  Right: Tree | null;
}

function tree(at: number): Tree | null {
  if (at > 200) return null;
  return { Value: at * 1000, Left: tree(2 * at), Right: tree(2 * at + 1) };
}

const treeType: gob.GobType<Tree> = gob.struct("Tree", {
  Value: gob.int,
  Left: gob.nullable(gob.lazy(() => treeType)),
  Right: gob.nullable(gob.lazy(() => treeType)),
});

/** The arguments of the call. */
export const args = gob.struct("Args", { Num1: gob.int, Num2: gob.int });
/** Their value. */
export const ARGS = { Num1: 7, Num2: 35_000 };

const count = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index));

/** Texts in one piece each, as what was read has them. */
const flat = (texts: string[]) => JSON.parse(JSON.stringify(texts)) as string[];

/** The cases by their names; the call has codecs of its own. */
export const CASES: Readonly<Record<string, Case>> = {
  "2 ints": { value: ARGS, type: args },
  "10 fields, 20 strings": {
    value: {
      ID: 123_456,
      Name: "Grüner Tee",
      Price: 12.34,
      Active: true,
      Count: 300,
      Level: -5,
      Note: "To be left with the neighbors, please",
      Hash: new TextEncoder().encode("0123456789abcdef"),
      Ratio: 0.25,
      Tags: flat(count(20, (index) => `tag number ${index}`)),
    },
    type: gob.struct("Order", {
      ID: gob.int,
      Name: gob.string,
      Price: gob.float,
      Active: gob.bool,
      Count: gob.uint,
      Level: gob.int8,
      Note: gob.string,
      Hash: gob.bytes,
      Ratio: gob.float32,
      Tags: gob.slice(gob.string),
    }),
  },
  "map of 100 floats": {
    value: new Map(
      count(100, (index) => [`key${index}`, index * 1.5 + 0.1] as const),
    ),
    type: gob.map(gob.string, gob.float),
  },
  "64 KB": {
    value: Uint8Array.from(count(64 << 10, (index) => index & 255)),
    type: gob.bytes,
  },
  "tree of 200": { value: tree(1), type: treeType },
  "call": {
    value: { ServiceMethod: "Arith.Sum", Seq: 1234, Args: ARGS },
    type: gob.struct("", {}),
  },
};
