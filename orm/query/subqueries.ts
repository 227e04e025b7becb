// Copyright 2026 the Gee authors. MIT license.

import { booleanCodec } from "../schema/codecs.ts";
import type { Expression } from "./expression.ts";
import {
  type OneColumn,
  oneColumnOf,
  type Selectable,
  selectTextOf,
} from "./selectable.ts";
import { pieceOf, type Sql, sql, SqlQuery, withCodec } from "./sql_template.ts";

function inside(query: Selectable<unknown>, action: string): Sql {
  const { sql, params } = selectTextOf(query, action);
  return pieceOf(new SqlQuery(sql, params));
}

/**
 * Whether a query has a row. It may use the columns of the query around it.
 *
 * @param query The query, of the same engine.
 * @returns The condition.
 * @throws {TypeError} When it is no query.
 *
 * @example Users who have posted
 * ```ts
 * import { Engine, exists, integer, sql, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const users = table("users", { id: integer().primaryKey(), name: text() });
 * const posts = table("posts", { id: integer().primaryKey(), userId: integer() });
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(users);
 * await session.createTable(posts);
 * await session.insert(users, { name: "Tom" }, { name: "Sam" });
 * await session.insert(posts, { userId: 2 });
 * const authors = session.model(users).where((user) =>
 *   exists(session.model(posts).where((post) => sql`${post.userId} = ${user.id}`))
 * );
 * assertEquals(await authors.find(), [{ id: 2, name: "Sam" }]);
 * ```
 */
export function exists(query: Selectable<unknown>): Expression<boolean> {
  return withCodec(
    sql`EXISTS ${inside(query, "ask whether rows exist")}`,
    booleanCodec,
  );
}

/**
 * Whether a query has no row. It may use the columns of the query around it.
 *
 * @param query The query, of the same engine.
 * @returns The condition.
 * @throws {TypeError} When it is no query.
 */
export function notExists(query: Selectable<unknown>): Expression<boolean> {
  return withCodec(
    sql`NOT EXISTS ${inside(query, "ask whether rows exist")}`,
    booleanCodec,
  );
}

/**
 * The value of the only column of a query's first row, `null` when there is no
 * row. It may use the columns of the query around it.
 *
 * @typeParam V The type of the value.
 * @param query The query, of the same engine.
 * @returns The expression.
 * @throws {TypeError} When it is no query, or one of several columns.
 */
export function subquery<V>(query: OneColumn<V>): Expression<V | null> {
  const { sql, params, cell } = oneColumnOf(query, "use subquery");
  return withCodec(pieceOf(new SqlQuery(sql, params)), cell.codec);
}
