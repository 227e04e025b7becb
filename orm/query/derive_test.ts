// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  count,
  derive,
  expression,
  recursive,
  sql,
  SqlSyntaxError,
  sum,
} from "../mod.ts";
import { blog, day, posts, tags, userPosts, users } from "../testdata/blog.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

onEveryDriver("derive() is read like a table", async (engine) => {
  const session = await blog(engine);
  const counts = derive(
    "counts",
    session.model(posts).groupBy("userId").where({ title: { ne: "x" } })
      .select((post) => ({
        userId: post.userId,
        posts: count(),
        views: sum(post.views),
        at: post.at,
      })),
  );
  const query = session.model(counts);
  assertEquals(
    await query.where({ posts: { gt: 1 } }).select("userId").find(),
    [
      { userId: 1 },
    ],
  );
  assertEquals(
    await query.where({ userId: 2 }).one(),
    { userId: 2, posts: 1, views: 7n, at: day(3) },
  );
  assertEquals(await query.where({ at: { gte: day(3) } }).exists(), true);
  assertEquals(await query.count(), 2);
  // Twice in one query, it is written once.
  const joined = session.model(users)
    .join("c", counts, (user, c) => sql`${c.userId} = ${user.id}`)
    .leftJoin("d", counts, (_, d, { c }) => sql`${d.userId} > ${c.userId}`)
    .select((user, { c, d }) => ({
      name: user.name,
      posts: c.posts,
      more: d.posts,
    })).orderBy("id");
  assertEquals(await joined.find(), [
    { name: "Tom", posts: 3, more: 1 },
    { name: "Sam", posts: 1, more: null },
  ]);
  assertEquals((await joined.explain()).sql.split("WITH").length, 2);
  // One of another, inside of a condition.
  const busy = derive(
    "busy",
    query.where({ posts: { gt: 1 } }).select("userId"),
  );
  const found = session.model(users)
    .where({ id: { in: session.model(busy).select("userId") } });
  assertEquals((await found.find()).map(({ name }) => name), ["Tom"]);
});

onEveryDriver("recursive() goes on until there is no more", async (engine) => {
  const session = await blog(engine);
  const depth = (piece: ReturnType<typeof sql>) => expression<number>(piece);
  const chain = recursive(
    "chain",
    session.model(users).where({ bossId: null })
      .select((user) => ({ id: user.id, depth: depth(sql`${0}`) })),
    (above) =>
      session.model(users)
        .join(
          "above",
          above,
          (user, above) => sql`${user.bossId} = ${above.id}`,
        )
        .select((user, { above }) => ({
          id: user.id,
          depth: depth(sql`${above.depth} + ${1}`),
        })),
  );
  assertEquals(await session.model(chain).orderBy("-depth").find(), [
    { id: 3, depth: 2 },
    { id: 2, depth: 1 },
    { id: 1, depth: 0 },
  ]);
  const names = await session.model(users)
    .join("chain", chain, (user, chain) => sql`${chain.id} = ${user.id}`)
    .whereJoined("chain", { depth: { gte: 1 } }).orderBy("name").find();
  assertEquals(names.map(({ name }) => name), ["Ann", "Sam"]);
  // A circle ends where rows are distinct.
  await session.model(users).where({ id: 1 }).update({ bossId: 3 });
  const circle = recursive(
    "circle",
    session.model(users).where({ id: 1 }).select("id", "bossId"),
    (self) =>
      session.model(users)
        .join("self", self, (user, self) => sql`${user.id} = ${self.bossId}`)
        .select("id", "bossId"),
    { distinct: true },
  );
  assertEquals(await session.model(circle).count(), 3);
});

