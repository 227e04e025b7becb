// Copyright 2026 the Gee authors. MIT license.
// One suite for every driver: the same answers and the same error classes.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import type { Where } from "./mod.ts";
import {
  bigint,
  blob,
  boolean,
  CheckError,
  ClosedError,
  date,
  DiskFullError,
  type Engine,
  ForeignKeyError,
  integer,
  json,
  NotNullError,
  real,
  SqlSyntaxError,
  table,
  text,
  UniqueError,
} from "./mod.ts";
import { type DriverTestOptions, onEveryDriver } from "./testdata/drivers.ts";

const users = table("users", {
  id: integer().primaryKey(),
  name: text(),
  age: integer().default(0),
  email: text().nullable().unique(),
});

const values = table("values", {
  id: bigint().primaryKey(),
  integer: integer().nullable(),
  bigint: bigint().nullable(),
  real: real().nullable(),
  text: text().nullable().named("the text"),
  boolean: boolean().nullable(),
  blob: blob().nullable(),
  date: date().nullable(),
  json: json<unknown>().nullable(),
});

function conform(
  name: string,
  test: (engine: Engine) => Promise<void>,
  options?: DriverTestOptions,
): void {
  onEveryDriver(name, async (engine) => {
    await engine.session().createTable(users);
    await test(engine);
  }, options);
}

/** Tom 18, Sam 0, Ann 30 with an address. */
async function people(engine: Engine) {
  const session = engine.session();
  await session.insert(
    users,
    { name: "Tom", age: 18 },
    { name: "Sam" },
    { name: "Ann", age: 30, email: "ann@example.com" },
  );
  return session;
}

conform("Session.hasTable() follows create and drop", async (engine) => {
  const session = engine.session();
  assertEquals(await session.hasTable(users), true);
  assertEquals(await session.hasTable("nope"), false);
  await session.dropTable(users);
  await session.dropTable(users);
  assertEquals(await session.hasTable("users"), false);
  await session.createTable(users);
  await assertRejects(
    () => session.createTable(users),
    SqlSyntaxError,
    'Cannot run statement: table "users" already exists',
  );
});

conform("Session.insert() fills defaults and numbers rows", async (engine) => {
  const session = engine.session();
  assertEquals(await session.insert(users), { affected: 0, lastId: undefined });
  assertEquals(await session.insert(users, { name: "Tom" }), {
    affected: 1,
    lastId: 1,
  });
  assertEquals(
    await session.insert(users, { id: 7, name: "Sam" }, { name: "Ann" }),
    { affected: 2, lastId: 8 },
  );
  assertEquals(await session.model(users).orderBy("id").find(), [
    { id: 1, name: "Tom", age: 0, email: null },
    { id: 7, name: "Sam", age: 0, email: null },
    { id: 8, name: "Ann", age: 0, email: null },
  ]);
});

conform("names of every object are columns like others", async (engine) => {
  const odd = table("select", {
    constructor: text().default("none"),
    "order by": integer().primaryKey(),
  });
  const session = engine.session();
  await session.createTable(odd);
  // The type checker takes the inherited function for the value.
  await session.insert(odd, {} as { constructor: string });
  await session.insert(odd, { constructor: "a" });
  assertEquals(await session.model(odd).orderBy("order by").find(), [
    { constructor: "none", "order by": 1 },
    { constructor: "a", "order by": 2 },
  ]);
  assertEquals(await session.model(odd).where({ constructor: "a" }).count(), 1);
});

conform("Session.insert() refuses what is no row", async (engine) => {
  const session = engine.session();
  const insert = (row: unknown) =>
    session.insert(users, row as { name: string });
  await assertRejects(
    () => insert({ name: "Tom", isAdmin: true }),
    TypeError,
    'Cannot find column "isAdmin" of table "users": want "id", "name", "age", "email"',
  );
  await assertRejects(
    () => insert({}),
    TypeError,
    'Cannot insert into "users": "name" is undefined, want a value',
  );
  await assertRejects(
    () => insert({ name: null }),
    TypeError,
    'Cannot insert into "users": "name" is null, want a value',
  );
  await assertRejects(
    () => insert({ name: "Tom", age: 1.5 }),
    RangeError,
    'Cannot store "age": 1.5 is not an integer within 2^53',
  );
  await assertRejects(
    () => insert({ name: { toString: () => "Tom" } }),
    TypeError,
    'Cannot store "name": got an object, want a string',
  );
  assertEquals(await session.model(users).count(), 0);
});

