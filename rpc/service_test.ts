// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import type { CallContext } from "./context.ts";
import { NO_METADATA } from "./metadata.ts";
import { Service } from "./service.ts";

const context: CallContext = {
  serviceMethod: "Arith.sum",
  peer: undefined,
  dialect: "application/json",
  metadata: NO_METADATA,
  traceparent: undefined,
  principal: undefined,
  deadline: undefined,
  signal: new AbortController().signal,
};

class Base {
  inherited() {}
}

class Arith extends Base {
  readonly #offset = 1;
  field = () => 0;
  static sum() {}
  sum(args: { a: number }) {
    return args.a + this.#offset;
  }
  Product() {}
  product() {}
  _hidden() {}
  get accessor() {
    return () => 0;
  }
  then() {}
  [Symbol.iterator]() {}
  then2() {}
}

Deno.test("Service offers what the class itself declares, under Go's spelling too", () => {
  assertEquals(new Service(new Arith()).methods, [
    "Product",
    "Sum",
    "Then",
    "Then2",
    "product",
    "sum",
    "then",
    "then2",
  ]);
});

Deno.test("Service.method() finds nothing that was not declared", () => {
  const service = new Service(new Arith());
  const names = [
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "inherited",
    "field",
  ];
  for (
    const name of [
      ...names,
      "accessor",
      "_hidden",
      "",
      "Symbol(Symbol.iterator)",
      "#offset",
    ]
  ) {
    assertEquals(service.method(name), undefined, name);
  }
});

Deno.test("Service.method() is bound to its object", () => {
  assertEquals(
    new Service(new Arith()).method("Sum")?.run({ a: 2 }, context),
    3,
  );
});

Deno.test("Service keeps a method and another one with a capital apart", () => {
  const service = new Service({ sum: () => 1, Sum: () => 2 }, { name: "Both" });
  assertEquals(service.method("sum")?.run(null, context), 1);
  assertEquals(service.method("Sum")?.run(null, context), 2);
});

Deno.test("Service refuses objects without a name or without methods", () => {
  assertThrows(
    () => new Service({ sum() {} }),
    TypeError,
    'Cannot register service "": a name of letters, digits and "_" is wanted',
  );
  assertThrows(
    () => new Service(new Arith(), { name: "A.b" }),
    TypeError,
    'Cannot register service "A.b": a name of letters, digits and "_" is wanted',
  );
  class Empty {}
  assertThrows(
    () => new Service(new Empty()),
    TypeError,
    'Cannot register service "Empty": it has no methods',
  );
});

Deno.test("Service takes an object without a prototype for a plain one", () => {
  const receiver = Object.assign(Object.create(null), { a: () => 1 });
  assertEquals(new Service(receiver, { name: "Bare" }).methods, ["A", "a"]);
  assertThrows(
    () => new Service(receiver),
    TypeError,
    'Cannot register service ""',
  );
});
