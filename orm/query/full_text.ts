// Copyright 2026 the Gee authors. MIT license.

import { didYouMean } from "../nearest_name.ts";
import { checkText, describe, realCodec, textCodec } from "../schema/codecs.ts";
import { isNumbered } from "../schema/schema.ts";
import type { Columns, Table } from "../schema/table.ts";
import type { Expression } from "./expression.ts";
import { createIndexSql, dropIndexSql } from "./full_text_sql.ts";
import { pieceOf, sql, SqlName, withCodec } from "./sql_template.ts";

/** How a table is searched. */
export interface FullTextOptions {
  /**
   * Its name in the database. On libsql it cannot begin with a digit.
   *
   * @default {the table's name and "_search"}
   */
  readonly name?: string;
  /**
   * How text is cut into words, as FTS5 of SQLite knows it: `"porter unicode61"`
   * finds English words in other forms, `"trigram"` parts of words.
   *
   * @default {"unicode61 remove_diacritics 2"}
   */
  readonly tokenize?: string;
}

/** How a text that was found is marked. */
export interface HighlightOptions {
  /**
   * What stands before a word that was found.
   *
   * @default {"<b>"}
   */
  readonly before?: string;
  /**
   * What stands behind it.
   *
   * @default {"</b>"}
   */
  readonly after?: string;
}

/** How a part of a text that was found is cut out. */
export interface SnippetOptions extends HighlightOptions {
  /**
   * What stands where text was cut off.
   *
   * @default {"..."}
   */
  readonly ellipsis?: string;
  /**
   * How many words there are at most, from 1 to 64.
   *
   * @default {16}
   */
  readonly words?: number;
}

/** How a query searches. */
export interface MatchOptions {
  /**
   * Whether the last word may go on.
   *
   * @default {false}
   */
  readonly prefix?: boolean;
  /**
   * Whether the text is in the syntax of FTS5, with its AND, OR, NEAR and `*`. A
   * mistake in it is an `SqlSyntaxError`.
   *
   * @default {false}
   */
  readonly raw?: boolean;
}

/**
 * A full-text index on columns of a table.
 *
 * @typeParam C The table's columns.
 * @typeParam K The properties that are searched.
 */
export interface FullText<C extends Columns, K extends keyof C & string> {
  /** Its name in the database. */
  readonly name: string;
  /** The table. */
  readonly table: Table<string, C>;
  /** The properties that are searched. */
  readonly properties: readonly K[];
  /** The statements that create it, fill it and keep it true. */
  readonly createSql: readonly string[];
  /** The statements that drop it. */
  readonly dropSql: readonly string[];
  /** How well a row matches in a query with `match()`: the best is the least. */
  readonly rank: Expression<number>;
  /**
   * A text with the words that were found marked. Nothing else in it is escaped.
   *
   * @param property The property.
   * @param options What marks them.
   * @throws {TypeError} When the property is not searched.
   */
  highlight(property: K, options?: HighlightOptions): Expression<string>;
  /**
   * The part of a text with the most words that were found, which are marked.
   * Nothing else in it is escaped.
   *
   * @param property The property.
   * @param options What marks them, and how long the part is.
   * @throws {TypeError} When the property is not searched.
   * @throws {RangeError} When the number of words is not from 1 to 64.
   */
  snippet(property: K, options?: SnippetOptions): Expression<string>;
}

/**
 * Describes a full-text index on columns of a table (FTS5 of SQLite). It holds
 * no copy of the texts, and triggers keep it true whoever writes to the table.
 *
 * @typeParam C The table's columns.
 * @typeParam K The properties that are searched.
 * @param table The table, whose primary key is an integer.
 * @param properties The properties that are searched.
 * @param options Its name, and how text is cut into words.
 * @returns The index, for `session.createFullText()` and `match()`.
 * @throws {TypeError} When a property is unknown, no text or a column named
 * "rank" or "rowid", there is none, or the primary key is no integer.
 *
 * @example Search
 * ```ts
 * import { Engine, fullText, integer, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const posts = table("posts", { id: integer().primaryKey(), title: text(), body: text() });
 * const search = fullText(posts, ["title", "body"]);
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(posts);
 * await session.createFullText(search);
 * await session.insert(posts, { title: "Deno", body: "A runtime" }, { title: "SQL", body: "A language" });
 * const found = await session.model(posts).match(search, "runtime \"")
 *   .select((post) => ({ id: post.id, body: search.highlight("body") })).find();
 * assertEquals(found, [{ id: 1, body: "A <b>runtime</b>" }]);
 * ```
 */