conform("Session.insert() takes 10,111 rows, all or none", async (engine) => {
  const session = engine.session();
  const rows = Array.from({ length: 10_111 }, (_, i) => ({ name: `n${i}` }));
  assertEquals(await session.insert(users, ...rows), {
    affected: 10_111,
    lastId: 10_111,
  });
  await assertRejects(
    () => session.insert(users, ...rows, { id: 1, name: "twice" }),
    UniqueError,
  );
  assertEquals(await session.model(users).count(), 10_111);
  assertEquals(
    (await session.model(users).where({ id: 10_111 }).first())?.name,
    "n10110",
  );
}, { isLarge: true });

conform("Query.where() knows every operator", async (engine) => {
  const session = await people(engine);
  const names = async (where: Where<typeof users.columns>) =>
    (await query.where(where).find()).map(({ name }) => name).join();
  const query = session.model(users).orderBy("id");
  assertEquals(await names({}), "Tom,Sam,Ann");
  assertEquals(await names({ name: "Tom" }), "Tom");
  assertEquals(await names({ age: { eq: 18 } }), "Tom");
  assertEquals(await names({ age: { ne: 18 } }), "Sam,Ann");
  assertEquals(await names({ age: { gt: 18 } }), "Ann");
  assertEquals(await names({ age: { gte: 18 } }), "Tom,Ann");
  assertEquals(await names({ age: { lt: 18 } }), "Sam");
  assertEquals(await names({ age: { lte: 18 } }), "Tom,Sam");
  assertEquals(await names({ age: { gt: 0, lt: 30 } }), "Tom");
  assertEquals(await names({ age: { between: [18, 30] } }), "Tom,Ann");
  assertEquals(await names({ name: { like: "%m" } }), "Tom,Sam");
  assertEquals(await names({ age: { in: [18, 30, 99] } }), "Tom,Ann");
  assertEquals(await names({ age: { notIn: [18, 30] } }), "Sam");
  assertEquals(await names({ name: { in: ["Sam"] } }), "Sam");
  assertEquals(await names({ age: { in: [] } }), "");
  assertEquals(await names({ age: { notIn: [] } }), "Tom,Sam,Ann");
  assertEquals(await names({ email: null }), "Tom,Sam");
  assertEquals(await names({ email: { eq: null } }), "Tom,Sam");
  assertEquals(await names({ email: { ne: null } }), "Ann");
  assertEquals(await names({ email: { isNull: true } }), "Tom,Sam");
  assertEquals(await names({ email: { isNull: false } }), "Ann");
  assertEquals(await names({ or: [{ age: 18 }, { name: "Sam" }] }), "Tom,Sam");
  assertEquals(
    await names({ and: [{ age: { gt: 0 } }, { not: { name: "Tom" } }] }),
    "Ann",
  );
});

conform("Query.where() takes 40,000 values", async (engine) => {
  const session = await people(engine);
  const ids = Array.from({ length: 40_000 }, (_, i) => i + 2);
  assertEquals(
    await session.model(users).where({ id: { in: ids } }).count(),
    2,
  );
  const names = ids.map((id) => `'${id}"`);
  assertEquals(
    await session.model(users).where({ name: { notIn: names } }).count(),
    3,
  );
});

