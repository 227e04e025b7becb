// Copyright 2026 the Gee authors. MIT license.
// What tables promise, over every driver.

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { z } from "npm:zod@4.6.7";
import {
  bigint,
  CheckError,
  ConflictError,
  custom,
  date,
  defineModel,
  enumeration,
  ForeignKeyError,
  integer,
  json,
  NotNullError,
  real,
  type Session,
  sql,
  SqlSyntaxError,
  type Table,
  table,
  text,
  UniqueError,
  uuid,
  ValidationError,
} from "./mod.ts";
import { onEveryDriver } from "./testdata/drivers.ts";

const ID = "7d444840-9dc0-11d1-b245-5ffdce74fad2";

const things = table("things", {
  id: uuid().primaryKey(),
  role: enumeration(["reader", "wri'ter"]).nullable(),
  at: date({ as: "text" }).nullable(),
  url: custom({
    as: text(),
    encode: (value: URL) => value.href,
    decode: (href) => new URL(href),
  }).nullable(),
  cents: custom({
    as: bigint(),
    encode: (value: number) => BigInt(Math.round(value * 100)),
    decode: (cents) => Number(cents) / 100,
  }).nullable(),
  tags: json(z.array(z.string().trim())).nullable(),
});

onEveryDriver("values of every kind come back", async (engine) => {
  const session = engine.session();
  await session.createTable(things);
  const row = {
    id: ID,
    role: "wri'ter" as const,
    at: new Date("0000-01-01T00:00:00.001Z"),
    url: new URL("https://deno.com/a?b=c"),
    cents: 19.99,
    tags: ["a", "é"],
  };
  await session.insert(things, row);
  assertEquals(await session.model(things).first(), row);
  assertEquals(
    await session.raw("SELECT at, url, cents, tags FROM things"),
    [{
      at: "0000-01-01T00:00:00.001Z",
      url: "https://deno.com/a?b=c",
      cents: 1999,
      tags: '["a","é"]',
    }],
  );
  const query = session.model(things);
  assertEquals(await query.where({ role: { in: ["wri'ter"] } }).count(), 1);
  assertEquals(await query.where({ role: { like: "wri%" } }).count(), 1);
  assertEquals(await query.where({ id: { like: "7d44%" } }).count(), 1);
  assertEquals(await query.where({ at: { lt: new Date(0) } }).count(), 1);
  assertEquals(await query.where({ cents: 19.99 }).count(), 1);
  // What the validator returns is stored.
  await query.all().update({ tags: [" b "] });
  assertEquals((await query.first())?.tags, ["b"]);
  const nothing = { role: null, at: null, url: null, cents: null, tags: null };
  await query.all().update(nothing);
  assertEquals(await query.first(), { id: ID, ...nothing });
});

onEveryDriver("values that do not fit are refused", async (engine) => {
  const session = engine.session();
  await session.createTable(things);
  const cases: [object, string][] = [
    [{ id: ID.toUpperCase() }, "want a UUID in lower case"],
    [{ id: `${ID}\n` }, "want a UUID in lower case"],
    [{ role: "admin" }, `got "admin", want one of "reader", "wri'ter"`],
    [{ role: ["reader"] }, "got an array, want one of"],
    [{ at: "2026-01-01" }, 'Cannot store "at": got "2026-01-01", want a Date'],
    [{ at: new Date(NaN) }, 'Cannot store "at": got a Date, want a valid Date'],
    [{ at: new Date(8.64e15) }, "is outside of the years 0 to 9999"],
    [{ tags: [1] }, 'Cannot store "tags": 0: '],
    [{ cents: 1e30 }, "is outside of 64 bits"],
  ];
  for (const [change, message] of cases) {
    await assertRejects(
      () => session.insert(things, { id: ID, ...change }),
      Error,
      message,
    );
  }
  assertEquals(await session.model(things).count(), 0);
  const error = await assertRejects(
    () => session.insert(things, { id: ID, tags: [1] as unknown as string[] }),
    ValidationError,
  );
  assertEquals(error.column, "tags");
  assertEquals(error.issues[0]?.path, [0]);
});

