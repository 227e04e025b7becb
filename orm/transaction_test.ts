// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import {
  BusyError,
  ConnectionError,
  Engine,
  integer,
  ReadOnlyError,
  table,
  text,
  type TransactionOptions,
} from "./mod.ts";
import { sqlite } from "./sqlite.ts";
import { onEveryDriver } from "./testdata/drivers.ts";

const items = table("items", { id: integer().primaryKey(), name: text() });

onEveryDriver(
  "a transaction that only reads refuses writes",
  async (engine) => {
    const session = engine.session();
    await session.createTable(items);
    await session.insert(items, { name: "kept" });
    const writes: ((tx: typeof session) => Promise<unknown>)[] = [
      (tx) => tx.insert(items, { name: "new" }),
      (tx) => tx.model(items).all().delete(),
      (tx) => tx.raw("INSERT INTO items (name) VALUES ('x')"),
      (tx) => tx.exec("DROP TABLE items"),
      (tx) => tx.transaction((inner) => inner.insert(items, { name: "inner" })),
    ];
    for (const write of writes) {
      await assertRejects(
        () => engine.transaction(write, { readOnly: true }),
        ReadOnlyError,
        "Cannot run statement: attempt to write a readonly database",
      );
    }
    // It goes on after an error, and so does the connection after it.
    const count = await engine.transaction(async (tx) => {
      await assertRejects(
        () => tx.insert(items, { name: "no" }),
        ReadOnlyError,
      );
      return await tx.model(items).count();
    }, { readOnly: true });
    assertEquals(count, 1);
    await session.insert(items, { name: "more" });
    assertEquals(await session.model(items).count(), 2);
  },
);

onEveryDriver("a savepoint that only reads refuses writes", async (engine) => {
  await engine.session().createTable(items);
  await engine.transaction(async (tx) => {
    await tx.insert(items, { name: "before" });
    await tx.transaction(async (inner) => {
      assertEquals(await inner.model(items).count(), 1);
      await assertRejects(
        () => inner.insert(items, { name: "no" }),
        ReadOnlyError,
      );
      await assertRejects(
        () => inner.transaction((third) => third.model(items).all().delete()),
        ReadOnlyError,
      );
    }, { readOnly: true });
    await tx.insert(items, { name: "after" });
  });
  assertEquals(await engine.session().model(items).count(), 2);
});

onEveryDriver("isolation says which lock is taken", async (engine) => {
  await engine.session().createTable(items);
  for (const isolation of ["deferred", "immediate", "exclusive"] as const) {
    await engine.transaction((tx) => tx.insert(items, { name: isolation }), {
      isolation,
    });
  }
  assertEquals(await engine.session().model(items).count(), 3);
});

onEveryDriver("transactions refuse options of other kinds", async (engine) => {
  const begin = (options: unknown) =>
    engine.transaction(() => {}, options as TransactionOptions);
  await assertRejects(
    () => begin({ readonly: true }),
    TypeError,
    'Cannot begin transaction: there is no option "readonly", want "signal", "retries", "isolation", "readOnly" (did you mean "readOnly"?)',
  );
  await assertRejects(
    () => begin({ isolation: "serializable" }),
    TypeError,
    '"isolation" is "serializable", want "deferred", "immediate", "exclusive"',
  );
  await assertRejects(
    () => begin({ retries: -1 }),
    RangeError,
    'Cannot begin transaction: "retries" is -1, want a whole number from 0',
  );
  await assertRejects(
    () => begin({ readOnly: 1 }),
    TypeError,
    '"readOnly" is 1',
  );
});

Deno.test("a transaction that only reads waits for no other and has one snapshot", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using engine = await Engine.open(sqlite(`${folder}/gee.db`));
    const session = engine.session();
    await session.createTable(items);
    await engine.transaction(async (writing) => {
      await writing.insert(items, { name: "not yet" });
      await engine.transaction(async (reading) => {
        assertEquals(await reading.model(items).count(), 0);
      }, { readOnly: true });
    });
    await engine.transaction(async (reading) => {
      assertEquals(await reading.model(items).count(), 1);
      await session.insert(items, { name: "meanwhile" });
      assertEquals(await reading.model(items).count(), 1);
      // Others see what is new, also while a transaction is open.
      await engine.transaction(async () => {
        assertEquals(await session.model(items).count(), 2);
      });
    }, { readOnly: true });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("retries run the whole function again", async () => {
  await using engine = await Engine.open(sqlite());
  await engine.session().createTable(items);
  const failing = (failures: unknown[], retries: number) => {
    let runs = 0;
    return engine.transaction(async (tx) => {
      runs++;
      await tx.insert(items, { name: `run ${runs}` });
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return runs;
    }, { retries });
  };
  const busy = new BusyError("locked");
  const lost = new ConnectionError("lost");
  assertEquals(await failing([busy, lost], 2), 3);
  await assertRejects(() => failing([busy, busy], 1), BusyError, "locked");
  await assertRejects(() => failing([busy], 0), BusyError);
  await assertRejects(() => failing([new Error("mine")], 5), Error, "mine");
  const unsure = new ConnectionError("maybe", { isUnsure: true });
  await assertRejects(() => failing([unsure], 5), ConnectionError, "maybe");
  assertEquals(await engine.session().model(items).find(), [
    { id: 1, name: "run 3" },
  ]);
});

Deno.test("the signal ends the pause between retries", async () => {
  await using engine = await Engine.open(sqlite());
  const controller = new AbortController();
  await assertRejects(
    () =>
      engine.transaction(() => {
        controller.abort(new Error("enough"));
        throw new BusyError("locked");
      }, { retries: 5, signal: controller.signal }),
    Error,
    "enough",
  );
});

Deno.test("Engine.close() inside of a transaction that only reads ends", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using engine = await Engine.open(sqlite(`${folder}/gee.db`), {
      busyTimeout: 5,
    });
    await assertRejects(
      () => engine.transaction(() => engine.close(), { readOnly: true }),
      BusyError,
      "Cannot close the engine: 1 call did not end within 5 ms",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
