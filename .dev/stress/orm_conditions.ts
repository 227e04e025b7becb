// Copyright 2026 the Gee authors. MIT license.
// Conditions as they come in JSON bodies, changed at random: they give the rows
// that an evaluation in JavaScript gives, or are refused; nothing else.
import {
  boolean,
  Engine,
  enumeration,
  integer,
  json,
  real,
  table,
  text,
} from "../../orm/mod.ts";
import { sqlite } from "../../orm/sqlite.ts";
import { libsql } from "../../orm/libsql.ts";
import { isMet, type Row, UNJUDGED } from "./orm_condition.ts";
import { randomOf, type Report } from "./report.ts";

const things = table("things", {
  id: integer().primaryKey(),
  name: text().nullable(),
  age: integer().nullable(),
  score: real(),
  isOn: boolean(),
  kind: enumeration(["a", "b", "c"]),
  meta: json<unknown>().nullable(),
});

const NAMES = [
  null,
  "Tom",
  "tom",
  "100% sure",
  "x_y",
  "",
  "a\\b",
  "' OR 1=1 --",
  "\u00e9\u{1f600}",
  "null",
];
const ROWS: readonly Row[] = Array.from({ length: 40 }, (_, index) => ({
  id: index + 1,
  name: NAMES[index % NAMES.length] ?? null,
  age: index % 7 === 0 ? null : index % 5,
  score: index / 4,
  isOn: index % 2 === 0,
  kind: "abc"[index % 3] ?? "a",
  meta: index % 3 === 0 ? null : { a: index },
}));

/** Bodies as a program sends them. */
const SEEDS = [
  '{"name":"Tom"}',
  '{"age":{"gte":1,"lt":4},"isOn":true}',
  '{"or":[{"name":{"contains":"o"}},{"age":null}]}',
  '{"not":{"kind":{"in":["a","b"]}}}',
  '{"and":[{"score":{"between":[1,5]}},{"name":{"like":"t%"}}]}',
  '{"id":{"notIn":[1,2,3]},"name":{"startsWith":"100%"}}',
  '{"meta":{"isNull":false},"age":{"ne":null}}',
  '{"meta":{"path":["a"],"gt":5}}',
  '{"not":{"or":[{"age":{"gt":2}},{"name":{"endsWith":"y"}}]}}',
  '{"name":{"ne":"Tom","isNull":false},"score":{"eq":0.25}}',
];
const KEYS = [
  ...["id", "name", "age", "score", "isOn", "kind", "meta", "or", "and", "not"],
  ...["eq", "ne", "gt", "gte", "lt", "lte", "in", "notIn", "between", "like"],
  ...["contains", "startsWith", "endsWith", "isNull", "path", "nope", "ID"],
  ...["__proto__", "constructor", "toString", "1=1; --", 'id" OR 1=1 --', ""],
];
const VALUES = [
  ...["null", "true", "false", "0", "1", "-0", "2.5", "1e400", "-1", "9e15"],
  ...["9007199254740993", "[]", "{}", '""', '"a"', '"Tom"', '"%"', '"_o_"'],
  ...['"\\u0000"', '"\\ud800"', '"x\\u0000y"', '"\' OR 1=1 --"', "[1,2]"],
  ...['["a","b"]', "[null]", "[1,[2]]", '{"eq":1}', '{"in":[]}', '["a"]'],
  ...['{"texts":["1=1"],"values":[]}', '{"sql":"1=1"}', '"\\\\"', '"100%"'],
];

/** Changes a parsed body in one place; all that JSON can say may come out. */
function mutated(value: unknown, random: (below: number) => number): unknown {
  // A body within the lists, for they are not empty.
  const anyValue = () => JSON.parse(VALUES[random(VALUES.length)]!) as unknown;
  const anyKey = () => KEYS[random(KEYS.length)]!;
  if (typeof value !== "object" || value === null || random(6) === 0) {
    return random(3) === 0
      ? JSON.parse(SEEDS[random(SEEDS.length)]!)
      : anyValue();
  }
  const entries = Object.entries(value);
  const at = random(Math.max(1, entries.length));
  const [key = "", inner] = entries[at] ?? [];
  const action = random(6);
  if (action === 0) entries.splice(at, 1);
  else if (action === 1) entries.push([anyKey(), anyValue()]);
  else if (action === 2) entries[at] = [anyKey(), inner];
  else entries[at] = [key, mutated(inner, random)];
  if (Array.isArray(value)) return entries.map(([, item]) => item);
  // As JSON.parse() does it, "__proto__" is a property of its own.
  const result: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    Object.defineProperty(result, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}

/** A body with some changes. */
function body(random: (below: number) => number): unknown {
  // There are seeds, and the number is below theirs.
  const seed: unknown = JSON.parse(SEEDS[random(SEEDS.length)]!);
  let where = seed;
  for (let count = random(5); count > 0; count--) {
    where = mutated(where, random);
  }
  // A text is SQL for where(): who takes one from a body has given all away.
  return typeof where === "string" ? seed : where;
}

/** Asks so many times. */
export async function conditions(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(`conditions from JSON: ${count}, seed ${seed}`);
  for (const [label, driver] of Object.entries({ sqlite, libsql })) {
    const random = randomOf(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    await using engine = await Engine.open(driver());
    const session = engine.session();
    await session.createTable(things);
    await session.insert(things, ...ROWS as never[]);
    const query = session.model(things).orderBy("id").select("id");
    const found = { rows: 0, refused: 0, unjudged: 0 };
    const problems: string[] = [];
    // Half of them for each driver.
    for (let index = 0; index < count / 2; index++) {
      const where = body(below);
      try {
        const rows = await query.where(where as object).find();
        const want = ROWS.map((row) => isMet(where, row));
        if (want.includes(UNJUDGED)) found.unjudged++;
        else {
          found.rows++;
          const ids = ROWS.filter((_, index) => want[index] === true)
            .map(({ id }) => id);
          const got = rows.map(({ id }) => id);
          if (String(ids) !== String(got)) {
            problems.push(`${JSON.stringify(where)}: ${got}, want ${ids}`);
          }
        }
      } catch (error) {
        const isRefused =
          (error instanceof TypeError || error instanceof RangeError) &&
          error.message.startsWith("Cannot ");
        if (isRefused) found.refused++;
        else problems.push(`${JSON.stringify(where)}: ${error}`);
      }
    }
    for (const problem of problems.slice(0, 5)) report.note(problem);
    report.count(`${label}: other rows or errors`, problems.length, 0);
    report.check(
      `${label}: ${found.rows} gave their rows, ${found.refused} refused, ${found.unjudged} with a path ran`,
      found.rows > count / 20 && found.refused > count / 20,
    );
    report.count(
      `${label}: rows afterwards`,
      await session.model(things).count(),
      ROWS.length,
    );
  }
}
