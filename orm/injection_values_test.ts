// Copyright 2026 the Gee authors. MIT license.
// Hostile texts through every place that takes a value or a name: as values they
// come back and are found, as names they are refused.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  Engine,
  fullText,
  integer,
  json,
  planMigration,
  type Session,
  sql,
  table,
  text,
} from "./mod.ts";
import { run } from "./cli.ts";
import { sqlite } from "./sqlite.ts";
import { onEveryDriver } from "./testdata/drivers.ts";
import { HOSTILE_TEXTS } from "./testdata/hostile_texts.ts";

const users = table("users", {
  id: integer().primaryKey(),
  name: text(),
  data: json<{ value: string }>(),
});
const search = fullText(users, ["name"]);

/** A table with a row for each text. */
async function filled(engine: Engine): Promise<Session> {
  const session = engine.session();
  await session.createTable(users);
  await session.createFullText(search);
  await session.insert(
    users,
    ...HOSTILE_TEXTS.map((name) => ({ name, data: { value: name } })),
  );
  return session;
}

/** What must not have happened. */
async function check(session: Session): Promise<void> {
  assertEquals(await session.model(users).count(), HOSTILE_TEXTS.length);
  const rows = await session.model(users).orderBy("id").find();
  assertEquals(rows.map(({ name }) => name), HOSTILE_TEXTS);
  assertEquals(await session.hasTable("y"), false);
}

onEveryDriver("a hostile text is a value like any other", async (engine) => {
  const session = await filled(engine);
  assert(HOSTILE_TEXTS.length >= 500);
  const query = session.model(users).select("id");
  for (const [index, name] of HOSTILE_TEXTS.entries()) {
    const id = index + 1;
    const escaped = name.replace(/[%_\\]/g, "\\$&");
    const lists = await Promise.all([
      query.where({ name }).find(),
      query.where({ name: { in: [name] } }).find(),
      query.where({ name: { between: [name, name] } }).find(),
      query.where("name = ?", name).find(),
      query.where(sql`name = ${name}`).find(),
      query.where({ data: { path: ["value"], eq: name } }).find(),
      session.raw("SELECT id FROM users WHERE name = ?", name),
    ]);
    for (const list of lists) assertEquals(list, [{ id }], name);
    const [contains, like, raw, match] = await Promise.all([
      query.where({ name: { contains: name } }).find(),
      query.where({ name: { startsWith: name } }).find(),
      query.where("name LIKE ? ESCAPE '\\'", `%${escaped}%`).find(),
      // What is found depends on the words; it must not fail.
      query.match(search, name, { prefix: true }).find(),
    ]);
    assertEquals(contains, raw, name);
    assert(like.some((row) => row.id === id), name);
    assert(Array.isArray(match), name);
  }
  const changed = session.model(users).where({ id: 1 });
  for (const name of HOSTILE_TEXTS.slice(0, 50)) {
    await changed.update({ name });
    assertEquals((await changed.one()).name, name);
  }
  await changed.update({ name: HOSTILE_TEXTS[0] ?? "" });
  await check(session);
}, { isLarge: true });

onEveryDriver(
  "a hostile text is no name, operator or cursor",
  async (engine) => {
    const session = await filled(engine);
    const query = session.model(users);
    for (const name of HOSTILE_TEXTS) {
      const refused: (() => unknown)[] = [
        () => query.where({ [name]: 1 } as object),
        () => query.where({ id: { [name]: 1 } } as object),
        () => query.where({ or: [{ [name]: 1 }] } as object),
        () => query.where({ data: { path: ["value"], [name]: 1 } } as object),
        () => query.orderBy(name as "id"),
        () => query.orderBy(`-${name}` as "id"),
        () => query.select(name as "id"),
        () => query.groupBy(name as "id"),
        () => query.orderBy("id").after(name).find(),
        () => query.where({ id: 1 }).update({ [name]: 1 } as object),
        () => session.insert(users, { [name]: 1 } as never),
      ];
      for (const [index, refuse] of refused.entries()) {
        const error = await refusal(refuse);
        assertInstanceOf(error, TypeError, `${index} ${name}: ${error}`);
      }
    }
    await check(session);
  },
);

async function refusal(refuse: () => unknown): Promise<unknown> {
  try {
    return await refuse();
  } catch (error) {
    return error;
  }
}

Deno.test("a hostile text names no table or column of a migration", async () => {
  await using engine = await Engine.open(sqlite());
  const session = await filled(engine);
  for (const name of HOSTILE_TEXTS) {
    for (const from of [name, `users.${name}`]) {
      const plan = await refusal(() =>
        planMigration(engine, [users], { rename: { [from]: "x" } })
      );
      assertInstanceOf(plan, TypeError, `${from}: ${plan}`);
    }
    // What is not there has been dropped before.
    const { steps } = await planMigration(engine, [users], { drop: [name] });
    assertEquals(steps, [], name);
  }
  await check(session);
});

Deno.test("a hostile text is no command of the command line", async () => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  for (const name of HOSTILE_TEXTS) {
    const code = await run([`x${name}`], { out: log, log, progress: log });
    assertEquals(code, 2, name);
  }
  assert(lines.every((line) => !line.includes("Error:")));
});
