// Copyright 2026 the Gee authors. MIT license.
// What the original did, O1-O37, and what was wrong in it, B40-B52, by number.
// A row that has a test elsewhere is named here with it:
//
// O2  Engine.close() waits, and says so afterwards (conformance_test.ts)
// O4  Engine.transaction() commits or rolls back (conformance_test.ts)
// O5, O33-O35  Engine.migrate() logs what the original did, by onQuery
//     (migrate/migrate_tables_test.ts)
// O6  onQuery is told of every statement (engine_test.ts)
// O10-O12  defineModel() parses fields in their order (schema/define_model_test.ts)
// O22, B42  a hostile name is a name like any other (injection_test.ts)
// O23  Session.raw() binds and returns values (conformance_test.ts)
// O30-O32, B46  hooks_test.ts, query/running_hooks_test.ts
// O36, B48  A table is built anew in the order that keeps its children
//     (migrate/rebuild_test.ts), migrate/migrate_property_test.ts
// O37, B49  Engine.migrate() gives old rows the default of a new column
//     (migrate/migrate_tables_test.ts)
// B41 every value comes back as it went in (conformance_test.ts)
// B43 Query.where() takes SQL, and twice means both (conformance_test.ts)
// B52 queries of one shape share one statement (query/reading_test.ts)
//
// What is wrong in the peers, of which each has a test too: the rebuild
// (migrate/rebuild_test.ts), 1,000 transactions at once (conformance_test.ts),
// names (injection_test.ts) and values (injection_values_test.ts,
// schema_conformance_test.ts), error classes (conformance_test.ts), hooks
// (hooks_test.ts), migrations (migrate/migrator_test.ts), transactions that only
// read (transaction_test.ts).

import { assertEquals, assertRejects } from "@std/assert";
import {
  ClosedError,
  defineModel,
  Engine,
  integer,
  NotFoundError,
  type Session,
  table,
  text,
} from "./mod.ts";
import { sqliteDialect } from "./dialect/sqlite_dialect.ts";
import { sqlite } from "./sqlite.ts";
import { onEveryDriver } from "./testdata/drivers.ts";

const users = table("User", {
  Name: text().primaryKey(),
  Age: integer().default(0),
});

/** The rows of the original's tests. */
async function people(engine: Engine): Promise<Session> {
  const session = engine.session();
  await session.createTable(users);
  await session.insert(
    users,
    { Name: "Tom", Age: 18 },
    { Name: "Sam", Age: 25 },
    { Name: "Jack", Age: 25 },
  );
  return session;
}

/** The texts that reach the database, by what is done. */
async function logged(
  work: (session: Session) => Promise<unknown>,
): Promise<string[]> {
  const texts: string[] = [];
  await using engine = await Engine.open(sqlite(), {
    onQuery: ({ sql }) => void texts.push(sql),
  });
  const session = await people(engine);
  texts.length = 0;
  await work(session);
  return texts;
}

onEveryDriver("O1, B40: an engine that cannot open is none", async (engine) => {
  await engine.ping();
  await assertRejects(
    () => Engine.open(sqlite("/nowhere/at/all.db")),
    Error,
    "Cannot run statement: unable to open database file",
  );
});

onEveryDriver("O3: sessions are made at will", async (engine) => {
  const [a, b] = [engine.session(), engine.session()];
  await a.createTable(users);
  assertEquals(await b.hasTable(users), true);
});

Deno.test("O7, O8: a column has the type of its kind", () => {
  class All {
    bool = false;
    int = 0;
    big = 0n;
    text = "";
    time = new Date(0);
    blob = new Uint8Array();
  }
  const columns = Object.values(defineModel(All).columns);
  assertEquals(
    columns.map(({ definition }) =>
      sqliteDialect.dataTypeOf(definition, { isStrict: false })
    ),
    ["BOOLEAN", "INTEGER", "BIGINT", "TEXT", "DATETIME", "BLOB"],
  );
});

