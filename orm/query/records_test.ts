// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ConflictError,
  date,
  integer,
  NotFoundError,
  sql,
  table,
  text,
} from "../mod.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

const posts = table("posts", {
  id: integer().primaryKey(),
  title: text(),
  slug: text().generated(sql`lower(${sql.ref("title")})`),
  version: integer().version(),
  changedAt: date().updatedAt(),
});
const seats = table("seats", {
  hall: text(),
  seat: integer(),
  name: text().nullable(),
}, { primaryKey: ["hall", "seat"] });

onEveryDriver(
  "Session.save() inserts, updates and checks the version",
  async (engine) => {
    const session = engine.session();
    await session.createTable(posts);
    const made = await session.save(posts, {
      title: "One",
      changedAt: new Date(0),
    });
    assertEquals([made.id, made.slug, made.version], [1, "one", 1]);
    const draft = { ...made, title: "Two" };
    const saved = await session.save(posts, draft);
    assertEquals([saved.id, saved.slug, saved.version], [1, "two", 2]);
    assert(saved.changedAt > made.changedAt);
    assertEquals(draft, { ...made, title: "Two" });
    assertEquals(await session.reload(posts, draft), saved);
    await assertRejects(
      () => session.save(posts, { ...made, title: "Late" }),
      ConflictError,
      'Cannot update rows of "posts": none has the version that the condition names',
    );
    await assertRejects(
      () => session.save(posts, { id: 7, title: "x" }),
      NotFoundError,
      'Cannot save record of "posts": there is no row with its primary key',
    );
    await session.model(posts).all().delete();
    await assertRejects(
      () => session.reload(posts, made),
      NotFoundError,
      'Cannot reload record of "posts": there is no row with its primary key',
    );
  },
);

onEveryDriver(
  "Session.save() and reload() take keys of several columns",
  async (engine) => {
    const session = engine.session();
    await session.createTable(seats);
    await session.insert(seats, { hall: "A", seat: 1 }, { hall: "A", seat: 2 });
    const saved = await session.save(seats, {
      hall: "A",
      seat: 2,
      name: "Tom",
    });
    assertEquals(saved, { hall: "A", seat: 2, name: "Tom" });
    assertEquals(await session.save(seats, { hall: "A", seat: 2 }), saved);
    assertEquals(await session.reload(seats, { hall: "A", seat: 1 }), {
      hall: "A",
      seat: 1,
      name: null,
    });
    const refused: [() => Promise<unknown>, string][] = [
      [() => session.reload(seats, { hall: "A" }), 'it lacks "hall", "seat"'],
      [
        () => session.save(seats, { hall: "A" } as never),
        '"seat" is undefined',
      ],
      [
        () => session.save(seats, { hall: "A", seat: 1, nam: 1 } as never),
        'did you mean "name"?',
      ],
      [
        () =>
          session.save(seats, { hall: "A", seat: 1, name: undefined } as never),
        "got undefined, want a value",
      ],
      [
        () => session.save(seats, { hall: "A", seat: { gt: 0 } } as never),
        "got an object, want an integer",
      ],
      [
        () => session.reload(seats, { hall: "A", seat: { gt: 0 } } as never),
        "got an object, want an integer",
      ],
      [() => session.save(seats, null as never), "got null, want a row"],
      [
        () => session.reload(table("bare", { name: text() }), { name: "x" }),
        'Cannot reload record of "bare": the table has no primary key',
      ],
    ];
    for (const [call, reason] of refused) {
      await assertRejects(async () => void await call(), TypeError, reason);
    }
    assertEquals(await session.model(seats).count(), 2);
  },
);

onEveryDriver(
  "Session.save() of a key and a version checks the version",
  async (engine) => {
    const session = engine.session();
    await session.createTable(posts);
    await session.insert(posts, { title: "a" });
    const record = { id: 1, version: 1 } as never; // which needs a title
    assertEquals((await session.save(posts, record)).version, 1);
    await session.model(posts).all().update({ title: "b" });
    await assertRejects(
      () => session.save(posts, record),
      ConflictError,
      'Cannot save record of "posts": its row has another version, or is gone',
    );
  },
);
