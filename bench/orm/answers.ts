// Copyright 2026 the Gee authors. MIT license.

import type { Operation } from "./candidate.ts";
import { newTrack, ROWS } from "./shop.ts";

type Row = Record<string, unknown>;

function isTrack(row: Row, i: number): boolean {
  return Object.entries({ id: i + 1, ...newTrack(i) })
    .every(([name, value]) => row[name] === value);
}

function isCustomer(row: Row, i: number): boolean {
  const invoices = row.invoices as Row[]; // else it fails, as it should
  return row.id === i + 1 && Object.keys(row).length === 14 &&
    invoices.every((invoice) =>
      invoice.customerId === row.id && Object.keys(invoice).length === 9
    );
}

/** What the first answer of an operation that reads has to be. */
const IS_RIGHT: { readonly [K in Operation]?: (answer: never) => boolean } = {
  byKey: (row: Row) => isTrack(row, 0),
  list: (rows: Row[]) => rows.length === 1000 && rows.every(isTrack),
  related: (rows: Row[]) =>
    rows.length === ROWS.customers && rows.every(isCustomer) &&
    rows.flatMap((row) => row.invoices).length === ROWS.invoices,
};

/** Refuses a candidate that is fast because it does something else. */
export function checkAnswer(operation: Operation, answer: unknown): void {
  // An answer of another shape is a failure of its own.
  if (IS_RIGHT[operation]?.(answer as never) ?? true) return;
  throw new Error(
    `Cannot measure "${operation}": the answer is ${
      JSON.stringify(answer).slice(0, 300)
    }`,
  );
}
