// Copyright 2026 the Gee authors. MIT license.

import { didYouMean } from "../nearest_name.ts";
import { describe } from "./codecs.ts";
import type { ReferencedTable } from "./column.ts";
import type { Columns, Table } from "./table.ts";

/**
 * A property of a table.
 *
 * @typeParam T The table.
 */
export type PropertyOf<T extends Table> = keyof T["columns"] & string;

/**
 * One property, or several of a key of several columns.
 *
 * @typeParam T The table.
 */
export type KeyOf<T extends Table> =
  | PropertyOf<T>
  | readonly PropertyOf<T>[];

/** The table between two others, whose rows are pairs. */
export interface RelationThrough {
  /** The table. */
  readonly table: Table;
  /** Its properties that refer to the table the relation starts from. */
  readonly from: readonly string[];
  /** Its properties that refer to the table the relation leads to. */
  readonly to: readonly string[];
}

/**
 * How the rows of two tables belong together, as plain data. Queries take it
 * later; it changes neither table.
 *
 * @typeParam From The table it starts from.
 * @typeParam To The table it leads to.
 * @typeParam Count Whether it leads to one row at most or to many.
 */
export interface Relation<
  From extends Table = Table,
  To extends Table = Table,
  Count extends "one" | "many" = "one" | "many",
> {
  /** The table it starts from. */
  readonly from: From;
  /** The table it leads to. */
  readonly to: To;
  /** Whether it leads to one row at most or to many. */
  readonly count: Count;
  /** The properties of `from` that are matched. */
  readonly fromKey: readonly string[];
  /** The properties of `to` that are matched, in the same order. */
  readonly toKey: readonly string[];
  /** The table between them, if they are matched by its rows. */
  readonly through: RelationThrough | undefined;
}

/**
 * Which key of the table that is referred to, where it is not the primary key.
 *
 * @typeParam T The table that is referred to.
 */
export interface RelationOptions<T extends Table> {
  /**
   * The property, or several.
   *
   * @default {the table's primary key}
   */
  readonly key?: KeyOf<T>;
}

/**
 * The table between two others.
 *
 * @typeParam Through The table.
 */
export interface ThroughOptions<Through extends Table> {
  /** The table. */
  readonly through: Through;
  /** Its property that refers to the table the relation starts from. */
  readonly from: KeyOf<Through>;
  /** Its property that refers to the table the relation leads to. */
  readonly to: KeyOf<Through>;
}

/**
 * The relations that can start from a table.
 *
 * @typeParam From The table.
 */
export interface RelationsOf<From extends Table> {
  /**
   * Rows of another table that refer to a row of this one.
   *
   * @typeParam To The other table.
   * @param to The other table.
   * @param foreignKey Its property that refers to this one.
   * @param options Which key of this one.
   * @throws {TypeError} When a property is unknown or the keys do not fit.
   */
  hasMany<To extends Table>(
    to: To,
    foreignKey: KeyOf<To>,
    options?: RelationOptions<From>,
  ): Relation<From, To, "many">;
  /**
   * The one row of another table that refers to a row of this one.
   *
   * @typeParam To The other table.
   * @param to The other table.
   * @param foreignKey Its property that refers to this one.
   * @param options Which key of this one.
   * @throws {TypeError} When a property is unknown or the keys do not fit.
   */
  hasOne<To extends Table>(
    to: To,
    foreignKey: KeyOf<To>,
    options?: RelationOptions<From>,
  ): Relation<From, To, "one">;
  /**
   * The row of another table that a row of this one refers to.
   *
   * @typeParam To The other table.
   * @param to The other table.
   * @param foreignKey The property of this one that refers to it.
   * @param options Which key of the other one.
   * @throws {TypeError} When a property is unknown or the keys do not fit.
   */
  belongsTo<To extends Table>(
    to: To,
    foreignKey: KeyOf<From>,
    options?: RelationOptions<To>,
  ): Relation<From, To, "one">;
  /**
   * Rows of another table that are paired with a row of this one by the rows of
   * a third, by the primary keys of both.
   *
   * @typeParam To The other table.
   * @typeParam Through The table of the pairs.
   * @param to The other table.
   * @param options The table of the pairs, and its properties.
   * @throws {TypeError} When a property is unknown or the keys do not fit.
   */
  manyToMany<To extends Table, Through extends Table>(
    to: To,
    options: ThroughOptions<Through>,
  ): Relation<From, To, "many">;
}

