// Copyright 2026 the Gee authors. MIT license.

import type { Dialect } from "../dialect/dialect.ts";
import { sqliteDialect } from "../dialect/sqlite_dialect.ts";
import { didYouMean } from "../nearest_name.ts";
import { isSql, type Sql, writeSql } from "../query/sql_template.ts";
import type { ColumnDefinition, ReferencedTable } from "./column.ts";
import type { Table } from "./table.ts";
import type { ForeignKeyOptions, IndexOptions } from "./table_options.ts";
import type {
  CheckSchema,
  ColumnSchema,
  ForeignKeySchema,
  IndexSchema,
  TableSchema,
} from "./table_schema.ts";

/**
 * A table as plain data.
 *
 * @param table The table.
 * @param dialect The SQL of its types, defaults and expressions; SQLite's when
 * left out.
 * @returns The data.
 * @throws {TypeError} When it refers to a column that is not there.
 *
 * @example A table as data
 * ```ts
 * import { integer, schema, table, text } from "@gee/std/orm";
 * import { assertEquals } from "@std/assert";
 *
 * const users = table("users", {
 *   id: integer().primaryKey(),
 *   name: text().default("nobody").index(),
 * });
 * const { columns, indexes, primaryKey } = schema(users);
 * assertEquals(columns.map(({ name, type }) => `${name} ${type}`), ["id INTEGER", "name TEXT"]);
 * assertEquals(columns[1]?.default, "'nobody'");
 * assertEquals(indexes[0]?.name, "users_name_index");
 * assertEquals(primaryKey, ["id"]);
 * ```
 */
export function schema(
  table: Table,
  dialect: Dialect = sqliteDialect,
): TableSchema {
  return new SchemaWriter(table, dialect).schema();
}

/** Whether the database numbers the rows of a table. */
export function isNumbered({ columns, primaryKey, options }: Table): boolean {
  const [key, ...others] = primaryKey;
  if (key === undefined || others.length > 0) return false;
  const kind = columns[key]?.definition.codec.kind;
  return !options.withoutRowId && (kind === "integer" || kind === "bigint");
}

/** The name in the database of a property of a table. */
function nameIn(table: ReferencedTable, property: string): string {
  const column = Object.hasOwn(table.columns, property)
    ? table.columns[property]
    : undefined;
  if (column !== undefined) return column.definition.name ?? property;
  throw new TypeError(
    `Cannot refer to column "${property}": table "${table.name}" has no such column${
      didYouMean(property, Object.keys(table.columns))
    }`,
  );
}

class SchemaWriter {
  readonly #table: Table;
  readonly #dialect: Dialect;

  constructor(table: Table, dialect: Dialect) {
    this.#table = table;
    this.#dialect = dialect;
  }

