// Copyright 2026 the Gee authors. MIT license.

import type { Dialect } from "../dialect/dialect.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { didYouMean } from "../nearest_name.ts";
import { checkText, type Codec, describe } from "../schema/codecs.ts";
import type { ColumnDefinition, ColumnRole } from "../schema/column.ts";
import { createSql } from "../schema/create_sql.ts";
import { isNumbered, schema } from "../schema/schema.ts";
import type { Table } from "../schema/table.ts";
import { derivedOf, type DerivedSource } from "./derive.ts";
import type { Expression } from "./expression.ts";
import { InsertShape, valueIn } from "./insert_shape.ts";
import {
  bindSql,
  pieceOf,
  type Sql,
  SqlName,
  withCodec,
} from "./sql_template.ts";
import { type Selection, Selections } from "./selections.ts";
import { MAX_TEXTS, Texts } from "./texts.ts";

/** A column with its names written out as SQL. */
export interface ColumnPlan {
  readonly property: string;
  readonly definition: ColumnDefinition;
  readonly codec: Codec<unknown>;
  /** The name in quotes. */
  readonly name: string;
  /**
   * Table and name in quotes, for expressions: SQLite takes a lone name in
   * quotes that it does not know for a string.
   */
  readonly path: string;
  /** That it equals a value, the commonest condition. */
  readonly isEqual: string;
  /** That it is set to a value. */
  readonly isSet: string;
}

/**
 * What can be prepared about a table before any query: names, statements and
 * hydrators, each made once. What a query adds to it is text with placeholders
 * in place of values, so queries of one shape share one text, and the text is
 * the key of the prepared statement.
 */
export class TablePlan {
  /** The table's name in quotes. */
  readonly name: string;
  /** The table. */
  readonly table: Table;
  /** What its columns belong to in a query, not in quotes: its name, or another. */
  readonly alias: string;
  /** The table as it stands behind FROM. */
  readonly from: string;
  /** The query that stands for it, if it is derived. */
  readonly derived: DerivedSource | undefined;
  readonly columns: readonly ColumnPlan[];
  readonly dialect: Dialect;
  /** Whether the primary key is an integer, which the database can number. */
  readonly isNumbered: boolean;
  /** The column that marks deleted rows. */
  readonly softDelete: ColumnPlan | undefined;
  /** The column that counts updates. */
  readonly version: ColumnPlan | undefined;
  readonly #update: string;
  readonly #byProperty: ReadonlyMap<string, ColumnPlan>;
  readonly #settable: readonly ColumnPlan[];
  readonly #updatedAt: readonly ColumnPlan[];
  readonly #isStamped: boolean;
  readonly #isAlive: string;
  readonly #alias: string;
  readonly #aliases = new Map<string, TablePlan>();
  #refs: Readonly<Record<string, Expression<unknown>>> | undefined;
  readonly #selections: Selections;
  readonly #insert: InsertShape;
  readonly #computed: readonly ColumnPlan[];
  readonly #inserts = new Map<string, InsertShape>();
  readonly #texts = new Texts();

