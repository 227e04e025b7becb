// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  avg,
  bigint,
  blob,
  boolean,
  ConflictError,
  date,
  type Engine,
  expression,
  integer,
  json,
  NotNullError,
  real,
  sql,
  SqlSyntaxError,
  subquery,
  table,
  text,
} from "../mod.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

const users = table("users", {
  id: integer().primaryKey(),
  name: text(),
  age: integer().default(0),
  email: text().nullable().unique().named("e-mail"),
  shout: text().generated(sql`upper(${sql.ref("name")})`),
});
const notes = table("notes", {
  owner: integer(),
  slot: integer(),
  body: text(),
  stars: integer().default(sql`1 + 1`),
  version: integer().version(),
  madeAt: date().createdAt(),
  changedAt: date().updatedAt(),
  deletedAt: date().softDelete(),
}, { primaryKey: ["owner", "slot"] });

async function people(engine: Engine) {
  const session = engine.session();
  await session.createTable(users);
  await session.insert(
    users,
    { name: "Tom", age: 18 },
    { name: "Sam" },
    { name: "Ann", age: 30, email: "ann@example.com" },
  );
  return session;
}

onEveryDriver(
  "Query.insert() does what Session.insert() does",
  async (engine) => {
    const session = await people(engine);
    const model = session.model(users);
    assertEquals(await model.insert({ name: "Tim" }, { name: "Jan" }), {
      affected: 2,
      lastId: 5,
    });
    assertEquals(await model.insert(), { affected: 0, lastId: undefined });
    assertEquals(
      await session.model(users, { as: "u" }).insert({ name: "Al" }),
      {
        affected: 1,
        lastId: 6,
      },
    );
    for (
      const query of [
        model.where({ id: 1 }),
        model.limit(1),
        model.orderBy("id"),
      ]
    ) {
      await assertRejects(
        () => query.insert({ name: "x" }),
        TypeError,
        'Cannot insert into "users": the query says which rows to read or change',
      );
    }
    await assertRejects(
      () => model.union(model).insert({} as never),
      TypeError,
      "it is derived from a query",
    );
  },
);

onEveryDriver(
  "Query.returning() gives the rows that were written",
  async (engine) => {
    const session = await people(engine);
    const model = session.model(users);
    assertEquals(
      await model.returning("id", "shout").insert({ name: "Tim" }, {
        id: 9,
        name: "Jan",
      }),
      [{ id: 4, shout: "TIM" }, { id: 9, shout: "JAN" }],
    );
    assertEquals(await model.returning().insert(), []);
    assertEquals(
      await model.where({ name: "Tom" }).returning().update({ age: 5 }),
      [
        { id: 1, name: "Tom", age: 5, email: null, shout: "TOM" },
      ],
    );
    assertEquals(
      await model.where({ age: { gt: 100 } }).returning("id").update({
        age: 5,
      }),
      [],
    );
    assertEquals(
      await model.where({ id: { lt: 3 } }).returning((user) => ({
        id: user.id,
        mail: user.email,
        more: expression<number>(sql`${user.age} + ${1}`),
      })).delete(),
      [{ id: 1, mail: null, more: 6 }, { id: 2, mail: null, more: 1 }],
    );
    const aliased = session.model(users, { as: "u" }).where((u) =>
      sql`${u.id} = ${3}`
    );
    assertEquals(
      await aliased.returning("id", "email").update((u) => ({
        age: sql`${u.age} + 1`,
      })),
      [{ id: 3, email: "ann@example.com" }],
    );
    assertEquals(await aliased.returning("age").hardDelete(), [{ age: 31 }]);
    assertThrows(
      () => model.returning("nam" as "name"),
      TypeError,
      'Cannot find column "nam" of table "users": want "id", "name", "age", "email", "shout" (did you mean "name"?)',
    );
    await assertRejects(
      () => model.returning().update({ age: 1 }),
      TypeError,
      "there is no condition, call all() to mean every row",
    );
  },
);

onEveryDriver("returning() of soft deletions and versions", async (engine) => {
  const session = engine.session();
  await session.createTable(notes);
  const one = session.model(notes).where({ owner: 1, slot: 1 });
  const [made] = await session.model(notes).returning("version", "stars")
    .insert({ owner: 1, slot: 1, body: "a" });
  assertEquals(made, { version: 1, stars: 2 });
  const [gone] = await one.returning("version", "deletedAt").delete();
  assertEquals(gone?.version, 2);
  assert(gone?.deletedAt instanceof Date);
  assertEquals(await one.returning("slot").delete(), []);
  await assertRejects(
    () => one.where({ version: 1 }).returning("slot").delete(),
    ConflictError,
    'Cannot delete rows of "notes": none has the version that the condition names',
  );
  assertEquals(await one.withDeleted().returning("slot").hardDelete(), [
    { slot: 1 },
  ]);
});

