// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { NoJoins, OrderKey } from "../mod.ts";
import { blob, integer, max, real, sql, table, text } from "../mod.ts";
import { blog, boss, userPosts, users } from "../testdata/blog.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

const items = table("items", {
  a: integer().nullable(),
  b: text(),
  r: real().nullable(),
  raw: blob(),
  id: integer().primaryKey(),
});

type Key = OrderKey<(typeof items)["columns"], NoJoins>;

/** Whether a key is descending. */
const isDescending = (key: Key | undefined) =>
  typeof key === "object" ? key.descending : key?.startsWith("-");

for (const least of [-1e300, -Infinity]) {
  // Remote databases take finite numbers only.
  const options = { isLocal: least === -Infinity };
  onEveryDriver(
    `Query.after() and before() read every row once, from ${least}`,
    async (engine) => {
      const session = engine.session();
      await session.createTable(items);
      const rows = [null, 1, 2].flatMap((a) =>
        ["x", "y"].flatMap((b) =>
          [null, least, 0.5].map((r) => ({
            a,
            b,
            r,
            raw: new Uint8Array([1]),
          }))
        )
      );
      await session.insert(items, ...rows, ...rows.slice(0, 5));
      const orders: Key[][] = [
        [],
        ["id"],
        ["-id"],
        ["a"],
        ["-a"],
        ["b", "-a"],
        ["-b", "a", "-r"],
        ["raw", "b"],
        [{ by: "a", nulls: "last" }, "-b"],
        [{ by: "a", nulls: "first", descending: true }],
        [{ by: "r", nulls: "last" }, {
          by: "a",
          descending: true,
          nulls: "first",
        }],
      ];
      for (const keys of orders) {
        const query = session.model(items).orderBy(...keys).limit(4);
        const forward: number[] = [];
        let cursor: string | null = null;
        for (;;) {
          const page: { id: number }[] = await query.after(cursor).find();
          const last = page.at(-1);
          if (last === undefined) break;
          forward.push(...page.map(({ id }) => id));
          cursor = query.cursor(last as never);
        }
        assertEquals(new Set(forward).size, 23, JSON.stringify(keys));
        assertEquals(forward.length, 23);
        // As the database sorts them, with the key at the end.
        const tie = isDescending(keys.at(-1)) ? "-id" : "id";
        const others = keys.filter((key) => key !== "id" && key !== "-id");
        const sorted = await session.model(items).orderBy(...others, tie)
          .find();
        assertEquals(forward, sorted.map(({ id }) => id), JSON.stringify(keys));
        const backward: number[] = [];
        cursor = null;
        for (;;) {
          const page: { id: number }[] = await query.before(cursor).find();
          const first = page[0];
          if (first === undefined) break;
          backward.unshift(...page.map(({ id }) => id));
          cursor = query.cursor(first as never);
        }
        assertEquals(backward, forward);
      }
    },
    options,
  );
}

