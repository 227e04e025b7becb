// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  bigint,
  blob,
  count,
  type Engine,
  expression,
  integer,
  real,
  relate,
  sql,
  table,
  text,
} from "../mod.ts";
import {
  author,
  blog,
  boss,
  day,
  posts,
  postTags,
  topics,
  userPosts,
  users,
} from "../testdata/blog.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

onEveryDriver("Query.with() reads related rows, nested", async (engine) => {
  const session = await blog(engine);
  const rows = await session.model(users).select("name").orderBy("id")
    .with(
      "posts",
      userPosts,
      (query) =>
        query.select("title").orderBy("-id").with(
          "topics",
          topics,
          (query) => query.select("tag").orderBy("id"),
        ),
    )
    .with("boss", boss, (query) => query.select("name")).find();
  assertEquals(rows, [
    {
      name: "Tom",
      posts: [
        { title: "Last", topics: [] },
        { title: "100% sure", topics: [] },
        { title: "Hello", topics: [{ tag: "deno" }, { tag: "sql" }] },
      ],
      boss: null,
    },
    {
      name: "Sam",
      posts: [{ title: "hello again", topics: [{ tag: "sql" }] }],
      boss: { name: "Tom" },
    },
    { name: "Ann", posts: [], boss: { name: "Sam" } },
  ]);
});

onEveryDriver("Query.with() cuts rows for each parent", async (engine) => {
  const session = await blog(engine);
  const query = session.model(users).orderBy("id").select("id");
  const latest = await query.with(
    "posts",
    userPosts,
    (query) => query.orderBy("-at").limit(2).select("id", "at", "views"),
  ).find();
  assertEquals(latest, [
    {
      id: 1,
      posts: [
        { id: 5, at: day(5), views: 3n },
        { id: 2, at: day(2), views: 2n ** 60n },
      ],
    },
    { id: 2, posts: [{ id: 3, at: day(3), views: 7n }] },
    { id: 3, posts: [] },
  ]);
  const second = await query.with(
    "posts",
    userPosts,
    (query) =>
      query.withDeleted().where({ views: { lt: 100n } }).orderBy("id")
        .offset(1).select("id"),
  ).first();
  assertEquals(second, { id: 1, posts: [{ id: 4 }, { id: 5 }] });
  const none = await query.with(
    "posts",
    userPosts,
    (query) => query.limit(0),
  ).first();
  assertEquals(none, { id: 1, posts: [] });
  const topTags = await session.model(posts).orderBy("id").select("id").with(
    "topics",
    topics,
    (query) => query.orderBy("-tag").limit(1).select("tag"),
  ).limit(1).find();
  assertEquals(topTags, [{ id: 1, topics: [{ tag: "sql" }] }]);
});

onEveryDriver("Query.with() groups and joins related rows", async (engine) => {
  const session = await blog(engine);
  const rows = await session.model(users).orderBy("id").select("name")
    .with(
      "counts",
      userPosts,
      (query) => query.groupBy("userId").select(() => ({ posts: count() })),
    ).with(
      "topics",
      userPosts,
      (query) =>
        query.join("tags", topics).orderBy("id", {
          by: (_, { tags }) => tags.id,
        }).select((post, { tags }) => ({ id: post.id, tag: tags.tag })),
    ).limit(2).find();
  assertEquals(rows, [
    {
      name: "Tom",
      counts: [{ posts: 3 }],
      topics: [{ id: 1, tag: "deno" }, { id: 1, tag: "sql" }],
    },
    { name: "Sam", counts: [{ posts: 1 }], topics: [{ id: 3, tag: "sql" }] },
  ]);
});

onEveryDriver(
  "Query.with() on first(), one(), pages and iterate()",
  async (engine) => {
    const session = await blog(engine);
    const query = session.model(posts).orderBy("id").select("id")
      .with("author", author, (query) => query.select("name"));
    const tom = { name: "Tom" };
    assertEquals(await query.first(), { id: 1, author: tom });
    assertEquals(await query.offset(2).one(), {
      id: 3,
      author: { name: "Sam" },
    });
    assertEquals(await query.before(null).limit(1).find(), [
      { id: 5, author: tom },
    ]);
    const rows = [];
    for await (const row of query.limit(2).iterate()) rows.push(row);
    assertEquals(rows, [{ id: 1, author: tom }, { id: 2, author: tom }]);
    assertEquals(await query.count(), 4);
    assertEquals(await query.where({ id: 99 }).find(), []);
  },
);

