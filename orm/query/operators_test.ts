// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import type { Where } from "../mod.ts";
import { blog, posts, tags, users } from "../testdata/blog.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

type PostWhere = Where<(typeof posts)["columns"]>;

onEveryDriver("texts are looked for inside of others", async (engine) => {
  const session = await blog(engine);
  const cases: [PostWhere, number[]][] = [
    [{ title: { contains: "ELL" } }, [1, 3]],
    [{ title: { startsWith: "hello" } }, [1, 3]],
    [{ title: { endsWith: "again" } }, [3]],
    [{ title: { contains: "%" } }, [2]],
    [{ title: { contains: "_" } }, []],
    [{ title: { contains: "\\" } }, []],
    [{ title: { startsWith: "100%" } }, [2]],
    [{ title: { contains: "" } }, [1, 2, 3, 5]],
    [{ not: { title: { contains: "e" } } }, [5]],
    [{ meta: { path: ["by", "name"], eq: "x_y" } }, [2]],
    [{ meta: { path: ["by", "name"], contains: "_" } }, [2]],
    [{ meta: { path: ["by", "name"], startsWith: "_" } }, []],
    [{ meta: { path: ["tags", 0], in: ["z", "a", 5, true] } }, [1]],
    [{ meta: { path: ["tags", 1], ne: "a" } }, [1]],
    [{ meta: { path: ["tags", 2], isNull: true } }, [1, 2, 3, 5]],
    [{ meta: { path: ["tags"], isNull: false } }, [1]],
    [{ meta: { path: ["tags", 0], eq: null } }, [2, 3, 5]],
    [{ meta: { path: ["tags", 0], between: ["a", "b"] } }, [1]],
    [{ meta: { isNull: false } }, [1, 2]],
  ];
  for (const [where, ids] of cases) {
    const rows = await session.model(posts).where(where).orderBy("id").find();
    assertEquals(rows.map(({ id }) => id), ids, JSON.stringify(where));
  }
  const slash = "a\\b_c%d";
  await session.insert(tags, { tag: slash });
  for (const operator of ["contains", "startsWith", "endsWith"]) {
    const found = session.model(tags).where({ tag: { [operator]: slash } });
    assertEquals(await found.count(), 1);
  }
});

onEveryDriver("JSON values are compared by their types", async (engine) => {
  const session = await blog(engine);
  const query = session.model(posts);
  const meta = {
    n: 5,
    big: 1.5,
    yes: true,
    text: "5",
    "a.b c$": [{ x: null }],
  };
  await query.where({ id: 1 }).update({ meta: meta as object });
  const cases: [object, boolean][] = [
    [{ path: ["n"], eq: 5 }, true],
    [{ path: ["n"], eq: "5" }, false],
    [{ path: ["text"], eq: 5 }, false],
    [{ path: ["n"], gt: 4.5, lte: 5 }, true],
    [{ path: ["big"], in: [1.5] }, true],
    [{ path: ["yes"], eq: true }, true],
    [{ path: ["yes"], eq: false }, false],
    [{ path: ["a.b c$", 0, "x"], isNull: true }, true],
    [{ path: ["a.b c$", 0], isNull: false }, true],
    [{ path: ["a", "b c$"], isNull: true }, true],
    [{ path: ["') --"], isNull: true }, true],
  ];
  for (const [condition, isMet] of cases) {
    const found = query.where({ id: 1 }).where({ meta: condition });
    assertEquals(await found.exists(), isMet, JSON.stringify(condition));
  }
});

onEveryDriver("operators refuse what they are not for", async (engine) => {
  const session = await blog(engine);
  const cases: [object, string][] = [
    [{ id: { contains: "1" } }, '"contains" is for text'],
    [
      { title: { startsWith: 5 } },
      'Cannot store "title": got 5, want a string',
    ],
    [{ title: { contains: null } }, 'Cannot store "title": got null'],
    [
      { title: { contians: "x" } },
      'unknown operator "contians", want one of eq, ne',
    ],
    [
      { meta: { path: "$.a", eq: 1 } },
      '"path" is "$.a", want an array of names',
    ],
    [
      { meta: { path: [], eq: 1 } },
      '"path" is an array, want an array of names',
    ],
    [
      { meta: { path: ['a"b'], eq: 1 } },
      '"path" has "a\\"b" in it, want names',
    ],
    [{ meta: { path: ["\\"], eq: 1 } }, "want names without quotes"],
    [{ meta: { path: [-1], eq: 1 } }, '"path" has -1 in it'],
    [{ meta: { path: ["a"] } }, "there is no operator in it"],
    [
      { meta: { path: ["a"], eq: {} } },
      'Cannot store "meta": got an object, want a string, number or boolean',
    ],
    [{ meta: { path: ["a"], eq: undefined } }, '"eq" is undefined'],
    [{ meta: { path: ["a"], gt: Infinity } }, "want a number that JSON knows"],
    [{ title: { path: ["a"], eq: 1 } }, 'unknown operator "path"'],
  ];
  for (const [where, message] of cases) {
    assertThrows(
      () => session.model(posts).where(where),
      TypeError,
      message,
      JSON.stringify(where),
    );
  }
});

onEveryDriver("conditions of any size run or are refused", async (engine) => {
  const session = await blog(engine);
  const query = session.model(users);
  const nested = (key: "and" | "or" | "not", depth: number) => {
    let where: object = { id: 1 };
    for (; depth > 0; depth--) {
      where = { [key]: key === "not" ? where : [where] };
    }
    return where;
  };
  for (const key of ["and", "or", "not"] as const) {
    assertEquals(await query.where(nested(key, 20)).count(), 1);
    for (const depth of [21, 100_000]) {
      assertThrows(
        () => query.where(nested(key, depth)),
        TypeError,
        `Cannot use condition on "${key}": it is more than 20 deep`,
      );
    }
  }
  const ids = Array.from({ length: 1001 }, (_, id) => ({ id }));
  assertEquals(await query.where({ or: ids.slice(1) }).count(), 3);
  assertEquals(await query.where({ and: ids.slice(1) }).count(), 0);
  for (const where of [{ or: ids }, { and: [{ or: ids.slice(1) }] }]) {
    assertThrows(
      () => query.where(where),
      TypeError,
      'Cannot use condition on "or": there are more than 1000 objects in it, want "in" for many values',
    );
  }
  const reals = Array.from({ length: 20_000 }, (_, index) => index + 0.5);
  const rating = { rating: { in: reals } };
  assertThrows(
    () => session.model(posts).where({ or: [rating, rating] }),
    RangeError,
    'Cannot use condition on "or": 40000 values, want at most 32766',
  );
  const long = "\u20ac".repeat(16_666);
  for (const operator of ["like", "contains", "startsWith", "endsWith"]) {
    const where = (text: string) => ({ name: { [operator]: text } });
    const most = operator === "contains" ? long.slice(1) : long;
    assertEquals(await query.where(where(most)).count(), 0);
    assertThrows(
      () => query.where(where(`${long}xxx`)),
      RangeError,
      'Cannot use condition on "name": a pattern of ',
    );
  }
});