conform(
  "Query.where() finds values of every kind in a list",
  async (engine) => {
    const session = engine.session();
    const row = {
      id: 2n ** 63n - 1n,
      integer: -5,
      bigint: -(2n ** 63n),
      real: 6.957420033214409e307,
      text: 'it\'s "é"',
      boolean: true,
      blob: new Uint8Array([0, 255]),
      date: new Date(-1),
    };
    await session.createTable(values);
    await session.insert(values, row);
    const query = session.model(values);
    assertEquals(await query.where({ id: { in: [1n, row.id] } }).count(), 1);
    assertEquals(
      await query.where({ integer: { in: [row.integer] } }).count(),
      1,
    );
    assertEquals(
      await query.where({ bigint: { in: [row.bigint] } }).count(),
      1,
    );
    assertEquals(await query.where({ real: { in: [1, row.real] } }).count(), 1);
    assertEquals(await query.where({ text: { in: [row.text] } }).count(), 1);
    assertEquals(await query.where({ boolean: { in: [true] } }).count(), 1);
    assertEquals(await query.where({ blob: { in: [row.blob] } }).count(), 1);
    assertEquals(await query.where({ date: { in: [row.date] } }).count(), 1);
    assertEquals(await query.where({ real: { in: [] } }).count(), 0);
    const many = Array<number>(40_000).fill(1);
    assertThrows(
      () => query.where({ real: { in: many } }),
      RangeError,
      'Cannot use condition on "real": 40000 values of kind "real", want at most 32766',
    );
  },
);

conform("Query.where() takes SQL, and twice means both", async (engine) => {
  const session = await people(engine);
  const adults = session.model(users).where({ age: { gte: 18 } });
  const both = adults.where("name LIKE ? OR age = ? -- either", "T%", 0);
  assertEquals(await both.select("name").find(), [{ name: "Tom" }]);
  assertEquals(await adults.count(), 2);
  assertEquals(
    await adults.where({ name: "Ann" }).where({ email: null }).exists(),
    false,
  );
  assertThrows(
    () => adults.where("name = ?"),
    TypeError,
    'Cannot use condition "name = ?": got 0 values, want 1',
  );
});

conform("Query reads in order, in part and in pages", async (engine) => {
  const session = await people(engine);
  const query = session.model(users);
  const names = async (q: { find(): Promise<{ name: string }[]> }) =>
    (await q.find()).map(({ name }) => name).join();
  assertEquals(await names(query.orderBy("-age")), "Ann,Tom,Sam");
  assertEquals(await names(query.orderBy("email", "-id")), "Sam,Tom,Ann");
  assertEquals(await names(query.orderBy("age").limit(2)), "Sam,Tom");
  assertEquals(await names(query.orderBy("age").limit(1)), "Sam");
  assertEquals(await names(query.orderBy("age").limit(1).offset(1)), "Tom");
  assertEquals(await names(query.orderBy("age").offset(1)), "Tom,Ann");
  assertEquals(await names(query.limit(0)), "");
  assertEquals((await query.orderBy("-age").first())?.name, "Ann");
  assertEquals(await query.orderBy("age").offset(5).first(), undefined);
  assertEquals(await query.limit(0).first(), undefined);
  assertEquals(await query.select("age", "name").where({ id: 1 }).first(), {
    age: 18,
    name: "Tom",
  });
  assertEquals(await query.count(), 3);
  assertEquals(await query.limit(2).count(), 2);
  assertEquals(await query.offset(1).count(), 2);
  assertEquals(await query.exists(), true);
});

conform("Query.update() changes the rows it is for", async (engine) => {
  const session = await people(engine);
  const query = session.model(users);
  assertEquals(await query.where({ name: "Tom" }).update({ age: 19 }), 1);
  assertEquals(
    await query.where("age < ?", 100).update({ email: null, age: 1 }),
    3,
  );
  assertEquals(await query.all().update({ age: 2 }), 3);
  assertEquals(await query.where({ age: 2 }).count(), 3);
  await assertRejects(
    () => query.update({ age: 3 }),
    TypeError,
    'Cannot update rows of "users": there is no condition, call all() to mean every row',
  );
  await assertRejects(
    () => query.where({}).update({ age: 3 }),
    TypeError,
    "there is no condition",
  );
  await assertRejects(
    () => query.all().limit(1).update({ age: 3 }),
    TypeError,
    'Cannot update rows of "users": orderBy(), limit() and offset() are for reading',
  );
  await assertRejects(
    () => query.all().update({}),
    TypeError,
    "Cannot update rows: got no change, want one",
  );
  for (const change of [{ name: undefined }, { name: null }]) {
    await assertRejects(
      () => query.all().update(change as unknown as { name: string }),
      TypeError,
      `Cannot update "name": got ${change.name}, want a value`,
    );
  }
  await assertRejects(
    () => query.all().update({ role: "admin" } as { name?: string }),
    TypeError,
    'Cannot find column "role"',
  );
});

