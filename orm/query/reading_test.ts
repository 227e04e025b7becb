// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ClosedError,
  count,
  derive,
  exists,
  expression,
  integer,
  notExists,
  NotFoundError,
  type Refs,
  type Session,
  sql,
  table,
} from "../mod.ts";
import { blog, day, posts, userPosts, users } from "../testdata/blog.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

const numbers = table("numbers", { n: integer().primaryKey() });

async function many(session: Session): Promise<void> {
  await session.createTable(numbers);
  const rows = Array.from({ length: 1000 }, (_, index) => ({ n: index + 1 }));
  await session.insert(numbers, ...rows);
}

onEveryDriver("Query.one() throws when there is no row", async (engine) => {
  const session = await blog(engine);
  assertEquals((await session.model(users).where({ id: 2 }).one()).name, "Sam");
  await assertRejects(
    () => session.model(users).where({ id: 9 }).one(),
    NotFoundError,
    'Cannot find row of "users": none meets the conditions',
  );
});

onEveryDriver("Query.orderBy() puts nulls first or last", async (engine) => {
  const session = await blog(engine);
  const ids = async (nulls: "first" | "last", descending: boolean) =>
    (await session.model(users).orderBy({ by: "age", nulls, descending })
      .find())
      .map(({ id }) => id);
  assertEquals(await ids("first", false), [3, 1, 2]);
  assertEquals(await ids("last", false), [1, 2, 3]);
  assertEquals(await ids("first", true), [3, 2, 1]);
  assertEquals(await ids("last", true), [2, 1, 3]);
});

onEveryDriver("Query.iterate() gives every row", async (engine) => {
  const session = engine.session();
  await many(session);
  let sum = 0;
  for await (const { n } of session.model(numbers).iterate()) sum += n;
  assertEquals(sum, 500_500);
  const some = session.model(numbers).where({ n: { gt: 5 } }).orderBy("-n")
    .limit(2);
  const rows = [];
  for await (const row of some.iterate()) rows.push(row);
  assertEquals(rows, [{ n: 1000 }, { n: 999 }]);
  await assertRejects(
    () => some.before(null).iterate().next(),
    TypeError,
    "Cannot iterate over rows: before() reads them at once",
  );
});

onEveryDriver(
  "Query.iterate() lets others write, and frees all when left",
  async (engine) => {
    const session = engine.session();
    await many(session);
    const query = session.model(numbers);
    for (let round = 0; round < 20; round++) {
      for await (const { n } of query.orderBy("n").iterate()) {
        await query.where({ n }).update({ n: n + 10_000 * (round + 1) });
        if (n % 7 === 0) break;
      }
      await assertRejects(
        async () => {
          for await (const _ of query.iterate()) {
            throw new Error(
              "Cannot go on",
            );
          }
        },
        Error,
        "Cannot go on",
      );
    }
    await engine.transaction(async (tx) => {
      await tx.insert(numbers, { n: -1 });
      // A transaction sees its own rows.
      for await (const { n } of tx.model(numbers).orderBy("n").iterate()) {
        assertEquals(n, -1);
        break;
      }
      await tx.insert(numbers, { n: -2 });
    });
    assertEquals(await query.count(), 1002);
    await session.dropTable(numbers);
  },
);

onEveryDriver(
  "Query.iterate() does not see a transaction of others",
  async (engine) => {
    const session = engine.session();
    await many(session);
    const isFile = (await session.raw<{ file: string }>(
      "SELECT file FROM pragma_database_list",
    )).some(({ file }) => file !== "");
    const rows = session.model(numbers).iterate();
    const first = rows.next();
    await engine.transaction(async (tx) => {
      await tx.insert(numbers, { n: 0 });
      assertEquals((await first).value, { n: 1 });
      if (!isFile) return void await rows.return();
      for await (const row of session.model(numbers).iterate()) {
        assertEquals(row, { n: 1 });
        break;
      }
    });
    await rows.return();
    assertEquals(await session.model(numbers).first(), { n: 0 });
  },
);

onEveryDriver("Query.iterate() ends by its signal", async (engine) => {
  const session = engine.session();
  await many(session);
  const controller = new AbortController();
  const reason = new Error("Enough");
  let rows = 0;
  const error = await assertRejects(async () => {
    const { signal } = controller;
    for await (const _ of session.model(numbers).iterate({ signal })) {
      if (++rows === 3) controller.abort(reason);
    }
  });
  assertEquals([error, rows], [reason, 3]);
  await assertRejects(
    () =>
      session.model(numbers).iterate({ signal: AbortSignal.abort(reason) })
        .next(),
    Error,
    "Enough",
  );
  await session.dropTable(numbers);
});

onEveryDriver(
  "errors of Query.iterate() are those of find()",
  async (engine) => {
    const session = engine.session();
    const rows = session.model(numbers);
    const error = await assertRejects(() => rows.find(), Error);
    await assertRejects(
      () => rows.iterate().next(),
      error.constructor as typeof Error,
      error.message,
    );
    await engine.close();
    await assertRejects(
      () => rows.iterate().next(),
      Error,
      "Cannot use the engine: it is closed",
    );
  },
);