  constructor(table: Table, dialect: Dialect, alias: string = table.name) {
    this.dialect = dialect;
    this.name = dialect.quote(table.name);
    this.alias = alias;
    this.#alias = dialect.quote(alias);
    this.from = alias === table.name
      ? this.name
      : `${this.name} AS ${this.#alias}`;
    this.derived = derivedOf(table);
    this.#selections = new Selections(this);
    this.table = table;
    this.#update = `UPDATE ${this.from} SET `;
    this.columns = Object.entries(table.columns).map((
      [property, { definition }],
    ) => this.#column(property, definition));
    this.isNumbered = isNumbered(table);
    this.#byProperty = new Map(
      this.columns.map((column) => [column.property, column]),
    );
    const withRole = (role: ColumnRole) =>
      this.columns.filter(({ definition }) => definition.role === role);
    this.version = withRole("version")[0];
    this.softDelete = withRole("softDelete")[0];
    this.#isAlive = this.softDelete === undefined
      ? ""
      : `${this.softDelete.path} IS NULL`;
    this.#updatedAt = withRole("updatedAt");
    this.#isStamped = this.version !== undefined || this.#updatedAt.length > 0;
    const given = this.columns.filter(({ definition }) =>
      definition.generated === undefined
    );
    this.#settable = given.filter((column) => column !== this.version);
    this.#computed = given.filter(({ definition }) =>
      definition.defaultSql !== undefined
    );
    this.#insert = new InsertShape({
      table: table.name,
      name: this.name,
      number: this.isNumbered ? table.primaryKey[0] : undefined,
      maxParams: dialect.maxParams,
      checkKey: (property) => this.#checkInsert(property),
    }, given);
  }

  #column(property: string, definition: ColumnDefinition): ColumnPlan {
    const name = this.dialect.quote(definition.name ?? property);
    const path = `${this.#alias}.${name}`;
    return {
      property,
      definition,
      codec: definition.codec,
      name,
      path,
      isEqual: `${path} = ?`,
      isSet: `${name} = ?`,
    };
  }

  /** The column of a property. */
  column(property: string): ColumnPlan {
    const column = this.#byProperty.get(property);
    if (column !== undefined) return column;
    const names = [...this.#byProperty.keys()];
    throw new TypeError(
      `Cannot find column ${
        describe(property)
      } of table "${this.table.name}": want ${
        names.map((name) => `"${name}"`).join(", ")
      }${didYouMean(property, names)}`,
    );
  }

  /** What reads these properties, or all of them. */
  selection(properties?: readonly string[]): Selection {
    return this.#selections.ofProperties(properties);
  }

  /** What reads these expressions, by the properties of the rows to make. */
  selectionOf(
    expressions: Readonly<Record<string, Expression<unknown>>>,
  ): Selection {
    return this.#selections.ofExpressions(expressions);
  }

  /** A piece of SQL as text; its values are appended. */
  write(piece: Sql, params: SqlValue[]): string {
    const { sql, params: added } = bindSql(
      piece,
      [],
      this.dialect,
      (property) => this.column(property).path,
    );
    for (const value of added) params.push(value);
    return sql;
  }

  /** The same table under another name. */
  as(alias: string): TablePlan {
    if (alias === this.alias) return this;
    let plan = this.#aliases.get(alias);
    if (plan === undefined) {
      checkAlias(alias);
      plan = new TablePlan(this.table, this.dialect, alias);
      if (this.#aliases.size >= MAX_TEXTS) this.#aliases.clear();
      this.#aliases.set(alias, plan);
    }
    return plan;
  }

  /** Its columns as expressions. */
  get refs(): Readonly<Record<string, Expression<unknown>>> {
    this.#refs ??= Object.freeze(Object.fromEntries(
      this.columns.map(({ property, definition, codec }) => [
        property,
        withCodec(
          pieceOf(new SqlName(definition.name ?? property, this.alias)),
          codec,
        ),
      ]),
    ));
    return this.#refs;
  }

  /**
   * The text of a head and its conditions. Parts of common shapes are always
   * the same strings, whose hashes are known: finding the whole text and then
   * its statement takes 0.03 us, and 0.15 us when it is joined and hashed anew.
   */
  text(head: string, where: string): string {
    return this.#texts.join(head, where === "" ? "" : " WHERE ", where);
  }

  /** The same, for the first row only. */
  firstText(head: string, where: string): string {
    return this.#texts.join(this.text(head, where), "", " LIMIT 1");
  }

  /** The text that updates, up to its conditions. */
  updateSql(set: string): string {
    return this.#texts.join(this.#update, "", set);
  }

  /**
   * The conditions, and that a row is not deleted. It is asked for tables with
   * soft deletion only.
   */
  aliveText(where: string): string {
    if (where === "") return this.#isAlive;
    return this.#texts.join(where, " AND ", this.#isAlive);
  }

  /** Whether every row is inserted by the same statements. */
  get hasOneShape(): boolean {
    return this.#computed.length === 0;
  }

  /** How a row like this one is inserted. */
  insertShape(row: object): InsertShape {
    if (this.#computed.length === 0) return this.#insert;
    // A column that the database computes is left out of the statement.
    const left = this.#computed.filter(({ property }) =>
      valueIn(row, property) === undefined
    );
    if (left.length === 0) return this.#insert;
    const key = left.map(({ name }) => name).join();
    let shape = this.#inserts.get(key);
    if (shape === undefined) {
      shape = this.#insert.without(left);
      if (this.#inserts.size >= MAX_TEXTS) this.#inserts.clear();
      this.#inserts.set(key, shape);
    }
    return shape;
  }

  #checkInsert(property: string): void {
    if (this.column(property).definition.generated === undefined) return;
    throw new TypeError(
      `Cannot insert into "${this.table.name}": "${property}" is generated`,
    );
  }

  /** Writes what an update sets and appends the values. */
  setSql(changes: object, params: SqlValue[]): string {
    let sql = "";
    let known = 0;
    // In the table's order: that of the keys makes no new text.
    for (const { property, definition, codec, isSet } of this.#settable) {
      if (!Object.hasOwn(changes, property)) continue;
      known++;
      // Changes are a record of the table's columns; what else they hold is
      // counted below.
      const value = (changes as Record<string, unknown>)[property];
      if (value === undefined || value === null && !definition.isNullable) {
        throw new TypeError(
          `Cannot update "${property}": got ${value}, want a value`,
        );
      }
      sql = sql === "" ? isSet : `${sql}, ${isSet}`;
      params.push(value === null ? null : codec.encode(value, property));
    }
    if (Object.keys(changes).length !== known) this.#checkChanges(changes);
    if (known === 0) {
      throw new TypeError("Cannot update rows: got no change, want one");
    }
    return this.#isStamped ? this.#stamp(sql, changes, params) : sql;
  }

  /** Adds what an update changes by itself. */
  #stamp(sql: string, changes: object, params: SqlValue[]): string {
    for (const { property, codec, isSet } of this.#updatedAt) {
      if (Object.hasOwn(changes, property)) continue;
      params.push(codec.encode(new Date(), property));
      sql = `${sql}, ${isSet}`;
    }
    if (this.version === undefined) return sql;
    const { name } = this.version;
    return `${sql}, ${name} = ${name} + 1`;
  }

  /** Refuses changes with a key that is no column or cannot be set. */
  #checkChanges(changes: object): void {
    for (const key of Object.keys(changes)) {
      const column = this.column(key);
      if (this.#settable.includes(column)) continue;
      throw new TypeError(
        column === this.version
          ? `Cannot update "${key}": the version rises by itself, it belongs into where()`
          : `Cannot update "${key}": it is generated`,
      );
    }
  }

  /** The statements that create the table and its indices. */
  createSql(): string[] {
    if (this.derived !== undefined) {
      throw new TypeError(
        `Cannot create table "${this.table.name}": it is derived from a query`,
      );
    }
    return createSql(schema(this.table, this.dialect), this.dialect);
  }

  /** The statement that drops the table, if it is there. */
  dropSql(): string {
    return `DROP TABLE IF EXISTS ${this.name}`;
  }
}

function checkAlias(alias: unknown): void {
  if (typeof alias !== "string" || alias === "") {
    throw new TypeError(
      `Cannot name table: got ${
        describe(alias)
      }, want a text that is not empty`,
    );
  }
  checkText(alias, alias);
}
