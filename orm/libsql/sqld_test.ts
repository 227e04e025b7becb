// Copyright 2026 the Gee authors. MIT license.
// What only a real server can tell.

import { assertEquals, assertRejects } from "@std/assert";
import {
  isSkipped,
  launchSqld,
  socketsClosed,
  titled,
} from "../../.dev/testing/sqld.ts";
import { libsql } from "../libsql.ts";
import {
  ConnectionError,
  Engine,
  ForeignKeyError,
  integer,
  table,
  text,
  UniqueError,
} from "../mod.ts";
import { RemoteClient } from "./remote_client.ts";
import { RemoteConnection } from "./remote_connection.ts";

const items = table("items", {
  id: integer().primaryKey(),
  name: text().unique(),
});

/** Registers a test that is left out where there is no server. */
function withSqld(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: titled(name), ignore: isSkipped, fn });
}

withSqld("an embedded replica reads here and writes there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using server = await launchSqld();
    const url = `http://${server.host}`;
    await using primary = await Engine.open(libsql(url));
    await primary.session().createTable(items);
    await primary.session().insert(items, { name: "first" });

    const location = `file:${folder}/replica.db`;
    await using replica = await Engine.open(libsql(location, { syncUrl: url }));
    const session = replica.session();
    await replica.sync();
    const names = async (engine: Engine) => {
      const rows = await engine.session().model(items).orderBy("id").find();
      return rows.map(({ name }) => name).join();
    };
    assertEquals(await names(replica), "first");
    // What was written here is read here at once.
    await session.insert(items, { name: "second" });
    await replica.transaction((tx) => tx.insert(items, { name: "third" }));
    assertEquals(await names(replica), "first,second,third");
    assertEquals(await names(primary), "first,second,third");
    const error = await assertRejects(
      () => session.insert(items, { name: "first" }),
      UniqueError,
      "Cannot run statement: UNIQUE constraint failed: items.name",
    );
    assertEquals(error.columns, ["items.name"]);

    await primary.session().insert(items, { name: "fourth" });
    assertEquals(await names(replica), "first,second,third");
    await replica.sync();
    assertEquals(await names(replica), "first,second,third,fourth");
    await assertRejects(
      () => replica.transaction(() => {}, { readOnly: true }),
      TypeError,
      "Cannot begin transaction: an embedded replica has none that only reads",
    );

    await server.stop();
    assertEquals(await names(replica), "first,second,third,fourth");
    await assertRejects(
      () => session.insert(items, { name: "fifth" }),
      ConnectionError,
      "Cannot reach the primary: ",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (const scheme of ["http", "ws"]) {
  withSqld(
    `a server that comes back is connected to anew, over ${scheme}`,
    async () => {
      await using first = await launchSqld();
      const { host } = first;
      const port = Number(host.split(":")[1]);
      {
        await using engine = await Engine.open(libsql(`${scheme}://${host}`));
        const session = engine.session();
        await session.createTable(items);
        await engine.transaction(async (tx) => {
          await tx.insert(items, { name: "lost" });
          await first.stop();
          await assertRejects(
            () => tx.insert(items, { name: "lost too" }),
            ConnectionError,
            `Cannot reach database "${scheme}://${host}"`,
          );
        }).catch((error) => {
          assertEquals(
            error.message,
            "Cannot use the transaction: the database has rolled it back",
          );
        });
        await assertRejects(() => session.raw("SELECT 1"), ConnectionError);
        await using _second = await launchSqld(port);
        assertEquals(await session.hasTable(items), false);
        await session.createTable(items);
        await engine.transaction((tx) => tx.insert(items, { name: "kept" }), {
          retries: 2,
        });
        assertEquals(await session.model(items).count(), 1);
        await engine.close();
        if (scheme === "ws") await socketsClosed(host);
      }
    },
  );
}

withSqld(
  "1,000 rows asked one by one in a tick come each to its caller",
  async () => {
    await using server = await launchSqld();
    await using engine = await Engine.open(libsql(`http://${server.host}`));
    const session = engine.session();
    await session.createTable(items);
    const ids = Array.from({ length: 1000 }, (_, index) => index + 1);
    await session.insert(items, ...ids.map((id) => ({ id, name: `n${id}` })));
    const rows = await Promise.all(
      ids.map((id) => session.model(items).where({ id }).first()),
    );
    assertEquals(rows.map((row) => row?.name), ids.map((id) => `n${id}`));
  },
);

for (const scheme of ["http", "ws"]) {
  withSqld(
    `RemoteConnection.migrate() keeps the rows of children, over ${scheme}`,
    async () => {
      await using server = await launchSqld();
      const connection = new RemoteConnection(
        new RemoteClient({
          url: `${scheme}://${server.host}`,
          authToken: undefined,
          tls: undefined,
          timeout: 5000,
        }),
      );
      const migrate = (...statements: string[]) =>
        connection.migrate(statements.map((sql) => ({ sql, params: [] })));
      await migrate(
        "CREATE TABLE a (id INTEGER PRIMARY KEY)",
        "CREATE TABLE b (a REFERENCES a ON DELETE CASCADE)",
        "INSERT INTO a VALUES (1)",
        "INSERT INTO b VALUES (1)",
      );
      await migrate(
        "PRAGMA legacy_alter_table = ON",
        "CREATE TABLE x (id INTEGER PRIMARY KEY, n)",
        "INSERT INTO x (id) SELECT id FROM a",
        "DROP TABLE a",
        "ALTER TABLE x RENAME TO a",
        "PRAGMA legacy_alter_table = OFF",
      );
      await assertRejects(() => migrate("DELETE FROM a"), ForeignKeyError);
      await assertRejects(() => migrate("DELETE FROM b", "NONSENSE"));
      const { rows } = await connection.query(
        "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)",
        [],
      );
      assertEquals(rows.map((row) => Array.from(row)), [[1n, 1n]]);
      await connection.close();
      if (scheme === "ws") await socketsClosed(server.host);
    },
  );
}
