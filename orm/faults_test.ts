// Copyright 2026 the Gee authors. MIT license.
// Whatever call of a driver fails, the n-th for every n: the error has its
// class, what was to be done as a whole is done as a whole or not at all, and
// the engine goes on.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { libsql } from "./libsql.ts";
import {
  BusyError,
  ConnectionError,
  DatabaseError,
  DiskFullError,
  type Driver,
  Engine,
  integer,
  table,
  text,
} from "./mod.ts";
import { sqlite } from "./sqlite.ts";
import { FAILURES, Faulty } from "./testdata/faulty.ts";

const items = table("items", { id: integer().primaryKey(), name: text() });

/** Rows of which hooks leave one of their own before and behind. */
const audited = table("audited", { id: integer().primaryKey(), name: text() }, {
  hooks: {
    beforeInsert: (_, { session }) => session.insert(items, { name: "before" }),
    afterInsert: (_, { session }) => session.insert(items, { name: "behind" }),
  },
});

const CLASSES = {
  BUSY: BusyError,
  FULL: DiskFullError,
  IOERR: DatabaseError,
  "lost baton": ConnectionError,
} as const;

/** Does a bit of everything, and returns what failed. */
async function work(engine: Engine): Promise<unknown[]> {
  const session = engine.session();
  const errors: unknown[] = [];
  const attempt = async (step: () => Promise<unknown>) => {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof SyntaxError)) errors.push(error);
    }
  };
  await attempt(() => session.insert(items, { name: "single" }));
  await attempt(() =>
    engine.transaction(async (tx) => {
      await tx.insert(items, { name: "pair" });
      await tx.insert(items, { name: "pair" });
    })
  );
  await attempt(() =>
    engine.transaction(async (tx) => {
      await tx.insert(items, { name: "outer" });
      await tx.transaction((inner) => inner.insert(items, { name: "inner" }));
      await tx.transaction(async (inner) => {
        await inner.insert(items, { name: "never" });
        throw new SyntaxError("mine");
      }).catch((error) => {
        if (!(error instanceof SyntaxError)) throw error;
      });
    })
  );
  await attempt(() =>
    engine.transaction(async (tx) => {
      await tx.insert(items, { name: "never" });
      throw new SyntaxError("mine");
    })
  );
  await attempt(() =>
    engine.transaction((tx) => tx.model(items).count(), { readOnly: true })
  );
  await attempt(() =>
    session.model(audited).returning("id")
      .upsert({ id: 1, name: "a" }, { id: 1, name: "b" })
  );
  await attempt(() => session.model(items).find());
  return errors;
}

async function check(engine: Engine, faulty: Faulty): Promise<void> {
  const session = engine.session();
  await session.insert(items, { name: "after" });
  await engine.transaction((tx) => tx.insert(items, { name: "after" }));
  assertEquals(faulty.connection?.inTransaction, false);
  const count = (name: string) => session.model(items).where({ name }).count();
  assertEquals(await count("after"), 2);
  assertEquals(await count("never"), 0);
  assert([0, 2].includes(await count("pair")));
  assertEquals(await count("outer"), await count("inner"));
  const rows = await session.model(audited).select("name").find();
  assert(rows.length === 0 || rows[0]?.name === "b");
  assertEquals([await count("before"), await count("behind")], [
    rows.length,
    rows.length,
  ]);
}

async function opened(faulty: Faulty): Promise<Engine> {
  const engine = await Engine.open(faulty.driver, { busyTimeout: 50 });
  await engine.session().createTable(items);
  await engine.session().createTable(audited);
  faulty.calls = [];
  return engine;
}

for (const driver of [sqlite, libsql]) {
  for (const isLater of [false, true]) {
    const label = `${driver.name}${isLater ? ", later" : ""}`;

    Deno.test(`the n-th call fails, on ${label}`, async () => {
      const clean = new Faulty(driver(), isLater);
      {
        await using engine = await opened(clean);
        assertEquals(await work(engine), []);
      }
      const calls = clean.calls.slice(0, -1);
      assert(calls.length > 20);
      for (const kind of Object.keys(FAILURES) as (keyof typeof FAILURES)[]) {
        for (let n = 1; n <= calls.length; n++) {
          const faulty = new Faulty(driver(), isLater);
          await using engine = await opened(faulty);
          faulty.failAt = n;
          faulty.failure = FAILURES[kind];
          const errors = await work(engine);
          const where = `${kind} at call ${n}, ${calls[n - 1]}`;
          assert(errors.length <= 2, where);
          const [first] = errors;
          if (first !== undefined) {
            assertInstanceOf(first, CLASSES[kind], where);
          }
          await check(engine, faulty);
        }
      }
    });

    Deno.test(`a failing close is told once, on ${label}`, async () => {
      const faulty = new Faulty(driver(), isLater);
      const engine = await opened(faulty);
      faulty.failAt = 1;
      for (let attempt = 0; attempt < 2; attempt++) {
        const error = await engine.close().catch((error) => error);
        assertInstanceOf(error, DatabaseError);
        assertEquals(error.message, "Cannot run statement: disk I/O error");
      }
      await faulty.connection?.close();
    });
  }
}

Deno.test("a transaction that cannot be rolled back holds up what follows", async () => {
  const inner = sqlite();
  let isBroken = true;
  const driver: Driver = {
    ...inner,
    async open() {
      const connection = await inner.open();
      const { rollback } = connection;
      connection.rollback = () => {
        if (isBroken) throw FAILURES.IOERR();
        return rollback.call(connection);
      };
      return connection;
    },
  };
  await using engine = await Engine.open(driver);
  const session = engine.session();
  await session.createTable(items);
  const fail = () =>
    engine.transaction(async (tx) => {
      await tx.insert(items, { name: "never" });
      throw new Error("mine");
    }).catch((error) => error.message);
  assertEquals(await fail(), "mine");
  const stuck = await session.insert(items, { name: "inside" }).catch((e) => e);
  assertEquals(stuck.message, "Cannot run statement: disk I/O error");
  isBroken = false;
  await session.insert(items, { name: "outside" });
  assertEquals(await session.model(items).select("name").find(), [
    { name: "outside" },
  ]);
  // A migration ends it too, and is one of its own.
  isBroken = true;
  assertEquals(await fail(), "mine");
  isBroken = false;
  await engine.runMigration([{ sql: "CREATE TABLE more (id)", params: [] }]);
  assertEquals(await session.model(items).count(), 1);
});
