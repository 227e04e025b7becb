// Copyright 2026 the Gee authors. MIT license.

import type {
  CheckSchema,
  ColumnSchema,
  ForeignKeySchema,
  IndexSchema,
  TableSchema,
} from "../schema/table_schema.ts";
import { foldName, normalize } from "./normalize.ts";
import { plainType } from "./stored_kind.ts";

/** A column that is there before and after, and not the same. */
export interface ChangedColumn {
  readonly before: ColumnSchema;
  readonly after: ColumnSchema;
}

/** What is in one list and not in the other. */
export interface ListDifference<T> {
  readonly added: readonly T[];
  readonly dropped: readonly T[];
}

/** What two descriptions of a table differ in. The order of columns is nothing. */
export interface TableDifference {
  readonly columns: ListDifference<ColumnSchema>;
  readonly changed: readonly ChangedColumn[];
  readonly indexes: ListDifference<IndexSchema>;
  readonly checks: ListDifference<CheckSchema>;
  readonly foreignKeys: ListDifference<ForeignKeySchema>;
  readonly uniques: ListDifference<readonly string[]>;
  /** What else differs, in words. */
  readonly others: readonly string[];
}

/** Compares a table as it is with the table as it should be. */
export function diffTable(
  before: TableSchema,
  after: TableSchema,
): TableDifference {
  const byName = (column: ColumnSchema) => foldName(column.name);
  const old = new Map(before.columns.map((column) => [byName(column), column]));
  const isExact = before.isStrict || after.isStrict;
  const keyOf = (column: ColumnSchema) =>
    // Of a key, INT is not the row id that INTEGER is.
    columnKey(column, isExact || after.primaryKey.includes(column.name));
  const changed = after.columns.flatMap((column) => {
    const other = old.get(byName(column));
    return other === undefined || keyOf(other) === keyOf(column)
      ? []
      : { before: other, after: column };
  });
  return {
    columns: listDifference(before.columns, after.columns, byName),
    changed,
    indexes: listDifference(before.indexes, after.indexes, indexKey),
    checks: listDifference(before.checks, after.checks, checkKey),
    foreignKeys: listDifference(before.foreignKeys, after.foreignKeys, keyKey),
    uniques: listDifference(
      uniquesOf(before),
      uniquesOf(after),
      (list) => JSON.stringify(list.map(foldName)),
    ),
    others: othersOf(before, after),
  };
}

/** Whether there is no difference at all. */
export function isSame(difference: TableDifference): boolean {
  const { columns, changed, indexes, others } = difference;
  const { checks, foreignKeys, uniques } = difference;
  return changed.length === 0 && others.length === 0 &&
    [columns, indexes, checks, foreignKeys, uniques].every(isEmpty);
}

/** Whether two lists have the same in them. */
export function isEmpty(
  { added, dropped }: ListDifference<unknown>,
): boolean {
  return added.length === 0 && dropped.length === 0;
}

function listDifference<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
): ListDifference<T> {
  const old = new Set(before.map(keyOf));
  const young = new Set(after.map(keyOf));
  return {
    added: after.filter((item) => !old.has(keyOf(item))),
    dropped: before.filter((item) => !young.has(keyOf(item))),
  };
}

/** Every list of columns that is unique, single columns too. */
function uniquesOf({ columns, uniques }: TableSchema): (readonly string[])[] {
  return [
    ...columns.filter(({ isUnique }) => isUnique).map(({ name }) => [name]),
    ...uniques,
  ];
}

// JSON keeps what stands in one place from running into the next.
function columnKey(column: ColumnSchema, isExact: boolean): string {
  const { type, isNullable, generated } = column;
  return JSON.stringify([
    isExact ? type.toUpperCase() : plainType(type),
    isNullable,
    column.default === null ? null : normalize(column.default),
    generated && [normalize(generated.expression), generated.isStored],
  ]);
}

function indexKey({ name, on, isUnique, where }: IndexSchema): string {
  const parts = on.map(({ column, expression, isDescending }) => [
    column === null ? normalize(expression ?? "") : [foldName(column)],
    isDescending,
  ]);
  return JSON.stringify([
    foldName(name),
    parts,
    isUnique,
    where === null ? null : normalize(where),
  ]);
}

function checkKey({ name, expression }: CheckSchema): string {
  return JSON.stringify([name && foldName(name), normalize(expression)]);
}

function keyKey(key: ForeignKeySchema): string {
  return JSON.stringify([
    key.columns.map(foldName),
    foldName(key.table),
    key.to.map(foldName),
    key.onDelete,
    key.onUpdate,
  ]);
}

function othersOf(before: TableSchema, after: TableSchema): string[] {
  const keys = [before, after].map(({ primaryKey }) =>
    JSON.stringify(primaryKey.map(foldName))
  );
  return [
    ...(keys[0] === keys[1] ? [] : ["primary key"]),
    ...(before.isAutoIncrement === after.isAutoIncrement
      ? []
      : ["AUTOINCREMENT"]),
    ...(before.isStrict === after.isStrict ? [] : ["STRICT"]),
    ...(before.isWithoutRowId === after.isWithoutRowId
      ? []
      : ["WITHOUT ROWID"]),
  ];
}
