// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import { libsql } from "../libsql.ts";
import {
  BusyError,
  ConnectionError,
  Engine,
  ForeignKeyError,
  integer,
  type Session,
  table,
  text,
  UniqueError,
} from "../mod.ts";
import { type Fault, HranaDouble } from "../testdata/hrana_double.ts";
import { readsOnly } from "../driver/reads_only.ts";
import { RemoteClient } from "./remote_client.ts";
import { RemoteConnection } from "./remote_connection.ts";
import { remoteError } from "./remote_errors.ts";

const items = table("items", {
  id: integer().primaryKey(),
  name: text().unique(),
});

/** Registers a test over a double, with a table in it. */
function overDouble(
  name: string,
  test: (double: HranaDouble, engine: Engine) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await using double = new HranaDouble(`${folder}/gee.db`);
      await using engine = await Engine.open(
        libsql(double.url, { timeout: 5000 }),
      );
      await engine.session().createTable(items);
      double.trips.length = 0;
      await test(double, engine);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Fails one request from now on, the one that holds a text. */
function failOnce(double: HranaDouble, fault: Fault, words: RegExp): void {
  double.fault = (statements) => {
    if (!statements.some((sql) => words.test(sql))) return undefined;
    double.fault = () => undefined;
    return fault;
  };
}

overDouble(
  "what one tick asks goes out in one round trip",
  async (double, engine) => {
    const session = engine.session();
    const results = await Promise.all([
      session.insert(items, { name: "a" }),
      session.model(items).count(),
      session.insert(items, { name: "b" }),
      session.raw("SELECT name FROM items ORDER BY id"),
    ]);
    assertEquals(double.trips.length, 1);
    assertEquals(results, [
      { affected: 1, lastId: 1 },
      1,
      { affected: 1, lastId: 2 },
      [{ name: "a" }, { name: "b" }],
    ]);
    await Promise.all(
      [1, 2, 3].map((id) => session.model(items).where({ id }).first()),
    );
    assertEquals(double.trips.length, 2);
    // Reads alone take no lock.
    assertEquals(double.trips[1]?.[0], "BEGIN TRANSACTION READONLY");
  },
);

overDouble("what fails in a tick fails alone", async (double, engine) => {
  const session = engine.session();
  const results = await Promise.allSettled([
    session.insert(items, { name: "a" }),
    session.insert(items, { name: "a" }),
    session.raw("SELEC 1"),
    session.insert(items, { name: "b" }),
    session.model(items).count(),
  ]);
  const [first, second, third, fourth, count] = results;
  assertEquals(first, {
    status: "fulfilled",
    value: { affected: 1, lastId: 1 },
  });
  assert(second?.status === "rejected");
  assertInstanceOf(second.reason, UniqueError);
  assertEquals(second.reason.columns, ["items.name"]);
  assertEquals(second.reason.code, 2067);
  assertEquals(third?.status, "rejected");
  assertEquals(fourth?.status, "fulfilled");
  assertEquals(count, { status: "fulfilled", value: 2 });
  assertEquals(double.open, 0);
});

overDouble(
  "a tick inside of a transaction is one round trip too",
  async (double, engine) => {
    const names = await engine.transaction(async (tx) => {
      const before = double.trips.length;
      const results = await Promise.allSettled([
        tx.insert(items, { name: "a" }),
        tx.insert(items, { name: "b" }),
        tx.model(items).count(),
      ]);
      assertEquals(double.trips.length, before + 1);
      assertEquals(
        results.map(({ status }) => status).join(),
        [
          "fulfilled",
          "fulfilled",
          "fulfilled",
        ].join(),
      );
      const [ok, twice] = await Promise.allSettled([
        tx.insert(items, { name: "c" }),
        tx.insert(items, { name: "a" }),
      ]);
      assertEquals([ok.status, twice.status], ["fulfilled", "rejected"]);
      return await tx.model(items).select("name").orderBy("id").find();
    });
    assertEquals(names.map(({ name }) => name).join(), "a,b,c");
    assertEquals(await engine.session().model(items).count(), 3);
  },
);

for (const fault of ["lost", "status", "slow", "cut", "garbled"] as const) {
  // Only where nobody answers it has to run out, and never elsewhere.
  const options = { timeout: fault === "slow" ? 500 : 10_000 };

  /** Has an engine whose server fails once, and looks that it goes on. */
  const failing = (
    name: string,
    words: RegExp,
    test: (session: Session, engine: Engine) => Promise<void>,
  ): void =>
    Deno.test(`${name}: ${fault}`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        await using double = new HranaDouble(`${folder}/gee.db`);
        await using engine = await Engine.open(libsql(double.url, options));
        const session = engine.session();
        await session.createTable(items);
        failOnce(double, fault, words);
        await test(session, engine);
        assertEquals(double.fault([]), undefined);
        await session.insert(items, { name: "after" });
        await engine.transaction((tx) => tx.insert(items, { name: "in tx" }));
        const found = session.model(items).where({ name: ["after"][0]! }); // it has one
        assertEquals(await found.count(), 1);
        assertEquals(double.open, 0);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });

  failing("a read is asked again", /count/, async (session) => {
    assertEquals(await session.model(items).count(), 0);
  });

  failing(
    "a write is not, and says that it may be done",
    /INSERT/,
    async (session) => {
      const error = await assertRejects(
        () => session.insert(items, { name: "maybe" }),
        ConnectionError,
        "; what was under way may have been done",
      );
      assertEquals(error.isUnsure, true);
    },
  );

  failing("a transaction is rolled back", /INSERT/, async (session, engine) => {
    const error = await assertRejects(
      () =>
        engine.transaction(async (tx) => {
          await tx.insert(items, { name: "gone" });
        }),
      ConnectionError,
      "Cannot reach database",
    );
    assertEquals(error.isUnsure, false);
    assertEquals(await session.model(items).count(), 0);
  });

  failing(
    "a transaction that goes on after a loss fails",
    /INSERT/,
    async (session, engine) => {
      await assertRejects(
        () =>
          engine.transaction(async (tx) => {
            await tx.insert(items, { name: "gone" }).catch(() => {});
            await tx.insert(items, { name: "outside" });
          }),
        Error,
        "Cannot use the transaction: the database has rolled it back",
      );
      assertEquals(await session.model(items).count(), 0);
    },
  );

  failing("retries begin anew", /INSERT/, async (session, engine) => {
    await engine.transaction((tx) => tx.insert(items, { name: "once" }), {
      retries: 1,
    });
    assertEquals(await session.model(items).count(), 1);
  });

  failing("a lost beginning is retried", /BEGIN/, async (session, engine) => {
    await engine.transaction((tx) => tx.insert(items, { name: "once" }), {
      retries: 1,
    });
    assertEquals(await session.model(items).count(), 1);
  });

  failing("a lost commit is not", /COMMIT/, async (_session, engine) => {
    let runs = 0;
    const error = await assertRejects(
      () =>
        engine.transaction(async (tx) => {
          runs++;
          await tx.insert(items, { name: "maybe" });
        }, { retries: 5 }),
      ConnectionError,
    );
    assertEquals(error.isUnsure, true);
    assertEquals(runs, 1);
  });
}

