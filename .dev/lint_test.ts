// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import plugin from "./lint.ts";

/** The rules a source breaks, in the order of the places. */
function broken(file: string, source: string): string[] {
  const path = new URL(`../${file}`, import.meta.url).pathname;
  return Deno.lint.runPlugin(plugin, path, source).map(({ id }) => id);
}

function check(
  rule: string,
  file: string,
  sources: {
    readonly bad: readonly string[];
    readonly good: readonly string[];
  },
): void {
  for (const source of sources.bad) {
    assertEquals(broken(file, source), [`gee/${rule}`], source);
  }
  for (const source of sources.good) {
    assertEquals(broken(file, source), [], source);
  }
}

Deno.test("module-boundaries refuses imports of other modules, types too", () => {
  check("module-boundaries", "web/pool/a.ts", {
    bad: [
      'import { Group } from "../../cache/mod.ts";',
      'import type { Group } from "../../cache/mod.ts";',
      'export * from "../../orm/mod.ts";',
      'export { dial } from "../../rpc/mod.ts";',
      'await import("../../rpc/mod.ts");',
    ],
    good: [
      'import { Engine } from "../engine.ts";',
      'export { a } from "../web/a.ts";',
    ],
  });
});

Deno.test("relative-imports refuses packages outside of the drivers", () => {
  check("relative-imports", "rpc/a.ts", {
    bad: [
      'import a from "npm:a@1";',
      'import { a } from "node:fs";',
      'import { assert } from "@std/assert";',
      'import { a } from "./a";',
      'await import("npm:a@1");',
      "await import(name);",
    ],
    good: [
      'import { a } from "./a.ts";',
      'import type { A } from "../b/a.ts";',
    ],
  });
  for (const driver of ["orm/sqlite.ts", "orm/libsql/local.ts", "orm/cli.ts"]) {
    assertEquals(
      broken(driver, 'import { DatabaseSync } from "node:sqlite";'),
      [],
    );
    assertEquals(broken(driver, 'await import("npm:libsql@0.5.29");'), []);
  }
});

Deno.test("error-message knows the rule for messages", () => {
  check("error-message", "orm/a.ts", {
    bad: [
      'throw new Error("invalid path");',
      'throw new TypeError("Cannot open.");',
      `throw new RangeError("Cannot open: it's closed");`,
      "throw new SyntaxError(`cannot open ${a}`);",
      "throw new BusyError(`Cannot open ${a}.`);",
    ],
    good: [
      'throw new Error("Cannot open: it is closed");',
      "throw new Error(`${name} is closed`);",
      "throw new Error();",
      "throw new Error(message);",
      'new Map([["a."]]);',
    ],
  });
});

Deno.test("hash-private refuses the other ways to be private", () => {
  check("hash-private", "cache/a.ts", {
    bad: [
      "class A { private a = 1; }",
      "class A { protected a() {} }",
      "class A { _a = 1; }",
      "class A { _a() {} }",
    ],
    good: ["class A { #a = 1; readonly b = this.#a; public c() {} }"],
  });
});

Deno.test("no-default-export and no-console hold for published sources", () => {
  check("no-default-export", "web/a.ts", {
    bad: ["export default 1;", "export default function a() {}"],
    good: ["export const a = 1;"],
  });
  check("no-console", "web/a.ts", {
    bad: ["console.log(1);", "const log = console.error;"],
    good: ["this.console(1);"],
  });
});

Deno.test("Rules for published sources leave tests, tools and examples alone", () => {
  const source =
    'import a from "npm:a@1"; console.log(a); export default class { _a = 1; }';
  for (
    const file of [
      "web/a_test.ts",
      "rpc/testdata/a.ts",
      "examples/web/a.ts",
      ".dev/a.ts",
    ]
  ) {
    assertEquals(broken(file, source), [], file);
  }
});
