// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { mentions, normalize } from "./normalize.ts";
import { parseIndex, parseTable, withoutParentheses } from "./parse_table.ts";
import { splitStatements } from "./split_statements.ts";
import { tokenize } from "./tokenize.ts";

Deno.test("tokenize() leaves nothing of a text out but spaces and comments", () => {
  const sql = "a\"b\"\"c\" [d]]`e` 'f''g' x'0A' 1.5e-3 /* h */<=-- i\n.5 ü";
  assertEquals(
    tokenize(sql).map(({ kind, value }) => `${kind} ${value}`),
    [
      "word A",
      'name b"c',
      "name d",
      "sign ]",
      "name e",
      "string 'f''g'",
      "string x'0A'",
      "number 1.5e-3",
      "sign <",
      "sign =",
      "number .5",
      "word Ü",
    ],
  );
  for (const open of ["'a", '"a', "`a", "[a", "/* a"]) {
    assertEquals(tokenize(open).length, open === "/* a" ? 0 : 1);
  }
});

Deno.test("normalize() tells pieces of SQL apart by what they mean alone", () => {
  const same = [
    ["a > 0", '("A">0)', "((a  > /* x */ 0)) -- y"],
    ["length([a b])", 'LENGTH ( "A B" )'],
    ["X'00FF'", "x'00ff'"],
  ];
  for (const [first = "", ...others] of same) {
    for (const other of others) {
      assertEquals(normalize(other), normalize(first));
    }
  }
  const different = [["'a'", "'A'"], ["(a) + (b)", "a) + (b"], ["a b", "ab"]];
  for (const [a = "", b = ""] of different) {
    assertEquals(normalize(a) === normalize(b), false);
  }
});

Deno.test("mentions() sees names, not the letters of strings", () => {
  assertEquals(mentions('lower("Name") > 1', "name"), true);
  assertEquals(mentions("names = 'name' /* name */", "name"), false);
});

Deno.test("parseTable() reads what pragmas do not tell", () => {
  const table = parseTable(`CREATE TABLE "a(b" -- (
    ( id INTEGER CONSTRAINT "the key" PRIMARY KEY AUTOINCREMENT,
      "check" TEXT COLLATE nocase DEFAULT (',)(') CHECK (("check") <> ''),
      [as] VARCHAR(1, 2) CONSTRAINT c NOT NULL CHECK (1),
      g AS (id + (2)) STORED CONSTRAINT "g""g" CHECK (g > 0 -- )
      ),
      CONSTRAINT one CHECK (id) CONSTRAINT u UNIQUE (g) CHECK (2),
      FOREIGN KEY (g) REFERENCES other (a) DEFERRABLE INITIALLY DEFERRED
    ) STRICT`);
  assertEquals(table.checks, [
    { name: null, expression: "(\"check\") <> ''" },
    { name: null, expression: "1" },
    { name: 'g"g', expression: "g > 0 -- )\n" },
    { name: "one", expression: "id" },
    { name: null, expression: "2" },
  ]);
  assertEquals([...table.generated], [["g", "id + (2)"]]);
  assertEquals(table.isAutoIncrement, true);
  assertEquals(table.beyond, [
    'COLLATE nocase of column "check"',
    "DEFERRABLE",
  ]);
});

Deno.test("parseIndex() reads expressions, directions and conditions", () => {
  assertEquals(
    parseIndex(
      'CREATE INDEX i ON t (lower(a) DESC, (b + 1), "desc" ASC) WHERE (a IN (1, 2))',
    ),
    { parts: ["lower(a)", "b + 1", '"desc"'], where: "a IN (1, 2)" },
  );
  assertEquals(parseIndex("CREATE INDEX i ON t (a)"), {
    parts: ["a"],
    where: null,
  });
  assertEquals(withoutParentheses("(a) + (b)"), "(a) + (b)");
});

Deno.test("splitStatements() ends a trigger where its body ends", () => {
  const trigger =
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN ';' END; SELECT 2; END";
  assertEquals(
    splitStatements(`-- first;\nSELECT ';'; ${trigger};;\n/* ; */ SELECT 3`),
    ["-- first;\nSELECT ';'", trigger, "/* ; */ SELECT 3"],
  );
  assertEquals(splitStatements(" ; -- nothing\n"), []);
});

Deno.test("splitStatements() takes a long body in linear time", () => {
  // Only that it comes back: quadratic time would be hours.
  for (const part of ["; ", "case ", "a;"]) {
    const sql = `create trigger t begin ${part.repeat(300_000)}`;
    assertEquals(splitStatements(sql), [sql.trim()]);
  }
});
