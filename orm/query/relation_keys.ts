// Copyright 2026 the Gee authors. MIT license.

import type { Dialect, SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { jsonList } from "./json_list.ts";
import type { ColumnPlan } from "./plan.ts";

/** A stored key as a key of a `Map`. */
export type Key = string | number | bigint;

/** One cell of a key; integers are the same whether they came as bigint or not. */
function part(cell: SqlValue | undefined): Key | null {
  if (typeof cell === "number" || typeof cell === "string") return cell;
  if (typeof cell === "bigint") {
    const number = Number(cell);
    return Number.isSafeInteger(number) ? number : cell;
  }
  return cell instanceof Uint8Array ? cell.toHex() : null;
}

/** What reads the key of a row; `null` when a part of it is, which matches nothing. */
export function keyReader(
  places: readonly number[],
): (row: readonly SqlValue[]) => Key | null {
  const [first = 0, ...others] = places;
  if (others.length === 0) return (row) => part(row[first]);
  return (row) => {
    let key = "";
    for (const place of places) {
      const value = part(row[place]);
      if (value === null) return null;
      const text = String(value);
      // With its length no part can run into the next.
      key += `${text.length}:${text}`;
    }
    return key;
  };
}

/**
 * That columns have one of some keys: one condition for any number of them, or
 * several where the values have to be bound one by one.
 */
export function keyConditions(
  dialect: Dialect,
  columns: readonly ColumnPlan[],
  keys: readonly (readonly SqlValue[])[],
): SqlText[] {
  const [only, ...more] = keys;
  if (only === undefined) return [];
  if (more.length === 0) {
    // The commonest case, first(), without a list: 0.8 of the time.
    const sql = columns.map(({ isEqual }) => isEqual).join(" AND ");
    return [{ sql, params: only }];
  }
  const paths = columns.map(({ path }) => path).join(", ");
  const [first, ...others] = columns;
  const isSingle = first !== undefined && others.length === 0;
  const list = isSingle
    ? dialect.inList(first.codec.kind)
    : dialect.inRows(columns.map(({ codec }) => codec.kind));
  if (list !== undefined) {
    const items = keys.map((key) => jsonList(key));
    const json = `[${
      isSingle ? items.map((item) => item.slice(1, -1)) : items
    }]`;
    return [{ sql: `(${paths}) IN ${list}`, params: [json] }];
  }
  return chunks(keys, Math.floor(dialect.maxParams / 2 / columns.length))
    .map((chunk) => {
      const row = `(${columns.map(() => "?").join(", ")})`;
      return {
        sql: `(${paths}) IN (VALUES ${chunk.map(() => row).join(", ")})`,
        params: chunk.flat(),
      };
    });
}

function chunks<T>(items: readonly T[], size: number): (readonly T[])[] {
  const result: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += size) {
    result.push(items.slice(start, start + size));
  }
  return result;
}