conform("Query.delete() deletes the rows it is for", async (engine) => {
  const session = await people(engine);
  const query = session.model(users);
  await assertRejects(
    () => query.delete(),
    TypeError,
    'Cannot delete rows of "users": there is no condition',
  );
  assertEquals(await query.where({ age: 0 }).delete(), 1);
  assertEquals(await query.all().delete(), 2);
  assertEquals(await query.find(), []);
});

conform("every value comes back as it went in", async (engine) => {
  const session = engine.session();
  await session.createTable(values);
  const rows = [
    {
      id: 1n,
      integer: Number.MAX_SAFE_INTEGER,
      bigint: 2n ** 63n - 1n,
      real: Number.MAX_VALUE,
      text: "héllo ' \" \\ % ; -- 😀",
      boolean: true,
      blob: new Uint8Array([0, 1, 255]),
      date: new Date("2016-12-31T23:59:59.999Z"),
      json: { a: [1, null, "\0", "\ud800"], "'": true },
    },
    {
      id: -(2n ** 63n),
      integer: Number.MIN_SAFE_INTEGER,
      bigint: -(2n ** 63n),
      real: -5e-324,
      text: "",
      boolean: false,
      blob: new Uint8Array(),
      date: new Date(-8.64e15),
      json: "text",
    },
    {
      id: 2n,
      integer: 0,
      bigint: 0n,
      real: 1e300,
      text: "5",
      boolean: null,
      blob: null,
      date: new Date(0),
      json: 5,
    },
    {
      id: 3n,
      integer: null,
      bigint: null,
      real: 0.1 + 0.2,
      text: null,
      boolean: null,
      blob: null,
      date: null,
      json: null,
    },
  ];
  await session.insert(values, ...rows);
  for (const row of rows) {
    const read = await session.model(values).where({ id: row.id }).first();
    assertEquals(read, row);
    if (row.blob !== null) assertEquals(read?.blob?.constructor, Uint8Array);
  }
  const types = await session.raw(
    `SELECT typeof("integer") i, typeof("bigint") b, typeof("real") r,
      typeof("the text") t, typeof("boolean") o, typeof("blob") l,
      typeof("date") d, typeof("json") j FROM "values" WHERE id = ?`,
    2,
  );
  assertEquals(types, [{
    i: "integer",
    b: "integer",
    r: "real",
    t: "text",
    o: "null",
    l: "null",
    d: "integer",
    j: "text",
  }]);
});

onEveryDriver(
  "an infinite number comes back, or is refused",
  async (engine) => {
    const session = engine.session();
    await session.createTable(values);
    const rows = [{ id: 1n, real: Infinity }, { id: 2n, real: -Infinity }];
    try {
      await session.insert(values, ...rows);
    } catch (error) {
      // The protocol of remote databases has no infinity.
      assertInstanceOf(error, RangeError);
      assertEquals(
        error.message,
        "Cannot bind Infinity: remote databases take finite numbers only",
      );
      await assertRejects(
        () => session.raw("SELECT 9e999 AS real"),
        RangeError,
        "Cannot read row: a real is infinite, which remote databases cannot send",
      );
      return;
    }
    assertEquals(await session.model(values).select("id", "real").find(), rows);
  },
);

