// Copyright 2026 the Gee authors. MIT license.
// Go itself reads what is written here, and writes it anew.

import { assertEquals } from "@std/assert";
import { isSkipped, runGo, titled } from "../../.dev/testing/go.ts";
import { seeded } from "../testdata/random.ts";
import * as gob from "./mod.ts";

const point = gob.struct("main.Point", { X: gob.int, Y: gob.int });
const anything = gob.any({ "main.Point": point });

interface Everything {
  Bool: boolean;
  Int: number;
  Int8: number;
  Int64: number | bigint;
  Uint: number;
  Uint64: number | bigint;
  Float: number;
  Float32: number;
  Complex: gob.GobComplex;
  String: string;
  Bytes: Uint8Array;
  Point: gob.ValueOf<typeof point>;
  Pointer: gob.ValueOf<typeof point> | null;
  Points: gob.ValueOf<typeof point>[];
  Array: string[];
  Map: Map<string, number[]> | null;
  Any: gob.GobNamed | null;
  List: (gob.GobNamed | null)[];
  Time: gob.GobTime;
  Big: bigint | null;
  Children: Everything[];
}

const everything: gob.GobType<Everything> = gob.struct("main.Everything", {
  Bool: gob.bool,
  Int: gob.int,
  Int8: gob.int8,
  Int64: gob.int64,
  Uint: gob.uint,
  Uint64: gob.uint64,
  Float: gob.float,
  Float32: gob.float32,
  Complex: gob.complex,
  String: gob.string,
  Bytes: gob.bytes,
  Point: point,
  Pointer: gob.nullable(point),
  Points: gob.slice(point),
  Array: gob.array(gob.string, 2),
  Map: gob.nullable(gob.map(gob.string, gob.slice(gob.int))),
  Any: anything,
  List: gob.slice(anything),
  Time: gob.time,
  Big: gob.nullable(gob.bigInt),
  Children: gob.slice(gob.lazy(() => everything)),
});

class Maker {
  readonly #random: (below: number) => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  make(depth = 0): Everything {
    const random = this.#random;
    return {
      Bool: random(2) === 1,
      Int: this.#integer(52),
      Int8: random(256) - 128,
      Int64: this.#safe(BigInt.asIntN(64, this.#wide())),
      Uint: Math.abs(this.#integer(53)),
      Uint64: this.#safe(BigInt.asUintN(64, this.#wide())),
      Float: [0, NaN, Infinity, 5e-324, 0.1, -1e300, random(100)][random(7)] ??
        0,
      Float32: Math.fround(random(1000) / 7),
      Complex: { re: random(3), im: -random(3) || 0 },
      String: "h\u00e9\ud83c\udf0d\0".repeat(random(70)),
      Bytes: new Uint8Array(random(300)).fill(random(256)),
      Point: this.#point(),
      Pointer: random(2) === 0 ? null : this.#point(),
      Points: this.#many(() => this.#point()),
      Array: ["", "x".repeat(random(200))],
      // One key: the order of more is Go's own.
      Map: random(2) === 0
        ? null
        : new Map([["k", this.#many(() => this.#integer(40))]]),
      Any: this.#named(),
      List: this.#many(() => this.#named()),
      Time: {
        seconds: BigInt(this.#integer(33)),
        nanoseconds: random(1e9),
        offset: random(2) === 0 ? undefined : (random(48) - 24) * 1800 + 60,
      },
      // Go's encoder writes zero of one as it is.
      Big: random(3) === 0 ? null : this.#wide() << BigInt(random(200)),
      Children: depth === 2 ? [] : this.#many(() => this.make(depth + 1)),
    };
  }

  #integer(bits: number): number {
    const size = 2 ** this.#random(bits);
    return Math.floor(size * (this.#random(1000) / 500 - 1)) || 0;
  }

  #wide(): bigint {
    const high = BigInt(this.#random(2 ** 32)) << 32n;
    return (high | BigInt(this.#random(2 ** 32))) >> BigInt(this.#random(64));
  }

  #safe(value: bigint): number | bigint {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  #point() {
    return { X: this.#integer(20), Y: this.#integer(50) };
  }

  #many<T>(make: () => T): T[] {
    return Array.from({ length: this.#random(4) }, make);
  }

  #named(): gob.GobNamed | null {
    const named = [
      null,
      { name: "int", value: this.#integer(30) },
      { name: "string", value: "text" },
      { name: "[]string", value: ["a", ""] },
      { name: "main.Point", value: this.#point() },
    ];
    return named[this.#random(named.length)] ?? null;
  }
}

Deno.test({
  name: titled("Go reads what GobEncoder writes, which reads what Go writes"),
  ignore: isSkipped,
  async fn() {
    for (const seed of [1, 2, 3]) {
      const maker = new Maker(seed);
      const values = Array.from({ length: 60 }, () => maker.make());
      const encoder = new gob.GobEncoder();
      const sent = values.map((value) => encoder.encode(everything, value));
      const source = new URL("testdata/main.go", import.meta.url);
      const bytes = await runGo(source, await new Blob(sent).bytes());
      const decoder = new gob.GobDecoder();
      decoder.push(bytes);
      for (const value of values) {
        assertEquals(decoder.next(everything), value, `seed ${seed}`);
      }
      assertEquals(decoder.buffered, 0);
    }
  },
});