onEveryDriver(
  "O9, O13-O15: a table is made, found and dropped",
  async (engine) => {
    const session = engine.session();
    assertEquals(await session.hasTable("User"), false);
    await session.createTable(users);
    assertEquals(await session.hasTable("User"), true);
    await session.dropTable(users);
    await session.dropTable(users);
    assertEquals(await session.hasTable("User"), false);
  },
);

Deno.test("O16-O21: statements have their parts in the original's order", async () => {
  const texts = await logged(async (session) => {
    const query = session.model(users);
    await session.insert(users, { Name: "Ann", Age: 1 });
    await query.limit(1).orderBy("Age").where({ Age: 18 }).find();
    await query.where({ Name: "Tom" }).update({ Age: 30 });
    await query.where({ Name: "Tom" }).delete();
    await query.count();
  });
  assertEquals(texts, [
    'INSERT INTO "User" ("Name", "Age") VALUES (?, ?)',
    'SELECT "User"."Name", "User"."Age" FROM "User" WHERE "User"."Age" = ? ORDER BY "User"."Age" LIMIT 1',
    'UPDATE "User" SET "Age" = ? WHERE "User"."Name" = ?',
    'DELETE FROM "User" WHERE "User"."Name" = ?',
    'SELECT count(*) FROM "User"',
  ]);
});

onEveryDriver(
  "O18: first() of no row is no row, one() says so",
  async (engine) => {
    const session = await people(engine);
    const nobody = session.model(users).where({ Name: "Nobody" });
    assertEquals(await nobody.first(), undefined);
    await assertRejects(() => nobody.one(), NotFoundError);
  },
);

onEveryDriver("O24, O25: a query keeps nothing of another", async (engine) => {
  const session = await people(engine);
  const all = session.model(users);
  assertEquals(await all.where({ Age: 25 }).limit(1).count(), 1);
  await assertRejects(() => session.raw("SELECT nope FROM User"));
  assertEquals(await all.count(), 3);
});

onEveryDriver("O26, B44: an insert of nothing does nothing", async (engine) => {
  const session = await people(engine);
  assertEquals((await session.insert(users)).affected, 0);
  const mixed = [{ Name: "Ann" }, { Name: "Eve", Age: 3 }];
  assertEquals((await session.insert(users, ...mixed)).affected, 2);
  assertEquals(await session.model(users).where({ Age: 0 }).count(), 1);
});

onEveryDriver(
  "O27: find() gives an array of its own each time",
  async (engine) => {
    const query = (await people(engine)).model(users);
    const first = await query.find();
    assertEquals([first.length, (await query.find()).length], [3, 3]);
  },
);

onEveryDriver(
  "O28, B50: writes heed their query or are refused",
  async (engine) => {
    const query = (await people(engine)).model(users);
    for (
      const write of [() => query.delete(), () => query.update({ Age: 1 })]
    ) {
      await assertRejects(write, TypeError, "there is no condition");
    }
    for (const cut of [query.limit(1), query.where({ Age: 25 }).limit(1)]) {
      await assertRejects(() => cut.all().delete(), TypeError, "Cannot ");
    }
    assertEquals(await query.count(), 3);
  },
);

onEveryDriver("O29, B45: a session goes on after a commit", async (engine) => {
  const session = await people(engine);
  let kept: Session | undefined;
  await session.transaction(async (tx) => {
    kept = tx;
    await tx.transaction((inner) => inner.insert(users, { Name: "Ann" }));
  });
  await assertRejects(
    async () => await kept?.model(users).count(),
    ClosedError,
    "it has ended",
  );
  assertEquals(await session.model(users).count(), 4);
});

onEveryDriver(
  "B47: a query never goes to the table of another",
  async (engine) => {
    const others = table("Other", { Name: text() });
    const session = await people(engine);
    await session.createTable(others);
    assertEquals(await session.model(others).find(), []);
    assertEquals((await session.model(users).find()).length, 3);
  },
);

onEveryDriver("B51: a fresh session inserts and finds", async (engine) => {
  await people(engine);
  await engine.session().insert(users, { Name: "Ann" });
  assertEquals(await engine.session().model(users).count(), 4);
});
