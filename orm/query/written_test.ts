// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects } from "@std/assert";
import {
  bigint,
  blob,
  boolean,
  date,
  integer,
  json,
  real,
  table,
  text,
} from "../mod.ts";
import { people, users } from "../testdata/people.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

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
