// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { booleanCodec, textCodec } from "../schema/codecs.ts";
import { hydrator, interpret } from "./hydrate.ts";

const cells = [
  { property: "name", codec: textCodec },
  { property: '"];alert(1)//', codec: booleanCodec },
];

for (const make of [hydrator, interpret]) {
  Deno.test(`${make.name}() makes rows of cells`, () => {
    const hydrate = make(cells);
    assertEquals(hydrate(["Tom", 1]), { name: "Tom", '"];alert(1)//': true });
    assertEquals(hydrate([null, null]), { name: null, '"];alert(1)//': null });
    assertThrows(
      () => hydrate([5, null]),
      TypeError,
      'Cannot read "name": got 5, want text',
    );
  });
}

Deno.test("hydrator() does without code generation where it must", () => {
  const original = globalThis.Function;
  try {
    globalThis.Function = class {
      constructor() {
        throw new EvalError("Code generation from strings disallowed");
      }
    } as unknown as FunctionConstructor;
    assertEquals(hydrator(cells)(["Tom", 0]), {
      name: "Tom",
      '"];alert(1)//': false,
    });
    globalThis.Function = class {
      constructor() {
        throw new Error("something else");
      }
    } as unknown as FunctionConstructor;
    assertThrows(() => hydrator(cells), Error, "something else");
  } finally {
    globalThis.Function = original;
  }
});