/** Parents and children by a key of one or two columns of any kind. */
async function byKey(
  engine: Engine,
  column: () => ReturnType<typeof text>,
  values: readonly unknown[],
): Promise<unknown[]> {
  const parents = table("parents", { a: column(), b: column() });
  const children = table("children", {
    id: integer().primaryKey(),
    a: column().nullable(),
    b: column().nullable(),
  });
  const session = engine.session();
  await session.createTable(parents);
  await session.createTable(children);
  const keys = values.flatMap((a) => values.map((b) => ({ a, b })));
  await session.insert(parents, ...keys as never[]);
  await session.insert(children, ...keys as never[], { a: null, b: null });
  const one = relate(parents).hasMany(children, "a", { key: "a" });
  const two = relate(parents).hasOne(children, ["a", "b"], { key: ["a", "b"] });
  const back = relate(children).belongsTo(parents, ["a", "b"], {
    key: ["a", "b"],
  });
  const rows = await session.model(parents).with("one", one).with("two", two)
    .find();
  for (const { a, b, one, two } of rows) {
    assertEquals(one.map((child) => child.a), values.map(() => a));
    assertEquals([two?.a, two?.b], [a, b]);
  }
  const orphans = await session.model(children).where({ a: null })
    .with("parent", back).find();
  await session.dropTable(parents);
  await session.dropTable(children);
  return orphans;
}

onEveryDriver("Query.with() matches keys of every kind", async (engine) => {
  const kinds: [() => unknown, unknown[]][] = [
    [integer, [1, -5, 2 ** 53 - 1]],
    [bigint, [1n, 2n ** 63n - 1n, -(2n ** 63n)]],
    [text, ["", "1", '"; --', "1:1", "é😀\n\\"]],
    [real, [0.1, -1e300, 5, 1e300]],
    [blob, [new Uint8Array(), new Uint8Array([0, 255])]],
  ];
  for (const [column, values] of kinds) {
    // The columns differ in the type of their values alone.
    const orphans = await byKey(engine, column as typeof text, values);
    assertEquals(orphans.length, 1);
    assertEquals((orphans[0] as { parent: unknown }).parent, null);
  }
});

onEveryDriver(
  "Query.with() reads the rows of 10,000 parents",
  async (engine) => {
    const session = engine.session();
    const parents = table("parents", { id: integer().primaryKey(), k: real() });
    const children = table("children", {
      id: bigint().primaryKey(),
      parentId: bigint().index(),
      k: real().index(),
    });
    await session.createTable(parents);
    await session.createTable(children);
    const ids = Array.from({ length: 10_000 }, (_, index) => index + 1);
    await session.insert(parents, ...ids.map((id) => ({ id, k: id + 0.1 })));
    await session.insert(
      children,
      ...ids.map((id) => ({ parentId: BigInt(id), k: id + 0.1 })),
    );
    const byId = relate(parents).hasMany(children, "parentId");
    const byReal = relate(parents).hasMany(children, "k", { key: "k" });
    const rows = await session.model(parents).with("byId", byId)
      .with("byReal", byReal).find();
    assertEquals(rows.length, 10_000);
    for (const { id, byId, byReal } of rows) {
      assertEquals(byId.length, 1);
      assertEquals(byId[0]?.parentId, BigInt(id));
      assertEquals(byReal[0]?.k, id + 0.1);
    }
  },
  { isLarge: true },
);

Deno.test("Query.with() runs one query for each relation", async () => {
  const { Engine } = await import("../mod.ts");
  const { sqlite } = await import("../sqlite.ts");
  const log: string[] = [];
  await using engine = await Engine.open(sqlite(), {
    onQuery: ({ sql }) => log.push(sql),
  });
  const session = await blog(engine);
  log.length = 0;
  const query = session.model(users)
    .with("posts", userPosts, (query) => query.with("topics", topics));
  await query.find();
  await query.find();
  assertEquals(log.length, 6);
  assertEquals(log.slice(0, 3), log.slice(3));
  log.length = 0;
  await query.where({ id: 99 }).find();
  assertEquals(log.length, 1);
});