overDouble("a lock of another client is waited for", async (double, engine) => {
  await using other = await Engine.open(libsql(double.url));
  const { promise, resolve } = Promise.withResolvers<void>();
  const holding = other.transaction(async (tx) => {
    await tx.insert(items, { name: "first" });
    await promise;
  });
  const waiting = engine.transaction((tx) =>
    tx.insert(items, { name: "next" })
  );
  resolve();
  await holding;
  await waiting;
  assertEquals(await engine.session().model(items).count(), 2);
});

Deno.test("nobody there is an error that says where", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  for (const scheme of ["http", "ws"]) {
    const error = await assertRejects(
      () => Engine.open(libsql(`${scheme}://127.0.0.1:${port}`)),
      ConnectionError,
      `Cannot reach database "${scheme}://127.0.0.1:${port}": `,
    );
    assertInstanceOf(error.cause, Error);
  }
});

overDouble("RemoteConnection.migrate() is all or nothing", async (double) => {
  const connection = new RemoteConnection(
    new RemoteClient({
      url: double.url,
      authToken: undefined,
      tls: undefined,
      timeout: 5000,
    }),
  );
  const migrate = (...statements: string[]) =>
    connection.migrate(statements.map((sql) => ({ sql, params: [] })));
  await migrate(
    "CREATE TABLE a (id INTEGER PRIMARY KEY)",
    "CREATE TABLE b (a REFERENCES a)",
    "INSERT INTO a VALUES (1)",
    "INSERT INTO b VALUES (1)",
  );
  await assertRejects(
    () => migrate("CREATE TABLE c (x)", "DELETE FROM a"),
    ForeignKeyError,
    "Cannot migrate: rows would refer to rows that are not there",
  );
  const { rows } = await connection.query(
    "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM sqlite_master WHERE name = 'c')",
    [],
  );
  assertEquals(rows.map((row) => Array.from(row)), [[1n, 0n]]);
  await connection.close();
});