onEveryDriver("what others wrote is read or refused", async (engine) => {
  const session = engine.session();
  await session.exec("CREATE TABLE things (id, role, at, url, cents, tags)");
  await session.exec(
    "INSERT INTO things VALUES ('x', 'admin', '2026-02-01 10:00:00', 'x', 1, 'x')",
  );
  const first = (column: "id" | "role" | "at" | "url" | "tags") =>
    session.model(things).select(column).first();
  assertEquals(
    (await session.model(things).select("at").first())?.at,
    new Date("2026-02-01T10:00:00Z"),
  );
  await assertRejects(
    () => first("id"),
    TypeError,
    'Cannot read "id": got "x", want a UUID',
  );
  await assertRejects(
    () => first("role"),
    TypeError,
    'Cannot read "role": got "admin", want one of "reader"',
  );
  await assertRejects(() => first("url"), TypeError, "Invalid URL");
  for (const at of ["2026-02-30T00:00:00Z", "2026-02-01", "now", 5]) {
    await session.exec("UPDATE things SET at = ?", at);
    await assertRejects(
      () => first("at"),
      TypeError,
      "want a date of ISO 8601 in UTC",
    );
  }
});

const halls = table("halls", {
  id: integer().primaryKey(),
  name: text().default("none"),
});
const seats = table("seats", {
  hall: integer().references(() => halls, { onDelete: "cascade" }),
  row: integer().check(sql`${sql.ref("row")} BETWEEN ${1} AND ${99}`),
  kind: enumeration(["plain", "box"]).default("plain"),
  code: text().named("Code").nullable(),
  goneAt: date().nullable(),
}, {
  primaryKey: ["hall", "row"],
  unique: [["kind", "code"]],
  checks: { "code is short": 'length("Code") < 5 -- or there is none' },
  indexes: [
    {
      on: [sql`lower(${sql.ref("code")})`, "-row"],
      name: "codes",
      unique: true,
      where: sql`${sql.ref("goneAt")} IS NULL`,
    },
    { on: ["kind"] },
  ],
});
const tickets = table("tickets", {
  id: integer().primaryKey(),
  hall: integer().nullable(),
  row: integer().nullable(),
  next: integer().nullable().references((): Table => tickets, {
    onDelete: "set null",
  }),
}, {
  foreignKeys: [{
    on: ["hall", "row"],
    table: () => seats,
    onDelete: "restrict",
    onUpdate: "cascade",
  }],
});

async function theater(session: Session): Promise<void> {
  await session.createTable(halls);
  await session.createTable(seats);
  await session.createTable(tickets);
  await session.insert(halls, { id: 1 }, { id: 2 });
  await session.insert(seats, { hall: 1, row: 1, code: "a" });
}

onEveryDriver("constraints hold, each with its error", async (engine) => {
  const session = engine.session();
  await theater(session);
  const insert = (row: Partial<{ hall: number; row: number; code: string }>) =>
    session.insert(seats, { hall: 1, row: 2, ...row });
  const twice = await assertRejects(() => insert({ row: 1 }), UniqueError);
  assertEquals(twice.columns, ["seats.hall", "seats.row"]);
  const pair = await assertRejects(() => insert({ code: "a" }), UniqueError);
  assertEquals(pair.columns, ["seats.kind", "seats.Code"]);
  await assertRejects(() => insert({ hall: 3 }), ForeignKeyError);
  await assertRejects(() => insert({ row: 0 }), CheckError);
  await assertRejects(
    () => insert({ code: "12345" }),
    CheckError,
    "code is short",
  );
  await assertRejects(
    () =>
      session.exec("INSERT INTO seats (hall, row, kind) VALUES (1, 2, 'x')"),
    CheckError,
  );
  await assertRejects(
    () => session.exec("INSERT INTO seats (hall) VALUES (1)"),
    NotNullError,
  );
  assertEquals(await session.model(seats).count(), 1);
});

onEveryDriver("an index on SQL is for its rows only", async (engine) => {
  const session = engine.session();
  await theater(session);
  const seat = { hall: 2, row: 1, kind: "box" as const, code: "A" };
  await assertRejects(() => session.insert(seats, seat), UniqueError, "codes");
  await session.insert(seats, { ...seat, goneAt: new Date(0) });
  const indexes = await session.raw(
    "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
  );
  assertEquals(indexes, [{ name: "codes" }, { name: "seats_kind_index" }]);
});

onEveryDriver("references act as they say", async (engine) => {
  const session = engine.session();
  await theater(session);
  await session.insert(
    tickets,
    { id: 1, hall: 1, row: 1 },
    { id: 2, next: 1 },
  );
  await assertRejects(
    () => session.model(seats).all().delete(),
    ForeignKeyError,
  );
  await session.model(seats).where({ hall: 1 }).update({ row: 7 });
  assertEquals((await session.model(tickets).first())?.row, 7);
  await session.model(tickets).where({ id: 1 }).delete();
  assertEquals((await session.model(tickets).first())?.next, null);
  await session.model(halls).where({ id: 1 }).delete();
  assertEquals(await session.model(seats).count(), 0);
});

