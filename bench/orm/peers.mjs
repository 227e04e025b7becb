// Copyright 2026 the Gee authors. MIT license.
// The candidates that need Node: better-sqlite3 is no N-API addon, so that Deno
// cannot load it. Prints operations per second, and what the first one gave:
//
//   node peers.mjs PACKAGES CANDIDATE OPERATION FILE ROWS COUNT RESET

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packages, candidate, operation, path, rowsPath, count, reset] = process
  .argv.slice(2);

// From where they are installed: no import in this file would be looked up there.
const require = createRequire(packages);
const Database = require("better-sqlite3");
const { asc, eq, relations, sql } = require("drizzle-orm");
const { drizzle } = require("drizzle-orm/better-sqlite3");
const { integer, real, sqliteTable, text } = require("drizzle-orm/sqlite-core");
const { Kysely, ParseJSONResultsPlugin, SqliteDialect } = require("kysely");
const { jsonArrayFrom } = require("kysely/helpers/sqlite");

const newTracks = JSON.parse(readFileSync(rowsPath, "utf8"));
const newTrack = (i) => newTracks[i % newTracks.length];
const keyOf = (i) => i % 3503 + 1;

const db = new Database(path);
for (
  const pragma of [
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
  ]
) {
  db.pragma(pragma);
}

const tracks = sqliteTable("tracks", {
  id: integer().primaryKey(),
  name: text().notNull(),
  albumId: integer().notNull(),
  mediaTypeId: integer().notNull(),
  genreId: integer().notNull(),
  composer: text(),
  milliseconds: integer().notNull(),
  bytes: integer().notNull(),
  unitPrice: real().notNull(),
});

const customers = sqliteTable("customers", {
  id: integer().primaryKey(),
  firstName: text().notNull(),
  lastName: text().notNull(),
  company: text(),
  address: text().notNull(),
  city: text().notNull(),
  state: text(),
  country: text().notNull(),
  postalCode: text(),
  phone: text(),
  fax: text(),
  email: text().notNull(),
  supportRepId: integer().notNull(),
});

const invoices = sqliteTable("invoices", {
  id: integer().primaryKey(),
  customerId: integer().notNull().references(() => customers.id),
  invoiceDate: text().notNull(),
  billingAddress: text().notNull(),
  billingCity: text().notNull(),
  billingState: text(),
  billingCountry: text().notNull(),
  billingPostalCode: text(),
  total: real().notNull(),
});

const schema = {
  tracks,
  customers,
  invoices,
  ofCustomers: relations(
    customers,
    ({ many }) => ({ invoices: many(invoices) }),
  ),
  ofInvoices: relations(invoices, ({ one }) => ({
    customer: one(customers, {
      fields: [invoices.customerId],
      references: [customers.id],
    }),
  })),
};

function drizzlePlain() {
  const d = drizzle(db, { schema });
  return {
    insert: (i) => d.insert(tracks).values(newTrack(i)).run(),
    insertMany: () => d.insert(tracks).values(newTracks).run(),
    byKey: (i) => d.select().from(tracks).where(eq(tracks.id, keyOf(i))).get(),
    list: () => d.select().from(tracks).orderBy(tracks.id).limit(1000).all(),
    update: (i) =>
      d.update(tracks).set({ milliseconds: i }).where(eq(tracks.id, keyOf(i)))
        .run(),
    transaction: (i) =>
      d.transaction((tx) => {
        for (let k = 0; k < 10; k++) {
          tx.update(tracks).set({ milliseconds: i })
            .where(eq(tracks.id, keyOf(i + k))).run();
        }
      }, { behavior: "immediate" }),
    related: () =>
      d.query.customers
        .findMany({ orderBy: asc(customers.id), with: { invoices: true } })
        .sync(),
  };
}

function drizzlePrepared() {
  const d = drizzle(db, { schema });
  const values = Object.fromEntries(
    Object.keys(newTracks[0]).map((name) => [name, sql.placeholder(name)]),
  );
  const insert = d.insert(tracks).values(values).prepare();
  const many = d.insert(tracks).values(newTracks).prepare();
  const byKey = d.select().from(tracks)
    .where(eq(tracks.id, sql.placeholder("id"))).prepare();
  const list = d.select().from(tracks).orderBy(tracks.id).limit(1000).prepare();
  const update = d.update(tracks)
    .set({ milliseconds: sql`${sql.placeholder("milliseconds")}` })
    .where(eq(tracks.id, sql.placeholder("id"))).prepare();
  const related = d.query.customers
    .findMany({ orderBy: asc(customers.id), with: { invoices: true } })
    .prepare();
  return {
    insert: (i) => insert.run(newTrack(i)),
    insertMany: () => many.run(),
    byKey: (i) => byKey.get({ id: keyOf(i) }),
    list: () => list.all(),
    update: (i) => update.run({ milliseconds: i, id: keyOf(i) }),
    transaction: (i) =>
      d.transaction(() => {
        for (let k = 0; k < 10; k++) {
          update.run({ milliseconds: i, id: keyOf(i + k) });
        }
      }, { behavior: "immediate" }),
    related: () => related.execute().sync(),
  };
}

function kysely() {
  const k = new Kysely({ dialect: new SqliteDialect({ database: db }) });
  const nested = k.withPlugin(new ParseJSONResultsPlugin());
  const invoiceColumns = Object.keys(invoices).filter((name) =>
    name !== "enableRLS"
  );
  return {
    insert: (i) => k.insertInto("tracks").values(newTrack(i)).execute(),
    insertMany: () => k.insertInto("tracks").values(newTracks).execute(),
    byKey: (i) =>
      k.selectFrom("tracks").selectAll().where("id", "=", keyOf(i))
        .executeTakeFirst(),
    list: () =>
      k.selectFrom("tracks").selectAll().orderBy("id").limit(1000).execute(),
    update: (i) =>
      k.updateTable("tracks").set({ milliseconds: i })
        .where("id", "=", keyOf(i)).execute(),
    transaction: (i) =>
      k.transaction().execute(async (tx) => {
        for (let n = 0; n < 10; n++) {
          await tx.updateTable("tracks").set({ milliseconds: i })
            .where("id", "=", keyOf(i + n)).execute();
        }
      }),
    related: () =>
      nested.selectFrom("customers").selectAll().select((eb) =>
        jsonArrayFrom(
          eb.selectFrom("invoices").select(invoiceColumns)
            .whereRef("invoices.customerId", "=", "customers.id"),
        ).as("invoices")
      ).orderBy("id").execute(),
  };
}

const CANDIDATES = { drizzlePlain, drizzlePrepared, kysely };

const isInsert = operation.startsWith("insert");

/** The same as in clock.ts. */
async function speedOf(run) {
  let i = 0;
  const runFor = async (limit) => {
    let done = 0;
    let elapsed = 0;
    while (elapsed < limit) {
      const start = performance.now();
      for (let k = 0; k < Number(count); k++) {
        const pending = run(i++);
        if (pending instanceof Promise) await pending;
      }
      elapsed += performance.now() - start;
      done += Number(count);
      if (isInsert) db.exec(reset);
    }
    return done / elapsed * 1000;
  };
  await runFor(250);
  return await runFor(500);
}

const run = CANDIDATES[candidate]()[operation];
const answer = await run(0);
const speed = await speedOf(run);
// Keys of inserted rows are bigints with Kysely.
const plain = (_, value) => typeof value === "bigint" ? `${value}` : value;
console.log(JSON.stringify({ speed, answer: answer ?? null }, plain));
db.close();