onEveryDriver(
  "Query.update() takes SQL and functions of the columns",
  async (engine) => {
    const session = await people(engine);
    const model = session.model(users);
    const ages = async () =>
      (await model.orderBy("id").find()).map(({ age }) => age);
    assertEquals(
      await model.all().update((user) => ({ age: sql`${user.age} + ${1}` })),
      3,
    );
    assertEquals(await ages(), [19, 1, 31]);
    await model.where({ id: 2 }).update({
      age: sql`${sql.ref("age")} * ${2} -- x`,
    });
    assertEquals(await ages(), [19, 2, 31]);
    await model.where({ id: 2 }).update({
      age: expression<number>(sql`${sql.ref("id")} * ${50}`),
      name: sql`'n' || ${"\"'?"}`,
    });
    assertEquals((await model.where({ id: 2 }).one()).name, "n\"'?");
    const oldest = model.select((user) => ({ age: avg(user.age) }));
    await model.where({ id: 1 }).update({
      age: sql`round(${subquery(oldest)})`,
    });
    assertEquals(await ages(), [50, 100, 31]);
    await assertRejects(
      () =>
        model.where({ id: 1 }).update((user) => ({ age: user.name as never })),
      TypeError,
      'Cannot update "age": it is of kind "integer", the expression of kind "text"',
    );
    await assertRejects(
      () => model.where({ id: 1 }).update({ age: sql`1) --` }),
      TypeError,
      "its parentheses are not in pairs",
    );
    await assertRejects(
      () => model.where({ id: 1 }).update({ name: sql`NULL` }),
      NotNullError,
    );
    for (
      const [change, reason] of [
        [{}, "Cannot update rows: got no change, want one"],
        [{ shout: "x" }, 'Cannot update "shout": it is generated'],
        [{ agee: 1 }, 'did you mean "age"?'],
        [
          { age: undefined },
          'Cannot update "age": got undefined, want a value',
        ],
        [
          { age: { texts: ["1"], values: [] } },
          'Cannot store "age": got an object',
        ],
        [() => undefined, "Cannot update rows: got undefined, want an object"],
        [null, "Cannot update rows: got null, want an object"],
        [[], "Cannot update rows: got an array, want an object"],
      ] as const
    ) {
      await assertRejects(
        () => model.where({ id: 1 }).update(change as never),
        TypeError,
        reason,
      );
    }
  },
);

onEveryDriver(
  "Query.update() sets in the order of the table",
  async (engine) => {
    const session = await people(engine);
    const one = session.model(users).where({ id: 1 });
    await one.update({ age: 1, name: "a" });
    const { statements } = engine.stats();
    await one.update({ name: "b", age: 2 });
    assertEquals(engine.stats().statements, statements);
  },
);

onEveryDriver(
  "Session.upsert() inserts, or sets what the rows name",
  async (engine) => {
    const session = await people(engine);
    assertEquals(
      await session.upsert(
        users,
        { id: 3, name: "Anna" },
        { id: 4, name: "Tim", age: 4 },
        { id: 1, name: "Tommy", email: null },
        { id: 4, name: "Timmy" },
        { name: "New" },
      ),
      5,
    );
    assertEquals(
      await session.model(users).orderBy("id").select(
        "id",
        "name",
        "age",
        "email",
      )
        .find(),
      [
        { id: 1, name: "Tommy", age: 18, email: null },
        { id: 2, name: "Sam", age: 0, email: null },
        { id: 3, name: "Anna", age: 30, email: "ann@example.com" },
        { id: 4, name: "Timmy", age: 4, email: null },
        { id: 5, name: "New", age: 0, email: null },
      ],
    );
    assertEquals(await session.upsert(users), 0);
    // All or none: the last one lacks a name.
    await assertRejects(
      () => session.upsert(users, { id: 1, name: "x" }, { id: 8 } as never),
      TypeError,
      'Cannot insert into "users": "name" is undefined, want a value',
    );
    await assertRejects(
      () => session.upsert(users, { id: 1, name: "x", shout: "y" } as never),
      TypeError,
      'Cannot insert into "users": "shout" is generated',
    );
    const keyless = table("keyless", { name: text() });
    await assertRejects(
      () => session.upsert(keyless, { name: "x" }),
      TypeError,
      'Cannot upsert into "keyless": it has no primary key, call onConflict()',
    );
  },
);