onEveryDriver("a reference to what is not there is refused", async (engine) => {
  const session = engine.session();
  const wrong = table("wrong", {
    hall: integer().references(() => halls, { column: "idd" as "id" }),
  });
  await assertRejects(
    () => session.createTable(wrong),
    TypeError,
    'Cannot refer to column "idd": table "halls" has no such column (did you mean "id"?)',
  );
  const half = table("half", { seat: integer().references(() => seats) });
  await assertRejects(
    () => session.createTable(half),
    TypeError,
    'Cannot refer from "seat" of table "half": got 1 columns for 2 of table "seats"',
  );
});

onEveryDriver("generated columns are read and never set", async (engine) => {
  const session = engine.session();
  const boxes = table("boxes", {
    id: integer().primaryKey(),
    width: integer(),
    height: integer(),
    area: integer().generated(
      sql`${sql.ref("width")} * ${sql.ref("height")} -- in mm`,
      { stored: true },
    ),
    label: text().generated("'w' || width").unique(),
  });
  await session.createTable(boxes);
  await session.insert(boxes, { width: 2, height: 3 });
  const query = session.model(boxes);
  await query.where({ area: 6, label: "w2" }).update({ height: 5 });
  const row = { id: 1, width: 2, height: 5, area: 10, label: "w2" };
  assertEquals(await query.find(), [row]);
  await assertRejects(
    () => session.insert(boxes, row),
    TypeError,
    'Cannot insert into "boxes": "area" is generated',
  );
  await assertRejects(
    () => query.all().update({ area: 1 } as object),
    TypeError,
    'Cannot update "area": it is generated',
  );
  await assertRejects(
    () => session.insert(boxes, { width: 2, height: 1 }),
    UniqueError,
  );
});

onEveryDriver("the database computes defaults of SQL", async (engine) => {
  const session = engine.session();
  const rows = table("rows", {
    a: integer().default(sql`1 + ${41}`),
    b: text().nullable().default(sql`lower(${"It's"})`),
  });
  await session.createTable(rows);
  assertEquals(
    (await session.insert(
      rows,
      {},
      {},
      { a: 1 },
      { a: 2, b: undefined } as { a: number },
      { a: 3, b: null },
      { b: "b" },
    )).affected,
    6,
  );
  assertEquals(await session.model(rows).find(), [
    { a: 42, b: "it's" },
    { a: 42, b: "it's" },
    { a: 1, b: "it's" },
    { a: 2, b: "it's" },
    { a: 3, b: null },
    { a: 42, b: "b" },
  ]);
  await assertRejects(
    () => session.insert(rows, { a: 1, c: 2 } as object),
    TypeError,
    'Cannot find column "c"',
  );
});

onEveryDriver("functions fill what a row leaves out", async (engine) => {
  const session = engine.session();
  let count = 0;
  const rows = table("rows", {
    id: uuid().random().primaryKey(),
    n: integer().defaultFn(() => ++count),
  });
  await session.createTable(rows);
  await session.insert(rows, {}, { n: 9 }, {});
  const found = await session.model(rows).orderBy("n").find();
  assertEquals(found.map(({ n }) => n), [1, 2, 9]);
  for (const { id } of found) {
    assertMatch(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab]/);
  }
  assertEquals(new Set(found.map(({ id }) => id)).size, 3);
});

onEveryDriver("createdAt() and updatedAt() keep the time", async (engine) => {
  using time = new FakeTime(1000);
  const session = engine.session();
  const notes = table("notes", {
    id: integer().primaryKey(),
    body: text(),
    made: date().createdAt(),
    changed: date({ as: "text" }).updatedAt(),
  });
  await session.createTable(notes);
  await session.insert(notes, { body: "a" });
  await session.insert(notes, { body: "b", made: new Date(1) });
  time.tick(500);
  const query = session.model(notes);
  await query.where({ id: 1 }).update({ body: "c" });
  await query.where({ id: 2 }).update({ changed: new Date(2) });
  assertEquals(await query.select("made", "changed").find(), [
    { made: new Date(1000), changed: new Date(1500) },
    { made: new Date(1), changed: new Date(2) },
  ]);
});

const accounts = table("accounts", {
  id: integer().primaryKey(),
  sum: integer(),
  version: integer().version(),
});

