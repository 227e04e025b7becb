// Copyright 2026 the Gee authors. MIT license.
// Names from outside, through every place that takes a name.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  defineModel,
  type Engine,
  integer,
  relate,
  sql,
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
    ];
    for (const [index, refuse] of refused.entries()) {
      const error = assertThrows(refuse, Error, "Cannot ", `${index} ${name}`);
      assertInstanceOf(error, TypeError);
    }
    const changes = JSON.parse(`{${JSON.stringify(name)}:1}`);
    await assertRejects(() => query.all().update(changes), TypeError);
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
