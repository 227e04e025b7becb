// Copyright 2026 the Gee authors. MIT license.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { libsql } from "./libsql.ts";
import { DatabaseError, Engine, ReadOnlyError } from "./mod.ts";
import { sqlite, type SqliteOptions } from "./sqlite.ts";

for (const driver of [sqlite, libsql]) {
  const { name } = driver;

  /** Registers a test with a folder of its own. */
  const inFolder = (
    title: string,
    test: (folder: string) => Promise<void>,
  ): void =>
    Deno.test(`${title}, on ${name}`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        await test(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });

  inFolder("durability is SQLite's synchronous", async (folder) => {
    for (const [durability, level] of [["normal", 1], ["full", 2]] as const) {
      const path = `${folder}/${durability}.db`;
      await using engine = await Engine.open(driver(path, { durability }));
      assertEquals(await engine.session().raw("PRAGMA synchronous"), [
        { synchronous: level },
      ]);
    }
  });

  inFolder("readOnly refuses writes and makes no file", async (folder) => {
    const path = `${folder}/gee.db`;
    const missing = await assertRejects(
      () => Engine.open(driver(path, { readOnly: true })),
      DatabaseError,
      "unable to open database file",
    );
    assertEquals(missing.code, 14);
    {
      await using engine = await Engine.open(driver(path));
      await engine.session().exec("CREATE TABLE t (a)");
    }
    await using engine = await Engine.open(driver(path, { readOnly: true }));
    const session = engine.session();
    await assertRejects(
      () => session.exec("INSERT INTO t VALUES (1)"),
      ReadOnlyError,
      "attempt to write a readonly database",
    );
    await assertRejects(
      () => engine.transaction((tx) => tx.exec("DELETE FROM t")),
      ReadOnlyError,
    );
    await engine.transaction((tx) => tx.raw("SELECT * FROM t"), {
      readOnly: true,
    });
    assertEquals(await session.raw("SELECT count(*) AS n FROM t"), [{ n: 0 }]);
  });

  inFolder("Engine.backup() copies what was committed", async (folder) => {
    for (const location of [":memory:", `${folder}/gee.db`]) {
      await using engine = await Engine.open(driver(location));
      const session = engine.session();
      await session.exec("CREATE TABLE t (a)");
      await session.exec("INSERT INTO t VALUES (1)");
      const path = `${folder}/copy of ${location.length}.db`;
      if (location === ":memory:") await engine.backup(path);
      else {
        await engine.transaction(async (tx) => {
          await tx.exec("INSERT INTO t VALUES (2)");
          await engine.backup(path);
        });
      }
      await using copy = await Engine.open(driver(path));
      assertEquals(await copy.session().raw("SELECT * FROM t"), [{ a: 1 }]);
      assertEquals(await copy.session().raw("PRAGMA integrity_check"), [
        { integrity_check: "ok" },
      ]);
      // The connection that it was made on still refuses writes.
      await assertRejects(
        () =>
          engine.transaction((tx) => tx.exec("INSERT INTO t VALUES (3)"), {
            readOnly: true,
          }),
        ReadOnlyError,
      );
    }
  });

  inFolder("Engine.backup() overwrites nothing", async (folder) => {
    await using engine = await Engine.open(driver());
    const path = `${folder}/there.txt`;
    await Deno.writeTextFile(path, "mine");
    await assertRejects(
      () => engine.backup(path),
      TypeError,
      `Cannot back up database: there is a file "${path}" already`,
    );
    assertEquals(await Deno.readTextFile(path), "mine");
    await assertRejects(
      () =>
        engine.backup(`${folder}/other.db`, {
          signal: AbortSignal.abort(new Error("stop")),
        }),
      Error,
      "stop",
    );
    assertEquals([...Deno.readDirSync(folder)].length, 1);
  });

  Deno.test(`unknown options are refused, on ${name}`, () => {
    assertThrows(
      () => driver(":memory:", { durabilty: "full" } as object),
      TypeError,
      'there is no option "durabilty", want "durability", ',
    );
    assertThrows(
      () => driver(":memory:", { durability: "some" as "full" }),
      TypeError,
      '"durability" is "some", want "normal", "full"',
    );
    assertThrows(
      () => driver(":memory:", { readOnly: 1 as unknown as true }),
      TypeError,
      '"readOnly" is 1, want true, false',
    );
  });

  Deno.test(`Engine.ping() answers, on ${name}`, async () => {
    const engine = await Engine.open(driver());
    await engine.ping();
    await engine.close();
    await assertRejects(
      () => engine.ping(),
      Error,
      "Cannot use the engine: it is closed",
    );
  });

  Deno.test(`Engine.sync() is for replicas, on ${name}`, async () => {
    await using engine = await Engine.open(driver());
    await assertRejects(
      () => engine.sync(),
      TypeError,
      `Cannot sync database: want an embedded replica, as libsql() opens one with "syncUrl", got the driver "${name}"`,
    );
  });
}

