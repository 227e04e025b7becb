// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import {
  bigint,
  boolean,
  date,
  Engine,
  enumeration,
  ForeignKeyError,
  integer,
  introspect,
  MigrationError,
  planMigration,
  type QueryEvent,
  sql,
  type Table,
  table,
  text,
  UniqueError,
} from "../mod.ts";
import { sqlite } from "../sqlite.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

const users = table("User", {
  Name: text().primaryKey(),
  Age: integer().nullable(),
});

onEveryDriver(
  "Engine.migrate() creates a table that is missing and then finds nothing to do",
  async (engine) => {
    const { steps } = await engine.migrate(users);
    assertEquals(steps.map(({ reason }) => reason), [
      "table User doesn't exist",
    ]);
    await engine.session().insert(users, { Name: "Tom", Age: 18 });
    assertEquals((await engine.migrate(users)).steps, []);
    assertEquals((await engine.migrate([users])).steps, []);
  },
);

Deno.test("Engine.migrate() logs what the original did, by onQuery", async () => {
  const texts: string[] = [];
  const onQuery = ({ sql }: QueryEvent) => {
    for (const line of sql.split("\n")) {
      if (line.startsWith("--")) texts.push(line);
    }
  };
  await using engine = await Engine.open(sqlite(), { onQuery });
  await engine.migrate(users);
  const after = table("User", {
    Name: text().primaryKey(),
    Email: text().nullable(),
  });
  await engine.migrate([after], { allowLoss: true });
  assertEquals(texts, [
    "-- table User doesn't exist",
    "-- added cols [Email], deleted cols [Age]",
  ]);
});

onEveryDriver(
  "Engine.migrate() gives old rows the default of a new column",
  async (engine) => {
    await engine.migrate(users);
    const session = engine.session();
    await session.insert(users, { Name: "Tom" });
    const after = table("User", {
      Name: text().primaryKey(),
      Age: integer().nullable(),
      Points: integer().default(7),
      Role: enumeration(["reader", "writer"]).default("reader"),
    });
    const { steps } = await engine.migrate(after);
    assertEquals(
      steps[0]?.sql.every((text) => text.includes("ADD COLUMN")),
      true,
    );
    assertEquals(await session.model(after).find(), [
      { Name: "Tom", Age: null, Points: 7, Role: "reader" },
    ]);
    assertEquals((await engine.migrate(after)).steps, []);
    // And NULL gets it where NULL no longer may be.
    const strict = table("User", {
      Name: text().primaryKey(),
      Age: integer().default(3),
    });
    await engine.migrate([strict], { allowLoss: true });
    assertEquals(await session.model(strict).find(), [{ Name: "Tom", Age: 3 }]);
  },
);

const authors = table("authors", {
  id: integer().primaryKey().autoIncrement(),
  name: text(),
  born: integer().nullable(),
});
const books = table("books", {
  id: integer().primaryKey(),
  authorId: integer().references((): Table => authors, { onDelete: "cascade" }),
  title: text().index(),
});

async function library(engine: Engine): Promise<void> {
  const session = engine.session();
  await engine.migrate(authors, books);
  await session.insert(authors, { name: "Mann" }, {
    name: "Joyce",
    born: 1882,
  });
  await session.insert(
    books,
    { authorId: 1, title: "Buddenbrooks" },
    { authorId: 2, title: "Ulysses" },
    { authorId: 2, title: "Dubliners" },
  );
  await session.exec("CREATE TABLE log (text TEXT)");
  await session.exec(
    "CREATE TRIGGER authors_log AFTER UPDATE ON authors BEGIN INSERT INTO log VALUES (old.name || ';' || new.name); END",
  );
  await session.exec(
    "CREATE VIEW names AS SELECT name, title FROM authors JOIN books ON authorId = authors.id",
  );
}

