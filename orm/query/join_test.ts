// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  avg,
  boolean,
  count,
  countDistinct,
  exists,
  expression,
  groupConcat,
  max,
  min,
  notExists,
  relate,
  sql,
  subquery,
  sum,
} from "../mod.ts";
import {
  author,
  blog,
  boss,
  day,
  posts,
  topics,
  userPosts,
  users,
} from "../testdata/blog.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

onEveryDriver(
  "Query.join() reads pairs without deleted rows",
  async (engine) => {
    const session = await blog(engine);
    const pairs = session.model(users).join("posts", userPosts)
      .select((user, { posts }) => ({
        name: user.name,
        title: posts.title,
        views: posts.views,
        at: posts.at,
      }))
      .orderBy("name", { by: (_, { posts }) => posts.id });
    assertEquals(await pairs.find(), [
      { name: "Sam", title: "hello again", views: 7n, at: day(3) },
      { name: "Tom", title: "Hello", views: 10n, at: day(1) },
      { name: "Tom", title: "100% sure", views: 2n ** 60n, at: day(2) },
      { name: "Tom", title: "Last", views: 3n, at: day(5) },
    ]);
    assertEquals(await pairs.count(), 4);
    assertEquals(await pairs.withDeleted().count(), 5);
    assertEquals(await pairs.limit(2).offset(1).count(), 2);
    assertEquals(await pairs.exists(), true);
    assertEquals((await pairs.one()).name, "Sam");
    // Without select() the rows are those of the query's own table.
    const whole = session.model(users).join("p", userPosts)
      .whereJoined("p", { title: { startsWith: "HELLO" }, views: { gt: 7n } });
    assertEquals(await whole.find(), [
      { id: 1, name: "Tom", age: 18, bossId: null },
    ]);
  },
);

onEveryDriver(
  "Query.leftJoin() keeps rows without a partner",
  async (engine) => {
    const session = await blog(engine);
    await session.model(posts).where({ userId: 2 }).delete();
    const rows = await session.model(users)
      .leftJoin("posts", userPosts)
      .leftJoin("topics", topics)
      .select((user, { posts, topics }) => ({
        name: user.name,
        id: posts.id,
        tag: topics.tag,
      }))
      .orderBy("id", { by: (_, { posts }) => posts.id }, {
        by: (_, { topics }) => topics.id,
      }).find();
    assertEquals(rows, [
      { name: "Tom", id: 1, tag: "deno" },
      { name: "Tom", id: 1, tag: "sql" },
      { name: "Tom", id: 2, tag: null },
      { name: "Tom", id: 5, tag: null },
      { name: "Sam", id: null, tag: null },
      { name: "Ann", id: null, tag: null },
    ]);
  },
);

onEveryDriver("Query.join() joins a table with itself", async (engine) => {
  const session = await blog(engine);
  const rows = await session.model(users).join("boss", boss)
    .leftJoin(
      "top",
      users,
      (_, top, { boss }) => sql`${top.id} = ${boss.bossId}`,
    )
    .select((user, { boss, top }) => ({
      name: user.name,
      boss: boss.name,
      top: top.name,
    })).orderBy("id").find();
  assertEquals(rows, [
    { name: "Sam", boss: "Tom", top: null },
    { name: "Ann", boss: "Sam", top: "Tom" },
  ]);
});

onEveryDriver("aggregates have the types of their values", async (engine) => {
  const session = await blog(engine);
  const all = session.model(posts).select((post) => ({
    rows: count(),
    rated: count(post.rating),
    authors: countDistinct(post.userId),
    views: sum(post.views),
    ids: sum(post.id),
    rating: sum(post.rating),
    mean: avg(post.rating),
    first: min(post.at),
    last: max(post.at),
    half: sum(expression<number>(sql`${post.id} * 2`)),
  }));
  assertEquals(await all.find(), [{
    rows: 4,
    rated: 2,
    authors: 2,
    views: 20n + 2n ** 60n,
    ids: 11,
    rating: 5.5,
    mean: 2.75,
    first: day(1),
    last: day(5),
    half: 22,
  }]);
  const none = all.where({ id: 99 });
  assertEquals((await none.one()).views, null);
  assertEquals((await none.one()).mean, null);
  assertEquals((await none.one()).rows, 0);
  const titles = await session.model(posts).where({ userId: 2 })
    .select((post) => ({ all: groupConcat(post.title, "?") })).find();
  assertEquals(titles, [{ all: "hello again" }]);
  assertThrows(
    () =>
      session.model(posts).select((post) => ({
        x: sum(post.title as unknown as typeof post.id),
      })),
    TypeError,
    'Cannot sum values of kind "text": want numbers',
  );
});

