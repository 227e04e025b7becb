// Copyright 2026 the Gee authors. MIT license.
// Drizzle on `@libsql/client`, the way it runs under Deno.

import { createClient } from "npm:@libsql/client@0.18.0";
import { asc, eq, relations, sql } from "npm:drizzle-orm@0.45.2";
import { drizzle } from "npm:drizzle-orm@0.45.2/libsql";
import {
  integer,
  real,
  sqliteTable,
  text,
} from "npm:drizzle-orm@0.45.2/sqlite-core";
import { type Candidate, keyOf, newTracks } from "./candidate.ts";
import { PRAGMAS, TRACK_COLUMNS } from "./shop.ts";

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
  ofCustomers: relations(customers, ({ many }) => ({
    invoices: many(invoices),
  })),
  ofInvoices: relations(invoices, ({ one }) => ({
    customer: one(customers, {
      fields: [invoices.customerId],
      references: [customers.id],
    }),
  })),
};

async function open(path: string) {
  const client = createClient({ url: `file:${path}` });
  await client.executeMultiple(PRAGMAS);
  return drizzle(client, { schema });
}

/** Every query made anew. */
export async function drizzlePlain(path: string): Promise<Candidate> {
  const db = await open(path);
  return {
    exec: (sql) => db.run(sql),
    insert: (i) => db.insert(tracks).values(newTracks[i % newTracks.length]!), // within
    insertMany: () => db.insert(tracks).values(newTracks),
    byKey: (i) => db.select().from(tracks).where(eq(tracks.id, keyOf(i))).get(),
    list: () => db.select().from(tracks).orderBy(tracks.id).limit(1000).all(),
    update: (i) =>
      db.update(tracks).set({ milliseconds: i }).where(eq(tracks.id, keyOf(i))),
    transaction: (i) =>
      db.transaction(async (tx) => {
        for (let k = 0; k < 10; k++) {
          await tx.update(tracks).set({ milliseconds: i })
            .where(eq(tracks.id, keyOf(i + k)));
        }
      }),
    related: () =>
      db.query.customers.findMany({
        orderBy: asc(customers.id),
        with: { invoices: true },
      }),
  };
}

/** Every query made once, by `.prepare()`. */
export async function drizzlePrepared(path: string): Promise<Candidate> {
  const db = await open(path);
  const values = Object.fromEntries(
    TRACK_COLUMNS.map((name) => [name, sql.placeholder(name)]),
  ) as unknown as typeof newTracks[number]; // placeholders stand for values
  const insert = db.insert(tracks).values(values).prepare();
  const many = db.insert(tracks).values(newTracks).prepare();
  const byKey = db.select().from(tracks)
    .where(eq(tracks.id, sql.placeholder("id"))).prepare();
  const list = db.select().from(tracks).orderBy(tracks.id).limit(1000)
    .prepare();
  const update = db.update(tracks)
    .set({ milliseconds: sql`${sql.placeholder("milliseconds")}` })
    .where(eq(tracks.id, sql.placeholder("id"))).prepare();
  const related = db.query.customers
    .findMany({ orderBy: asc(customers.id), with: { invoices: true } })
    .prepare();
  return {
    exec: (sql) => db.run(sql),
    insert: (i) => insert.run({ ...newTracks[i % newTracks.length] }),
    insertMany: () => many.run(),
    byKey: (i) => byKey.get({ id: keyOf(i) }),
    list: () => list.all(),
    update: (i) => update.run({ milliseconds: i, id: keyOf(i) }),
    related: () => related.execute(),
  };
}
