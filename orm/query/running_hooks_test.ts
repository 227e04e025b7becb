// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects } from "@std/assert";
import {
  type HookContext,
  integer,
  NotFoundError,
  on,
  relate,
  table,
} from "../mod.ts";
import { hooked, recorder, taken, told, users } from "../testdata/hooked.ts";

hooked(
  "hooks of queries get the rows of every way to read",
  [on(users, recorder)],
  async (session) => {
    await session.insert(users, { name: "Tom" }, { name: "Sam" });
    const model = session.model(users).orderBy("id");
    taken();
    await model.find();
    await model.first();
    await model.where({ id: 9 }).first();
    await model.select("name").one();
    assertEquals(await model.count(), 2);
    assertEquals(await model.exists(), true);
    for await (const _ of model.iterate()) told("row");
    await session.reload(users, { id: 2 });
    assertEquals(taken().map((call) => call.replace('Query"', "")), [
      '"before',
      '"after,["Tom","Sam"]',
      '"before',
      '"after,["Tom"]',
      '"before',
      '"after,[]',
      '"before',
      '"after,["Tom"]',
      '"before',
      '"before',
      '"before',
      '"after,["Tom"]',
      '"row"',
      '"after,["Sam"]',
      '"row"',
      '"before',
      '"after,["Sam"]',
    ]);
  },
);

hooked(
  "afterQuery() changes rows, of relations too",
  [on(users, {
    afterQuery(rows) {
      for (const row of rows) if (row.name !== undefined) row.name = "***";
    },
  })],
  async (session) => {
    const pets = table("pets", {
      id: integer().primaryKey(),
      owner: integer(),
    });
    await session.createTable(pets);
    await session.insert(users, { name: "Tom" });
    await session.insert(pets, { owner: 1 }, { owner: 1 });
    assertEquals((await session.model(users).one()).name, "***");
    const owner = relate(pets).belongsTo(users, "owner");
    const found = await session.model(pets).with("by", owner).find();
    assertEquals(found.map(({ by }) => by?.name), ["***", "***"]);
    for await (const row of session.model(users).iterate()) {
      assertEquals(row.name, "***");
    }
  },
);

hooked(
  "save() and reload() call hooks",
  [on(users, recorder)],
  async (session) => {
    taken();
    const saved = await session.save(users, { name: "Tom" });
    await session.save(users, { ...saved, age: 4 });
    assertEquals(taken().map((call) => call.split(",")[0]), [
      '"beforeInsert"',
      '"afterInsert"',
      '"beforeUpdate"',
      '"afterUpdate"',
    ]);
    await assertRejects(() => session.reload(users, { id: 4 }), NotFoundError);
  },
);

const signals: (AbortSignal | undefined)[] = [];
const keep = ({ signal }: HookContext) => signals.push(signal);

hooked(
  "iterate() hands its signal to hooks",
  [{ beforeQuery: keep, afterQuery: (_, context) => keep(context) }],
  async (session) => {
    signals.length = 0;
    await session.insert(users, { name: "Tom" });
    const { signal } = new AbortController();
    for await (const _ of session.model(users).iterate({ signal })) told("row");
    await session.model(users).find();
    assertEquals(signals, [signal, signal, undefined, undefined]);
  },
);

hooked(
  "afterQuery() takes rows out of every way to read, and of relations",
  [on(users, {
    afterQuery(rows) {
      const kept = rows.filter(({ name }) => name !== "Tom");
      rows.splice(0, rows.length, ...kept);
    },
  })],
  async (session) => {
    const pets = table("pets", {
      id: integer().primaryKey(),
      owner: integer(),
    });
    await session.createTable(pets);
    await session.insert(users, { name: "Tom" }, { name: "Sam" });
    await session.insert(pets, { owner: 1 }, { owner: 2 });
    const model = session.model(users).orderBy("id");
    assertEquals(await model.first(), undefined);
    await assertRejects(() => model.one(), NotFoundError);
    const names: string[] = [];
    for await (const { name } of model.iterate()) names.push(name);
    assertEquals(names, ["Sam"]);
    const owner = relate(pets).belongsTo(users, "owner");
    const found = await session.model(pets).orderBy("id").with("by", owner)
      .find();
    assertEquals(found.map(({ by }) => by?.name), [undefined, "Sam"]);
  },
);

hooked(
  "afterQuery() puts no row of its own into a relation",
  [on(users, {
    afterQuery(rows) {
      rows.push({ name: "Eve" });
    },
  })],
  async (session) => {
    await session.insert(users, { name: "Tom" });
    const self = relate(users).belongsTo(users, "id");
    await assertRejects(
      () => session.model(users).with("self", self).find(),
      TypeError,
      'Cannot read relation "self": a hook has put in a row that was not read',
    );
  },
);

hooked(
  "an update without changes is refused before its hooks",
  [on(users, { beforeUpdate: (changes) => void (changes.name = "Eve") })],
  async (session) => {
    await session.insert(users, { name: "Tom" });
    const model = session.model(users).where({ id: 1 });
    for (const changes of [undefined, null, "Tom"]) {
      await assertRejects(
        () => model.update(changes as never),
        TypeError,
        "Cannot update rows: got ",
      );
    }
    assertEquals((await model.one()).name, "Tom");
  },
);
