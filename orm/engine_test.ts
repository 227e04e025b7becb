// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { libsql } from "./libsql.ts";
import {
  BusyError,
  ClosedError,
  DatabaseError,
  type Driver,
  Engine,
  type EngineOptions,
  integer,
  type QueryEvent,
  ReadOnlyError,
  table,
  text,
  UniqueError,
} from "./mod.ts";
import { sqlite } from "./sqlite.ts";

const items = table("items", { id: integer().primaryKey(), name: text() });

/** Two engines on one file, as two processes have them. */
function pair(
  name: string,
  options: EngineOptions,
  test: (a: Engine, b: Engine) => Promise<void>,
): void {
  for (const driver of [sqlite, libsql]) {
    Deno.test(`${name}, on ${driver.name}`, async () => {
      const folder = await Deno.makeTempDir();
      const path = `${folder}/gee.db`;
      try {
        await using a = await Engine.open(driver(path), options);
        await a.session().createTable(items);
        await using b = await Engine.open(driver(path), options);
        await test(a, b);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}

pair("a lock of another process is waited for", {}, async (a, b) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const holding = a.transaction(async (tx) => {
    await tx.insert(items, { name: "first" });
    await promise;
  });
  await Promise.resolve();
  const session = b.session();
  const writes = [
    session.insert(items, { name: "second" }),
    session.raw("INSERT INTO items (name) VALUES (?) RETURNING id", "third"),
    b.transaction((tx) => tx.insert(items, { name: "fourth" })),
  ];
  // Reads go on, and do not leave the writes behind with an old snapshot.
  assertEquals(await session.model(items).count(), 0);
  assertEquals(await session.raw("SELECT * FROM items"), []);
  resolve();
  await holding;
  await Promise.all(writes);
  assertEquals(
    (await session.model(items).orderBy("id").find()).map(({ name }) => name),
    ["first", "second", "third", "fourth"],
  );
});

pair("a lock that stays is an error", { busyTimeout: 5 }, async (a, b) => {
  const session = b.session();
  await a.transaction(async (tx) => {
    await tx.insert(items, { name: "a" });
    await assertRejects(
      () => session.insert(items, { name: "b" }),
      BusyError,
      "Cannot run statement: database is locked",
    );
    await assertRejects(() => b.transaction(() => {}), BusyError);
    assertEquals(
      await session.model(items).where({ id: 1 }).first(),
      undefined,
    );
  });
  await session.insert(items, { name: "b" });
  await b.transaction((tx) => tx.insert(items, { name: "c" }));
  assertEquals(await session.model(items).count(), 3);
});

pair("waiting for oneself is an error", { busyTimeout: 5 }, async (a) => {
  const error = await assertRejects(
    () =>
      a.transaction(async () => {
        await a.session().insert(items, { name: "outside" });
      }),
    BusyError,
    "Cannot run statement: a transaction held the database for 5 ms",
  );
  assertEquals(error.code, undefined);
  await assertRejects(
    () => a.transaction(async () => await a.close()),
    BusyError,
  );
});

pair("what SQLite rolled back is not gone on with", {}, async (a) => {
  await a.session().insert(items, { id: 1, name: "kept" });
  const ended = "Cannot use the transaction: the database has rolled it back";
  await assertRejects(
    () =>
      a.transaction(async (tx) => {
        await tx.insert(items, { name: "lost" });
        await tx.transaction(async (inner) => {
          await assertRejects(
            () => inner.exec("INSERT OR ROLLBACK INTO items VALUES (1, 'x')"),
            UniqueError,
          );
          await assertRejects(() => inner.model(items).count(), ClosedError);
        }).catch(() => {});
        await assertRejects(
          () => tx.insert(items, { name: "outside" }),
          ClosedError,
          ended,
        );
      }),
    ClosedError,
    ended,
  );
  assertEquals(await a.session().model(items).find(), [
    { id: 1, name: "kept" },
  ]);
});

for (const driver of [sqlite, libsql]) {
  const { name } = driver;

  Deno.test(`Engine.open() says what cannot be opened, on ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/text.db`;
      await Deno.writeTextFile(path, "no database at all\n".repeat(100));
      const broken = await assertRejects(
        () => Engine.open(driver(path)),
        DatabaseError,
        "Cannot run statement: file is not a database",
      );
      assertEquals(broken.code, 26);
      const missing = await assertRejects(
        () => Engine.open(driver(`${folder}/nowhere/gee.db`)),
        DatabaseError,
        `unable to open database file: ${folder}/nowhere/gee.db`,
      );
      assertEquals(missing.code, 14);
      assertEquals(await Deno.readTextFile(path).then((s) => s.length), 1900);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  Deno.test(`a statement binds what it is given, on ${name}`, async () => {
    // npm:libsql binds nothing in a get() that comes after an all() or run().
    await using engine = await Engine.open(driver());
    const session = engine.session();
    await session.createTable(items);
    await session.insert(items, { name: "a" }, { name: "b" });
    const query = session.model(items).select("id");
    const byId = (id: number) => query.where({ id }).limit(1);
    for (const id of [1, 2, 9, 1]) {
      const row = id === 9 ? undefined : { id };
      assertEquals(await byId(id).find(), row === undefined ? [] : [row]);
      assertEquals(
        await byId(3 - id).first(),
        id === 9 ? undefined : { id: 3 - id },
      );
      assertEquals(await byId(id).first(), row);
    }
  });

  Deno.test(`reads past a transaction cannot write, on ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const opened = driver(`${folder}/gee.db`);
      const reader = await opened.openReader?.();
      assert(reader !== undefined);
      const statement = reader.prepare("CREATE TABLE t (a)", {
        bigints: false,
      });
      try {
        await statement.run([]);
      } catch (error) {
        assertInstanceOf(opened.errorOf(error), ReadOnlyError);
      }
      await reader.close();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("Engine.open() refuses options out of bounds", async () => {
  await assertRejects(
    () => Engine.open(sqlite(), { busyTimeout: 0 }),
    RangeError,
    'Cannot open engine: "busyTimeout" is 0, want a whole number from 1',
  );
  await assertRejects(
    () => Engine.open(sqlite(), { statements: 1.5 }),
    RangeError,
    'Cannot open engine: "statements" is 1.5',
  );
});

Deno.test("Engine.stats() counts statements, which have a bound", async () => {
  await using engine = await Engine.open(sqlite(), { statements: 10 });
  const session = engine.session();
  for (let i = 0; i < 100; i++) await session.raw(`SELECT ${i}`);
  assertEquals(engine.stats(), { statements: 10, waiting: 0 });
  assert(Object.isFrozen(engine.stats()));
});

Deno.test("onQuery is told of every statement", async () => {
  const events: QueryEvent[] = [];
  await using engine = await Engine.open(sqlite(), {
    onQuery: (event) => events.push(event),
  });
  const session = engine.session();
  await session.createTable(items);
  await session.model(items).where({ id: 5 }).first();
  await engine.transaction((tx) => tx.transaction(() => {}));
  await assertRejects(() => session.raw("nope"));
  assertEquals(events.map(({ sql, params }) => ({ sql, params })), [
    {
      sql:
        'CREATE TABLE "items" ("id" INTEGER PRIMARY KEY, "name" TEXT NOT NULL)',
      params: [],
    },
    {
      sql:
        'SELECT "items"."id", "items"."name" FROM "items" WHERE "items"."id" = ? LIMIT 1',
      params: [5],
    },
    { sql: "BEGIN", params: [] },
    { sql: "SAVEPOINT gee_1", params: [] },
    { sql: "RELEASE gee_1", params: [] },
    { sql: "COMMIT", params: [] },
    { sql: "nope", params: [] },
  ]);
  assert(events.every(({ ms }) => ms >= 0));
  assertInstanceOf(events.at(-1)?.error, DatabaseError);
  assertEquals(events[0]?.error, undefined);
});

Deno.test("onQuery is told of how many rows", async () => {
  const events: QueryEvent[] = [];
  await using engine = await Engine.open(sqlite(), {
    onQuery: (event) => events.push(event),
  });
  const session = engine.session();
  await session.createTable(items);
  await session.insert(items, { name: "a" });
  await session.insert(items, { name: "b" });
  await session.model(items).all().update({ name: "c" });
  await session.model(items).find();
  await session.model(items).where({ id: 9 }).first();
  await session.model(items).all().returning().delete();
  await session.raw("SELECT 1");
  assertEquals(events.map(({ rows, affected }) => [rows, affected]), [
    [undefined, 0],
    [undefined, 1],
    [undefined, 1],
    [undefined, 2],
    [2, undefined],
    [0, undefined],
    [2, undefined],
    [1, undefined],
  ]);
});

Deno.test("a driver's own error is passed on as it is", async () => {
  const inner = sqlite();
  const failure = new Error("cable cut");
  const driver: Driver = {
    ...inner,
    async open() {
      const connection = await inner.open();
      connection.commit = () => {
        throw failure;
      };
      return connection;
    },
  };
  await using engine = await Engine.open(driver);
  await assertRejects(() => engine.transaction(() => {}), Error, "cable cut");
  // It was rolled back, so the connection serves on.
  assertEquals(await engine.session().raw("SELECT 1 AS one"), [{ one: 1 }]);
});

Deno.test("a commit that meets a lock is tried again", async () => {
  for (const isLater of [false, true]) {
    const inner = sqlite();
    let failures = 2;
    const failing = (work: () => unknown) => () => {
      if (failures-- > 0) throw new BusyError("Cannot run statement: locked");
      return work() as void;
    };
    const driver: Driver = {
      ...inner,
      async open() {
        const connection = await inner.open();
        const commit = failing(connection.commit.bind(connection));
        // deno-lint-ignore require-await -- the error has to come later
        connection.commit = isLater ? async () => commit() : commit;
        return connection;
      },
    };
    await using engine = await Engine.open(driver);
    assertEquals(await engine.transaction(() => 5), 5);
    assertEquals(failures, -1);
  }
});

Deno.test("Session.model() refuses what is no table", async () => {
  await using engine = await Engine.open(sqlite());
  const session = engine.session();
  class Users {}
  const cases: [unknown, string][] = [
    [undefined, "undefined"],
    ["users", '"users"'],
    [Users, "a function"],
    [{}, "an object"],
  ];
  for (const [table, given] of cases) {
    assertThrows(
      () => session.model(table as never),
      TypeError,
      `Cannot use table: got ${given}, want one made by table()`,
    );
    await assertRejects(
      () => session.insert(table as never, {} as never),
      TypeError,
      `Cannot use table: got ${given}, want one made by table()`,
    );
  }
});

Deno.test("Engine.open() refuses what is no option", async () => {
  const cases: [object, string][] = [
    [
      { busyTimeout: 2 ** 31 },
      'Cannot open engine: "busyTimeout" is 2147483648, want a whole number from 1 to 2147483647',
    ],
    [{ onQuery: "log" }, 'Cannot open engine: "onQuery" is no function'],
    [
      { replicas: sqlite() },
      'Cannot open engine: "replicas" is no array of drivers, as sqlite() and libsql() return them',
    ],
    [
      { replicas: ["replica.db"] },
      'Cannot open engine: "replicas" is no array of drivers, as sqlite() and libsql() return them',
    ],
  ];
  for (const [options, message] of cases) {
    await assertRejects(() => Engine.open(sqlite(), options), Error, message);
  }
  await assertRejects(
    () => Engine.open("gee.db" as unknown as Driver),
    TypeError,
    'Cannot open engine: got "gee.db", want a driver, as sqlite() and libsql() return it',
  );
});
