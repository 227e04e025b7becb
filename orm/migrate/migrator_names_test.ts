// Copyright 2026 the Gee authors. MIT license.
// In which order migrations are named, run and undone.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Engine,
  integer,
  Migrator,
  type MigratorOptions,
  NotNullError,
  table,
  text,
  UniqueError,
} from "../mod.ts";
import { sqlite } from "../sqlite.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

const id = integer().primaryKey();
const shadow = () => sqlite();
const now = new Date(Date.UTC(2026, 0, 1));

async function inFolder(
  test: (folder: string, write: Write) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(
      folder,
      (name, text) => Deno.writeTextFile(`${folder}/${name}.sql`, text),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

type Write = (name: string, text: string) => Promise<void>;

/** A migration that does and undoes a table. */
const making = (name: string) =>
  `-- up\nCREATE TABLE ${name} (id);\n\n-- down\nDROP TABLE ${name};\n`;

Deno.test("Migrator.generate() names each migration after the newest", () =>
  inFolder(async (folder) => {
    await using engine = await Engine.open(sqlite());
    const migrator = new Migrator(engine, { folder, shadow });
    const names: string[] = [];
    const generate = async (
      title: string,
      time: Date,
      ...columns: string[]
    ) => {
      const users = table("users", {
        id,
        ...Object.fromEntries(columns.map((name) => [name, text().nullable()])),
      });
      const file = await migrator.generate(title, [users], { now: time });
      names.push(file?.split("/").at(-1) ?? "");
    };
    await generate("z", now);
    // In the same second, and by a clock that went back.
    await generate("a", now, "one");
    await generate("b", new Date(0), "one", "two");
    assertEquals(names, [
      "20260101000000_z.sql",
      "20260101000001_a.sql",
      "20260101000002_b.sql",
    ]);
    assertEquals((await migrator.up()).length, 3);
  }));

onEveryDriver(
  "Migrator.down() undoes what was done last",
  (engine) =>
    inFolder(async (folder, write) => {
      const migrator = new Migrator(engine, { folder });
      const names = (runs: readonly { readonly name: string }[]) =>
        runs.map(({ name }) => name.slice(15));
      await write("20260101000002_b", making("b"));
      assertEquals(names(await migrator.up()), ["b"]);
      // It came by a branch that was merged later.
      await write("20260101000001_a", making("a"));
      assertEquals(names(await migrator.redo()), ["b", "b"]);
      assertEquals(await engine.session().hasTable("a"), false);
      assertEquals(names(await migrator.up()), ["a"]);
      assertEquals(names(await migrator.redo()), ["a", "a"]);
      assertEquals(names(await migrator.down({ count: 2 })), ["a", "b"]);
      assertEquals(names(await migrator.up()), ["a", "b"]);
      assertEquals(names(await migrator.status()), ["a", "b"]);
    }),
);

Deno.test("Migrator.up() runs more than a thousand migrations", () =>
  inFolder(async (folder, write) => {
    await using engine = await Engine.open(sqlite());
    for (let count = 0; count <= 1000; count++) {
      const name = `2026010100${`${count}`.padStart(4, "0")}_x`;
      await write(name, "-- up\nSELECT 1;\n");
    }
    assertEquals((await new Migrator(engine, { folder }).up()).length, 1001);
  }));

Deno.test("Migrator follows links to migrations", () =>
  inFolder(async (folder, write) => {
    await using engine = await Engine.open(sqlite());
    await write("20260101000001_a", making("a"));
    const inner = `${folder}/inner`;
    await Deno.mkdir(inner);
    const name = "20260101000001_a.sql";
    await Deno.symlink(`${folder}/${name}`, `${inner}/${name}`);
    const [run] = await new Migrator(engine, { folder: inner }).up();
    assertEquals(run?.name, "20260101000001_a");
  }));

Deno.test("Migrator refuses options that there are not", async () => {
  await using engine = await Engine.open(sqlite());
  assertThrows(
    () => new Migrator(engine, { foldr: "x" } as unknown as MigratorOptions),
    TypeError,
    'Cannot make migrator: there is no option "foldr", want "folder", "shadow", "onMigration" (did you mean "folder"?)',
  );
  const migrator = new Migrator(engine, { folder: "nowhere", shadow });
  await assertRejects(
    () => migrator.generate("x", [], { allowloss: true } as object),
    TypeError,
    'Cannot generate migration: there is no option "allowloss"',
  );
});

onEveryDriver(
  "a row that stops a migration is of its own table",
  (engine) =>
    inFolder(async (folder) => {
      const migrator = new Migrator(engine, { folder, shadow });
      const session = engine.session();
      const before = table("users", {
        id,
        name: text(),
        mail: text().nullable(),
      });
      const after = table("users", { id, mail: text().nullable() });
      await migrator.generate("users", [before]);
      await migrator.generate("less", [after], { allowLoss: true });
      await migrator.up();
      await session.insert(after, { mail: "a" }, { mail: "a" });
      const error = await assertRejects(
        () => migrator.down(),
        NotNullError,
        "Cannot run statement: NOT NULL constraint failed: users.name",
      );
      assertEquals(error.code, 1299);
      const unique = table("users", { id, mail: text().nullable().unique() });
      await migrator.generate("unique", [unique]);
      const { columns } = await assertRejects(
        () => migrator.up(),
        UniqueError,
        "Cannot run statement: UNIQUE constraint failed: users.mail",
      );
      assertEquals(columns, ["users.mail"]);
      assertEquals(await session.model(after).count(), 2);
    }),
);

Deno.test("Migrator.generate() says that undoing may fail on rows", () =>
  inFolder(async (folder) => {
    await using engine = await Engine.open(sqlite());
    const migrator = new Migrator(engine, { folder, shadow });
    await migrator.generate("a", [table("users", { id, name: text() })]);
    const file = await migrator.generate("b", [table("users", { id })], {
      allowLoss: true,
    });
    assertEquals(
      (await Deno.readTextFile(file ?? "")).split("\n").slice(0, 3),
      [
        '-- Loses data, column "name" of table "users": the column is dropped',
        '-- Undone, fails on rows, column "name" of table "users": the new column is not nullable and has no default for the rows that are there',
        "-- up",
      ],
    );
  }));

Deno.test("a migration keeps what only looks like a part of it", () =>
  inFolder(async (folder) => {
    await using engine = await Engine.open(sqlite());
    const migrator = new Migrator(engine, { folder, shadow });
    const value = "x\n-- down\n; DROP TABLE users; --";
    const users = (name: string) =>
      table("users", { id, name: text().default(name) });
    await migrator.generate("a", [users(value)]);
    await migrator.up();
    await engine.session().exec(
      "CREATE VIEW names AS SELECT name FROM users -- all of them\n;",
    );
    const [view] = await engine.session().raw<{ sql: string }>(
      "SELECT sql FROM sqlite_master WHERE name = 'names'",
    );
    await Deno.writeTextFile(
      `${folder}/20980101000000_view.sql`,
      `-- up\nCREATE VIEW IF NOT EXISTS ${view?.sql.slice(12)}\n;\n`,
    );
    await migrator.up();
    await migrator.generate("c", [users("y")]);
    await migrator.up();
    await engine.session().exec("INSERT INTO users DEFAULT VALUES");
    assertEquals(
      await engine.session().raw("SELECT name FROM names"),
      [{ name: "y" }],
    );
    await migrator.down();
    await engine.session().exec("INSERT INTO users DEFAULT VALUES");
    assertEquals(
      (await engine.session().raw("SELECT name FROM names"))[1],
      { name: value },
    );
  }));

onEveryDriver(
  "a migration refuses what would lose something unasked",
  async (engine) => {
    const session = engine.session();
    const users = table("users", { id, name: text() });
    await engine.migrate(users);
    await session.insert(users, { name: "Tom" });
    const cases: [() => Promise<unknown>, string][] = [
      [
        () => engine.migrate([users], { drop: ["Users"], allowLoss: true }),
        'Cannot drop table "users": it is among the tables that should be there',
      ],
      [
        () =>
          engine.migrate([table("users", { id })], {
            allowLoss: "no" as unknown as boolean,
          }),
        'Cannot migrate: "allowLoss" is "no", want true, false',
      ],
      [
        () => engine.migrate([users, table("USERS", { id })]),
        'Cannot migrate: table "USERS" is given twice',
      ],
      [
        () =>
          engine.runMigration([
            { sql: "CREATE TABLE kept (id)", params: [] },
            { sql: "/* now */ commit", params: [] },
          ]),
        "Cannot migrate: COMMIT is in it, but it is run in a transaction anyway",
      ],
      [
        () =>
          new Migrator(engine, { folder: "nowhere" }).up({
            dryRun: "no" as unknown as boolean,
          }),
        'Cannot migrate: "dryRun" is "no", want true, false',
      ],
    ];
    for (const [migrate, message] of cases) {
      await assertRejects(migrate, TypeError, message);
    }
    assertEquals(await session.hasTable("kept"), false);
    assertEquals(await session.model(users).count(), 1);
  },
);