onEveryDriver("Query.with() says what it cannot read", async (engine) => {
  const session = await blog(engine);
  const query = session.model(users);
  const cases: [() => unknown, string][] = [
    [
      () => query.with("x", author as never),
      'Cannot read relation "x": it starts from table "posts", the query is of "users"',
    ],
    [
      () => query.with("name", userPosts),
      'Cannot read relation "name": the rows have that property already',
    ],
    [
      () => query.with("a", boss).with("a", boss),
      'Cannot read relation "a": the rows have',
    ],
    [
      () => query.with("__proto__", boss),
      'Cannot read relation "__proto__": want a name',
    ],
    [
      () => query.with("p", userPosts, () => query as never),
      'Cannot read relation "p": its function returns a query of another table',
    ],
    [
      () => query.with("p", userPosts, () => 5 as never),
      'Cannot read relation "p": its function returns no query',
    ],
    [
      () => query.with("p", userPosts, (query) => query.after(null)),
      "after() and before() are not for the rows of a relation",
    ],
    [
      () =>
        session.model(posts).where({
          id: { in: query.select("id").with("p", userPosts) as never },
        }),
      'Cannot use query of "users" inside of another',
    ],
  ];
  for (const [refuse, message] of cases) {
    assertThrows(refuse, TypeError, message);
  }
  await assertRejects(
    () => query.select("name").distinct().with("p", userPosts).find(),
    TypeError,
    'Cannot read relations of distinct rows: select "id" too',
  );
  await assertRejects(
    () => query.where({ id: 1 }).with("p", userPosts).update({ age: 1 }),
    TypeError,
    "relations and derived tables are for reading",
  );
});

onEveryDriver("a pair that is softly deleted is none", async (engine) => {
  const session = await blog(engine);
  await session.model(postTags).where({ postId: 1, tagId: 1 }).delete();
  const row = await session.model(posts).select("id").with("topics", topics)
    .first();
  assertEquals(row, { id: 1, topics: [{ id: 2, tag: "sql" }] });
});

onEveryDriver(
  "groups and aggregates of a relation are of each row by itself",
  async (engine) => {
    const session = await blog(engine);
    const model = session.model(users).select("name").orderBy("id");
    const counted = await model.with(
      "posts",
      userPosts,
      (query) => query.select(() => ({ n: count() })),
    ).find();
    assertEquals(counted.map(({ posts }) => posts), [
      [{ n: 3 }],
      [{ n: 1 }],
      [],
    ]);
    const grouped = await model.with(
      "posts",
      userPosts,
      (query) =>
        query.groupBy((post) => sql`length(${post.title}) > ${5}`)
          .orderBy({ by: () => sql`count(*)` })
          .select(() => ({ n: expression<number>(sql`${count()} * 1`) })),
    ).find();
    assertEquals(grouped.map(({ posts }) => posts), [
      [{ n: 1 }, { n: 2 }],
      [{ n: 1 }],
      [],
    ]);
  },
);

onEveryDriver("Query.with() says what it cannot read", async (engine) => {
  const session = await blog(engine);
  const model = session.model(users);
  const cases: [() => unknown, string][] = [
    [
      () =>
        model.with(
          "p",
          userPosts,
          (query) => query.select("title", "userId").distinct().limit(1),
        ),
      'Cannot read relation "p": its rows cannot be distinct and limited for each row',
    ],
    [
      () => model.with("p", null as never),
      'Cannot read relation "p": got null, want one made by relate()',
    ],
    [
      () => model.with("p", userPosts, () => undefined as never),
      'Cannot read relation "p": its function returns no query',
    ],
    [
      () => model.with("p", userPosts).select("id"),
      "Cannot select columns: with() has added to the rows, call select() before it",
    ],
  ];
  for (const [refuse, message] of cases) {
    assertThrows(refuse, TypeError, message);
  }
});
