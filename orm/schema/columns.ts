// Copyright 2026 the Gee authors. MIT license.

import {
  bigintCodec,
  blobCodec,
  booleanCodec,
  checkText,
  type Codec,
  dateCodec,
  integerCodec,
  jsonCodec,
  realCodec,
  textCodec,
} from "./codecs.ts";
import type {
  Column,
  ColumnDefinition,
  DateColumn,
  IntegerColumn,
  UuidColumn,
} from "./column.ts";
import { column } from "./column_builder.ts";
import { type StandardSchema, validated } from "./standard_schema.ts";
import { enumerationCodec, isoDateCodec, uuidCodec } from "./text_codecs.ts";

/**
 * A column of integers within 2^53. One beyond that, written by another
 * program, is refused when it is read.
 *
 * @returns The column.
 */
export function integer(): IntegerColumn<number> {
  return column(integerCodec);
}

/**
 * A column of integers of 64 bits with sign, as `bigint`.
 *
 * @returns The column.
 */
export function bigint(): IntegerColumn<bigint> {
  return column(bigintCodec);
}

/**
 * A column of floating-point numbers. NaN is refused, which SQLite would store
 * as NULL.
 *
 * @returns The column.
 */
export function real(): Column<number> {
  return column(realCodec);
}

/**
 * A column of text. Text with NUL or a lone surrogate in it is refused, for
 * the engines would change it.
 *
 * @returns The column.
 */
export function text(): Column<string> {
  return column(textCodec);
}

/**
 * A column of booleans, stored as 0 and 1.
 *
 * @returns The column.
 */
export function boolean(): Column<boolean> {
  return column(booleanCodec);
}

/**
 * A column of bytes.
 *
 * @returns The column.
 */
export function blob(): Column<Uint8Array> {
  return column(blobCodec);
}

/** How a column of points in time is stored. */
export interface DateOptions {
  /**
   * As integer milliseconds since 1970, or as text of ISO 8601 in UTC with
   * milliseconds, of the years 0 to 9999, as `"2026-02-01T00:00:00.000Z"`.
   *
   * @default {"integer"}
   */
  readonly as?: "integer" | "text";
}

/**
 * A column of points in time, in UTC and exact to the millisecond.
 *
 * @param options How they are stored.
 * @returns The column.
 * @throws {TypeError} When it is an unknown way.
 */
export function date(options: DateOptions = {}): DateColumn {
  const { as = "integer" } = options;
  if (as === "integer") return column(dateCodec);
  if (as === "text") return column(isoDateCodec);
  throw new TypeError(
    `Cannot store dates as "${as}": want "integer" or "text"`,
  );
}

/**
 * A column of JSON values, stored as text. A condition on it tells whether it is
 * `null`, or compares a value in it by its path.
 *
 * @typeParam T The type of the values.
 * @param schema Validates each value on its way in, and what it returns is
 * stored. Without one nothing checks that the values are of their type.
 * @returns The column.
 *
 * @example Validated JSON
 * ```ts
 * import { Engine, integer, json, table, ValidationError } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertRejects } from "@std/assert";
 * import { z } from "npm:zod@4.6.7";
 *
 * const posts = table("posts", {
 *   id: integer().primaryKey(),
 *   tags: json(z.array(z.string())),
 * });
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(posts);
 * await session.insert(posts, { tags: ["a", "b"] });
 * await assertRejects(
 *   () => session.insert(posts, { tags: [1] as unknown as string[] }),
 *   ValidationError,
 *   'Cannot store "tags": 0: ',
 * );
 * ```
 */
export function json<T>(schema?: StandardSchema<T>): Column<T> {
  if (schema === undefined) return column(jsonCodec);
  return column({
    ...jsonCodec,
    encode: (value, name) =>
      jsonCodec.encode(validated(schema, value, name), name),
  });
}

/**
 * A column of texts out of a list, which the database checks too.
 *
 * @typeParam V The texts.
 * @param values The texts.
 * @returns The column.
 * @throws {TypeError} When there are none, or one is there twice.
 *
 * @example A role
 * ```ts
 * import { enumeration, integer, type Row, table } from "@gee/std/orm";
 *
 * const users = table("users", {
 *   id: integer().primaryKey(),
 *   role: enumeration(["reader", "writer"]).default("reader"),
 * });
 * const user: Row<typeof users.columns> = { id: 1, role: "writer" };
 * ```
 */
export function enumeration<const V extends string>(
  values: readonly V[],
): Column<V> {
  if (values.length === 0) {
    throw new TypeError("Cannot define enumeration: it has no values");
  }
  for (const [index, value] of values.entries()) {
    checkText(value, "enumeration");
    if (values.indexOf(value) === index) continue;
    throw new TypeError(
      `Cannot define enumeration: "${value}" is in it twice`,
    );
  }
  return column(enumerationCodec(Object.freeze([...values])));
}

/**
 * A column of UUIDs in lower case, stored as text.
 *
 * @returns The column.
 */
export function uuid(): UuidColumn {
  return column(uuidCodec);
}

/**
 * How values of a type of one's own are stored.
 *
 * @typeParam T The type of the values.
 * @typeParam S The type they are stored by.
 */
export interface CustomOptions<T, S> {
  /** What they are stored as; nothing but its kind is taken from it. */
  readonly as: {
    readonly definition: ColumnDefinition;
    readonly valueType?: S;
  };
  /**
   * What is stored for a value.
   *
   * @param value The value.
   */
  encode(value: T): S;
  /**
   * The value of what is stored.
   *
   * @param stored What is stored.
   */
  decode(stored: S): T;
}

/**
 * A column of values of a type of one's own, stored as another kind of column
 * does. Neither function ever sees `null`.
 *
 * @typeParam T The type of the values.
 * @typeParam S The type they are stored by.
 * @param options How they are stored.
 * @returns The column.
 *
 * @example URLs
 * ```ts
 * import { custom, Engine, integer, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const url = custom({
 *   as: text(),
 *   encode: (value: URL) => value.href,
 *   decode: (href) => new URL(href),
 * });
 * const links = table("links", { id: integer().primaryKey(), target: url });
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(links);
 * await session.insert(links, { target: new URL("https://deno.com") });
 * assertEquals((await session.model(links).first())?.target.host, "deno.com");
 * ```
 */
export function custom<T, S>(options: CustomOptions<T, S>): Column<T> {
  const { as, encode, decode } = options;
  // The column's values are typed by its codec.
  const base = as.definition.codec as Codec<S>;
  return column({
    ...base,
    // The encoding of T is the caller's to check, the result is checked here.
    encode: (value, name) => base.encode(encode(value as T), name),
    decode: (stored, name) => decode(base.decode(stored, name)),
  });
}