conform("what would not come back is refused", async (engine) => {
  const session = engine.session();
  await session.createTable(values);
  const cases: [object, string][] = [
    [{ text: "a\0b" }, 'Cannot store "text": the text has a NUL in it'],
    [{ text: "\ud800" }, 'Cannot store "text": the text has a lone surrogate'],
    [{ bigint: 2n ** 63n }, 'Cannot store "bigint": 9223372036854775808n is'],
    [{ integer: 2 ** 53 }, 'Cannot store "integer": 9007199254740992 is not'],
    [{ real: NaN }, 'Cannot store "real": got NaN, want a number'],
    [{ date: new Date(NaN) }, 'Cannot store "date": got a Date, want a valid'],
    [{ json: () => 1 }, 'Cannot store "json": got a function, want a JSON'],
  ];
  for (const [row, message] of cases) {
    const error = await assertRejects(
      () => session.insert(values, { id: 1n, ...row }),
      Error,
      message,
    );
    assert(error instanceof TypeError || error instanceof RangeError);
  }
  await assertRejects(
    () => session.raw("SELECT ?", "a\0b"),
    RangeError,
    'Cannot store "parameter 1": the text has a NUL in it',
  );
  assertEquals(await session.model(values).count(), 0);
});

conform("an integer beyond 2^53 is exact or refused", async (engine) => {
  const session = engine.session();
  const big = 2n ** 53n + 1n;
  await session.exec(
    "INSERT INTO users (id, name, age) VALUES (1, 'Tom', ?)",
    big,
  );
  assertEquals(await session.raw("SELECT age, 1 AS one FROM users"), [
    { age: big, one: 1 },
  ]);
  const exact = table("users", { id: integer(), age: bigint() });
  assertEquals(await session.model(exact).first(), { id: 1, age: big });
  const error = await assertRejects(
    () => session.model(users).first(),
    RangeError,
    "beyond 2^53, declare the column as bigint()",
  );
  assertEquals(error.message.startsWith("Cannot read"), true);
});

conform("Session.raw() binds and returns values", async (engine) => {
  const session = await people(engine);
  assertEquals(
    await session.raw(
      "SELECT ? / 2 AS half, ? AS t, ? AS d, ? AS n, ? AS r, ? AS b",
      5,
      true,
      new Date(7),
      null,
      0.5,
      new Uint8Array([1]),
    ),
    [{ half: 2, t: 1, d: 7, n: null, r: 0.5, b: new Uint8Array([1]) }],
  );
  assertEquals(
    await session.raw("INSERT INTO users (name) VALUES (?) RETURNING id", "x"),
    [{ id: 4 }],
  );
  assertEquals(await session.raw("DELETE FROM users WHERE id = ?", 4), []);
  assertEquals(await session.exec("UPDATE users SET age = age + ?", 1), 3);
  assertEquals(
    await session.raw("SELECT age FROM users WHERE age > ? ORDER BY 1", 1),
    [{ age: 19 }, { age: 31 }],
  );
  assertEquals(await session.raw("CREATE TABLE made (a, b)"), []);
  assertEquals(await session.raw("SELECT * FROM made"), []);
  await session.raw("SELECT * FROM users");
  await session.exec("ALTER TABLE users ADD COLUMN note TEXT DEFAULT 'new'");
  const [row] = await session.raw("SELECT * FROM users");
  assertEquals(row?.note, "new");
});

conform("Session.exec() counts the rows that were changed", async (engine) => {
  const session = await people(engine);
  const cases: [string, number][] = [
    ["CREATE TABLE t (a UNIQUE)", 0],
    ["INSERT INTO t VALUES (1), (2), (3)", 3],
    ["CREATE INDEX i ON t (a)", 0],
    ["SELECT * FROM t", 0],
    ["WITH x AS (SELECT 1) SELECT * FROM x", 0],
    ["INSERT OR IGNORE INTO t VALUES (1)", 0],
    ["INSERT INTO t VALUES (8), (9) RETURNING a", 2],
    ["-- all of them\nUPDATE t SET a = a", 5],
    ["WITH x AS (SELECT 1) DELETE FROM t WHERE a = 2", 1],
    ["DROP INDEX i", 0],
    ["DELETE FROM t", 4],
  ];
  for (const [sql, count] of cases) {
    assertEquals(await session.exec(sql), count, sql);
  }
  // Nothing that was read before stays open and in the way.
  await session.model(users).first();
  await session.model(users).orderBy("age").first();
  await session.exec("DROP TABLE users");
});