onEveryDriver("Query.groupBy() with having() and order", async (engine) => {
  const session = await blog(engine);
  const groups = session.model(users).leftJoin("posts", userPosts)
    .groupBy("id")
    .select((user, { posts }) => ({ name: user.name, posts: count(posts.id) }))
    .orderBy({ by: (_, { posts }) => count(posts.id), descending: true }, "id");
  assertEquals(await groups.find(), [
    { name: "Tom", posts: 3 },
    { name: "Sam", posts: 1 },
    { name: "Ann", posts: 0 },
  ]);
  const some = groups.having((_, { posts }) => sql`${count(posts.id)} > ${0}`)
    .having((_, { posts }) => sql`${count(posts.id)} < ${3} OR ${1} = ${2}`);
  assertEquals(await some.find(), [{ name: "Sam", posts: 1 }]);
  assertEquals(await groups.count(), 3);
  const byLength = await session.model(posts)
    .groupBy((post) => [sql`length(${post.title}) > ${5}`, post.userId])
    .select((post) => ({ userId: post.userId, posts: count() }))
    .orderBy("userId", { by: sql`count(*)` }).find();
  assertEquals(byLength, [
    { userId: 1, posts: 1 },
    { userId: 1, posts: 2 },
    { userId: 2, posts: 1 },
  ]);
});

onEveryDriver("Query.distinct() leaves out equal rows", async (engine) => {
  const session = await blog(engine);
  const authors = session.model(posts).select("userId").distinct()
    .orderBy("userId");
  assertEquals(await authors.find(), [{ userId: 1 }, { userId: 2 }]);
  assertEquals(await authors.count(), 2);
  assertThrows(
    () => session.model(posts).groupBy(),
    TypeError,
    "Cannot group rows: got no column, want one at least",
  );
});

onEveryDriver("subqueries may use the query around them", async (engine) => {
  const session = await blog(engine);
  const ofUser = (user: { id: Parameters<typeof count>[0] }) =>
    session.model(posts).where((post) => sql`${post.userId} = ${user.id!}`);
  const having = session.model(users).where((user) => exists(ofUser(user)));
  assertEquals((await having.find()).map(({ name }) => name), ["Tom", "Sam"]);
  const without = session.model(users).where((user) => notExists(ofUser(user)));
  assertEquals((await without.find()).map(({ name }) => name), ["Ann"]);
  const latest = await session.model(users).select((user) => ({
    name: user.name,
    latest: subquery(ofUser(user).select("at").orderBy("-at").limit(1)),
    views: subquery(ofUser(user).select((post) => ({ n: sum(post.views) }))),
    isOld: expression<boolean>(sql`${user.age} > ${20}`, boolean()),
  })).where({ id: { in: [2, 3] } }).orderBy("id").find();
  assertEquals(latest, [
    { name: "Sam", latest: day(3), views: 7n, isOld: true },
    {
      name: "Ann",
      latest: null,
      views: null,
      isOld: null as unknown as boolean, // NULL is of every type
    },
  ]);
  // The same table inside and outside, under two names.
  const staff = session.model(users, { as: "staff" });
  const bosses = session.model(users).where((user) =>
    exists(staff.where((one) => sql`${one.bossId} = ${user.id}`))
  );
  assertEquals((await bosses.find()).map(({ name }) => name), ["Tom", "Sam"]);
  assertEquals(await staff.where({ name: "Ann" }).update({ age: 5 }), 1);
  assertEquals(await staff.where({ name: "Ann" }).delete(), 1);
});

