// Copyright 2026 the Gee authors. MIT license.
// The ORM against prepared statements of node:sqlite, which answer with
// objects, and against Drizzle on @libsql/client. Every measurement has a file
// of its own, in WAL mode with synchronous = NORMAL, with 1000 tracks in it.

import { drizzle } from "npm:drizzle-orm@0.45.2/libsql";
import { eq } from "npm:drizzle-orm@0.45.2";
import * as columns from "npm:drizzle-orm@0.45.2/sqlite-core";
import { createClient } from "npm:@libsql/client@0.18.0";
import { DatabaseSync } from "node:sqlite";
import { Engine, integer, real, table, text } from "../orm/mod.ts";
import type { Driver } from "../orm/mod.ts";
import { libsql } from "../orm/libsql.ts";
import { sqlite } from "../orm/sqlite.ts";
import { type Measure, opsPerSecond, runSuite } from "./suite.ts";

const ROWS = 1000;
const rows = Array.from({ length: ROWS }, (_, i) => ({
  name: `Track number ${i}`,
  artist: i % 3 === 0 ? null : `Artist ${i}`,
  ms: 200_000 + i,
  price: 0.99,
}));
const DDL = `CREATE TABLE tracks (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
  artist TEXT, ms INTEGER NOT NULL, price REAL NOT NULL)`;

/** What every candidate does, one operation for each cell. */
interface Candidate {
  readonly insert: (i: number) => unknown;
  readonly insertMany: () => unknown;
  readonly byKey: (i: number) => unknown;
  readonly list: () => unknown;
  readonly update: (i: number) => unknown;
  readonly transaction: (i: number) => unknown;
}

const pathOf = (folder: string) => `${folder}/bench.db`;
const idOf = (i: number) => i % ROWS + 1;

function raw(folder: string): Candidate {
  const db = new DatabaseSync(pathOf(folder));
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
  db.exec(DDL);
  const insert = db.prepare(
    "INSERT INTO tracks (name, artist, ms, price) VALUES (?, ?, ?, ?)",
  );
  const byKey = db.prepare("SELECT * FROM tracks WHERE id = ?");
  const list = db.prepare("SELECT * FROM tracks ORDER BY id LIMIT 1000");
  const update = db.prepare("UPDATE tracks SET ms = ? WHERE id = ?");
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const insertOne = (i: number) => {
    const { name, artist, ms, price } = rows[i % ROWS]!;
    return insert.run(name, artist, ms, price);
  };
  const insertMany = () => {
    begin.run();
    for (let i = 0; i < ROWS; i++) insertOne(i);
    commit.run();
  };
  insertMany();
  return {
    insert: insertOne,
    insertMany,
    byKey: (i) => byKey.get(idOf(i)),
    list: () => list.all(),
    update: (i) => update.run(i, idOf(i)),
    transaction: (i) => {
      begin.run();
      for (let k = 0; k < 10; k++) update.run(i, idOf(i + k));
      commit.run();
    },
  };
}

async function gee(
  folder: string,
  open: (path: string) => Driver,
): Promise<Candidate> {
  const tracks = table("tracks", {
    id: integer().primaryKey(),
    name: text(),
    artist: text().nullable(),
    ms: integer(),
    price: real(),
  });
  const engine = await Engine.open(open(pathOf(folder)));
  const session = engine.session();
  await session.createTable(tracks);
  await session.insert(tracks, ...rows);
  return {
    insert: (i) => session.insert(tracks, rows[i % ROWS]!),
    insertMany: () => session.insert(tracks, ...rows),
    byKey: (i) => session.model(tracks).where({ id: idOf(i) }).first(),
    list: () => session.model(tracks).orderBy("id").limit(1000).find(),
    update: (i) =>
      session.model(tracks).where({ id: idOf(i) }).update({ ms: i }),
    transaction: (i) =>
      engine.transaction(async (tx) => {
        for (let k = 0; k < 10; k++) {
          await tx.model(tracks).where({ id: idOf(i + k) }).update({ ms: i });
        }
      }),
  };
}

async function drizzled(folder: string): Promise<Candidate> {
  const tracks = columns.sqliteTable("tracks", {
    id: columns.integer().primaryKey(),
    name: columns.text().notNull(),
    artist: columns.text(),
    ms: columns.integer().notNull(),
    price: columns.real().notNull(),
  });
  const db = drizzle(createClient({ url: `file:${pathOf(folder)}` }));
  await db.run("PRAGMA journal_mode = WAL");
  await db.run("PRAGMA synchronous = NORMAL");
  await db.run(DDL);
  const insertMany = () => db.insert(tracks).values(rows);
  await insertMany();
  return {
    insert: (i) => db.insert(tracks).values(rows[i % ROWS]!),
    insertMany,
    byKey: (i) => db.select().from(tracks).where(eq(tracks.id, idOf(i))).get(),
    list: () => db.select().from(tracks).orderBy(tracks.id).limit(1000).all(),
    update: (i) =>
      db.update(tracks).set({ ms: i }).where(eq(tracks.id, idOf(i))),
    transaction: (i) =>
      db.transaction(async (tx) => {
        for (let k = 0; k < 10; k++) {
          await tx.update(tracks).set({ ms: i })
            .where(eq(tracks.id, idOf(i + k)));
        }
      }),
  };
}

const CANDIDATES: Record<
  string,
  (folder: string) => Candidate | Promise<Candidate>
> = {
  "node:sqlite, prepared": raw,
  "gee on node:sqlite": (folder) => gee(folder, sqlite),
  "gee on libsql": (folder) => gee(folder, libsql),
  "drizzle on @libsql/client": drizzled,
};

function cell(
  operation: keyof Candidate,
  count: number,
): Record<string, Measure> {
  return Object.fromEntries(
    Object.entries(CANDIDATES).map(([name, make]) => [name, async () => {
      const folder = await Deno.makeTempDir();
      try {
        const run = (await make(folder))[operation];
        let i = 0;
        return await opsPerSecond(async (count) => {
          for (let done = 0; done < count; done++) {
            // A synchronous answer is not made to wait.
            const pending = run(i++);
            if (
              typeof pending === "object" && pending !== null &&
              "then" in pending
            ) {
              await pending;
            }
          }
        }, { count, warmup: 250, ms: 500 });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }]),
  );
}

await runSuite(import.meta, {
  name: "orm",
  title: "ORM operations on one file, with 1000 rows in it",
  baseline: "node:sqlite, prepared",
  cells: {
    "insert 1": cell("insert", 50),
    "insert 1000": cell("insertMany", 1),
    "by primary key": cell("byKey", 50),
    "1000 rows": cell("list", 1),
    "update 1": cell("update", 50),
    "transaction of 10": cell("transaction", 10),
  },
  rounds: 5,
  command: "deno task bench:orm",
});
