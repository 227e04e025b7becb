// Copyright 2026 the Gee authors. MIT license.

import { type Codec, describe, toBytes } from "../schema/codecs.ts";
import type { AnyColumn, Columns, ValueOf } from "../schema/table.ts";
import { toSqlValue } from "./sql.ts";
import { codecOf, isSql, type Sql, withCodec } from "./sql_template.ts";

/**
 * A piece of SQL that has a value: a column of a query's table, an aggregate,
 * or SQL of one's own. It may stand in `${}` of the tag `sql`.
 *
 * @typeParam T The type of the value.
 */
export interface Expression<T> extends Sql {
  /** How the value is stored. */
  readonly codec: Codec<unknown>;
  /** Carries the type of the value; never set. */
  readonly expressionType?: T;
}

/**
 * The type of an expression's value.
 *
 * @typeParam E The expression.
 */
export type TypeOf<E> = E extends { readonly expressionType?: infer T } ? T
  : never;

/**
 * The columns of a table as expressions of a query.
 *
 * @typeParam C The columns.
 */
export type Refs<C extends Columns> = {
  readonly [K in keyof C]: Expression<ValueOf<C[K]>>;
};

/** Reads a value as `session.raw()` does: integers beyond 2^53 as `bigint`. */
const rawCodec: Codec<unknown> = {
  // This kind makes integers come back exact.
  kind: "bigint",
  encode: toSqlValue,
  decode(stored) {
    if (typeof stored === "bigint") {
      const number = Number(stored);
      return Number.isSafeInteger(number) ? number : stored;
    }
    return stored instanceof Uint8Array ? toBytes(stored) : stored;
  },
};

/** Whether nothing is known of how an expression's value is stored. */
export function isUntyped(codec: Codec<unknown>): boolean {
  return codec === rawCodec;
}

/**
 * Says which type a piece of SQL has the value of.
 *
 * @typeParam T The type, which nothing checks unless a column is given.
 * @param sql The SQL.
 * @param column A column whose values are stored alike, for dates, booleans,
 * JSON and custom types. Without it an integer is a `number` within 2^53 and a
 * `bigint` beyond.
 * @returns The expression.
 * @throws {TypeError} When it was not made by the tag.
 *
 * @example A computed column
 * ```ts
 * import { Engine, expression, integer, sql, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const users = table("users", { id: integer().primaryKey(), name: text() });
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(users);
 * await session.insert(users, { name: "Tom" });
 * const rows = await session.model(users)
 *   .select((user) => ({ shout: expression<string>(sql`upper(${user.name})`) }))
 *   .find();
 * assertEquals(rows, [{ shout: "TOM" }]);
 * ```
 */
export function expression<T>(sql: Sql, column?: AnyColumn): Expression<T> {
  if (!isSql(sql)) {
    throw new TypeError(
      `Cannot make expression: got ${describe(sql)}, want SQL by the tag`,
    );
  }
  return withCodec(sql, column?.definition.codec ?? rawCodec);
}

/** Refuses what is no expression. */
export function checkExpressions(
  action: string,
  list: Iterable<readonly [string, unknown]>,
): void {
  for (const [name, value] of list) {
    if (codecOf(value) !== undefined) continue;
    throw new TypeError(
      `Cannot ${action} "${name}": got ${
        isSql(value) ? "SQL without a type" : describe(value)
      }, want a column, an aggregate or expression()`,
    );
  }
}
