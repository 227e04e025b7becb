// Copyright 2026 the Gee authors. MIT license.
// Names from outside, through every place that takes a name.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  type Column,
  count,
  defineModel,
  derive,
  type Engine,
  fullText,
  integer,
  json,
  on,
  relate,
  type Session,
  sql,
  type Table,
  table,
  text,
} from "./mod.ts";
import { onEveryDriver } from "./testdata/drivers.ts";

const HOSTILE = [
  'a"b',
  'a""; DROP TABLE safe; --',
  '"); DROP TABLE safe; --',
  "a'; DROP TABLE safe; --",
  "a` b [c] d",
  "a]; DROP TABLE safe; --",
  "/* a",
  "a */ -- b",
  "a\nb\r\tc",
  "select",
  "a ? b :c @d $e",
  "a; b",
  "%00\\",
  "rowid",
  "é 😀 \u202e",
  "__defineGetter__",
  "hasOwnProperty",
  "toString",
  "1 OR 1=1",
  "x".repeat(300),
];

async function names(engine: Engine): Promise<string[]> {
  const rows = await engine.session().raw<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid",
  );
  return rows.map(({ name }) => name);
}

/** Everything that writes, to a table and a column of a name. */
async function written(
  session: Session,
  hostile: Table<string, Readonly<Record<string, Column<string>>>>,
  name: string,
): Promise<void> {
  const model = session.model(hostile, { as: `${name} 9` });
  const row: Record<string, never> = JSON.parse(
    JSON.stringify({ id: 7, [name]: name, other: 1 }),
  );
  const asked = [{ [name]: name, made: name + name }];
  assertEquals(
    await model.onConflict("id", "update").returning(name, "made").insert(row),
    asked,
  );
  assertEquals(await model.returning(name, "made").upsert(row), asked);
  assertEquals(
    await model.onConflict(["id"], {
      set: (self, excluded) => ({
        [name]: sql`${self[name]!} || ${excluded[name]!} || ${name}`,
      }),
      where: (self) => sql`${self[name]!} = ${name}`,
    }).insert(row),
    1,
  );
  const one = model.where({ id: 7 } as object);
  assertEquals(
    await one.returning((self) => ({ [name]: self[name]! }))
      .update((self) => ({ [name]: sql`${self[name]!} || ${"!"}` })),
    [{ [name]: `${name}${name}${name}!` }],
  );
  const saved = await session.save(hostile, row);
  assertEquals<unknown>(saved[name], name);
  assertEquals(await session.reload(hostile, row), saved);
  assertEquals(await one.returning(name).delete(), [{ [name]: name }]);
}

onEveryDriver("a hostile name is a name like any other", async (engine) => {
  const session = engine.session();
  await session.exec("CREATE TABLE safe (a)");
  for (const name of HOSTILE) {
    const other = table(`${name} 0`, { [name]: integer() }, {
      primaryKey: [name],
    });
    const hostile = table(name, {
      id: integer().primaryKey(),
      [name]: text(),
      other: integer().named(`${name} 2`).references(() => other, {
        column: name,
      }),
      made: text().generated(sql`${sql.ref(name)} || ${name}`).named(
        `${name} 3`,
      ),
    }, {
      unique: [[name, "other"]],
      checks: { [name]: sql`${sql.ref(name)} <> ${"never"}` },
      indexes: [{ on: [`-${name}`, "other"] }, {
        on: [sql`lower(${sql.ref(name)})`],
        name: `${name} 1`,
        where: sql`${sql.ref("other")} > ${0}`,
      }],
    });
    await session.createTable(other);
    await session.createTable(hostile);
    await session.insert(other, { [name]: 1 });
    const row: Record<string, never> = JSON.parse(
      JSON.stringify({ [name]: name, other: 1 }),
    );
    await session.insert(hostile, row);
    const query = session.model(hostile).orderBy(`-${name}` as "id");
    const found = await query.where({ [name]: { eq: name } } as object)
      .where(sql`${sql.ref(hostile.columns.other)} = ${1}`)
      .select(name as "id", "made").find();
    assertEquals(
      found,
      [
        { [name]: name, made: name + name },
      ] as unknown as typeof found,
    );
    assertEquals(
      await session.model(hostile).where({ other: 1 }).update(
        { [name]: "b" } as object,
      ),
      1,
    );
    await written(session, hostile as never, name);
    assertEquals(await session.hasTable(name), true);
    assertEquals(await session.hasTable(hostile), true);
    const made = [
      `${name} 0`,
      name,
      `${name}_${name}_${name} 2_index`,
      `${name} 1`,
    ];
    assertEquals(await names(engine), ["safe", ...made]);
    await session.dropTable(hostile);
    await session.dropTable(other);
    assertEquals(await names(engine), ["safe"]);
  }
});

