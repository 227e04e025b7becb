// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  avg,
  ConflictError,
  expression,
  fullText,
  NotNullError,
  sql,
  SqlSyntaxError,
  subquery,
} from "../mod.ts";
import { describe } from "../schema/codecs.ts";
import { notes, people, users } from "../testdata/people.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

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
  "writes of every kind keep a full-text index true",
  async (engine) => {
    const session = await people(engine);
    const index = fullText(users, ["name"]);
    await session.createFullText(index);
    const model = session.model(users);
    const found = async (text: string) =>
      (await model.match(index, text).find()).map(({ id }) => id);
    assertEquals(await model.returning("id").insert({ name: "blue" }), [
      { id: 4 },
    ]);
    assertEquals(await session.upsert(users, { id: 1, name: "green" }), 1);
    await model.where({ id: 2 }).returning("id").update((user) => ({
      name: sql`${user.name} || ${" blue"}`,
    }));
    await model.where({ id: 3 }).returning().delete();
    assertEquals((await found("blue")).sort(), [2, 4]);
    assertEquals(await found("green"), [1]);
    assertEquals([await found("Tom"), await found("Ann")], [[], []]);
  },
);

onEveryDriver("what is no row is not inserted", async (engine) => {
  const session = await people(engine);
  const before = await session.model(users).count();
  for (const row of [null, undefined, "Tom", [], [{ name: "Tom" }]]) {
    for (
      const write of [
        () => session.insert(users, row as never),
        () => session.upsert(users, { name: "Al" }, row as never),
        () => session.model(users).returning().insert(row as never),
      ]
    ) {
      await assertRejects(
        write,
        TypeError,
        `Cannot insert into "users": got ${describe(row)}, want a row`,
      );
    }
  }
  assertEquals(await session.model(users).count(), before);
});

onEveryDriver(
  "an insert that returns too many values ends with an error",
  async (engine) => {
    const session = await people(engine);
    const many = sql.list(Array.from({ length: 33_000 }, (_, index) => index));
    const { message } = await assertRejects(
      () =>
        session.model(users).returning(() => ({
          one: expression<number>(sql`1 IN (${many})`),
        })).insert({ name: "Al" }),
      SqlSyntaxError,
    );
    assert(message.startsWith("Cannot run statement: too many SQL variables"));
  },
);

onEveryDriver("holes in lists are values that are missing", async (engine) => {
  const session = await people(engine);
  const model = session.model(users);
  // deno-lint-ignore no-sparse-arrays -- as a list by index may be
  const sparse = [1, , 2] as number[];
  const cases: [() => unknown, string][] = [
    [
      () => model.where({ id: { in: sparse } }),
      "got undefined, want an integer",
    ],
    [
      () => model.where({ or: [{ id: 1 }, ...Array(1)] as never }),
      "Cannot use condition: got undefined, want an object or SQL",
    ],
    [
      () => sql.list(sparse),
      "Cannot bind value 2 of the template: got undefined",
    ],
  ];
  for (const [refuse, message] of cases) {
    assertThrows(refuse, TypeError, message);
  }
});
