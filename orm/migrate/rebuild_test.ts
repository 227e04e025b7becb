// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import {
  bigint,
  DatabaseError,
  Engine,
  fullText,
  integer,
  introspect,
  MigrationError,
  planMigration,
  real,
  table,
  text,
} from "../mod.ts";
import { sqlite } from "../sqlite.ts";
import { onEveryDriver } from "../testdata/drivers.ts";
import { expectHistory } from "./history.ts";
import { migrateTables, statementsOf } from "./migrate_tables.ts";

const notes = table("notes", { key: text().primaryKey(), n: integer() });

Deno.test("A table is built anew in the order that keeps its children", async () => {
  await using engine = await Engine.open(sqlite());
  const before = table("t", {
    id: integer().primaryKey().autoIncrement(),
    n: integer().nullable(),
  });
  await engine.migrate(before);
  await engine.session().exec("CREATE TABLE gee_new_t (x)");
  await engine.session().exec(
    "CREATE TRIGGER keep AFTER DELETE ON t BEGIN SELECT 1; END",
  );
  const after = table("t", {
    id: integer().primaryKey().autoIncrement(),
    n: bigint().default(1n).index(),
  });
  const { steps } = await engine.migrate(after);
  assertEquals(steps, [
    {
      table: "t",
      reason: "added cols [], deleted cols []; changed cols [n]",
      sql: [
        'CREATE TABLE "gee_new_t_2" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "n" BIGINT NOT NULL DEFAULT 1)',
        'INSERT INTO "gee_new_t_2" ("id", "n") SELECT "id", coalesce("n", 1) FROM "t"',
        "DELETE FROM sqlite_sequence WHERE name = 'gee_new_t_2'",
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'gee_new_t_2', seq FROM sqlite_sequence WHERE name = 't'",
        'DROP TABLE "t"',
        "PRAGMA legacy_alter_table = ON",
        'ALTER TABLE "gee_new_t_2" RENAME TO "t"',
        "PRAGMA legacy_alter_table = OFF",
        "CREATE TRIGGER keep AFTER DELETE ON t BEGIN SELECT 1; END",
        'EXPLAIN INSERT INTO "t" DEFAULT VALUES',
        'EXPLAIN UPDATE "t" SET "id" = "id", "n" = "n"',
        'EXPLAIN DELETE FROM "t"',
      ],
    },
    {
      table: "t",
      reason: "indices of table t: [t_n_index]",
      sql: ['CREATE INDEX "t_n_index" ON "t" ("n")'],
    },
  ]);
});

onEveryDriver(
  "A table that is built anew keeps its row ids",
  async (engine) => {
    const session = engine.session();
    await engine.migrate(notes);
    for (const n of [1, 2, 3]) await session.insert(notes, { key: `k${n}`, n });
    await session.model(notes).where({ n: 1 }).delete();
    const rowIds = () => session.raw("SELECT rowid AS id, key FROM notes");
    const before = await rowIds();
    assertEquals(before, [{ id: 2, key: "k2" }, { id: 3, key: "k3" }]);
    await engine.migrate(
      table("notes", { key: text().primaryKey(), n: integer().unique() }),
    );
    assertEquals(await rowIds(), before);
    // A key that numbers rows takes their row ids over.
    const numbered = table("notes", {
      id: integer().primaryKey(),
      key: text(),
      n: integer(),
    });
    await engine.migrate(numbered);
    assertEquals(await session.model(numbered).find(), [
      { id: 2, key: "k2", n: 2 },
      { id: 3, key: "k3", n: 3 },
    ]);
  },
);

onEveryDriver(
  "A new column of reals passes the check of integrity",
  async (engine) => {
    const session = engine.session();
    await engine.migrate(notes);
    await session.insert(notes, { key: "a", n: 1 });
    const after = table("notes", {
      key: text().primaryKey(),
      n: integer(),
      x: real().default(-0.25),
    });
    await engine.migrate(after);
    assertEquals((await session.model(after).first())?.x, -0.25);
    assertEquals(await session.raw("SELECT * FROM pragma_integrity_check"), [
      { integrity_check: "ok" },
    ]);
  },
);