onEveryDriver(
  "upserts keep versions, times and defaults right",
  async (engine) => {
    const session = engine.session();
    await session.createTable(notes);
    const old = new Date(0);
    const key = { owner: 1, slot: 1 };
    await session.insert(notes, {
      ...key,
      body: "a",
      stars: 5,
      madeAt: old,
      changedAt: old,
      deletedAt: old,
    });
    const [row] = await session.model(notes).returning()
      .upsert({ ...key, body: "b" });
    assertEquals(
      [row?.body, row?.stars, row?.version, row?.madeAt, row?.deletedAt],
      ["b", 5, 2, old, null],
    );
    assert(row !== undefined && row.changedAt > old);
    const [next] = await session.model(notes).onConflict(["owner", "slot"], {
      set: (note, excluded) => ({
        body: sql`${note.body} || ${excluded.body}`,
        stars: excluded.stars,
      }),
      where: (note) => sql`${note.version} < ${9}`,
    }).returning("body", "stars", "version").insert({
      ...key,
      body: "c",
      stars: 7,
    });
    assertEquals(next, { body: "bc", stars: 7, version: 3 });
    const pairs = table("pairs", { a: integer(), b: integer() }, {
      primaryKey: ["a", "b"],
    });
    await session.createTable(pairs);
    await session.insert(pairs, { a: 1, b: 2 });
    assertEquals(
      await session.model(pairs).returning().upsert({ a: 1, b: 2 }),
      [
        { a: 1, b: 2 },
      ],
    );
  },
);

onEveryDriver(
  "Query.onConflict() ignores, updates or does as told",
  async (engine) => {
    const session = await people(engine);
    const model = session.model(users);
    const ann = { name: "Anna", email: "ann@example.com" };
    const ignoring = model.onConflict("email", "ignore");
    assertEquals(await ignoring.insert(ann, { name: "Tim" }), 1);
    assertEquals(await ignoring.returning("name").insert(ann), []);
    assertEquals(await model.onConflict("email", "update").insert(ann), 1);
    assertEquals(
      await model.returning("id", "name", "age").onConflict("email", {
        set: { name: "set", age: sql`${sql.ref("age")} + ${1}` },
        where: (user) => sql`${user.age} < ${31}`,
      }).insert(ann),
      [{ id: 3, name: "set", age: 31 }],
    );
    assertEquals(
      await model.onConflict(["email"], {
        set: (_, excluded) => ({ name: excluded.name }),
        where: (user) => sql`${user.age} < ${31}`,
      }).insert(ann),
      0,
    );
    const refused: [unknown, unknown, string][] = [
      [[], "ignore", "got no column to conflict on, want one at least"],
      ["mail", "ignore", 'did you mean "email"?'],
      [{}, "ignore", "got an object to conflict on, want columns"],
      [
        "email",
        "replace",
        'on conflict got "replace", want "ignore", "update" or { set }',
      ],
      ["email", { set: {} }, "Cannot update rows: got no change, want one"],
      ["email", { set: { nam: 1 } }, 'did you mean "name"?'],
      [
        "email",
        { set: { age: 1 }, were: 1 },
        'a conflict knows no "were", want "set" and "where" (did you mean "where"?)',
      ],
      [
        "email",
        { set: { age: 1 }, where: "1" },
        'Cannot use condition: got "1", want SQL by the tag',
      ],
      ["email", {
        set: { age: 1 },
        where: () => sql`1) OR (1`,
      }, "its parentheses are not in pairs"],
    ];
    for (const [keys, action, reason] of refused) {
      assertThrows(
        () => model.onConflict(keys as "email", action as "ignore"),
        TypeError,
        reason,
      );
    }
    await assertRejects(
      () => model.onConflict("name", "ignore").insert(ann),
      SqlSyntaxError,
    );
  },
);

onEveryDriver(
  "10,000 rows are inserted and upserted, all or none",
  async (engine) => {
    const session = engine.session();
    await session.createTable(users);
    const rows = Array.from({ length: 10_003 }, (_, index) => ({
      id: index + 1,
      name: `n${index}`,
      age: index % 7,
    }));
    assertEquals(await session.model(users).insert(...rows), {
      affected: 10_003,
      lastId: 10_003,
    });
    const half = rows.map((row) => ({ ...row, id: row.id + 5000, age: 100 }));
    assertEquals(await session.upsert(users, ...half), 10_003);
    const model = session.model(users);
    assertEquals(await model.count(), 15_003);
    assertEquals(await model.where({ age: 100 }).count(), 10_003);
    const ids = Array.from({ length: 40_000 }, (_, index) => index + 5001);
    assertEquals(
      await model.where({ id: { in: ids } }).update({ age: 1 }),
      10_003,
    );
    const back = await model.returning("id").upsert(...half);
    assertEquals(back.map(({ id }) => id), half.map(({ id }) => id));
    await assertRejects(() =>
      session.upsert(users, ...half, { id: 1, name: "x", email: "\0" })
    );
    await model.where({ id: 1 }).update({ email: "a" });
    await assertRejects(() =>
      session.upsert(
        users,
        ...half.map((row) => ({ ...row, name: "late" })),
        { id: 2, name: "x", email: "a" },
      )
    );
    assertEquals(await model.where({ name: "late" }).count(), 0);
  },
);