export function fullText<C extends Columns, K extends keyof C & string>(
  table: Table<string, C>,
  properties: readonly K[],
  options: FullTextOptions = {},
): FullText<C, K> {
  const { name = `${table.name}_search`, tokenize = TOKENIZE } = options;
  checkText(name, "name");
  checkText(tokenize, "tokenize");
  checkTable(table, properties);
  const place = (property: string): bigint => {
    const index = properties.findIndex((known) => known === property);
    if (index !== -1) return BigInt(index);
    throw new TypeError(
      `Cannot mark text: "${property}" is not in full-text index "${name}"${
        didYouMean(property, properties)
      }`,
    );
  };
  const self = pieceOf(new SqlName(name, ""));
  return Object.freeze({
    name,
    table,
    properties: Object.freeze([...properties]),
    createSql: Object.freeze(createIndexSql(name, table, properties, tokenize)),
    dropSql: Object.freeze(dropIndexSql(name)),
    rank: withCodec(sql`bm25(${self})`, realCodec),
    highlight(property: K, { before = "<b>", after = "</b>" } = {}) {
      return withCodec(
        sql`highlight(${self}, ${place(property)}, ${before}, ${after})`,
        textCodec,
      );
    },
    snippet(property: K, options: SnippetOptions = {}) {
      const { before = "<b>", after = "</b>", ellipsis = "..." } = options;
      const { words = 16 } = options;
      if (!Number.isInteger(words) || words < 1 || words > 64) {
        throw new RangeError(
          `Cannot cut out text: "words" is ${
            describe(words)
          }, want a whole number from 1 to 64`,
        );
      }
      const marks = sql.list([before, after, ellipsis]);
      return withCodec(
        sql`snippet(${self}, ${place(property)}, ${marks}, ${words})`,
        textCodec,
      );
    },
  });
}

const TOKENIZE = "unicode61 remove_diacritics 2";
const TEXTS: readonly string[] = ["text", "enumeration", "uuid", "json"];

function checkTable(table: Table, properties: readonly string[]): void {
  const refuse = (reason: string) =>
    new TypeError(`Cannot search table "${table.name}": ${reason}`);
  if (!Array.isArray(properties) || properties.length === 0) {
    throw refuse("want an array of properties");
  }
  if (!isNumbered(table)) {
    throw refuse("its primary key is not an integer");
  }
  for (const [index, property] of properties.entries()) {
    const column = Object.hasOwn(table.columns, property)
      ? table.columns[property]
      : undefined;
    if (column === undefined) {
      throw refuse(
        `it has no column ${describe(property)}${
          didYouMean(String(property), Object.keys(table.columns))
        }`,
      );
    }
    const { kind } = column.definition.codec;
    if (!TEXTS.includes(kind)) {
      throw refuse(`"${property}" is of kind "${kind}", want text`);
    }
    if (/^(rank|rowid)$/i.test(column.definition.name ?? property)) {
      throw refuse(`FTS5 has a column of its own named like "${property}"`);
    }
    if (properties.indexOf(property) !== index) {
      throw refuse(`"${property}" is there twice`);
    }
  }
}

/** What FTS5 looks for: each word as a text in quotes, where nothing is syntax. */
export function matchText(
  text: unknown,
  { prefix = false, raw = false }: MatchOptions,
): string {
  if (typeof text !== "string") {
    throw new TypeError(
      `Cannot match text: got ${describe(text)}, want a text`,
    );
  }
  checkText(text, "text");
  if (raw) return text;
  const words = text.split(/\s+/).filter((word) => word !== "")
    .map((word) => `"${word.replaceAll('"', '""')}"`);
  // No word is found in no row; an empty text would be a mistake.
  if (words.length === 0) return '""';
  return `${words.join(" ")}${prefix ? "*" : ""}`;
}