onEveryDriver(
  "Engine.migrate() builds a table anew with every row of its children",
  async (engine) => {
    await library(engine);
    const session = engine.session();
    await session.model(authors).where({ name: "Mann" }).update({ born: 1875 });
    const after = table("authors", {
      id: integer().primaryKey().autoIncrement(),
      name: text().unique(),
      born: integer().nullable().check("born > 0"),
    }, { indexes: [{ on: ["-born"], where: "born > 1800" }] });
    // The number of a deleted row is not given again afterwards either.
    await session.insert(authors, { name: "Gone" });
    await session.model(authors).where({ name: "Gone" }).delete();
    const { steps } = await engine.migrate(after);
    assertEquals(steps[0]?.sql.some((text) => /^DROP TABLE/.test(text)), true);
    assertEquals(await session.model(books).count(), 3);
    assertEquals(await session.raw("SELECT count(*) AS count FROM names"), [
      { count: 3 },
    ]);
    await session.model(after).where({ id: 1 }).update({ name: "Thomas" });
    assertEquals(await session.raw("SELECT text FROM log"), [
      { text: "Mann;Mann" },
      { text: "Mann;Thomas" },
    ]);
    assertEquals((await session.insert(after, { name: "New" })).lastId, 4);
    await assertRejects(
      () => session.insert(after, { name: "New" }),
      UniqueError,
    );
    await assertRejects(
      () => session.insert(books, { authorId: 99, title: "" }),
      ForeignKeyError,
    );
    await session.model(after).where({ id: 2 }).delete();
    assertEquals(await session.model(books).count(), 1);
    assertEquals((await engine.migrate(after, books)).steps, []);
  },
);

onEveryDriver(
  "Engine.migrate() renames tables and columns with what names them",
  async (engine) => {
    await library(engine);
    const session = engine.session();
    const people = table("people", {
      id: integer().primaryKey().autoIncrement(),
      fullName: text().unique(),
      born: bigint().nullable(),
    });
    const works = table("books", {
      id: integer().primaryKey(),
      authorId: integer().references((): Table => people, {
        onDelete: "cascade",
      }),
      title: text().index(),
    });
    const rename = { authors: "people", "authors.name": "fullName" };
    await engine.migrate([people, works], { rename });
    assertEquals(
      await session.model(people).orderBy("id").select("fullName").find(),
      [{ fullName: "Mann" }, { fullName: "Joyce" }],
    );
    await session.model(people).where({ id: 1 }).update({ fullName: "Tom" });
    assertEquals(await session.raw("SELECT text FROM log"), [
      { text: "Mann;Tom" },
    ]);
    assertEquals(await session.raw("SELECT count(*) AS count FROM names"), [
      { count: 3 },
    ]);
    const again = await engine.migrate([people, works], { rename });
    assertEquals(again.steps, []);
    const capital = { people: "People", "people.fullName": "FullName" };
    const plan = await planMigration(engine, [], { rename: capital });
    assertEquals(plan.steps.length, 2);
    await engine.migrate([], { rename: capital });
    const done = await planMigration(engine, [], { rename: capital });
    assertEquals(done.steps, []);
  },
);

onEveryDriver(
  "Engine.migrate() refuses what loses data, and changes nothing then",
  async (engine) => {
    await library(engine);
    const before = await introspect(engine.session());
    const slim = table("authors", {
      id: integer().primaryKey().autoIncrement(),
      name: text(),
    });
    const error = await assertRejects(
      () => engine.migrate([slim], { drop: ["books"] }),
      MigrationError,
      'Cannot migrate without "allowLoss": column "born" of table "authors": the column is dropped, rows: 1; table "books": the table is dropped, rows: 3',
    );
    assertEquals(error.findings.map(({ rows }) => rows), [1, 3]);
    const full = table("authors", {
      ...authors.columns,
      active: boolean(),
      createdAt: date().createdAt(),
    });
    await assertRejects(
      () => engine.migrate([full], { allowLoss: true }),
      MigrationError,
      'Cannot migrate: column "active" of table "authors": the new column is not nullable and has no default for the rows that are there, rows: 2; column "createdAt"',
    );
    const born = table("authors", {
      id: integer().primaryKey().autoIncrement(),
      name: text(),
      born: integer(),
    });
    await assertRejects(
      () => engine.migrate([born], { allowLoss: true }),
      MigrationError,
      'column "born" of table "authors": the column is no longer nullable and has no default for NULL, rows: 1',
    );
    const typed = table("authors", {
      id: integer().primaryKey().autoIncrement(),
      name: integer(),
      born: integer().nullable(),
    });
    await assertRejects(
      () => engine.migrate(typed),
      MigrationError,
      'column "name" of table "authors": values do not fit INTEGER exactly, rows: 2',
    );
    await engine.session().insert(authors, { name: "Joyce", born: 1882 });
    const unique = table("authors", {
      id: integer().primaryKey().autoIncrement(),
      name: text(),
      born: integer().nullable(),
    }, {
      indexes: [{ on: ["name"], unique: true }],
      unique: [["name", "born"]],
    });
    await assertRejects(
      () => engine.migrate(unique),
      MigrationError,
      'Cannot migrate: table "authors": values of "name", "born" are there more than once, rows: 2; column "name" of table "authors": values of "name" are there more than once, rows: 2',
    );
    assertEquals(await introspect(engine.session()), before);
  },
);