onEveryDriver("a version rises with each update", async (engine) => {
  const session = engine.session();
  await session.createTable(accounts);
  await session.insert(accounts, { sum: 5 }, { sum: 6, version: 4 });
  const query = session.model(accounts);
  assertEquals(await query.where({ id: 1, version: 1 }).update({ sum: 7 }), 1);
  assertEquals(await query.all().update({ sum: 8 }), 2);
  assertEquals(await query.find(), [
    { id: 1, sum: 8, version: 3 },
    { id: 2, sum: 8, version: 5 },
  ]);
  await assertRejects(
    () => query.all().update({ sum: 1, version: 1 } as object),
    TypeError,
    'Cannot update "version": the version rises by itself, it belongs into where()',
  );
});

onEveryDriver("an old version is a conflict", async (engine) => {
  const session = engine.session();
  await session.createTable(accounts);
  await session.insert(accounts, { sum: 5 });
  const of = (version: number) =>
    session.model(accounts).where({ id: 1, version });
  const both = await Promise.allSettled([
    of(1).update({ sum: 6 }),
    of(1).update({ sum: 7 }),
  ]);
  assertEquals(both.map(({ status }) => status), ["fulfilled", "rejected"]);
  for (const old of [1, 3]) {
    await assertRejects(
      () => of(old).update({ sum: 0 }),
      ConflictError,
      'Cannot update rows of "accounts": none has the version that the condition names',
    );
    await assertRejects(
      () => of(old).delete(),
      ConflictError,
      'Cannot delete rows of "accounts"',
    );
  }
  await assertRejects(
    () => session.model(accounts).where({ version: { eq: 9 } }).hardDelete(),
    ConflictError,
  );
  // No condition names one version, so none is missed.
  const query = session.model(accounts);
  assertEquals(await query.where({ id: 9 }).update({ sum: 0 }), 0);
  assertEquals(await query.where({ version: { gt: 9 } }).update({ sum: 0 }), 0);
  assertEquals((await query.first())?.sum, 6);
  assertEquals(await of(2).delete(), 1);
});

onEveryDriver("softDelete() hides rows and keeps them", async (engine) => {
  using time = new FakeTime(1000);
  const session = engine.session();
  const notes = table("notes", {
    id: integer().primaryKey(),
    name: text(),
    changedAt: date().updatedAt(),
    deletedAt: date().softDelete(),
    version: integer().version(),
  });
  await session.createTable(notes);
  await session.insert(notes, { name: "a" }, { name: "b" }, { name: "c" });
  const query = session.model(notes);
  time.tick(1);
  assertEquals(await query.where({ name: "a", version: 1 }).delete(), 1);
  const row = {
    id: 1,
    name: "a",
    changedAt: new Date(1001),
    deletedAt: new Date(1001),
    version: 2,
  };
  assertEquals(await query.withDeleted().first(), row);
  const seen = async (q: typeof query) => [
    (await q.find()).length,
    await q.count(),
    await q.limit(9).count(),
    await q.where({ id: 1 }).exists(),
    (await q.where({ or: [{ id: 1 }, { id: 2 }] }).first())?.id,
    await q.where("id = 1 OR id = 1").count(),
  ];
  assertEquals(await seen(query), [2, 2, 2, false, 2, 0]);
  assertEquals(await seen(query.withDeleted()), [3, 3, 3, true, 1, 1]);
  assertEquals(await query.where({ id: 1 }).update({ name: "x" }), 0);
  assertEquals(await query.where({ id: 1 }).hardDelete(), 0);
  time.tick(1);
  // It keeps the time when it was deleted.
  assertEquals(await query.withDeleted().all().delete(), 2);
  assertEquals(await query.withDeleted().where({ id: 1 }).first(), row);
  assertEquals(await query.find(), []);
  // Back again, and really gone.
  const one = query.withDeleted().where({ id: 1 });
  assertEquals(await one.update({ deletedAt: null }), 1);
  assertEquals(await query.count(), 1);
  for (const action of ["delete", "hardDelete"] as const) {
    await assertRejects(
      () => query.withDeleted()[action](),
      TypeError,
      'Cannot delete rows of "notes": there is no condition',
    );
  }
  assertEquals(await query.all().hardDelete(), 1);
  assertEquals(await query.withDeleted().all().hardDelete(), 2);
  assertEquals(await query.withDeleted().count(), 0);
});

onEveryDriver(
  "hardDelete() and withDeleted() do for every table",
  async (engine) => {
    const session = engine.session();
    await session.createTable(halls);
    await session.insert(halls, {}, {});
    const query = session.model(halls).withDeleted();
    assertEquals(await query.where({ id: 1 }).hardDelete(), 1);
    assertEquals(await query.count(), 1);
  },
);