onEveryDriver("a hostile name of nothing is refused", async (engine) => {
  const session = engine.session();
  const users = table("users", { id: integer().primaryKey(), name: text() });
  await session.createTable(users);
  await session.insert(users, { name: "Tom" });
  const query = session.model(users);
  for (const name of [...HOSTILE, "", "__proto__", "id\0", "\ud800", "rowid"]) {
    const refused: (() => unknown)[] = [
      () => query.orderBy(name as "id"),
      () => query.select(name as "id"),
      () => query.where(JSON.parse(`{${JSON.stringify(name)}:1}`)),
      () => query.where(sql`${sql.ref(name)} = ${1}`),
      () => relate(users).hasMany(users, name as "id"),
      () => relate(users).belongsTo(users, [name as "id"]),
      () => table("t", { a: integer() }, { primaryKey: [name as "a"] }),
      () => table("t", { a: integer() }, { unique: [[name as "a"]] }),
      () => table("t", { a: integer() }, { indexes: [{ on: [name as "a"] }] }),
      () => table("t", { a: integer().check(sql`${sql.ref(name)} > 0`) }),
      () => defineModel(class T {}, { columns: { [name]: text() } }),
      () => query.returning(name as "id"),
      () => query.onConflict(name as "id", "ignore"),
      () => query.onConflict("id", name as "ignore"),
      () =>
        query.onConflict("id", {
          set: JSON.parse(`{${JSON.stringify(name)}:1}`),
        }),
      () => query.onConflict("id", { set: { name: "" }, [name]: 1 }),
      () => on(users, { [name]: () => {} }),
    ];
    for (const [index, refuse] of refused.entries()) {
      const error = assertThrows(refuse, Error, "Cannot ", `${index} ${name}`);
      assertInstanceOf(error, TypeError);
    }
    const changes = JSON.parse(`{${JSON.stringify(name)}:1}`);
    await assertRejects(() => query.all().update(changes), TypeError);
    await assertRejects(() => query.all().update(() => changes), TypeError);
    await assertRejects(
      () => query.upsert({ id: 1, name: "x", ...changes }),
      TypeError,
    );
    await assertRejects(
      () => session.save(users, { id: 1, name: "x", ...changes }),
      TypeError,
    );
    await assertRejects(
      () => session.insert(users, { name: "x", ...changes }),
      TypeError,
    );
  }
  assertEquals(await query.find(), [{ id: 1, name: "Tom" }]);
});

Deno.test("no data is taken for SQL", () => {
  const forged = JSON.parse('{"texts":["1=1"],"values":[]}');
  assertThrows(
    () => sql`SELECT ${forged}`,
    TypeError,
    "Cannot bind value 1 of the template: got an object",
  );
  assertThrows(
    () => sql(["1=1"] as unknown as TemplateStringsArray),
    TypeError,
    "Cannot make SQL: got an array, want a template",
  );
  assertThrows(
    () => table("t", { a: integer().check(forged) }),
    TypeError,
    'Cannot define table "t": an expression is an object, want SQL',
  );
  assertThrows(
    () => integer().default(forged),
    TypeError,
    'Cannot store "default": got an object',
  );
});