onEveryDriver("Query.explain() shows text, values and plan", async (engine) => {
  const session = await blog(engine);
  const { sql, params, plan } = await session.model(posts)
    .where({ id: 1 }).select("title").explain();
  assertEquals(
    sql,
    'SELECT "posts"."title" FROM "posts" WHERE "posts"."id" = ? AND "posts"."deletedAt" IS NULL',
  );
  assertEquals(params, [1]);
  assertEquals(plan, ["SEARCH posts USING INTEGER PRIMARY KEY (rowid=?)"]);
  const nested = await session.model(users)
    .where({ id: { in: session.model(posts).select("userId") } }).explain();
  assert(nested.plan.some((line) => line.startsWith("  ")), nested.plan.join());
});

onEveryDriver("a query is a value, joined or not", async (engine) => {
  const session = await blog(engine);
  const base = session.model(users).orderBy("id");
  const narrowed = base.where({ id: 1 });
  assertEquals(await base.count(), 3);
  assertEquals(await narrowed.count(), 1);
  assertEquals(await base.after(null).limit(1).find(), await narrowed.find());
  assertEquals((await base.find()).length, 3);
});

onEveryDriver(
  "conditions by functions and queries serve writing too",
  async (engine) => {
    const session = await blog(engine);
    const query = session.model(users);
    const written = (user: Refs<(typeof users)["columns"]>) =>
      session.model(posts).where((post) => sql`${post.userId} = ${user.id}`);
    const idle = query.where((user) => notExists(written(user)));
    assertEquals(await idle.update({ age: 99 }), 1);
    assertEquals((await query.where({ age: 99 }).one()).name, "Ann");
    const hidden = query.where({ age: { gt: 50 } }).select("id");
    assertEquals(await query.where({ id: { in: hidden } }).delete(), 1);
    assertEquals(
      await session.model(posts).where((post) =>
        exists(
          query.where((user) =>
            sql`${user.id} = ${post.userId} AND ${user.name} = ${"Sam"}`
          ),
        )
      ).delete(),
      1,
    );
    assertEquals(await session.model(posts).count(), 3);
  },
);

onEveryDriver(
  "a transaction reads what it has written, relations too",
  async (engine) => {
    const session = await blog(engine);
    await engine.transaction(async (tx) => {
      await tx.insert(posts, {
        id: 9,
        userId: 3,
        title: "New",
        views: 0n,
        at: day(9),
      });
      const counts = derive(
        "counts",
        tx.model(posts).groupBy("userId").select((post) => ({
          userId: post.userId,
          posts: count(),
        })),
      );
      assertEquals(await tx.model(counts).where({ userId: 3 }).one(), {
        userId: 3,
        posts: 1,
      });
      const ann = await tx.model(users).where({ id: 3 }).select("name")
        .with("posts", userPosts, (query) => query.select("id")).one();
      assertEquals(ann, { name: "Ann", posts: [{ id: 9 }] });
    });
    assertEquals(await session.model(posts).count(), 5);
  },
);

Deno.test("queries of one shape share one statement, others are bounded", async () => {
  const { Engine } = await import("../mod.ts");
  const { sqlite } = await import("../sqlite.ts");
  await using engine = await Engine.open(sqlite(), { statements: 50 });
  const session = await blog(engine);
  const run = (id: number) =>
    session.model(users).join("posts", userPosts)
      .where((user) => sql`${user.id} = ${id}`).groupBy("id")
      .select((user) => ({ name: user.name, n: count(), id: sumOf(id) }))
      .orderBy({ by: sql`${id} + 1` }).limit(id).find();
  const sumOf = (id: number) => expression<number>(sql`${id} + 0`);
  await run(1);
  const { statements } = engine.stats();
  for (let id = 2; id < 20; id++) await run(id);
  assertEquals(engine.stats().statements, statements);
  // As many shapes as a program that makes them up may have.
  for (let shape = 0; shape < 2000; shape++) {
    const property = `p${shape}`;
    const [row] = await session.model(users, { as: `u${shape}` }).limit(1)
      .select((user) => ({ [property]: user.name })).find();
    assertEquals(row, { [property]: "Tom" });
  }
  assert(engine.stats().statements <= 50);
});

onEveryDriver(
  "comments end with the piece of SQL they are in",
  async (engine) => {
    const session = await blog(engine);
    const row = await session.model(users).select((user) => ({
      one: expression<number>(sql`1 -- one`),
      name: user.name,
    })).orderBy({ by: (user) => sql`${user.id} -- id`, descending: true })
      .first();
    assertEquals(row, { one: 1, name: "Ann" });
    assertThrows(
      () => session.model(users).select(() => ({ x: expression(sql`?`) })),
      TypeError,
      'Cannot select "x" by "?": there is a "?" in it',
    );
  },
);

onEveryDriver(
  "Query.iterate() ends with its transaction and frees the table",
  async (engine) => {
    const session = engine.session();
    await session.createTable(numbers);
    await session.insert(numbers, { n: 1 }, { n: 2 }, { n: 3 });
    const left: AsyncGenerator<unknown, void, void>[] = [];
    await session.transaction(async (tx) => {
      const rows = tx.model(numbers).iterate();
      left.push(rows);
      await rows.next();
      await tx.transaction(async (inner) => {
        const rows = inner.model(numbers).iterate();
        left.push(rows);
        await rows.next();
      });
    });
    for (const rows of left) {
      await assertRejects(
        () => rows.next(),
        ClosedError,
        "Cannot use the transaction: it has ended",
      );
    }
    await session.dropTable(numbers);
    assertEquals(await session.hasTable(numbers), false);
  },
);