onEveryDriver("a table without row ids has its key alone", async (engine) => {
  const session = engine.session();
  const words = table("words", { id: integer(), word: text() }, {
    primaryKey: ["word", "id"],
    withoutRowId: true,
    strict: true,
  });
  await session.createTable(words);
  assertEquals(
    await session.insert(words, { id: 2, word: "b" }, { id: 1, word: "b" }),
    { affected: 2, lastId: undefined },
  );
  assertEquals(await session.model(words).find(), [
    { id: 1, word: "b" },
    { id: 2, word: "b" },
  ]);
  await assertRejects(
    () => session.exec("INSERT INTO words VALUES ('x', 'c')"),
    Error,
    "cannot store TEXT value in INTEGER column",
  );
  const numbers = table("numbers", { id: integer().primaryKey(), n: real() }, {
    withoutRowId: true,
  });
  await session.createTable(numbers);
  await assertRejects(
    () => session.insert(numbers, { n: 1 }),
    TypeError,
    'Cannot insert into "numbers": "id" is undefined, want a value',
  );
});

onEveryDriver("a strict table takes every kind", async (engine) => {
  const session = engine.session();
  const { columns } = things;
  const strict = table("strict", {
    ...columns,
    big: bigint().default(2n ** 63n - 1n),
    n: integer().default(-5),
    r: real().default(3),
    plain: date().default(new Date(5)),
  }, { strict: true });
  await session.createTable(strict);
  await session.insert(strict, { id: ID, cents: 1.5, n: 7 });
  const row = await session.model(strict).first();
  assertEquals([row?.big, row?.n, row?.r, row?.plain, row?.cents], [
    2n ** 63n - 1n,
    7,
    3,
    new Date(5),
    1.5,
  ]);
});

onEveryDriver("autoIncrement() gives no number twice", async (engine) => {
  const session = engine.session();
  const rows = table("rows", {
    id: integer().primaryKey().autoIncrement(),
    n: integer().default(0),
  });
  await session.createTable(rows);
  await session.insert(rows, {}, {});
  await session.model(rows).where({ id: 2 }).delete();
  assertEquals((await session.insert(rows, {})).lastId, 3);
});

onEveryDriver("createTable() makes all of it or nothing", async (engine) => {
  const session = engine.session();
  const one = table("one", { a: integer().index() });
  const two = table("two", { a: integer() }, {
    indexes: [{ on: ["a"], name: "one_a_index" }],
  });
  await session.createTable(one);
  await assertRejects(
    () => session.createTable(two),
    SqlSyntaxError,
    "index one_a_index already exists",
  );
  assertEquals(await session.hasTable(two), false);
});

onEveryDriver("defineModel() makes a table of a class", async (engine) => {
  class User {
    static columns = {
      id: integer().primaryKey(),
      email: text().nullable().unique(),
    };
    id = 0;
    name = "nobody";
    age = 0;
    rate = 0.5;
    isActive = false;
    big = 0n;
    born = new Date(5);
    photo = new Uint8Array([1]);
    email: string | null = null;
    greet(): string {
      return `I am ${this.name}`;
    }
  }
  const users = defineModel(User);
  const session = engine.session();
  await session.createTable(users);
  const tom = new User();
  tom.id = 7;
  tom.name = "Tom";
  await session.insert(users, tom, {});
  const initial = { ...new User(), id: 8 };
  assertEquals(await session.model(users).find(), [{ ...tom }, initial]);
  assertEquals(await session.hasTable("User"), true);
});

onEveryDriver("the sql tag binds values and quotes names", async (engine) => {
  const session = engine.session();
  await theater(session);
  const name = "x' OR 1=1 --";
  await session.insert(halls, { id: 3, name });
  const query = session.model(halls);
  const named = sql`${sql.ref("name")} = ${name}`;
  assertEquals(await query.where(named).where({ id: 3 }).count(), 1);
  const either = sql`(${named} OR ${sql.ref(halls.columns.id)} IN (${
    sql.list([1, 2])
  }))`;
  assertEquals(await query.where(sql`${either} AND ${true}`).count(), 3);
  assertEquals(
    await session.raw(
      sql`SELECT ${sql.ref(halls.columns.name)} AS ${sql.ref('a"b')}
        FROM ${sql.ref(halls)} WHERE ${sql.ref("id")} = ${3}`,
    ),
    [{ 'a"b': name }],
  );
  assertEquals(
    await session.exec(sql`DELETE FROM ${sql.ref(halls)} WHERE name = ${name}`),
    1,
  );
});
