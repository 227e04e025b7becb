// Copyright 2026 the Gee authors. MIT license.

import {
  Engine,
  type EngineOptions,
  integer,
  real,
  relate,
  table,
  text,
} from "../../orm/mod.ts";
import type { Driver, Session } from "../../orm/mod.ts";
import { type Candidate, keyOf, newTracks } from "./candidate.ts";

const artists = table("artists", { id: integer().primaryKey(), name: text() });

const albums = table("albums", {
  id: integer().primaryKey(),
  title: text(),
  artistId: integer().references(() => artists),
});

/** The table of tracks. */
export const tracks = table("tracks", {
  id: integer().primaryKey(),
  name: text(),
  albumId: integer().references(() => albums),
  mediaTypeId: integer(),
  genreId: integer(),
  composer: text().nullable(),
  milliseconds: integer(),
  bytes: integer(),
  unitPrice: real(),
});

const customers = table("customers", {
  id: integer().primaryKey(),
  firstName: text(),
  lastName: text(),
  company: text().nullable(),
  address: text(),
  city: text(),
  state: text().nullable(),
  country: text(),
  postalCode: text().nullable(),
  phone: text().nullable(),
  fax: text().nullable(),
  email: text(),
  supportRepId: integer(),
});

const invoices = table("invoices", {
  id: integer().primaryKey(),
  customerId: integer().references(() => customers),
  invoiceDate: text(),
  billingAddress: text(),
  billingCity: text(),
  billingState: text().nullable(),
  billingCountry: text(),
  billingPostalCode: text().nullable(),
  total: real(),
});

const customerInvoices = relate(customers).hasMany(invoices, "customerId");

/** Ten updates through a session. */
async function updateTen(tx: Session, i: number): Promise<void> {
  for (let k = 0; k < 10; k++) {
    await tx.model(tracks).where({ id: keyOf(i + k) })
      .update({ milliseconds: i });
  }
}

/** Every query made anew, as in a handler of requests. */
export async function gee(
  driver: Driver,
  options?: EngineOptions,
): Promise<Candidate> {
  const engine = await Engine.open(driver, options);
  const session = engine.session();
  return {
    exec: (sql) => session.exec(sql),
    insert: (i) => session.insert(tracks, newTracks[i % newTracks.length]!), // within
    insertMany: () => session.insert(tracks, ...newTracks),
    byKey: (i) => session.model(tracks).where({ id: keyOf(i) }).first(),
    list: () => session.model(tracks).orderBy("id").limit(1000).find(),
    update: (i) =>
      session.model(tracks).where({ id: keyOf(i) }).update({ milliseconds: i }),
    transaction: (i) => engine.transaction((tx) => updateTen(tx, i)),
    related: () =>
      session.model(customers).orderBy("id")
        .with("invoices", customerInvoices).find(),
  };
}

/** Queries are values: they are made once, and what differs is added. */
export async function geeKept(driver: Driver): Promise<Candidate> {
  const engine = await Engine.open(driver);
  const session = engine.session();
  const model = session.model(tracks);
  const list = model.orderBy("id").limit(1000);
  const related = session.model(customers).orderBy("id")
    .with("invoices", customerInvoices);
  return {
    exec: (sql) => session.exec(sql),
    byKey: (i) => model.where({ id: keyOf(i) }).first(),
    list: () => list.find(),
    update: (i) => model.where({ id: keyOf(i) }).update({ milliseconds: i }),
    related: () => related.find(),
  };
}
