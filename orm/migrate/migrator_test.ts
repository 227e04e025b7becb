// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  DatabaseError,
  Engine,
  integer,
  introspect,
  MigrationError,
  Migrator,
  type Table,
  table,
  text,
} from "../mod.ts";
import { libsql } from "../libsql.ts";
import { sqlite } from "../sqlite.ts";
import { onEveryDriver } from "../testdata/drivers.ts";
import { parseMigration } from "./migration_file.ts";

const users = table("users", { id: integer().primaryKey(), name: text() });
const posts = table("posts", {
  id: integer().primaryKey(),
  userId: integer().references((): Table => users),
  title: text().index(),
});
const people = table("people", {
  id: integer().primaryKey(),
  fullName: text().unique(),
  age: integer().default(3),
});
const shadow = () => sqlite();

async function withFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const at = (second: number) => ({
  now: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
});

onEveryDriver(
  "Migrator runs what it generated, undoes it, and does it again",
  (engine) =>
    withFolder(async (folder) => {
      const session = engine.session();
      const migrator = new Migrator(engine, { folder, shadow });
      assertEquals(await migrator.status(), []);
      await migrator.generate("Create users!", [users, posts], at(1));
      assertEquals(
        await migrator.generate("again", [users, posts], at(2)),
        undefined,
      );
      const first = "20260101000001_create_users";
      assertEquals((await migrator.up()).map(({ name }) => name), [first]);
      assertEquals(await migrator.up(), []);
      await session.insert(users, { name: "Tom" });
      await session.insert(posts, { userId: 1, title: "Hello" });
      const works = table("posts", {
        id: integer().primaryKey(),
        userId: integer().references((): Table => people),
        title: text().index(),
      });
      const rename = { users: "people", "users.name": "fullName" };
      await migrator.generate("people", [people, works], {
        rename,
        ...at(3),
      });
      const before = await introspect(session);
      const [run] = await migrator.up();
      assert(run?.statements.some((sql) => sql.includes("RENAME COLUMN")));
      assertEquals(await session.model(people).find(), [
        { id: 1, fullName: "Tom", age: 3 },
      ]);
      assertEquals(await migrator.check([people, works]), []);
      assertEquals((await migrator.redo()).map(({ name }) => name), [
        "20260101000003_people",
        "20260101000003_people",
      ]);
      await migrator.down();
      const after = await introspect(session);
      assertEquals(after.tables.map(({ name }) => name).sort(), [
        "gee_migrations",
        "posts",
        "users",
      ]);
      assertEquals(
        after.tables.find(({ name }) => name === "users")?.schema,
        before.tables.find(({ name }) => name === "users")?.schema,
      );
      assertEquals(await session.model(users).find(), [{ id: 1, name: "Tom" }]);
      const [one, two] = await migrator.status();
      assertEquals([one?.state, two?.state], ["applied", "pending"]);
      assert(one !== undefined && one.ms !== null && one.ms >= 0);
      assert(Math.abs(Date.now() - (one.appliedAt?.getTime() ?? 0)) < 60_000);
    }),
);

Deno.test("Migrator refuses migrations that were edited or are gone", () =>
  withFolder(async (folder) => {
    await using engine = await Engine.open(sqlite());
    const migrator = new Migrator(engine, { folder, shadow });
    const file = await migrator.generate("users", [users], at(1)) ?? "";
    await migrator.up();
    const source = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, source.replaceAll("\n", "\r\n"));
    assertEquals(await migrator.up(), []);
    await Deno.writeTextFile(file, source + "-- edited\n");
    await assertRejects(
      () => migrator.up(),
      MigrationError,
      'Cannot migrate: migration "20260101000001_users" was edited after it was applied; undo the edit and write a new one',
    );
    assertEquals((await migrator.check())[0]?.includes("was edited"), true);
    await Deno.remove(file);
    await assertRejects(
      () => migrator.down(),
      MigrationError,
      'Cannot migrate: migration "20260101000001_users" was applied, and its file is gone',
    );
  }));

Deno.test("Migrator.up() keeps what came before a migration that fails", () =>
  withFolder(async (folder) => {
    await using engine = await Engine.open(sqlite());
    const migrator = new Migrator(engine, { folder });
    const write = (name: string, text: string) =>
      Deno.writeTextFile(`${folder}/${name}.sql`, text);
    await write(
      "20260101000001_a",
      `-- up
       CREATE TABLE a (x TEXT); CREATE TABLE log (x TEXT);
       CREATE TRIGGER t AFTER INSERT ON a BEGIN
         INSERT INTO log VALUES (CASE WHEN new.x = ';' THEN 'a;' ELSE 'b' END);
         INSERT INTO log VALUES ('--');
       END;
       INSERT INTO a VALUES (';'); -- the end;`.replaceAll(/^ +/gm, ""),
    );
    await write(
      "20260101000002_b",
      "-- up\nCREATE TABLE b (x TEXT);\nINSERT INTO nowhere VALUES (1);\n",
    );
    await assertRejects(() => migrator.up(), DatabaseError, "nowhere");
    const session = engine.session();
    assertEquals(await session.raw("SELECT x FROM log"), [
      { x: "a;" },
      { x: "--" },
    ]);
    assertEquals(await session.hasTable("b"), false);
    assertEquals((await migrator.status()).map(({ state }) => state), [
      "applied",
      "pending",
    ]);
    const [dry] = await migrator.up({ dryRun: true });
    assertEquals(dry?.statements.length, 2);
    await assertRejects(
      () => migrator.down(),
      MigrationError,
      'Cannot undo migration "20260101000001_a": it has no section "-- down"',
    );
  }));