onEveryDriver("a hostile name is read like any other", async (engine) => {
  const session = engine.session();
  await session.exec("CREATE TABLE safe (a)");
  for (const name of HOSTILE) {
    const parents = table(`${name} 0`, {
      id: integer().primaryKey(),
      [name]: text(),
      json: json<unknown>().nullable(),
    });
    const children = table(`${name} 1`, {
      id: integer().primaryKey(),
      [name]: integer().named(`${name} 2`),
    });
    const pairs = table(`${name} 3`, { [name]: integer(), b: integer() });
    // FTS5 has a column "rowid" of its own.
    const searched = name === "rowid" ? "json" : name;
    // And libsql has none whose name begins with a digit.
    const index = fullText(parents, [searched], { name: `n ${name}` });
    for (const table of [parents, children, pairs]) {
      await session.createTable(table);
    }
    await session.createFullText(index);
    await session.insert(parents, { [name]: `x ${name}`, json: {} } as never);
    await session.insert(children, { [name]: 1 } as never);
    await session.insert(pairs, { [name]: 1, b: 1 } as never);
    const many = relate(parents).hasMany(children, name);
    const through = relate(parents).manyToMany(children, {
      through: pairs,
      from: name,
      to: "b",
    });
    const row = { id: 1, [name]: `x ${name}`, json: {} };
    const query = session.model(parents, { as: `${name} 5` });
    const joined = query.join(name, many).leftJoin(`${name} 6`, through)
      .join("on", children, (_, to, refs) => sql`${to.id} = ${refs[name]!.id}`)
      .whereJoined(name, { [name]: 1 } as object)
      .groupBy(name as "id").having((self) => sql`${count(self[name])} = ${1}`)
      .orderBy({ by: name as "id", nulls: "last" }, {
        by: (_, refs) => refs[name]![name]!,
      });
    assertEquals(await joined.find(), [row] as never[]);
    const selected = await joined.select((self, refs) => ({
      [name]: self[name]!,
      "a b": refs[`${name} 6`]![name]!,
    })).find();
    assertEquals(selected, [{ [name]: `x ${name}`, "a b": 1 }] as never[]);
    const derived = derive(`${name} 7`, query.select(name as "id"));
    assertEquals(
      await session.model(derived).union(query.select(name as "id")).count(),
      1,
    );
    assertEquals(
      await query.with(
        `${name} 8`,
        many,
        (query) => query.limit(1),
      )
        .with(`${name} 9`, through).first(),
      {
        ...row,
        [`${name} 8`]: [{ id: 1, [name]: 1 }],
        [`${name} 9`]: [{ id: 1, [name]: 1 }],
      } as never,
    );
    const page = query.orderBy(`-${name}` as "id");
    const cursor = page.cursor(row as never);
    assertEquals(await page.after(cursor).find(), []);
    assertEquals(
      await session.model(parents).match(index, name).count() <= 1,
      true,
    );
    for (const operator of ["contains", "endsWith"]) {
      const where = { [name]: { [operator]: name } };
      assertEquals(await query.where(where as object).count(), 1);
    }
    if (!/["\\]/.test(name)) {
      const where = { json: { path: [name, 0], isNull: true } };
      assertEquals(await query.where(where).count(), 1);
    }
    await session.dropFullText(index);
    for (const table of [parents, children, pairs]) {
      await session.dropTable(table);
    }
    assertEquals(await names(engine), ["safe"]);
  }
});

onEveryDriver(
  "a hostile name of nothing is refused in reading",
  async (engine) => {
    const session = engine.session();
    const users = table("users", { id: integer().primaryKey(), name: text() });
    await session.createTable(users);
    const query = session.model(users);
    const self = relate(users).hasMany(users, "id");
    for (
      const name of [...HOSTILE, "", "__proto__", "id\0", "\ud800", "rowid"]
    ) {
      const where = JSON.parse(`{${JSON.stringify(name)}:1}`);
      const refused: (() => unknown)[] = [
        () => query.orderBy({ by: name as "id" }),
        () => query.groupBy(name as "id"),
        () => query.join("u", self).whereJoined("u", where),
        () => query.join("u", self).whereJoined(name as "u", {}),
        () =>
          query.select((user) => ({
            a: Object.hasOwn(user, name) ? sql`1` as never : user[name as "id"],
          })),
        () => query.having((user) => user[name as "id"]),
        () => fullText(users, [name as "id"]),
        () => fullText(users, ["name"]).snippet(name as "name"),
      ];
      for (const [index, refuse] of refused.entries()) {
        const error = assertThrows(
          refuse,
          Error,
          "Cannot ",
          `${index} ${name}`,
        );
        assertInstanceOf(error, TypeError);
      }
      await assertRejects(
        async () => await query.after(name).find(),
        TypeError,
        "Cannot use cursor",
      );
    }
    for (const name of ["id\0", "\ud800"]) {
      assertThrows(() => query.join(name, self), RangeError, "Cannot store");
      assertThrows(() => session.model(users, { as: name }), RangeError);
      assertThrows(() => derive(name, query), RangeError, "Cannot store");
      assertThrows(() => fullText(users, ["name"], { name }), RangeError);
      assertThrows(
        () => fullText(users, ["name"], { tokenize: name }),
        RangeError,
      );
    }
  },
);