Deno.test("readsOnly() takes for reading only what is", () => {
  for (
    const sql of [
      "SELECT 1",
      " -- DELETE\n select 1",
      "/* x */ VALUES (1)",
      "WITH a AS (SELECT 1) SELECT * FROM a",
      "EXPLAIN SELECT 1",
    ]
  ) assert(readsOnly(sql), sql);
  for (
    const sql of [
      "INSERT INTO t VALUES (1)",
      "WITH a AS (SELECT 1) DELETE FROM t",
      "/* SELECT */ UPDATE t SET a = 1",
      "PRAGMA user_version = 5",
      "selection",
      "",
    ]
  ) assert(!readsOnly(sql), sql);
});

Deno.test("remoteError() gives the class and SQLite's own words", () => {
  const failure = (code: string, message: string) =>
    remoteError(Object.assign(new Error(message), { code }));
  const cases: [string, string, string, number, string][] = [
    [
      "SQL_PARSE_ERROR",
      "SQL_PARSE_ERROR: SQL string could not be parsed: syntax error around L1:6: `SELEC`",
      "SqlSyntaxError",
      1,
      'near "SELEC": syntax error',
    ],
    [
      "SQL_INPUT_ERROR",
      "SQL_INPUT_ERROR: SQL input error: table t already exists (at offset 13)",
      "SqlSyntaxError",
      1,
      "table t already exists",
    ],
    [
      "SQLITE_CONSTRAINT",
      "SQLITE_CONSTRAINT: SQLITE_CONSTRAINT: SQLite error: NOT NULL constraint failed: t.a",
      "NotNullError",
      1299,
      "NOT NULL constraint failed: t.a",
    ],
    [
      "SQLITE_CONSTRAINT",
      "SQLITE_CONSTRAINT: SQLite error: no more of these",
      "DatabaseError",
      1811,
      "no more of these",
    ],
    [
      "TRANSACTION_TIMEOUT",
      "TRANSACTION_TIMEOUT: Transaction timed out",
      "BusyError",
      5,
      "Transaction timed out",
    ],
    [
      "SQLITE_FULL",
      "SQLITE_FULL: SQLite error: database or disk is full",
      "DiskFullError",
      13,
      "database or disk is full",
    ],
  ];
  for (const [code, message, name, number, reason] of cases) {
    const error = failure(code, message);
    assertInstanceOf(error, Error);
    assertEquals(error.name, name);
    assertEquals(error.message, `Cannot run statement: ${reason}`);
    assert("code" in error);
    assertEquals(error.code, number);
  }
  assertInstanceOf(failure("SQLITE_BUSY", "SQLite error: locked"), BusyError);
  const other = new Error("mine");
  assertEquals(remoteError(other), other);
});

Deno.test("a socket that says nothing is not waited for", async () => {
  const sockets: WebSocket[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const protocol = "hrana2";
      const { socket, response } = Deno.upgradeWebSocket(request, { protocol });
      sockets.push(socket);
      return response;
    },
  );
  const url = `ws://127.0.0.1:${server.addr.port}`;
  await assertRejects(
    () => Engine.open(libsql(url, { timeout: 50 })),
    ConnectionError,
    `Cannot reach database "${url}": No answer within 50 ms`,
  );
  await Promise.all(sockets.map((socket) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (socket.readyState === WebSocket.CLOSED) resolve();
    socket.onclose = () => resolve();
    return promise;
  }));
  await server.shutdown();
});

overDouble("a server's database has no backup", async (_double, engine) => {
  const folder = await Deno.makeTempDir();
  try {
    await assertRejects(
      () => engine.backup(`${folder}/copy.db`),
      TypeError,
      'Cannot back up database: the driver "libsql remote" has no backup',
    );
    assertEquals([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