onEveryDriver("set operations give queries on their rows", async (engine) => {
  const session = await blog(engine);
  const names = (first: number, last: number) =>
    session.model(users).where({ id: { between: [first, last] } })
      .select("id", "name");
  const ids = async (query: { find(): Promise<{ id: number }[]> }) =>
    (await query.find()).map(({ id }) => id);
  const [a, b] = [names(1, 2), names(2, 3)];
  assertEquals(await ids(a.union(b).orderBy("-id")), [3, 2, 1]);
  assertEquals(await ids(a.unionAll(b).orderBy("id")), [1, 2, 2, 3]);
  assertEquals(await ids(a.intersect(b)), [2]);
  assertEquals(await ids(a.except(b)), [1]);
  const both = a.union(b).where({ name: { contains: "m" } }).orderBy("name");
  assertEquals(await both.find(), [{ id: 2, name: "Sam" }, {
    id: 1,
    name: "Tom",
  }]);
  assertEquals(await both.limit(1).count(), 1);
  // Those that are ordered and cut are so before.
  const cut = a.orderBy("-id").limit(1).unionAll(b.orderBy("-id").limit(1));
  assertEquals(await ids(cut.orderBy("id")), [2, 3]);
  const three = a.union(b).except(names(1, 1)).intersect(names(3, 9));
  assertEquals(await ids(three), [3]);
  const dates = session.model(posts).select("at").where({ id: 1 });
  assertEquals(await dates.union(dates).find(), [{ at: day(1) }]);
  assertEquals(
    await session.model(derive("both", a.union(b))).count(),
    3,
  );
});

onEveryDriver("derived tables are read only", async (engine) => {
  const session = await blog(engine);
  const rows = derive("rows", session.model(users).select("id"));
  await assertRejects(
    () => session.createTable(rows),
    TypeError,
    'Cannot create table "rows": it is derived from a query',
  );
  await assertRejects(
    () => session.insert(rows, { id: 1 } as never),
    TypeError,
    'Cannot insert into "rows": "id" is generated',
  );
  await assertRejects(
    () => session.model(rows).where({ id: 1 }).delete(),
    TypeError,
    "derived tables are for reading",
  );
  await assertRejects(
    () => session.model(rows).where({ id: 1 }).update({ id: 1 } as never),
    TypeError,
    "derived tables are for reading",
  );
  const same = derive("users", session.model(users).select("id"));
  await assertRejects(
    () => session.model(same).find(),
    SqlSyntaxError,
    "circular reference: users",
  );
  const other = derive("rows", session.model(posts).select("id"));
  await assertRejects(
    () => session.model(rows).join("o", other, () => sql`1`).find(),
    TypeError,
    'Cannot read two derived tables by the name "rows"',
  );
  const query = session.model(users).select("id");
  const cases: [() => unknown, string][] = [
    [
      () => derive("", query),
      'Cannot derive table: its name is "", want a text',
    ],
    [() => derive("x", {}), 'Cannot derive "x": want a query made by model()'],
    [
      () => derive("x", JSON.parse('{"sql":"SELECT 1"}')),
      'Cannot derive "x": want a query made by model()',
    ],
    [
      () => derive("x", query.with("p", userPosts)),
      'Cannot use query of "users" inside of another',
    ],
    [
      () => query.union(session.model(users) as never),
      "Cannot make union of queries: one query returns id, the other id, name, age, bossId",
    ],
    [
      () => recursive("x", query, () => query.limit(1)),
      'Cannot derive "x": its step is ordered, limited or reads a derived table',
    ],
    [
      () => recursive("x", query, () => ({})),
      'Cannot derive "x": want a query',
    ],
  ];
  for (const [refuse, message] of cases) {
    assertThrows(refuse, TypeError, message);
  }
});

onEveryDriver(
  "a union has the names of the properties, not those of the database",
  async (engine) => {
    const session = await blog(engine);
    const model = session.model(tags);
    const all = model.select("tag").union(model.select("tag"));
    assertEquals(await all.where({ tag: { ne: "sql" } }).find(), [
      { tag: "deno" },
    ]);
    const loud = model.select((row) => ({
      tag: expression<string>(sql`upper(${row.tag})`),
    }));
    const both = loud.orderBy("-id").limit(1).unionAll(loud.limit(1));
    assertEquals(await both.orderBy("tag").find(), [
      { tag: "DENO" },
      { tag: "SQL" },
    ]);
    const rest = both.except(loud.where({ id: 1 }));
    assertEquals(await rest.find(), [{ tag: "SQL" }]);
  },
);