conform("errors have one class each, with their cause", async (engine) => {
  const session = await people(engine);
  await session.exec(`CREATE TABLE pets (
    owner INTEGER NOT NULL REFERENCES users(id),
    legs INTEGER CHECK (legs < 9), UNIQUE (owner, legs))`);
  const pet = "INSERT INTO pets VALUES (?, ?)";
  await session.exec(pet, 1, 4);
  const unique = await assertRejects(
    () => session.exec(pet, 1, 4),
    UniqueError,
    "Cannot run statement: UNIQUE constraint failed: pets.owner, pets.legs",
  );
  assertEquals(unique.columns, ["pets.owner", "pets.legs"]);
  assertEquals(unique.code, 2067);
  assertInstanceOf(unique.cause, Error);
  await assertRejects(
    () => session.insert(users, { id: 1, name: "again" }),
    UniqueError,
    "users.id",
  );
  await assertRejects(() => session.exec(pet, 99, 4), ForeignKeyError);
  await assertRejects(() => session.exec(pet, null, 4), NotNullError);
  await assertRejects(() => session.exec(pet, 1, 10), CheckError);
  await assertRejects(
    () => session.raw("SELEC 1"),
    SqlSyntaxError,
    'Cannot run statement: near "SELEC": syntax error',
  );
  await assertRejects(() => session.raw("SELECT * FROM nope"), SqlSyntaxError);
  const wrong = table("users", { id: integer(), nope: text() });
  await assertRejects(
    () => session.model(wrong).find(),
    SqlSyntaxError,
    "nope",
  );
  await assertRejects(
    () => session.model(wrong).where({ nope: "x" }).count(),
    SqlSyntaxError,
    "nope",
  );
});

conform("a full disk is told, and what was there stays", async (engine) => {
  const session = await people(engine);
  const [pages] = await session.raw("PRAGMA page_count");
  await session.raw(`PRAGMA max_page_count = ${Number(pages?.page_count) + 2}`);
  const name = "x".repeat(100_000);
  await assertRejects(() => session.insert(users, { name }), DiskFullError);
  await assertRejects(
    () =>
      engine.transaction(async (tx) => {
        await tx.insert(users, { name: "y" });
        await tx.insert(users, { name });
      }),
    DiskFullError,
  );
  assertEquals(await session.model(users).count(), 3);
  await session.raw("PRAGMA max_page_count = 1000000");
  await session.insert(users, { name });
  assertEquals(await session.model(users).count(), 4);
}, { isLocal: true });

conform("Engine.transaction() commits or rolls back", async (engine) => {
  const session = engine.session();
  const result = await engine.transaction(async (tx) => {
    await tx.insert(users, { name: "Tom" });
    return await tx.model(users).count();
  });
  assertEquals(result, 1);
  await assertRejects(
    () =>
      engine.transaction(async (tx) => {
        await tx.model(users).all().delete();
        throw new Error("no");
      }),
    Error,
    "no",
  );
  assertEquals(await session.model(users).count(), 1);
});

conform("a transaction in a transaction is a savepoint", async (engine) => {
  await engine.transaction(async (tx) => {
    await tx.insert(users, { name: "kept" });
    await assertRejects(
      () =>
        tx.transaction(async (inner) => {
          await inner.insert(users, { name: "lost" });
          await inner.transaction((third) =>
            third.insert(users, { name: "lost too" })
          );
          throw new Error("no");
        }),
      Error,
      "no",
    );
    await Promise.all(["a", "b"].map((name) =>
      tx.transaction(async (inner) => {
        await inner.insert(users, { name });
      })
    ));
  });
  const names = await engine.session().model(users).select("name").find();
  assertEquals(names, [{ name: "kept" }, { name: "a" }, { name: "b" }]);
});

