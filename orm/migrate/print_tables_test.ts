// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Engine, introspect, printTables, schema, type Table } from "../mod.ts";
import { sqlite } from "../sqlite.ts";

const SQL = [
  `CREATE TABLE authors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name text NOT NULL DEFAULT 'it''s \`\${x}\\',
    "role" TEXT NOT NULL DEFAULT 'reader' CHECK (role IN ('reader', 'wri"ter')),
    born INTEGER CHECK (born > 0 -- never
    ) , big BIGINT DEFAULT 9223372036854775807,
    rate REAL DEFAULT 9e999, ok BOOLEAN NOT NULL DEFAULT 1,
    at DATETIME DEFAULT CURRENT_TIMESTAMP, raw BLOB DEFAULT X'00ff',
    "and" TEXT, "a b" INTEGER UNIQUE, [class] INTEGER,
    upper TEXT GENERATED ALWAYS AS (upper(name)) STORED,
    twice INTEGER AS (born * 2),
    CONSTRAINT "the check" CHECK (length(name) < 100 AND born IS NOT NULL),
    UNIQUE (name, born)
  )`,
  `CREATE TABLE "order" (
    author INTEGER NOT NULL REFERENCES authors ON DELETE CASCADE,
    nr INTEGER NOT NULL, other INTEGER REFERENCES authors("a b"),
    prev_author INTEGER, prev_nr INTEGER,
    PRIMARY KEY (author, nr),
    FOREIGN KEY (prev_author, prev_nr) REFERENCES "order" ON UPDATE SET NULL
  ) STRICT, WITHOUT ROWID`,
  "CREATE INDEX by_name ON authors (lower(name), born DESC) WHERE born > 5",
  "CREATE UNIQUE INDEX by_rate ON authors (rate)",
  "CREATE VIEW young AS SELECT name\nFROM authors /* ; */",
  "CREATE VIRTUAL TABLE words USING fts5(word)",
];

Deno.test("printTables() prints a module whose tables are those of the database", async () => {
  await using engine = await Engine.open(sqlite());
  const session = engine.session();
  for (const sql of SQL) await session.exec(sql);
  const database = await introspect(session);
  const from = new URL("../mod.ts", import.meta.url).href;
  const source = printTables(database, { from });
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/tables.ts`;
    await Deno.writeTextFile(path, source);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--no-config", path],
    }).output();
    assertEquals(success, true, new TextDecoder().decode(stderr) + source);
    const module: Record<string, Table> = await import(`file://${path}`);
    assertEquals(Object.keys(module), ["authors", "order"]);
    for (const { name, schema: stored } of database.tables) {
      const printed = schema(module[name]!); // as the keys say
      // The database has the enumeration's check as it was written.
      assertEquals(
        { ...printed, checks: printed.checks.length },
        { ...stored, checks: stored.checks.length },
      );
    }
    const { authors, order } = module;
    assertEquals((await engine.migrate(authors!, order!)).steps, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assertStringIncludes(
    source,
    '// The view "young": CREATE VIEW young AS SELECT name\n// FROM authors /* ; */\n',
  );
  assertStringIncludes(source, '// The virtual table "words": ');
});

Deno.test("printTables() says what it cannot describe", async () => {
  await using engine = await Engine.open(sqlite());
  const session = engine.session();
  await session.exec(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE ON CONFLICT IGNORE, other INT REFERENCES gone (x))",
  );
  const source = printTables(await introspect(session));
  assertEquals(
    source,
    `import { integer, table, text } from "@gee/std/orm";

// Not described here: COLLATE NOCASE of column "name"
// Not described here: ON CONFLICT IGNORE of column "name"
// Not described here: the reference of "other" to table "gone", which is not there
export const t = table("t", {
  id: integer().primaryKey(),
  name: text().nullable().unique(),
  other: integer().nullable(),
});
`,
  );
});
