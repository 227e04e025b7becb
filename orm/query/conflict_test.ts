// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  integer,
  sql,
  SqlSyntaxError,
  table,
  text,
  UniqueError,
} from "../mod.ts";
import { notes, people, users } from "../testdata/people.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

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
  { isLarge: true },
);

onEveryDriver(
  "a row without any value is returned, but has no conflict",
  async (engine) => {
    const made = table("made", { key: text().default(sql`'a' || 'b'`) }, {
      primaryKey: ["key"],
    });
    const session = engine.session();
    await session.createTable(made);
    const model = session.model(made);
    assertEquals(await model.returning().insert({}), [{ key: "ab" }]);
    await assertRejects(() => session.insert(made, {}), UniqueError);
    await assertRejects(
      () => session.upsert(made, {}),
      TypeError,
      'Cannot insert into "made": a row without any value has no key to conflict on',
    );
    assertEquals(await session.upsert(made, { key: "ab" }, { key: "c" }), 2);
    assertEquals(await model.count(), 2);
  },
);

onEveryDriver(
  "one row may come twice in an upsert; other keys still clash",
  async (engine) => {
    const session = await people(engine);
    const model = session.model(users);
    assertEquals(
      await model.returning("id", "name").upsert(
        { id: 9, name: "a" },
        { id: 9, name: "b" },
      ),
      [{ id: 9, name: "a" }, { id: 9, name: "b" }],
    );
    assertEquals((await model.where({ id: 9 }).one()).name, "b");
    const error = await assertRejects(
      () =>
        session.upsert(
          users,
          { id: 1, name: "late" },
          { id: 2, name: "late", email: "ann@example.com" },
        ),
      UniqueError,
    );
    assertEquals(error.columns, ["users.e-mail"]);
    assertEquals(await model.where({ name: "late" }).count(), 0);
  },
);
