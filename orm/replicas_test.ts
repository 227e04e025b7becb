// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ReaderPool } from "./driver/reader_pool.ts";
import type { Channel } from "./driver/channel.ts";
import type { Executor } from "./executor.ts";
import { ClosedError, DatabaseError, type Driver, Engine } from "./mod.ts";
import { SqlSyntaxError } from "./errors.ts";
import { ReplicatedExecutor } from "./replicas.ts";
import { sqlite } from "./sqlite.ts";

/** A database in memory that says its name, and may be out of order. */
function named(name: string, isBroken: () => boolean = () => false): Driver {
  const driver = sqlite(":memory:", { functions: { whoami: () => name } });
  return {
    ...driver,
    async open() {
      const connection = await driver.open();
      const { prepare } = connection;
      connection.prepare = (sql, options) => {
        const statement = prepare.call(connection, sql, options);
        const { all } = statement;
        statement.all = (params) => {
          if (isBroken()) throw new Error("unplugged");
          return all.call(statement, params);
        };
        return statement;
      };
      return connection;
    },
  };
}

async function whoami(engine: Engine, readFrom?: "primary") {
  const session = engine.session(readFrom === undefined ? {} : { readFrom });
  const [row] = await session.raw("SELECT whoami() AS name");
  return row?.name;
}

Deno.test("reads go to the replicas in turn, all else to the primary", async () => {
  await using engine = await Engine.open(named("primary"), {
    replicas: [named("a"), named("b")],
  });
  const names = [];
  for (let i = 0; i < 4; i++) names.push(await whoami(engine));
  assertEquals(names, ["a", "b", "a", "b"]);
  assertEquals(await whoami(engine, "primary"), "primary");
  assertEquals(
    await engine.transaction((tx) => tx.raw("SELECT whoami() AS name")),
    [{ name: "primary" }],
  );
  await engine.session().exec("CREATE TABLE t (a)");
  assertEquals(
    await engine.session({ readFrom: "primary" }).hasTable("t"),
    true,
  );
  // The replicas do not have the table yet: the primary has the last word.
  assertEquals(await engine.session().raw("SELECT * FROM t"), []);
  assertEquals(await whoami(engine), "b");
});

Deno.test("a replica that fails is passed over, and the primary is left", async () => {
  let isBroken = true;
  const unreachable: Driver = {
    ...sqlite(),
    open() {
      throw new DatabaseError("nobody there");
    },
  };
  await using engine = await Engine.open(named("primary"), {
    replicas: [named("a", () => isBroken), unreachable],
  });
  assertEquals(await whoami(engine), "primary");
  isBroken = false;
  // It is still left alone.
  assertEquals(await whoami(engine), "primary");
});

Deno.test("ReplicatedExecutor.read() leaves a failing replica for a growing pause", async () => {
  let now = 0;
  let tries = 0;
  const pool = new ReaderPool(() => Promise.resolve({} as Channel));
  const primary = { read: () => "primary" } as unknown as Executor;
  const executor = new ReplicatedExecutor(primary, [pool], () => now);
  const failing = () => {
    tries++;
    throw new DatabaseError("down");
  };
  const at = async (time: number, work: () => string = failing) => {
    now = time;
    await executor.read(work);
    return tries;
  };
  assertEquals(await at(0), 1);
  assertEquals(await at(999), 1);
  assertEquals(await at(1000), 2);
  assertEquals(await at(2999), 2);
  assertEquals(await at(3000), 3);
  assertEquals(await at(7000, () => "fine"), 3);
  assertEquals(await at(7001), 4);
  assertEquals(await at(8001), 5);
  // What is wrong with the statement is not the replica's fault.
  await executor.read(() => {
    throw new SqlSyntaxError("no such table");
  });
  now = 10_001;
  assertEquals(await executor.read(() => "replica"), "replica");
});

Deno.test("reads that fail together are one failure of a replica", async () => {
  let now = 0;
  const pool = new ReaderPool(() => Promise.resolve({} as Channel));
  const primary = { read: () => "primary" } as unknown as Executor;
  const executor = new ReplicatedExecutor(primary, [pool], () => now);
  const failing = () => {
    throw new DatabaseError("down");
  };
  await Promise.all(Array.from({ length: 9 }, () => executor.read(failing)));
  now = 1000;
  assertEquals(await executor.read(() => "replica"), "replica");
});

Deno.test("an engine whose replica does not close closes all the same", async () => {
  const closed: string[] = [];
  const watched = (name: string, isBroken: boolean): Driver => {
    const driver = named(name);
    return {
      ...driver,
      async open() {
        const connection = await driver.open();
        const { close } = connection;
        connection.close = () => {
          closed.push(name);
          close.call(connection);
          if (isBroken) throw new Error(`${name} does not close`);
        };
        return connection;
      },
    };
  };
  const engine = await Engine.open(watched("primary", false), {
    replicas: [watched("a", true), watched("b", false)],
  });
  assertEquals([await whoami(engine), await whoami(engine)], ["a", "b"]);
  await assertRejects(() => engine.close(), Error, "a does not close");
  assertEquals(closed.sort(), ["a", "b", "primary"]);
});

Deno.test("Engine.close() takes replicas along", async () => {
  const closed: string[] = [];
  const watched = (name: string): Driver => {
    const driver = named(name);
    return {
      ...driver,
      async open() {
        const connection = await driver.open();
        const { close } = connection;
        connection.close = () => {
          closed.push(name);
          return close.call(connection);
        };
        return connection;
      },
    };
  };
  const engine = await Engine.open(watched("primary"), {
    replicas: [watched("a"), watched("never used")],
  });
  await whoami(engine);
  const session = engine.session();
  await engine.close();
  await engine.close();
  assertEquals(closed.sort(), ["a", "primary"]);
  await assertRejects(
    () => session.raw("SELECT 1"),
    ClosedError,
    "Cannot use the engine: it is closed",
  );
});

Deno.test("Engine.session() refuses options that there are not", async () => {
  await using engine = await Engine.open(sqlite());
  assertThrows(
    () => engine.session({ readFrom: "replica" as "primary" }),
    TypeError,
    'Cannot make session: "readFrom" is "replica", want "any", "primary"',
  );
});