/** Moves one at a time from one row to another, all at once. */
async function transfer(engine: Engine, count: number): Promise<void> {
  const session = engine.session();
  await session.insert(users, { name: "Tom", age: count }, { name: "Sam" });
  const account = (s: typeof session, id: number) =>
    s.model(users).where({ id });
  await Promise.all(
    Array.from({ length: count }, () =>
      engine.transaction(async (tx) => {
        const from = await account(tx, 1).first();
        const to = await account(tx, 2).first();
        await account(tx, 1).update({ age: from!.age - 1 });
        await account(tx, 2).update({ age: to!.age + 1 });
      })),
  );
  const ages = await session.model(users).select("age").orderBy("id").find();
  assertEquals(ages, [{ age: 0 }, { age: count }]);
  assertEquals(engine.stats().waiting, 0);
}

conform("100 transactions at once keep the sum", (engine) => {
  return transfer(engine, 100);
});

// On servers the stress run has as many.
conform("1,000 transactions at once keep the sum", (engine) => {
  return transfer(engine, 1000);
}, { isLocal: true });

conform("calls outside of a transaction see none of it", async (engine) => {
  const session = engine.session();
  let outside: Promise<unknown[]> | undefined;
  await assertRejects(() =>
    engine.transaction(async (tx) => {
      await tx.insert(users, { name: "never" });
      outside = Promise.all([
        session.model(users).where({ name: "never" }).count(),
        session.raw("SELECT count(*) AS n FROM users WHERE name = 'never'"),
        session.insert(users, { name: "later" }),
      ]);
      await Promise.resolve();
      throw new Error("no");
    })
  );
  assertEquals(await outside, [0, [{ n: 0 }], { affected: 1, lastId: 1 }]);
});

conform("a transaction that has ended says so", async (engine) => {
  let kept: ReturnType<typeof engine.session> | undefined;
  await engine.transaction((tx) => {
    kept = tx;
  });
  const ended =
    "Cannot use the transaction: it has ended; await every call inside its function";
  await assertRejects(() => kept!.model(users).count(), ClosedError, ended);
  await assertRejects(
    () => kept!.transaction(() => {}),
    ClosedError,
    ended,
  );
});

conform("a transaction whose calls are not awaited fails", async (engine) => {
  await assertRejects(
    () =>
      engine.transaction((tx) => {
        tx.transaction(async (inner) => {
          await Promise.resolve();
          await inner.insert(users, { name: "lost" });
        });
      }),
    ClosedError,
    "Cannot commit the transaction: 1 of the calls inside its function were not awaited",
  );
  assertEquals(await engine.session().model(users).count(), 0);
  await engine.transaction((tx) => tx.insert(users, { name: "works again" }));
});

conform("Engine.transaction() follows its signal", async (engine) => {
  const aborted = AbortSignal.abort(new Error("too late"));
  await assertRejects(
    () => engine.transaction(() => {}, { signal: aborted }),
    Error,
    "too late",
  );
  const controller = new AbortController();
  await assertRejects(
    () =>
      engine.transaction(async (tx) => {
        await tx.insert(users, { name: "lost" });
        controller.abort(new Error("stop"));
      }, { signal: controller.signal }),
    Error,
    "stop",
  );
  assertEquals(await engine.session().model(users).count(), 0);
});

conform("Engine.close() waits, and says so afterwards", async (engine) => {
  const session = engine.session();
  const running = engine.transaction(async (tx) => {
    await Promise.resolve();
    await tx.insert(users, { name: "Tom" });
  });
  const closing = engine.close();
  await running;
  await closing;
  await engine.close();
  await assertRejects(
    () => session.model(users).count(),
    ClosedError,
    "Cannot use the engine: it is closed",
  );
  await assertRejects(() => engine.transaction(() => {}), ClosedError);
});