  schema(): TableSchema {
    const { name, columns, primaryKey, options } = this.#table;
    const definitions = Object.entries(columns).map(
      ([property, { definition }]) => [property, definition] as const,
    );
    const { strict = false, withoutRowId = false, unique = [] } = options;
    return {
      name,
      columns: definitions.map(([property, definition]) =>
        this.#column(property, definition)
      ),
      primaryKey: this.#names(primaryKey),
      isNumbered: isNumbered(this.#table),
      isAutoIncrement: definitions.some(([, { isAutoIncrement }]) =>
        isAutoIncrement
      ),
      uniques: unique.map((list) => this.#names(list)),
      indexes: this.#indexes(definitions),
      checks: this.#checks(definitions),
      foreignKeys: [
        ...definitions.flatMap(([property, definition]) =>
          this.#references(property, definition)
        ),
        ...(options.foreignKeys ?? []).map((key) => this.#foreignKey(key)),
      ],
      isStrict: strict,
      isWithoutRowId: withoutRowId,
    };
  }

  #names(properties: readonly string[]): string[] {
    return properties.map((property) => nameIn(this.#table, property));
  }

  /** An expression with names and values written out. */
  #sql(expression: string | Sql): string {
    const text = isSql(expression)
      ? writeSql(
        expression,
        // table() has checked that every name is one of its own. SQLite takes
        // no name of a table in indices and generated columns.
        ({ name, table }) =>
          this.#dialect.quote(
            table === undefined ? nameIn(this.#table, name) : name,
          ),
        (value) => this.#dialect.literal(value),
      )
      : expression;
    // The line break ends a comment at the expression's end.
    return text.includes("--") ? `${text}\n` : text;
  }

  #column(property: string, definition: ColumnDefinition): ColumnSchema {
    const { codec, defaultValue, defaultSql, generated, role } = definition;
    const { strict = false } = this.#table.options;
    return {
      name: nameIn(this.#table, property),
      property,
      kind: codec.kind,
      type: this.#dialect.dataTypeOf(definition, { isStrict: strict }),
      isNullable: definition.isNullable,
      isUnique: definition.isUnique,
      default: defaultSql !== undefined
        ? `(${this.#sql(defaultSql)})`
        : defaultValue !== undefined
        ? this.#dialect.literal(defaultValue)
        : null,
      generated: generated === undefined ? null : {
        expression: this.#sql(generated.expression),
        isStored: generated.isStored,
      },
      values: codec.values ?? null,
      role: role ?? null,
    };
  }

  #indexes(
    definitions: readonly (readonly [string, ColumnDefinition])[],
  ): IndexSchema[] {
    const single = definitions.filter(([, { isIndexed }]) => isIndexed)
      .map(([property]) => this.#index({ on: [property] }));
    const { indexes = [] } = this.#table.options;
    return [...single, ...indexes.map((index) => this.#index(index))];
  }

  #index({ on, name, unique = false, where }: IndexOptions): IndexSchema {
    const parts = on.map((part) => {
      if (isSql(part)) {
        const expression = this.#sql(part);
        return { column: null, expression, isDescending: false };
      }
      const isDescending = part.startsWith("-");
      const column = nameIn(this.#table, part.slice(isDescending ? 1 : 0));
      return { column, expression: null, isDescending };
    });
    const names = parts.map(({ column }) => column ?? "expression");
    return {
      name: name ?? [this.#table.name, ...names, "index"].join("_"),
      on: parts,
      isUnique: unique,
      where: where === undefined ? null : this.#sql(where),
    };
  }

  #checks(
    definitions: readonly (readonly [string, ColumnDefinition])[],
  ): CheckSchema[] {
    const { checks = {} } = this.#table.options;
    return [
      ...definitions.flatMap(([property, definition]) =>
        this.#columnChecks(property, definition)
      ),
      ...Object.entries(checks).map(([name, expression]) => ({
        name,
        expression: this.#sql(expression),
      })),
    ];
  }

  #columnChecks(
    property: string,
    { checks, codec: { values } }: ColumnDefinition,
  ): CheckSchema[] {
    const name = this.#dialect.quote(nameIn(this.#table, property));
    const list = values?.map((value) => this.#dialect.literal(value)).join(
      ", ",
    );
    return [
      ...(list === undefined ? [] : [`${name} IN (${list})`]),
      ...checks.map((expression) => this.#sql(expression)),
    ].map((expression) => ({ name: null, expression }));
  }

  #references(
    property: string,
    { references }: ColumnDefinition,
  ): ForeignKeySchema[] {
    if (references === undefined) return [];
    const { column, ...rest } = references;
    const to = column === undefined ? {} : { to: [column] };
    return [this.#foreignKey({ ...rest, ...to, on: [property] })];
  }

  #foreignKey(
    { on, table: other, to, onDelete, onUpdate }: ForeignKeyOptions,
  ): ForeignKeySchema {
    const table = other();
    const properties = to ?? table.primaryKey;
    if (properties.length !== on.length) {
      throw new TypeError(
        `Cannot refer from "${
          on.join('", "')
        }" of table "${this.#table.name}": got ${on.length} columns for ${properties.length} of table "${table.name}"`,
      );
    }
    return {
      columns: this.#names(on),
      table: table.name,
      to: properties.map((property) => nameIn(table, property)),
      onDelete: onDelete ?? "no action",
      onUpdate: onUpdate ?? "no action",
    };
  }
}