onEveryDriver(
  "Query.after() refuses cursors that are not its own",
  async (engine) => {
    const session = await blog(engine);
    const query = session.model(users).orderBy("name");
    const [first] = await query.find();
    const cursor = query.cursor(first!);
    assertEquals((await query.after(cursor).find()).map(({ name }) => name), [
      "Sam",
      "Tom",
    ]);
    assertEquals(await query.after(cursor).count(), 2);
    assertEquals((await query.after(cursor).first())?.name, "Sam");
    assertEquals(
      (await query.before(
        query.cursor({ id: 1, name: "Tom", age: 1, bossId: 1 }),
      ).first())?.name,
      "Ann",
    );
    const encode = (value: unknown) =>
      btoa(JSON.stringify(value)).replaceAll("=", "");
    const [order, check] = JSON.parse(
      atob(cursor.replaceAll("-", "+").replaceAll("_", "/")),
    );
    const cases: [string, string][] = [
      ["", 'Cannot use cursor: got "", want a text made by cursor()'],
      ["x", 'Cannot use cursor: got "x", want'],
      ["1' OR 1=1 --", "Cannot use cursor: got"],
      ["a".repeat(200_000), "Cannot use cursor: got"],
      [encode([order, check]), "Cannot use cursor: got"],
      [
        encode([order, check, ["Zoe", 1]]),
        "Cannot use cursor: it has been changed",
      ],
      [
        session.model(users).orderBy("-name").cursor(first!),
        "Cannot use cursor: it is of another order or table than the query",
      ],
      [
        session.model(items).orderBy("b").cursor({ id: 1, b: "x" } as never),
        "it is of another order or table",
      ],
    ];
    for (const [forged, message] of cases) {
      await assertRejects(() => query.after(forged).find(), TypeError, message);
    }
    for (const no of [undefined, 5, {}]) {
      assertThrows(
        () => query.after(no as never),
        TypeError,
        "want a text or null",
      );
    }
    assertThrows(
      () => query.cursor({ name: "x" } as never),
      TypeError,
      'Cannot make cursor: the row has no "id", which the order needs',
    );
    assertThrows(
      () => query.cursor(null as never),
      TypeError,
      "Cannot make cursor: got null, want a row",
    );
    await assertRejects(
      () =>
        session.model(users).orderBy({ by: sql`length(name)` }).after(null)
          .find(),
      TypeError,
      'Cannot read pages of table "users": its order is by an expression, want columns',
    );
    const keyless = table("keyless", { a: integer() });
    await session.createTable(keyless);
    await assertRejects(
      () => session.model(keyless).orderBy("a").after(null).find(),
      TypeError,
      'Cannot read pages of table "keyless": it has no primary key',
    );
  },
);

Deno.test("a page of one direction is one search of an index", async () => {
  const { Engine } = await import("../mod.ts");
  const { sqlite } = await import("../sqlite.ts");
  await using engine = await Engine.open(sqlite());
  const session = engine.session();
  const logs = table("logs", {
    id: integer().primaryKey(),
    at: integer().index(),
  });
  await session.createTable(logs);
  const query = session.model(logs).orderBy("-at").limit(5);
  const cursor = query.cursor({ id: 1, at: 5 });
  const { plan } = await query.after(cursor).explain();
  // Versions of SQLite word the rest of it differently.
  assertEquals(plan.map((line) => line.split(" (")[0]), [
    "SEARCH logs USING COVERING INDEX logs_at_index",
  ]);
});

onEveryDriver(
  "Query.after() refuses rows that are not one for each of the table",
  async (engine) => {
    const session = await blog(engine);
    const model = session.model(users).orderBy("id").limit(1);
    const joined = model.join("posts", userPosts);
    const message =
      'Cannot read pages of "users": its rows are in groups or joined to many';
    for (
      const query of [
        joined,
        joined.select((user) => ({ id: user.id })).distinct(),
        model.groupBy("name"),
        model.leftJoin("b", users, (user, b) => sql`${user.bossId} = ${b.id}`),
        model.select((user) => ({ id: max(user.id) })),
      ]
    ) {
      await assertRejects(() => query.after(null).find(), TypeError, message);
    }
    const names = async (query: typeof model) => {
      const found: string[] = [];
      for (let cursor: string | null = null;;) {
        const [row]: { name: string }[] = await query.after(cursor).find();
        if (row === undefined) return found;
        found.push(row.name);
        cursor = query.cursor(row as never); // a row of the query
      }
    };
    // The types of joined tables are of no interest here.
    const three = [
      joined.distinct(),
      joined.groupBy("id"),
      model.leftJoin("boss", boss),
    ] as unknown as (typeof model)[];
    assertEquals(await Promise.all(three.map(names)), [
      ["Tom", "Sam"],
      ["Tom", "Sam"],
      ["Tom", "Sam", "Ann"],
    ]);
  },
);
