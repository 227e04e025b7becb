// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import {
  BusyError,
  ClosedError,
  type Driver,
  Engine,
  integer,
  SqlSyntaxError,
  table,
} from "./mod.ts";
import { libsql } from "./libsql.ts";
import { sqlite } from "./sqlite.ts";
import { onEveryDriver } from "./testdata/drivers.ts";

const numbers = table("numbers", { n: integer().primaryKey() });

async function filled(driver: Driver): Promise<Engine> {
  const engine = await Engine.open(driver, { busyTimeout: 5000 });
  const session = engine.session();
  await session.createTable(numbers);
  await session.insert(numbers, { n: 1 }, { n: 2 }, { n: 3 });
  return engine;
}

/** Registers a test for each driver that has files. */
function onFiles(
  name: string,
  test: (driver: (options?: Partial<Driver>) => Driver) => Promise<void>,
): void {
  for (const [label, open] of Object.entries({ sqlite, libsql })) {
    Deno.test(`${name}, on ${label}`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        await test((options) => ({ ...open(`${folder}/gee.db`), ...options }));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}

onFiles(
  "Engine.close() waits for rows that are read one by one",
  async (driver) => {
    const engine = await filled(driver());
    const rows = engine.session().model(numbers).iterate();
    assertEquals((await rows.next()).value, { n: 1 });
    const told: string[] = [];
    const closing = engine.close().then(() => told.push("closed"));
    for await (const { n } of rows) told.push(`row ${n}`);
    await closing;
    assertEquals(told, ["row 2", "row 3", "closed"]);
    await assertRejects(
      () => engine.session().model(numbers).iterate().next(),
      ClosedError,
      "Cannot use the engine: it is closed",
    );
  },
);

onFiles(
  "Query.iterate() waits for a lock on its own connection",
  async (driver) => {
    let tries = 0;
    const inner = driver();
    await using engine = await filled(driver({
      openReader() {
        if (++tries > 2) return inner.openReader!(); // a file has one
        throw new BusyError("Cannot run statement: database is locked");
      },
    }));
    const rows = await Array.fromAsync(
      engine.session().model(numbers).iterate(),
    );
    assertEquals(rows.length, 3);
    assertEquals(tries, 3);
  },
);

onFiles("rows left behind in a transaction hold nothing up", async (driver) => {
  await using engine = await filled(driver());
  await using other = await Engine.open(driver());
  await engine.transaction(async (tx) => {
    const rows = tx.model(numbers).iterate();
    assertEquals((await rows.next()).value, { n: 1 });
  });
  // A snapshot that stayed would be behind now, and the next write would fail.
  await other.session().insert(numbers, { n: 4 });
  await engine.session().insert(numbers, { n: 5 });
  assertEquals(await other.session().model(numbers).count(), 5);
});

onEveryDriver("rows of a transaction end with it", async (engine) => {
  const session = engine.session();
  await session.createTable(numbers);
  await session.insert(numbers, { n: 1 }, { n: 2 });
  for (const isCommitted of [true, false]) {
    const rows = await engine.transaction(async (tx) => {
      const rows = tx.model(numbers).iterate();
      assertEquals((await rows.next()).value, { n: 1 });
      if (isCommitted) return rows;
      // What it returns is not lost with it.
      throw Object.assign(new Error("undone"), { rows });
    }).catch(({ rows }) => rows);
    await assertRejects(
      () => rows.next(),
      ClosedError,
      "Cannot use the transaction: it has ended; await every call inside its function",
    );
  }
  assertEquals(await session.model(numbers).count(), 2);
});

onEveryDriver(
  "a row that cannot be read ends the others with its error",
  async (engine) => {
    const session = engine.session();
    await session.createTable(numbers);
    await session.insert(
      numbers,
      ...Array.from({ length: 50 }, (_, index) => ({ n: index + 1 })),
    );
    const read = async (rows: AsyncIterable<{ readonly n: number }>) => {
      let last = 0;
      for await (const { n } of rows) last = n;
      return last;
    };
    const failing = session.model(numbers).orderBy("-n")
      .where("n > 20 OR abs(-9223372036854775807 - (n = 20)) IS NOT NULL");
    await assertRejects(
      () => read(failing.iterate()),
      SqlSyntaxError,
      "Cannot run statement: integer overflow",
    );
    await session.exec("INSERT INTO numbers VALUES (9007199254740993)");
    const all = session.model(numbers).orderBy("n");
    for (const tx of [false, true]) {
      await assertRejects(
        () =>
          tx
            ? engine.transaction((tx) =>
              read(tx.model(numbers).orderBy("n").iterate())
            )
            : read(all.iterate()),
        RangeError,
        "beyond 2^53, declare the column as bigint()",
      );
    }
    assertEquals(await read(all.limit(50).iterate()), 50);
    // In its order, whatever that is and however it is cut.
    const { rows } = { rows: await all.limit(7).offset(3).find() };
    assertEquals(await Array.fromAsync(all.limit(7).offset(3).iterate()), rows);
  },
);

Deno.test("a replica of one connection gives rows one by one by it", async () => {
  let opened = 0;
  const memory = sqlite();
  const replica: Driver = {
    ...memory,
    async open() {
      opened++;
      const connection = await memory.open();
      await connection.exec("CREATE TABLE numbers (n INTEGER PRIMARY KEY)");
      await connection.exec("INSERT INTO numbers VALUES (7)");
      return connection;
    },
  };
  await using engine = await Engine.open(sqlite(), { replicas: [replica] });
  const query = engine.session().model(numbers);
  assertEquals(await query.find(), [{ n: 7 }]);
  assertEquals(await Array.fromAsync(query.iterate()), [{ n: 7 }]);
  assertEquals(opened, 1);
});

Deno.test("rows one by one come of the primary when no replica answers", async () => {
  const down: Driver = {
    ...sqlite(),
    open() {
      throw new Error("nobody there");
    },
  };
  await using engine = await Engine.open(sqlite(), { replicas: [down] });
  const session = engine.session();
  await session.createTable(numbers);
  await session.insert(numbers, { n: 1 });
  const rows = await Array.fromAsync(session.model(numbers).iterate());
  assertEquals(rows, [{ n: 1 }]);
});