onEveryDriver(
  "Engine.migrate() rolls back when a reference, a view or a trigger would break",
  async (engine) => {
    await library(engine);
    const session = engine.session();
    const before = await introspect(session);
    const nameless = table("authors", {
      id: integer().primaryKey(),
      born: integer().nullable(),
    });
    await assertRejects(
      () => engine.migrate([nameless], { allowLoss: true }),
      Error,
      "no such column",
    );
    const orphans = table("books", {
      id: integer().primaryKey(),
      authorId: integer(),
      title: text().references((): Table => authors, { column: "name" }),
    });
    const unique = table("authors", {
      id: integer().primaryKey().autoIncrement(),
      name: text().unique(),
      born: integer().nullable(),
    });
    await assertRejects(
      () => engine.migrate(unique, orphans),
      ForeignKeyError,
      "would refer to",
    );
    assertEquals(await introspect(session), before);
    await assertRejects(
      () => session.insert(books, { authorId: 99, title: "" }),
      ForeignKeyError,
    );
  },
);

onEveryDriver(
  "Engine.runMigration() names the first row that would refer to nothing",
  async (engine) => {
    await library(engine);
    const sql = "DELETE FROM authors";
    await assertRejects(
      () => engine.runMigration([{ sql, params: [] }]),
      ForeignKeyError,
      'Cannot migrate: row 1 of table "books" would refer to a row of table "authors" that is not there, and so would',
    );
  },
  { isLocal: true },
);

onEveryDriver(
  "Engine.migrate() names what it does not know",
  async (engine) => {
    await library(engine);
    await assertRejects(
      () => engine.migrate([authors], { rename: { autors: "people" } }),
      TypeError,
      'Cannot rename "autors": there is no table "autors" (did you mean "authors"?)',
    );
    await assertRejects(
      () => engine.migrate([authors], { rename: { "authors.nam": "full" } }),
      TypeError,
      'Cannot rename "authors.nam": table "authors" has no column "nam" (did you mean "name"?)',
    );
    await assertRejects(
      () => engine.migrate([authors], { drop: ["bokos"] }),
      TypeError,
      'Cannot drop table "bokos": there is no such table (did you mean "books"?)',
    );
    await assertRejects(
      () => engine.migrate([authors], { allowLos: true } as never),
      TypeError,
      'Cannot migrate: unknown option "allowLos" (did you mean "allowLoss"?)',
    );
    await assertRejects(
      () => engine.migrate(authors, authors),
      TypeError,
      'Cannot migrate: table "authors" is given twice',
    );
    await assertRejects(
      () => engine.migrate("authors" as never),
      TypeError,
      'Cannot migrate: got "authors", want a table',
    );
  },
);

onEveryDriver(
  "planMigration() changes nothing",
  async (engine) => {
    await library(engine);
    const before = await introspect(engine.session());
    const people = table("people", {
      id: integer().primaryKey().autoIncrement(),
      name: text().default(sql`upper('x')`),
      born: integer().nullable(),
    });
    const plan = await planMigration(engine, [people], {
      rename: { authors: "people" },
    });
    assertEquals(plan.steps.map(({ reason }) => reason), [
      "table authors is renamed to people",
      "added cols [], deleted cols []; changed cols [name]",
    ]);
    assertEquals(await introspect(engine.session()), before);
    const dry = await engine.migrate([people], {
      rename: { authors: "people" },
      dryRun: true,
    });
    assertEquals(dry, plan);
    assertEquals(await introspect(engine.session()), before);
  },
);
