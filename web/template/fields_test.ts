// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertStrictEquals } from "@std/assert";
import { entriesOf, fieldNames, MISSING, readField } from "./fields.ts";

class Base {
  get a() {
    return 1;
  }
  method() {}
}

class Derived extends Base {
  b = 2;
  get c() {
    return this.b + 1;
  }
}

Deno.test("readField() reads data and nothing that is inherited from built-ins", () => {
  const derived = new Derived();
  assertEquals(["a", "b", "c"].map((name) => readField(derived, name)), [
    1,
    2,
    3,
  ]);
  const names = ["method", "constructor", "__proto__", "toString", "valueOf"];
  for (const name of names) {
    assertStrictEquals(readField(derived, name), MISSING);
    assertStrictEquals(readField({}, name), MISSING);
    assertStrictEquals(readField(new Map(), name), MISSING);
    assertStrictEquals(readField(Object.create({ [name]: 1 }), name), MISSING);
  }
});

Deno.test("fieldNames() lists what readField() knows", () => {
  assertEquals([...fieldNames(new Derived())].sort(), ["a", "b", "c"]);
  assertEquals([...fieldNames(new Map<unknown, unknown>([["x", 1], [2, 3]]))], [
    "x",
  ]);
});

Deno.test("entriesOf() refuses what is no list", () => {
  for (const value of ["ab", 3, true, new Derived(), new Date(0), () => 1]) {
    assertStrictEquals(entriesOf(value), undefined);
  }
});
