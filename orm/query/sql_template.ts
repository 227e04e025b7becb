// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import { type Codec, describe } from "../schema/codecs.ts";
import { type SqlParam, toSqlValue } from "./sql.ts";

/**
 * A piece of SQL, made by {@linkcode sql}: a statement, an expression or a part
 * of one. Nothing but the tag makes one, so no parsed JSON is ever taken for
 * SQL.
 */
export interface Sql {
  /** What stands around the values: one text more than there are values. */
  readonly texts: readonly string[];
  /** The values to bind, the names to quote and the queries to put in. */
  readonly values: readonly (SqlValue | SqlName | SqlQuery)[];
}

/** A query inside of another, written out already. */
export class SqlQuery {
  /** Its text, with a placeholder for each value. */
  readonly sql: string;
  /** Its values. */
  readonly params: readonly SqlValue[];

  /**
   * Describes a query.
   *
   * @param sql Its text.
   * @param params Its values.
   */
  constructor(sql: string, params: readonly SqlValue[]) {
    this.sql = sql;
    this.params = params;
  }
}

/** A name in a piece of SQL, quoted when it is known for which database. */
export class SqlName {
  /** The table it is of, if it is a column of one. */
  readonly table: string | undefined;
  /** The column or table, or the property of the table that it is used with. */
  readonly name: string;

  /**
   * Describes a name.
   *
   * @param name The name.
   * @param table The table it is of.
   */
  constructor(name: string, table?: string) {
    this.name = name;
    this.table = table;
  }
}

/** A column of a table, as {@linkcode SqlTag.ref} takes it. */
export interface NamedColumn {
  /** What the column is. */
  readonly definition: {
    readonly name: string | undefined;
    readonly of:
      | { readonly table: string; readonly property: string }
      | undefined;
  };
}

/** A table, as {@linkcode SqlTag.ref} takes it. */
export interface NamedTable {
  /** Its name in the database. */
  readonly name: string;
  /** Its columns. */
  readonly columns: object;
}

/** The tag of SQL templates, with the parts that are no values. */
export interface SqlTag {
  /**
   * A piece of SQL. What stands in `${}` is bound as a value, or put in as it is
   * when it is SQL itself.
   *
   * @param texts The template's own text.
   * @param values What stands in it.
   * @throws {TypeError} When a value is of a kind that SQL does not know.
   */
  (texts: TemplateStringsArray, ...values: readonly (SqlParam | Sql)[]): Sql;
  /**
   * A name in quotes. A string is a property of the table whose definition or
   * query it is used in; elsewhere it is a name of the database.
   *
   * @param target The name, a table, or a column as in `users.columns.age`.
   * @throws {TypeError} When it is a column that is in no table yet.
   */
  ref(target: string | NamedColumn | NamedTable): Sql;
  /**
   * Values or pieces of SQL with commas between them, to be put in parentheses.
   *
   * @param items The values.
   * @throws {TypeError} When there are none: what that means differs from place
   * to place.
   */
  list(items: readonly (SqlParam | Sql)[]): Sql;
}

/** Every piece of SQL; an expression is one that knows how its value is stored. */
class SqlFragment implements Sql {
  readonly texts: readonly string[];
  readonly values: Sql["values"];
  readonly codec: Codec<unknown> | undefined;
  /** Whether it has a value for many rows, not for each. */
  readonly isAggregate: boolean;

  constructor(
    texts: readonly string[],
    values: Sql["values"],
    codec?: Codec<unknown>,
    isAggregate = false,
  ) {
    this.texts = Object.freeze(texts);
    this.values = Object.freeze(values);
    this.codec = codec;
    this.isAggregate = isAggregate;
    Object.freeze(this);
  }
}

/** The same SQL as an expression whose value is stored by a codec. */
export function withCodec(
  sql: Sql,
  codec: Codec<unknown>,
  isAggregate: boolean = hasAggregate(sql),
): Sql & { readonly codec: Codec<unknown> } {
  const { texts, values } = sql;
  // What it is made with is what it has.
  return new SqlFragment(texts, values, codec, isAggregate) as SqlFragment & {
    readonly codec: Codec<unknown>;
  };
}

/** Whether it is an aggregate, or has one in it. */
export function hasAggregate(value: unknown): boolean {
  return value instanceof SqlFragment && value.isAggregate;
}

/** The piece of SQL that is a name, or a query in parentheses. */
export function pieceOf(value: SqlName | SqlQuery): Sql {
  const isName = value instanceof SqlName;
  return new SqlFragment(isName ? ["", ""] : ["(", ")"], [value]);
}

/** The codec of an expression, `undefined` for what is none. */
export function codecOf(value: unknown): Codec<unknown> | undefined {
  return value instanceof SqlFragment ? value.codec : undefined;
}

