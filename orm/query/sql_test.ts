// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { SqlChecker } from "./sql.ts";

Deno.test("SqlChecker.statement() counts placeholders where they are", () => {
  const checker = new SqlChecker();
  const cases: [string, number][] = [
    ["SELECT 1", 0],
    ["SELECT ?, ?;", 2],
    ["SELECT '?', 'it''s ?', \"?\", `?`, [?], ?", 1],
    ["SELECT ? -- why?\n, ? /* ? ; */ ; -- end?", 2],
    ["SELECT x'00', a.b FROM t AS a WHERE b = ?", 1],
    ["CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 'x'; END", 0],
  ];
  for (const [sql, count] of cases) {
    const params = Array<number>(count).fill(1);
    assertEquals(checker.statement(sql, params).length, count, sql);
    assertThrows(
      () => checker.statement(sql, [...params, 1]),
      TypeError,
      `got ${count + 1} values, want ${count}`,
    );
  }
});

Deno.test("SqlChecker.statement() refuses what is not one statement", () => {
  const checker = new SqlChecker();
  const cases: [string, string][] = [
    ["", 'Cannot run "": it is empty'],
    [" \n", "it is empty"],
    ["SELECT 1; DROP TABLE users", "it is more than one statement"],
    ["SELECT 1; 'x'", "it is more than one statement"],
    ["SELECT ?1", 'placeholders are "?", got "?1"'],
    ["SELECT :name", 'placeholders are "?", got ":name"'],
    ["SELECT @name", 'placeholders are "?", got "@name"'],
    ["BEGIN", 'Cannot run "BEGIN": transactions are begun by transaction()'],
    [" rollback to x", "transactions are begun by transaction()"],
  ];
  for (const [sql, message] of cases) {
    assertThrows(() => checker.statement(sql, []), TypeError, message);
  }
});

Deno.test("SqlChecker.condition() binds values of every kind", () => {
  const checker = new SqlChecker();
  const bytes = new Uint8Array([1]);
  assertEquals(
    checker.condition("? ? ? ? ? ? ? ?", [
      5,
      0.5,
      2n,
      "x",
      true,
      null,
      bytes,
      new Date(9),
    ]),
    [5n, 0.5, 2n, "x", 1n, null, bytes, 9n],
  );
  for (const value of [undefined, {}, [1], NaN, new Date(NaN), () => 1]) {
    assertThrows(
      () => checker.condition("a = ?", [value as string]),
      TypeError,
      "Cannot bind parameter 1: got ",
    );
  }
  assertThrows(() => checker.condition("a = ?", [2n ** 63n]), RangeError);
});

Deno.test("SqlChecker.condition() refuses what would not stay in its place", () => {
  const checker = new SqlChecker();
  const cases: [string, string][] = [
    ["1=1) OR (1=1", "its parentheses are not in pairs"],
    ["(a = 1", "its parentheses are not in pairs"],
    ["a = 1)", "its parentheses are not in pairs"],
    ["a = 1;", 'there is a ";" in it'],
    ["a = 1; DROP TABLE b", "it is more than one statement"],
  ];
  for (const [sql, message] of cases) {
    assertThrows(
      () => checker.condition(sql, []),
      TypeError,
      `Cannot use condition "${sql}": ${message}`,
    );
  }
  const kept = "a IN (1, (2)) AND b <> ')' AND \"(\" = '(' -- )";
  assertEquals(checker.condition(kept, []), []);
});

Deno.test("SqlChecker forgets texts when there are very many", () => {
  const checker = new SqlChecker();
  for (let i = 0; i < 1100; i++) {
    assertEquals(checker.condition(`a${i} = ?`, [1]), [1n]);
  }
});

Deno.test("SqlChecker takes hard texts in linear time", () => {
  const checker = new SqlChecker();
  for (const part of ["'", '"', "/*", "/ *", "--", "[", "`", "$", ":a["]) {
    for (const [start, end] of [["", ""], ["", "'"], ["", '"'], [";", "`"]]) {
      // Only that it comes back: quadratic time would be hours.
      try {
        checker.condition(`${start}${part.repeat(1_000_000)}${end}`, []);
      } catch (error) {
        assertInstanceOf(error, TypeError);
      }
    }
  }
});

Deno.test("SqlChecker.statement() finds what ends a transaction behind comments", () => {
  const checker = new SqlChecker();
  for (const head of ["/* a */ ", "-- a\n", "\n /**/ -- b\n\t"]) {
    assertThrows(
      () => checker.statement(`${head}COMMIT`, []),
      TypeError,
      "transactions are begun by transaction()",
    );
    const trigger =
      `${head}CREATE TRIGGER a AFTER INSERT ON b BEGIN SELECT 1; END`;
    assertEquals(checker.statement(trigger, []), []);
  }
  // Only that it comes back.
  checker.statement(`${"--a\n/**/".repeat(100_000)}SELECT 1`, []);
});

Deno.test("SqlChecker refuses every placeholder but the question mark", () => {
  const checker = new SqlChecker();
  for (const name of [":1", "$1", "@1", ":é", "$a"]) {
    assertThrows(
      () => checker.statement(`SELECT ${name}`, []),
      TypeError,
      `placeholders are "?", got "${name}"`,
    );
  }
  assertEquals(checker.statement("SELECT a$1 FROM b$c", []), []);
});

Deno.test("SqlChecker.condition() refuses a comment that is not closed", () => {
  const checker = new SqlChecker();
  for (const open of ["a /*", "a /* b", "a /*/"]) {
    assertThrows(
      () => checker.condition(open, []),
      TypeError,
      "a comment in it is not closed",
    );
  }
  assertEquals(checker.condition("a /**/ = /* b */ 1", []), []);
});