onEveryDriver("a condition takes a query of one column", async (engine) => {
  const session = await blog(engine);
  const query = session.model(users);
  const rated = session.model(posts).where({ rating: { isNull: false } });
  const found = query.where({ id: { in: rated.select("userId") } })
    .where({ name: { ne: "Tom" } });
  assertEquals((await found.find()).map(({ name }) => name), ["Sam"]);
  assertEquals(
    await query.where({ id: { notIn: rated.select("userId") } }).count(),
    1,
  );
  assertThrows(
    () => query.where({ id: { in: rated as never } }),
    TypeError,
    'Cannot use condition on "id": the query returns 8 columns, want one, call select()',
  );
  assertThrows(
    () => query.where({ id: { in: rated.select("title") as never } }),
    TypeError,
    'Cannot use condition on "id": it is of kind "integer", the query\'s column of kind "text"',
  );
  assertThrows(
    () => exists({}),
    TypeError,
    "Cannot ask whether rows exist: want a query made by model()",
  );
});

onEveryDriver("Query.join() says what it cannot join", async (engine) => {
  const session = await blog(engine);
  const query = session.model(users);
  const cases: [() => unknown, string][] = [
    [
      () => query.join("users", userPosts),
      'Cannot join "users": the query has a table of that name, give another alias',
    ],
    [
      () => query.join("Users", userPosts),
      'Cannot join "Users": the query has',
    ],
    [
      () => query.join("p", userPosts).join("P", userPosts),
      'Cannot join "P": the query has',
    ],
    [
      () => query.join("", userPosts),
      'Cannot name table: got "", want a text that is not empty',
    ],
    [
      () => query.join("t", topics),
      'Cannot join "t": its relation starts from table "posts", which the query does not read',
    ],
    [
      () => query.join("p", userPosts).join("q", userPosts).join("t", topics),
      "which the query reads twice, join by a condition",
    ],
    [
      () => query.join("p", posts as never),
      'Cannot join "p": want a relation, or a table and a function',
    ],
    [
      () => query.join("p", posts, () => "1 = 1" as never),
      'Cannot use condition: got "1 = 1", want SQL by the tag',
    ],
    [
      () => query.join("p", posts, () => sql`1) OR (1`),
      "its parentheses are not in pairs",
    ],
    [
      () => query.whereJoined("p" as never, {} as never),
      'no table was joined as "p"',
    ],
    [
      () =>
        query.join("posts", userPosts).whereJoined(
          "post" as never,
          {} as never,
        ),
      '(did you mean "posts"?)',
    ],
    [() => query.select(() => ({})), "Cannot select columns: got none"],
    [
      () =>
        query.select((user) => ({
          a: (user as unknown as Record<string, never>)["nope"]!,
        })),
      'Cannot select "a": got undefined, want a column, an aggregate or expression()',
    ],
    [
      () => query.select(() => ({ a: sql`1` as never })),
      'Cannot select "a": got SQL without a type',
    ],
    [
      () => query.select(() => "id" as never),
      'Cannot select columns: got "id", want an object',
    ],
    [
      () => query.select((user) => ({ ["__proto__"]: user.id })),
      'Cannot select "__proto__": the name is reserved',
    ],
    [
      () => query.orderBy({ by: "id", nulls: "middle" as "last" }),
      '"nulls" is "middle", want "first" or "last"',
    ],
    [
      () => query.orderBy({ by: "id", desc: true } as never),
      'unknown option "desc"',
    ],
    [
      () => query.orderBy({ by: "id", descending: 1 as never }),
      '"descending" is 1, want true or false',
    ],
    [
      () => query.orderBy(5 as never),
      "Cannot order rows: got 5, want a column or { by }",
    ],
  ];
  for (const [refuse, message] of cases) {
    assertThrows(refuse, TypeError, message);
  }
  const joined = query.join("posts", userPosts).where({ id: 1 });
  await assertRejects(
    () => joined.update({ age: 1 }),
    TypeError,
    'Cannot update rows of "users": joins, groups, pages, relations and derived tables are for reading',
  );
  await assertRejects(() => joined.delete(), TypeError, "Cannot delete rows");
});

onEveryDriver("a relation joins from a joined table", async (engine) => {
  const session = await blog(engine);
  const rows = await session.model(posts).join("author", author)
    .join("boss", boss).select((post, { boss }) => ({
      title: post.title,
      boss: boss.name,
    })).find();
  assertEquals(rows, [{ title: "hello again", boss: "Tom" }]);
  const other = relate(users).hasOne(posts, "userId", { key: "bossId" });
  assertEquals(await session.model(users).join("x", other).count(), 4);
});