/**
 * Begins a relation between two tables. Relations are values: any number of
 * them may be made, and neither table knows of them.
 *
 * @typeParam From The table.
 * @param from The table it starts from.
 * @returns What it may lead to.
 *
 * @example Authors, posts and tags
 * ```ts
 * import { integer, relate, table, text } from "@gee/std/orm";
 * import { assertEquals } from "@std/assert";
 *
 * const users = table("users", { id: integer().primaryKey(), name: text() });
 * const posts = table("posts", {
 *   id: integer().primaryKey(),
 *   userId: integer().references(() => users, { onDelete: "cascade" }),
 * });
 * const tags = table("tags", { id: integer().primaryKey(), tag: text() });
 * const postTags = table("post_tags", {
 *   postId: integer().references(() => posts),
 *   tagId: integer().references(() => tags),
 * }, { primaryKey: ["postId", "tagId"] });
 *
 * const userPosts = relate(users).hasMany(posts, "userId");
 * const author = relate(posts).belongsTo(users, "userId");
 * const topics = relate(posts).manyToMany(tags, {
 *   through: postTags,
 *   from: "postId",
 *   to: "tagId",
 * });
 * assertEquals([userPosts.fromKey, userPosts.toKey], [["id"], ["userId"]]);
 * assertEquals([author.fromKey, author.toKey], [["userId"], ["id"]]);
 * assertEquals(topics.through?.to, ["tagId"]);
 * ```
 */
export function relate<From extends Table>(from: From): RelationsOf<From> {
  return {
    hasMany: (to, foreignKey, { key } = {}) =>
      direct("many", from, keyOf(from, key), to, keyOf(to, foreignKey)),
    hasOne: (to, foreignKey, { key } = {}) =>
      direct("one", from, keyOf(from, key), to, keyOf(to, foreignKey)),
    belongsTo: (to, foreignKey, { key } = {}) =>
      direct("one", from, keyOf(from, foreignKey), to, keyOf(to, key)),
    manyToMany: (to, { through, from: near, to: far }) => {
      const fromKey = keyOf(from, undefined);
      const toKey = keyOf(to, undefined);
      const pair = {
        table: through,
        from: keyOf(through, near),
        to: keyOf(through, far),
      };
      checkMatch(from, fromKey, through, pair.from);
      checkMatch(to, toKey, through, pair.to);
      return Object.freeze({
        from,
        to,
        count: "many",
        fromKey,
        toKey,
        through: Object.freeze(pair),
      });
    },
  };
}

/** A relation by the columns of the two tables alone. */
function direct<
  From extends Table,
  To extends Table,
  Count extends "one" | "many",
>(
  count: Count,
  from: From,
  fromKey: readonly string[],
  to: To,
  toKey: readonly string[],
): Relation<From, To, Count> {
  checkMatch(from, fromKey, to, toKey);
  return Object.freeze({ from, to, count, fromKey, toKey, through: undefined });
}

function refuse(table: ReferencedTable, reason: string): TypeError {
  return new TypeError(`Cannot relate table "${table.name}": ${reason}`);
}

/** The properties of a key, which are all there; the primary key by default. */
function keyOf(
  table: Table,
  key: string | readonly string[] | undefined,
): readonly string[] {
  const properties = typeof key === "string" ? [key] : key ?? table.primaryKey;
  if (properties.length === 0) {
    throw refuse(table, "it has no primary key, give a key");
  }
  for (const property of properties) columnIn(table, property);
  return Object.freeze([...properties]);
}

function columnIn(table: Table, property: string): Columns[string] {
  const { columns } = table;
  const column = Object.hasOwn(columns, property)
    ? columns[property]
    : undefined;
  if (column !== undefined) return column;
  throw refuse(
    table,
    `it has no column ${describe(property)}${
      didYouMean(String(property), Object.keys(columns))
    }`,
  );
}

/** Values of two kinds are stored differently and would never be equal. */
function checkMatch(
  a: Table,
  aKey: readonly string[],
  b: Table,
  bKey: readonly string[],
): void {
  if (aKey.length !== bKey.length) {
    throw refuse(
      a,
      `its key has ${aKey.length} columns, that of table "${b.name}" ${bKey.length}`,
    );
  }
  for (const [index, property] of aKey.entries()) {
    const other = bKey[index]!; // both have the same length
    const kind = columnIn(a, property).definition.codec.kind;
    const otherKind = columnIn(b, other).definition.codec.kind;
    if (familyOf(kind) === familyOf(otherKind)) continue;
    throw refuse(
      a,
      `"${property}" is of kind "${kind}", "${other}" of table "${b.name}" of kind "${otherKind}"`,
    );
  }
}

/** Kinds whose stored values are equal when the values are. */
export function familyOf(kind: string): string {
  if (kind === "bigint") return "integer";
  return kind === "enumeration" || kind === "uuid" ? "text" : kind;
}