onEveryDriver(
  "What another changes between plan and deed is not overrun",
  async (engine) => {
    const session = engine.session();
    await engine.migrate(notes);
    await session.insert(notes, { key: "a", n: 1 });
    const after = table("notes", {
      key: text().primaryKey(),
      n: integer().unique(),
    });
    let changes = 0;
    const disturbed = (limit: number) => ({
      session: () => session,
      transaction: engine.transaction.bind(engine),
      async runMigration(statements: Parameters<Engine["runMigration"]>[0]) {
        if (changes < limit) {
          await session.exec(
            `ALTER TABLE notes ADD COLUMN extra${++changes} INTEGER DEFAULT 5`,
          );
        }
        await engine.runMigration(statements);
      },
    });
    await assertRejects(
      () => migrateTables(disturbed(1), [after]),
      MigrationError,
      'column "extra1" of table "notes": the column is dropped, rows: 1',
    );
    await assertRejects(
      () => migrateTables(disturbed(9), [after], { allowLoss: true }),
      MigrationError,
      "Cannot migrate: others changed the schema 5 times meanwhile",
    );
  },
);

onEveryDriver(
  "A migration that expects another history does nothing",
  async (engine) => {
    const one = { name: "a", checksum: "", appliedAt: 0, ms: 0 };
    await engine.runMigration(expectHistory([]));
    const work = { sql: "CREATE TABLE x (y)", params: [] };
    await assertRejects(
      () => engine.runMigration([...expectHistory([one]), work]),
      DatabaseError,
      "malformed JSON",
    );
    assertEquals(await engine.session().hasTable("x"), false);
    await engine.runMigration([...expectHistory([]), work]);
    assertEquals(await engine.session().hasTable("x"), true);
  },
);

onEveryDriver(
  "What names a column that is gone stops a migration, wherever it stands",
  async (engine) => {
    const session = engine.session();
    const other = table("other", { id: integer().primaryKey() });
    await engine.migrate(notes, other);
    const slim = table("notes", {
      key: text().primaryKey().check("key <> ''"),
    });
    const objects = {
      "VIEW v": "CREATE VIEW v AS SELECT n FROM notes",
      "TRIGGER a":
        "CREATE TRIGGER a AFTER DELETE ON notes BEGIN SELECT old.n; END",
      "TRIGGER b":
        "CREATE TRIGGER b AFTER INSERT ON other BEGIN UPDATE notes SET n = 1; END",
      "TRIGGER c":
        "CREATE TRIGGER c AFTER UPDATE OF id ON other BEGIN DELETE FROM notes WHERE n = 1; END",
    };
    // It has nothing to do with the table, so it is nothing here.
    await session.exec("CREATE VIEW broken AS SELECT 1 FROM nowhere");
    for (const [name, sql] of Object.entries(objects)) {
      await session.exec(sql);
      await assertRejects(
        () => engine.migrate([slim], { allowLoss: true }),
        DatabaseError,
        "no such column",
      );
      await session.exec(`DROP ${name}`);
    }
    await engine.migrate(slim);
  },
  // A server refuses the pragma by which a view that is broken anyway is let be.
  { isLocal: true },
);

onEveryDriver(
  "A type that values do not fit counts those that do not",
  async (engine) => {
    const session = engine.session();
    const from = table("t", {
      id: integer().primaryKey(),
      text: text().nullable(),
      real: real().nullable(),
      big: bigint().nullable(),
    });
    await engine.migrate(from);
    await session.insert(
      from,
      { text: "12", real: 2, big: 5n },
      { text: "007", real: 2.5, big: 2n ** 53n + 1n },
      { text: "x", real: 1e300, big: -(2n ** 53n) },
      {},
    );
    const to = table("t", {
      id: integer().primaryKey(),
      text: integer().nullable(),
      real: bigint().nullable(),
      big: real().nullable(),
    });
    const plan = await planMigration(engine, [to]);
    assertEquals(plan.losses.map(({ column, rows }) => [column, rows]), [
      ["text", 2],
      ["real", 2],
      ["big", 1],
    ]);
    const texts = table("t", {
      id: integer().primaryKey(),
      text: text().nullable(),
      real: text().nullable(),
      big: text().nullable(),
    });
    assertEquals((await planMigration(engine, [texts])).losses, []);
  },
);