Deno.test("sqlite() adds functions to SQL", async () => {
  const functions: SqliteOptions["functions"] = {
    twice: (value: number) => value * 2,
    longest: {
      run: (...texts: string[]) =>
        texts.reduce((a, b) => b.length > a.length ? b : a),
      variadic: true,
    },
    slug: {
      run: (text: string) => text.toLowerCase().replaceAll(" ", "-"),
      deterministic: true,
    },
    fails: () => {
      throw new RangeError("not today");
    },
    big: () => 2n ** 63n,
  };
  await using engine = await Engine.open(sqlite(":memory:", { functions }));
  const session = engine.session();
  assertEquals(
    await session.raw(
      "SELECT twice(?) AS t, longest('a', 'ccc', 'bb') AS l",
      4,
    ),
    [{ t: 8, l: "ccc" }],
  );
  await session.exec("CREATE TABLE t (a)");
  await session.exec("CREATE INDEX i ON t (slug(a))");
  await assertRejects(
    () => session.exec("CREATE INDEX j ON t (twice(a))"),
    DatabaseError,
    "non-deterministic functions prohibited in index expressions",
  );
  await assertRejects(
    () => session.raw("SELECT twice()"),
    DatabaseError,
    "wrong number of arguments to function twice()",
  );
  const error = await assertRejects(() => session.raw("SELECT fails()"));
  assertInstanceOf(error, RangeError);
  assertEquals(error.message, "not today");
  await assertRejects(
    () => session.exec("INSERT INTO t VALUES (fails())"),
    RangeError,
    "not today",
  );
  await assertRejects(
    () => session.raw("SELECT big()"),
    RangeError,
    'Cannot return 9223372036854775808n from SQL function "big": it is beyond 64 bits',
  );
  assertEquals(await session.raw("SELECT * FROM t"), []);
  assertThrows(
    () =>
      sqlite(":memory:", {
        functions: { odd: { run: () => 1, pure: true } as { run: () => 1 } },
      }),
    TypeError,
    'Cannot add SQL function "odd": there is no option "pure"',
  );
});

Deno.test("sqlite() refuses what no function for SQL is or returns", async () => {
  const cases: [unknown, string][] = [
    [undefined, "Cannot return undefined"],
    [NaN, "Cannot return NaN"],
    [true, "Cannot return true"],
    [new Date(0), "Cannot return a Date"],
    [{}, "Cannot return an object"],
  ];
  for (const [value, start] of cases) {
    const functions = { f: () => value as number };
    await using engine = await Engine.open(sqlite(":memory:", { functions }));
    await assertRejects(
      () => engine.session().raw("SELECT f()"),
      TypeError,
      `${start} from SQL function "f": want a string, number, bigint, Uint8Array or null`,
    );
  }
  const functions = { f: () => "a\0b" };
  await using engine = await Engine.open(sqlite(":memory:", { functions }));
  await assertRejects(
    () => engine.session().raw("SELECT f()"),
    RangeError,
    'from SQL function "f": it has a NUL in it',
  );
  for (const run of [5, null, {}]) {
    assertThrows(
      () => sqlite(":memory:", { functions: { f: run as () => null } }),
      TypeError,
      'Cannot add SQL function "f": want a name and a function',
    );
  }
});
