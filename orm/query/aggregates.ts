// Copyright 2026 the Gee authors. MIT license.

import {
  type Codec,
  type ColumnKind,
  integerCodec,
  realCodec,
  textCodec,
} from "../schema/codecs.ts";
import { checkExpressions, type Expression } from "./expression.ts";
import { type Sql, sql, withCodec } from "./sql_template.ts";

// A sum of bigints, or of what has no type, is read as they are.
const SUMS: ReadonlyMap<ColumnKind, Codec<unknown>> = new Map<
  ColumnKind,
  Codec<unknown>
>([["integer", integerCodec], ["real", realCodec]]);

/**
 * How many rows there are, or how many have a value that is not `null`.
 *
 * @param of The value; every row when left out.
 * @returns The aggregate.
 *
 * @example Posts of each user
 * ```ts
 * import { count, Engine, integer, relate, sql, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const users = table("users", { id: integer().primaryKey(), name: text() });
 * const posts = table("posts", { id: integer().primaryKey(), userId: integer() });
 * const userPosts = relate(users).hasMany(posts, "userId");
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(users);
 * await session.createTable(posts);
 * await session.insert(users, { name: "Tom" }, { name: "Sam" });
 * await session.insert(posts, { userId: 1 }, { userId: 1 });
 * const rows = await session.model(users)
 *   .leftJoin("posts", userPosts)
 *   .groupBy("id").orderBy("id")
 *   .select((user, { posts }) => ({ name: user.name, posts: count(posts.id) }))
 *   .find();
 * assertEquals(rows, [{ name: "Tom", posts: 2 }, { name: "Sam", posts: 0 }]);
 * ```
 */
export function count(of?: Expression<unknown>): Expression<number> {
  if (of === undefined) return aggregate(sql`count(*)`, integerCodec);
  check("count", of);
  return aggregate(sql`count(${of})`, integerCodec);
}

/**
 * How many different values there are, `null` not counted.
 *
 * @param of The value.
 * @returns The aggregate.
 */
export function countDistinct(of: Expression<unknown>): Expression<number> {
  check("count", of);
  return aggregate(sql`count(DISTINCT ${of})`, integerCodec);
}

/**
 * The sum of the values, `null` when there is none.
 *
 * @typeParam T The type of the values.
 * @param of The value.
 * @returns The aggregate.
 * @throws {TypeError} When it is no number.
 */
export function sum<T extends number | bigint | null>(
  of: Expression<T>,
): Expression<T | null> {
  const codec = checkNumber("sum", of);
  return aggregate(sql`sum(${of})`, SUMS.get(codec.kind) ?? codec);
}

/**
 * The mean of the values, `null` when there is none.
 *
 * @param of The value.
 * @returns The aggregate.
 * @throws {TypeError} When it is no number.
 */
export function avg(
  of: Expression<number | null> | Expression<bigint | null>,
): Expression<number | null> {
  checkNumber("average", of);
  return aggregate(sql`avg(${of})`, realCodec);
}

/**
 * The least value, `null` when there is none.
 *
 * @typeParam T The type of the values.
 * @param of The value.
 * @returns The aggregate.
 */
export function min<T>(of: Expression<T>): Expression<T | null> {
  return aggregate(sql`min(${of})`, check("compare", of));
}

/**
 * The greatest value, `null` when there is none.
 *
 * @typeParam T The type of the values.
 * @param of The value.
 * @returns The aggregate.
 */
export function max<T>(of: Expression<T>): Expression<T | null> {
  return aggregate(sql`max(${of})`, check("compare", of));
}

/**
 * The values as one text, `null` when there is none. Their order is not
 * defined.
 *
 * @param of The value.
 * @param separator What stands between two.
 * @returns The aggregate.
 */
export function groupConcat(
  of: Expression<unknown>,
  separator = ",",
): Expression<string | null> {
  check("join", of);
  return aggregate(
    sql`group_concat(${of}, ${textCodec.encode(separator, "separator")})`,
    textCodec,
  );
}

function aggregate(
  sql: Sql,
  codec: Codec<unknown>,
): Sql & { readonly codec: Codec<unknown> } {
  return withCodec(sql, codec, true);
}

function check(action: string, of: Expression<unknown>): Codec<unknown> {
  checkExpressions(action, [["value", of]]);
  return of.codec;
}

function checkNumber(action: string, of: Expression<unknown>): Codec<unknown> {
  const codec = check(action, of);
  if (["integer", "bigint", "real"].includes(codec.kind)) return codec;
  throw new TypeError(
    `Cannot ${action} values of kind "${codec.kind}": want numbers`,
  );
}