for (const driver of [sqlite, libsql]) {
  Deno.test(`Migrator.up() runs each migration once when several run at once, on ${driver.name}`, () =>
    withFolder(async (folder) => {
      for (const n of [1, 2, 3, 4, 5]) {
        await Deno.writeTextFile(
          `${folder}/2026010100000${n}_t.sql`,
          `-- up\nCREATE TABLE t${n} (x TEXT);\nINSERT INTO t${n} VALUES ('${n}');\n`,
        );
      }
      const location = driver === libsql
        ? new URL(`file://${folder}/gee.db`)
        : `${folder}/gee.db`;
      const open = () => Engine.open(driver(location));
      const engines = [await open(), await open(), await open()];
      try {
        const runs = await Promise.all(
          engines.map((engine) => new Migrator(engine, { folder }).up()),
        );
        assertEquals(
          runs.flat().map(({ name }) => name).sort(),
          [1, 2, 3, 4, 5].map((n) => `2026010100000${n}_t`),
        );
        for (const n of [1, 2, 3, 4, 5]) {
          const [row] = await engines[0]!.session() // the first of three
            .raw(`SELECT count(*) AS count FROM t${n}`);
          assertEquals(row, { count: 1 });
        }
      } finally {
        for (const engine of engines) await engine.close();
      }
    }));
}

Deno.test("Migrator.check() finds what does not fit together", () =>
  withFolder(async (folder) => {
    await using engine = await Engine.open(sqlite());
    const session = engine.session();
    const migrator = new Migrator(engine, { folder, shadow });
    await migrator.generate("users", [users], at(1));
    assertEquals(await migrator.check([users]), [
      'migration "20260101000001_users" is not applied',
    ]);
    await migrator.up();
    await Deno.writeTextFile(
      `${folder}/20260101000002_view.sql`,
      "-- up\nCREATE VIEW names AS SELECT name FROM users;\n",
    );
    await migrator.up();
    assertEquals(await migrator.check([users]), []);
    await session.exec("DROP VIEW names");
    await session.exec("ALTER TABLE users ADD COLUMN nick TEXT");
    await session.exec("CREATE TABLE other (x)");
    assertEquals(await migrator.check([users, posts]), [
      'the database differs from its migrations in table "users": added cols [], deleted cols [nick]',
      'the database has no view "names"',
      'table "posts" is not what the migrations make: table posts doesn\'t exist',
      'table "posts" is not what the migrations make: indices of table posts: [posts_title_index]',
    ]);
  }));

Deno.test("Migrator.generate() says what is lost, and refuses it untold", () =>
  withFolder(async (folder) => {
    await using engine = await Engine.open(sqlite());
    const migrator = new Migrator(engine, { folder, shadow });
    await migrator.generate("users", [users], at(1));
    const slim = table("users", { id: integer().primaryKey() });
    await assertRejects(
      () => migrator.generate("slim", [slim], at(2)),
      MigrationError,
      'Cannot migrate without "allowLoss": column "name" of table "users": the column is dropped',
    );
    const file = await migrator.generate("slim", [slim], {
      allowLoss: true,
      ...at(2),
    }) ?? "";
    assertMatch(
      await Deno.readTextFile(file),
      /^-- Loses data, column "name" of table "users": the column is dropped\n-- Undone, fails on rows, column "name"[^\n]*\n-- up\n-- added cols \[\], deleted cols \[name\]\nALTER TABLE "users" DROP COLUMN "name";\n\n-- down\n/,
    );
    await assertRejects(
      () => new Migrator(engine, { folder }).check(),
      TypeError,
      'Cannot try migrations out: the migrator has no "shadow"',
    );
    await assertRejects(
      () => migrator.up({ count: 0 }),
      RangeError,
      'Cannot migrate: "count" is 0, want a whole number from 1',
    );
  }));

Deno.test("parseMigration() refuses what is no migration", async () => {
  const cases: [string, string, string][] = [
    ["a", "-- up", 'want a name like "20261130134000_add_email"'],
    ["20260101000001_a", "SELECT 1", 'it has no section "-- up"'],
    ["20260101000001_a", "-- up\n-- up", 'it has two sections "-- up"'],
    [
      "20260101000001_a",
      "-- up\nbegin; SELECT 1;",
      "BEGIN is in it, but it is run in a transaction anyway",
    ],
  ];
  for (const [name, source, reason] of cases) {
    await assertRejects(
      () => parseMigration(name, source),
      MigrationError,
      `Cannot read migration "${name}": ${reason}`,
    );
  }
});
