// Copyright 2026 the Gee authors. MIT license.

import { newTrack, ROWS, TRACK_COLUMNS } from "./shop.ts";

/** What every candidate does, one operation for each cell. */
export interface Candidate {
  /** Inserts a track. */
  readonly insert?: (i: number) => unknown;
  /** Inserts all of {@linkcode newTracks}, all or nothing. */
  readonly insertMany?: () => unknown;
  /** Reads a track by its key. */
  readonly byKey?: (i: number) => unknown;
  /** Reads the first 1000 tracks. */
  readonly list?: () => unknown;
  /** Updates a column of a track. */
  readonly update?: (i: number) => unknown;
  /** Updates ten tracks in a transaction. */
  readonly transaction?: (i: number) => unknown;
  /** Reads all customers, each with its invoices as `invoices`. */
  readonly related?: () => unknown;
  /** Runs a statement beside what is measured. */
  readonly exec: (sql: string) => unknown;
}

/** An operation of candidates. */
export type Operation = Exclude<keyof Candidate, "exec">;

/** Opens a database in a file that is there. */
export type Open = (path: string) => Candidate | Promise<Candidate>;

/** The rows that are inserted. */
export const newTracks = Array.from({ length: 1000 }, (_, i) => newTrack(i));

/** The same as lists of values. */
export const newValues = newTracks.map((track) =>
  TRACK_COLUMNS.map((name) => track[name])
);

/** A key of a track for any number. */
export function keyOf(i: number): number {
  return i % ROWS.tracks + 1;
}

/** Statements that more than one candidate uses. */
export const SQL = {
  byKey: "SELECT * FROM tracks WHERE id = ?",
  list: "SELECT * FROM tracks ORDER BY id LIMIT 1000",
  update: "UPDATE tracks SET milliseconds = ? WHERE id = ?",
  customers: "SELECT * FROM customers ORDER BY id",
  invoices: `SELECT * FROM invoices
    WHERE customerId IN (SELECT value FROM json_each(?))`,
};

/** A row of which others are part. */
export interface Owner {
  readonly id: number;
  invoices?: unknown[];
}

/** A part of one. */
export interface Owned {
  readonly customerId: number;
}

/** Puts invoices into their customers, as fast as by hand: in place. */
export function nested(
  customers: readonly Owner[],
  invoicesOf: (keys: string) => readonly Owned[],
): readonly Owner[] {
  const byId = new Map<number, unknown[]>();
  for (const customer of customers) {
    customer.invoices = [];
    byId.set(customer.id, customer.invoices);
  }
  for (const invoice of invoicesOf(JSON.stringify([...byId.keys()]))) {
    byId.get(invoice.customerId)?.push(invoice);
  }
  return customers;
}
