// Copyright 2026 the Gee authors. MIT license.
// Prepared statements by hand, without any library over that of the database.

import { DatabaseSync } from "node:sqlite";
import Database from "npm:libsql@0.5.29";
import { createClient } from "npm:@libsql/client@0.18.0";
import {
  type Candidate,
  keyOf,
  nested,
  newValues,
  type Owned,
  type Owner,
  SQL,
} from "./candidate.ts";
import { INSERT_TRACK, PRAGMAS } from "./shop.ts";

/** What `node:sqlite` and `npm:libsql` have alike. */
interface Library {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...params: unknown[]): unknown;
    get(...params: unknown[]): unknown;
    all(...params: unknown[]): unknown[];
  };
}

type Cells = readonly unknown[];

/** A statement whose rows are arrays. */
interface ArrayStatement {
  get(...params: unknown[]): Cells;
  all(...params: unknown[]): Cells[];
}

function prepared(db: Library): Candidate {
  db.exec(PRAGMAS);
  const insert = db.prepare(INSERT_TRACK);
  const byKey = db.prepare(SQL.byKey);
  const list = db.prepare(SQL.list);
  const update = db.prepare(SQL.update);
  const customers = db.prepare(SQL.customers);
  const invoices = db.prepare(SQL.invoices);
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  return {
    exec: (sql) => db.exec(sql),
    insert: (i) => insert.run(...newValues[i % newValues.length]!), // within
    insertMany: () => {
      begin.run();
      for (const values of newValues) insert.run(...values);
      commit.run();
    },
    byKey: (i) => byKey.get(keyOf(i)),
    list: () => list.all(),
    update: (i) => update.run(i, keyOf(i)),
    transaction: (i) => {
      begin.run();
      for (let k = 0; k < 10; k++) update.run(i, keyOf(i + k));
      commit.run();
    },
    related: () =>
      nested(
        customers.all() as Owner[], // as the table has it, here and below
        (keys) => invoices.all(keys) as Owned[],
      ),
  };
}

/** `node:sqlite`, whose rows are objects. */
export function rawSqlite(path: string): Candidate {
  // The same methods, with narrower types of values.
  return prepared(new DatabaseSync(path) as unknown as Library);
}

/** `node:sqlite` with rows as arrays, made objects by code written by hand. */
export function rawArrays(path: string): Candidate {
  const db = new DatabaseSync(path);
  db.exec(PRAGMAS);
  const prepare = (sql: string) => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    // Its rows are arrays now.
    return statement as unknown as ArrayStatement;
  };
  const byKey = prepare(SQL.byKey);
  const list = prepare(SQL.list);
  const customers = prepare(SQL.customers);
  const invoices = prepare(SQL.invoices);
  return {
    exec: (sql) => db.exec(sql),
    byKey: (i) => toTrack(byKey.get(keyOf(i))),
    list: () => list.all().map(toTrack),
    related: () => {
      const byId = new Map<unknown, unknown[]>();
      const rows = customers.all().map((r) => {
        const row = toCustomer(r);
        byId.set(row.id, row.invoices);
        return row;
      });
      for (const r of invoices.all(JSON.stringify([...byId.keys()]))) {
        byId.get(r[1])?.push(toInvoice(r));
      }
      return rows;
    },
  };
}

function toTrack(r: Cells): object {
  return {
    id: r[0],
    name: r[1],
    albumId: r[2],
    mediaTypeId: r[3],
    genreId: r[4],
    composer: r[5],
    milliseconds: r[6],
    bytes: r[7],
    unitPrice: r[8],
  };
}

function toCustomer(r: Cells) {
  return {
    id: r[0],
    firstName: r[1],
    lastName: r[2],
    company: r[3],
    address: r[4],
    city: r[5],
    state: r[6],
    country: r[7],
    postalCode: r[8],
    phone: r[9],
    fax: r[10],
    email: r[11],
    supportRepId: r[12],
    invoices: [],
  };
}

function toInvoice(r: Cells): object {
  return {
    id: r[0],
    customerId: r[1],
    invoiceDate: r[2],
    billingAddress: r[3],
    billingCity: r[4],
    billingState: r[5],
    billingCountry: r[6],
    billingPostalCode: r[7],
    total: r[8],
  };
}

/** `npm:libsql`, the engine under `@libsql/client`. */
export function rawLibsql(path: string): Candidate {
  return prepared(new Database(path));
}

/** `@libsql/client` on a file, its statements as text. */
export async function libsqlClient(path: string): Promise<Candidate> {
  const client = createClient({ url: `file:${path}` });
  await client.executeMultiple(PRAGMAS);
  const execute = async (sql: string, args: (number | string)[]) =>
    (await client.execute({ sql, args })).rows;
  const [head, marks] = INSERT_TRACK.split(" VALUES ");
  const many = `${head} VALUES ${newValues.map(() => marks).join(", ")}`;
  const manyValues = newValues.flat();
  return {
    exec: (sql) => client.execute(sql),
    insert: (i) => {
      const args = newValues[i % newValues.length]!; // within
      return client.execute({ sql: INSERT_TRACK, args });
    },
    // Three times as fast as batch() with a statement for each row.
    insertMany: () => client.execute({ sql: many, args: manyValues }),
    byKey: async (i) => (await execute(SQL.byKey, [keyOf(i)]))[0],
    list: () => execute(SQL.list, []),
    update: (i) => client.execute({ sql: SQL.update, args: [i, keyOf(i)] }),
    transaction: async (i) => {
      const tx = await client.transaction("write");
      for (let k = 0; k < 10; k++) {
        await tx.execute({ sql: SQL.update, args: [i, keyOf(i + k)] });
      }
      await tx.commit();
    },
    related: async () => {
      const customers = await execute(SQL.customers, []);
      const keys = JSON.stringify(customers.map(({ id }) => id));
      const invoices = await execute(SQL.invoices, [keys]);
      // As the tables have it.
      return nested(
        customers as unknown as Owner[],
        () => invoices as unknown as Owned[],
      );
    },
  };
}