/** Whether it was made by the tag. */
export function isSql(value: unknown): value is Sql {
  return value instanceof SqlFragment;
}

/** Puts pieces and values between texts, one more of these than of those. */
function join(texts: readonly string[], items: readonly unknown[]): Sql {
  const [first = "", ...rest] = texts;
  const outTexts: string[] = [];
  const outValues: (SqlValue | SqlName | SqlQuery)[] = [];
  let open = first;
  items.forEach((item, index) => {
    if (isSql(item)) {
      const [head = "", ...tails] = item.texts;
      open += head;
      for (const tail of tails) {
        outTexts.push(open);
        open = tail;
      }
      outValues.push(...item.values);
    } else {
      outTexts.push(open);
      open = "";
      outValues.push(toSqlValue(item, `value ${index + 1} of the template`));
    }
    open += rest[index];
  });
  const isAggregate = items.some(hasAggregate);
  return new SqlFragment(
    [...outTexts, open],
    outValues,
    undefined,
    isAggregate,
  );
}

function tag(
  texts: TemplateStringsArray,
  ...values: readonly (SqlParam | Sql)[]
): Sql {
  // Called like a function with a text from outside, it would be a way in.
  if (!Array.isArray(texts?.raw)) {
    throw new TypeError(
      `Cannot make SQL: got ${describe(texts)}, want a template`,
    );
  }
  return join(texts, values);
}

function ref(target: string | NamedColumn | NamedTable): Sql {
  if (typeof target === "string") return pieceOf(new SqlName(target));
  if ("columns" in target) return pieceOf(new SqlName(target.name, ""));
  const { name, of } = target.definition;
  if (of === undefined) {
    throw new TypeError(
      "Cannot refer to column: it is in no table yet, give the name of its property",
    );
  }
  return pieceOf(new SqlName(name ?? of.property, of.table));
}

function list(items: readonly (SqlParam | Sql)[]): Sql {
  if (items.length === 0) throw new TypeError("Cannot make list: it is empty");
  return join(["", ...Array(items.length - 1).fill(", "), ""], [...items]);
}

/**
 * SQL as a template: `${}` binds a value, `sql.ref()` quotes a name,
 * `sql.list()` writes several. Pieces go into one another.
 *
 * @example A default, a check and an index
 * ```ts
 * import { Engine, integer, sql, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const books = table("books", {
 *   id: integer().primaryKey(),
 *   title: text(),
 *   year: integer().default(sql`strftime('%Y', 'now')`),
 * }, {
 *   checks: { printed: sql`${sql.ref("year")} >= ${1455}` },
 *   indexes: [{ on: [sql`lower(${sql.ref("title")})`], name: "books_by_title" }],
 * });
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(books);
 * await session.insert(books, { title: "Ulysses", year: 1922 });
 * const recent = sql`${sql.ref("year")} IN (${sql.list([1922, 1923])})`;
 * assertEquals(await session.model(books).where(recent).count(), 1);
 * ```
 */
export const sql: SqlTag = Object.freeze(Object.assign(tag, { ref, list }));

/** Writes a piece of SQL with its names and values in the form given. */
export function writeSql(
  { texts, values }: Sql,
  nameOf: (name: SqlName) => string,
  valueOf: (value: SqlValue) => string,
  queryOf: (query: SqlQuery) => string = refuseQuery,
): string {
  let text = "";
  for (const [index, part] of texts.entries()) {
    text += part;
    const value = values[index];
    if (value === undefined) break;
    text += value instanceof SqlName
      ? nameOf(value)
      : value instanceof SqlQuery
      ? queryOf(value)
      : valueOf(value);
  }
  return text;
}

function refuseQuery(): never {
  throw new TypeError("Cannot define table: there is a query in an expression");
}

/** A part of a statement, and its values. */
export interface SqlPart {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** A piece of SQL with a placeholder for each value. */
export function bindSql(
  sql: Sql,
  others: readonly SqlParam[],
  quoter: { quote(name: string): string },
  nameOf: (name: string) => string,
): SqlPart {
  if (others.length > 0) {
    throw new TypeError(
      "Cannot bind values: those of a template stand in the template",
    );
  }
  const params: SqlValue[] = [];
  const text = writeSql(sql, ({ name, table }) => {
    if (table === undefined) return nameOf(name);
    const quoted = quoter.quote(name);
    return table === "" ? quoted : `${quoter.quote(table)}.${quoted}`;
  }, (value) => {
    params.push(value);
    return "?";
  }, ({ sql, params: inner }) => {
    for (const value of inner) params.push(value);
    return sql;
  });
  return { sql: text, params };
}