onEveryDriver(
  "What table() cannot describe is no difference, but a loss when it goes",
  async (engine) => {
    const session = engine.session();
    await session.exec(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20) COLLATE NOCASE)",
    );
    const columns = { id: integer().primaryKey(), name: text().nullable() };
    const plan = await planMigration(engine, [table("t", columns)]);
    assertEquals(plan, { steps: [], losses: [], problems: [] });
    await session.exec("CREATE TABLE u (id INT PRIMARY KEY NOT NULL, n INT)");
    const u = table("u", {
      id: integer().primaryKey(),
      n: bigint().nullable(),
    });
    assertEquals(
      (await planMigration(engine, [u])).steps.map(({ reason }) => reason),
      ["added cols [], deleted cols []; changed cols [id, n]"],
    );
    await engine.migrate(table("t", { ...columns, n: integer().default(1) }));
    await assertRejects(
      () => engine.migrate(table("t", { ...columns, n: integer().unique() })),
      MigrationError,
      'Cannot migrate without "allowLoss": table "t": COLLATE NOCASE of column "name" is dropped, which table() cannot describe',
    );
  },
);

onEveryDriver(
  "A table is built anew where a server refuses to rename it the old way",
  async (engine) => {
    const session = engine.session();
    const other = table("other", { id: integer().primaryKey() });
    await engine.migrate(notes, other);
    for (
      const sql of [
        "CREATE VIEW b AS SELECT n FROM notes",
        "CREATE VIEW a AS SELECT n FROM b",
        "CREATE TRIGGER t1 INSTEAD OF DELETE ON a BEGIN DELETE FROM notes; END",
        "CREATE TRIGGER t2 AFTER DELETE ON other BEGIN DELETE FROM a; END",
        "CREATE TRIGGER t3 AFTER INSERT ON other BEGIN INSERT INTO notes VALUES (new.id, 1); END",
        "CREATE TRIGGER t4 AFTER DELETE ON notes BEGIN DELETE FROM other; END",
      ]
    ) await session.exec(sql);
    const after = table("notes", {
      key: text().primaryKey(),
      n: integer().check("n > 0"),
    });
    const { views, triggers } = await introspect(session);
    const { steps } = await planMigration(engine, [after]);
    await engine.runMigration(
      statementsOf(steps).filter(({ sql }) => !sql.includes("legacy_alter")),
    );
    const now = await introspect(session);
    assertEquals({ views: now.views, triggers: now.triggers }, {
      views,
      triggers,
    });
    assertEquals((await engine.migrate(after)).steps, []);
    await session.insert(other, { id: 5 });
    assertEquals(await session.raw("SELECT n FROM a"), [{ n: 1 }]);
    await session.model(other).all().delete();
    assertEquals(await session.model(after).count(), 0);
  },
);

onEveryDriver(
  "A full-text index is still true when its table was built anew",
  async (engine) => {
    const session = engine.session();
    const columns = { id: integer().primaryKey(), title: text() };
    const posts = table("posts", columns);
    await engine.migrate(posts);
    await session.createFullText(fullText(posts, ["title"]));
    await session.insert(posts, { title: "red" }, { title: "green" });
    const after = table("posts", { ...columns, title: text().unique() });
    await engine.migrate(after);
    await session.insert(after, { title: "blue red" });
    await session.model(after).where({ id: 1 }).delete();
    const found = session.model(after).match(fullText(after, ["title"]), "red");
    assertEquals(await found.find(), [{ id: 3, title: "blue red" }]);
    assertEquals((await engine.migrate(after)).steps, []);
  },
);