const values = table("values", {
  id: integer().primaryKey(),
  bigint: bigint().nullable(),
  real: real().nullable(),
  text: text().nullable(),
  blob: blob().nullable(),
  yes: boolean().nullable(),
  date: date().nullable(),
  iso: date({ as: "text" }).nullable(),
  json: json<unknown>().nullable(),
});

const GOOD: [string, unknown][] = [
  ["bigint", 2n ** 63n - 1n],
  ["bigint", -(2n ** 63n)],
  ["bigint", 2n ** 53n + 1n],
  ["real", -0],
  ["real", 5e-324],

  ["real", 0.1 + 0.2],
  ["text", ""],
  ["text", '\'; DROP TABLE "values"; --'],
  ["text", "😀\u202e\ufeff"],
  ["blob", new Uint8Array()],
  ["blob", new Uint8Array([0, 255, 0])],
  ["yes", false],
  ["date", new Date("2016-12-31T23:59:59.999Z")],
  ["date", new Date("2017-01-01T00:00:00Z")],
  ["iso", new Date("2016-12-31T23:59:59.999Z")],
  ["iso", new Date(-1)],
  ["json", { a: "a\0\ud800b" }],
  ["json", { texts: ["1"], values: [] }],
];
const BAD: [string, unknown, string][] = [
  ["bigint", 2n ** 63n, "is outside of 64 bits"],
  ["real", NaN, 'Cannot store "real": got NaN, want a number'],
  ["text", "a\0b", "the text has a NUL in it"],
  ["text", "\ud800", "the text has a lone surrogate in it"],
  ["date", new Date(NaN), "want a valid Date"],
  ["date", "2016-12-31T23:59:60Z", "want a Date"],
  ["yes", 1, "want a boolean"],
];

onEveryDriver(
  "values come back from every write as they went in",
  async (engine) => {
    const session = engine.session();
    await session.createTable(values);
    const model = session.model(values);
    for (const [column, value] of GOOD) {
      const record = { [column]: value };
      const [inserted] = await model.returning().insert(record);
      const id = inserted?.id ?? 0;
      const [upserted] = await model.returning().upsert({ id, ...record });
      const one = model.where({ id });
      await one.update({ [column]: null });
      const [updated] = await one.returning().update(record);
      const [deleted] = await one.returning().delete();
      for (const row of [inserted, upserted, updated, deleted]) {
        assertEquals(row?.[column as "text"] as unknown, value);
      }
    }
    for (const [column, value, reason] of BAD) {
      const record = { [column]: value };
      for (
        const write of [
          () => session.upsert(values, { id: 1, ...record }),
          () => model.returning().insert(record),
          () => model.where({ id: 1 }).update(record),
          () => model.onConflict("id", { set: record }).insert({ id: 1 }),
        ]
      ) {
        await assertRejects(async () => void await write(), Error, reason);
      }
    }
    assertEquals(await model.count(), 0);
  },
);

onEveryDriver(
  "what parsed JSON holds is never taken for SQL",
  async (engine) => {
    const session = await people(engine);
    const json = JSON.parse('{"texts":["99"],"values":[],"codec":{}}');
    const model = session.model(users);
    for (
      const write of [
        () => model.where({ id: 1 }).update({ age: json }),
        () => model.insert({ name: json }),
        () => session.upsert(users, { id: 1, name: json }),
        () => session.save(users, { id: 1, name: json }),
      ]
    ) {
      await assertRejects(
        async () => void await write(),
        TypeError,
        "got an object, want",
      );
    }
  },
);

onEveryDriver("infinite reals come back too", async (engine) => {
  const session = engine.session();
  await session.createTable(values);
  const model = session.model(values);
  for (const real of [Infinity, -Infinity]) {
    assertEquals(await model.returning("real").upsert({ id: 1, real }), [
      { real },
    ]);
  }
}, { isLocal: true });
