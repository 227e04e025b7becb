// Copyright 2026 the Gee authors. MIT license.

import type {
  CheckSchema,
  ColumnSchema,
  ForeignKeySchema,
  IndexSchema,
  TableSchema,
} from "../schema/table_schema.ts";
import type { DatabaseSchema, StoredTable } from "./database_schema.ts";
import { enumerationOf, isLiteral } from "./stored_kind.ts";
import { mentions } from "./normalize.ts";
import { withoutParentheses } from "./parse_table.ts";
import {
  comment,
  list,
  object,
  property,
  RESERVED,
  template,
  variableOf,
} from "./source_text.ts";

/** How tables are printed. */
export interface PrintOptions {
  /**
   * What the source imports the module by.
   *
   * @default {"@gee/std/orm"}
   */
  readonly from?: string;
}

/**
 * Prints the TypeScript source of tables: what `table()` cannot describe, views,
 * triggers and virtual tables are comments in it.
 *
 * @param database What is in a database, as `introspect()` returns it.
 * @param options How it is printed.
 * @returns The source of a module that exports the tables.
 *
 * @example A table of a database
 * ```ts
 * import { Engine, introspect, printTables } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertStringIncludes } from "@std/assert";
 *
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '')");
 * const source = printTables(await introspect(session));
 * assertStringIncludes(source, 'name: text().default(""),');
 * ```
 */
export function printTables(
  database: DatabaseSchema,
  { from = "@gee/std/orm" }: PrintOptions = {},
): string {
  const printer = new TablePrinter(database.tables);
  const tables = database.tables.map((table) => printer.table(table));
  const others = [
    ...Object.entries({
      view: database.views,
      trigger: database.triggers,
      "virtual table": database.virtualTables,
    }).flatMap(([word, objects]) =>
      objects.map(({ name, sql }) => comment(`The ${word} "${name}": ${sql}`))
    ),
  ];
  const names = [...printer.imports].sort((a, b) =>
    a.replace("type ", "").localeCompare(b.replace("type ", ""))
  );
  const imports = names.length === 0
    ? ""
    : `import { ${names.join(", ")} } from ${JSON.stringify(from)};\n\n`;
  return imports + [...tables, ...others].join("\n");
}

class TablePrinter {
  readonly imports: Set<string> = new Set();
  readonly #variables: ReadonlyMap<string, string>;
  readonly #schemas: ReadonlyMap<string, TableSchema>;

  constructor(tables: readonly StoredTable[]) {
    const taken = new Set<string>(RESERVED);
    this.#variables = new Map(tables.map(({ name }) => {
      const variable = variableOf(name, taken);
      taken.add(variable);
      return [name, variable];
    }));
    this.#schemas = new Map(tables.map(({ name, schema }) => [name, schema]));
  }

  table({ name, schema, beyond }: StoredTable): string {
    this.imports.add("table");
    const columns = schema.columns.map((column) =>
      `  ${property(column.property)}: ${this.#column(schema, column)},\n`
    );
    const options = this.#options(schema);
    const missing = schema.foreignKeys.filter(({ table }) =>
      !this.#schemas.has(table)
    ).map(({ columns, table }) =>
      `the reference of "${
        columns.join('", "')
      }" to table "${table}", which is not there`
    );
    const notes = [...beyond, ...missing].map((what) =>
      comment(`Not described here: ${what}`)
    ).join("");
    const variable = this.#variables.get(name) ?? "";
    return `${notes}export const ${variable} = table(${
      JSON.stringify(name)
    }, {\n${columns.join("")}}${options === "" ? "" : `, ${options}`});\n`;
  }

  #use(name: string): string {
    this.imports.add(name);
    return name;
  }

  #sql(text: string): string {
    this.#use("sql");
    return template(text);
  }

  #column(schema: TableSchema, column: ColumnSchema): string {
    const { name, kind, values, isUnique, generated } = column;
    const { primaryKey, isAutoIncrement } = schema;
    const isKey = primaryKey.length === 1 && primaryKey[0] === name;
    const maker = this.#use(kind);
    const parts = [
      kind === "enumeration"
        ? `${maker}(${JSON.stringify(values)})`
        : `${maker}()`,
      ...(column.property === name ? [] : [`named(${JSON.stringify(name)})`]),
      ...(isKey ? ["primaryKey()"] : []),
      ...(isKey && isAutoIncrement ? ["autoIncrement()"] : []),
      ...(column.isNullable ? ["nullable()"] : []),
      ...(isUnique ? ["unique()"] : []),
      ...(column.default === null
        ? []
        : [`default(${this.#default(kind, column.default)})`]),
      ...ownChecks(schema, column).map((check) =>
        `check(${JSON.stringify(check.expression)})`
      ),
      ...this.#references(schema, column),
    ];
    if (generated !== null) {
      const stored = generated.isStored ? ", { stored: true }" : "";
      parts.push(
        `generated(${JSON.stringify(generated.expression)}${stored})`,
      );
    }
    return parts.join(".");
  }

  #default(kind: ColumnSchema["kind"], sql: string): string {
    if (!isLiteral(kind, sql)) return this.#sql(withoutParentheses(sql));
    const text = () => JSON.stringify(sql.slice(1, -1).replaceAll("''", "'"));
    switch (kind) {
      case "bigint":
        return `${sql}n`;
      case "boolean":
        return String(sql === "1");
      case "date":
        return `new Date(${sql})`;
      case "blob":
        return `new Uint8Array([${
          [...Uint8Array.fromHex(sql.slice(2, -1))].join(", ")
        }])`;
      case "real":
        return sql.replace("9e999", "Infinity");
      default:
        return sql.startsWith("'") ? text() : sql;
    }
  }

  /** The reference that is the column's own. */
  #references(schema: TableSchema, { name }: ColumnSchema): string[] {
    const key = ownKeys(schema).get(name);
    if (key === undefined || !this.#schemas.has(key.table)) return [];
    const other = this.#schemas.get(key.table);
    const [to = ""] = key.to;
    const isKey = other?.primaryKey.length === 1 && other.primaryKey[0] === to;
    const options = object([
      ["column", !isKey && JSON.stringify(this.#property(key.table, to))],
      ...actionsOf(key),
    ]);
    return [
      `references(${this.#target(key)}${options === "" ? "" : `, ${options}`})`,
    ];
  }

  #target({ table }: ForeignKeySchema): string {
    this.#use("type Table");
    // The type keeps two tables that refer to each other from inferring one
    // another.
    return `(): Table => ${this.#variables.get(table) ?? ""}`;
  }

  #property(table: string, column: string): string {
    const columns = this.#schemas.get(table)?.columns ?? [];
    return columns.find(({ name }) => name === column)?.property ?? column;
  }

  #options(schema: TableSchema): string {
    const { name, primaryKey, uniques, indexes, checks, foreignKeys } = schema;
    const properties = (names: readonly string[]) =>
      `[${
        names.map((column) => JSON.stringify(this.#property(name, column)))
          .join(", ")
      }]`;
    const own = new Set(ownKeys(schema).values());
    const named = checks.flatMap(({ name, expression }) =>
      name === null
        ? []
        : `${JSON.stringify(name)}: ${JSON.stringify(expression)}`
    );
    const keys = foreignKeys.filter((key) =>
      !own.has(key) && this.#schemas.has(key.table)
    );
    return object([
      ["primaryKey", primaryKey.length > 1 && properties(primaryKey)],
      ["unique", list(uniques.map(properties))],
      ["indexes", list(indexes.map((index) => this.#index(name, index)))],
      ["checks", named.length > 0 && `{ ${named.join(", ")} }`],
      [
        "foreignKeys",
        list(keys.map((key) =>
          object([
            ["on", properties(key.columns)],
            ["table", this.#target(key)],
            [
              "to",
              list(key.to.map((column) =>
                JSON.stringify(this.#property(key.table, column))
              )),
            ],
            ...actionsOf(key),
          ])
        )),
      ],
      ["strict", schema.isStrict && "true"],
      ["withoutRowId", schema.isWithoutRowId && "true"],
    ]);
  }

  #index(table: string, { name, on, isUnique, where }: IndexSchema): string {
    const parts = on.map(({ column, expression, isDescending }) =>
      column === null ? this.#sql(expression ?? "") : JSON.stringify(
        `${isDescending ? "-" : ""}${this.#property(table, column)}`,
      )
    );
    return object([
      ["on", list(parts)],
      ["name", JSON.stringify(name)],
      ["unique", isUnique && "true"],
      ["where", where !== null && JSON.stringify(where)],
    ]);
  }
}

function actionsOf({ onDelete, onUpdate }: ForeignKeySchema) {
  return [
    ["onDelete", onDelete !== "no action" && JSON.stringify(onDelete)],
    ["onUpdate", onUpdate !== "no action" && JSON.stringify(onUpdate)],
  ] as const;
}

/** The first reference of each single column. */
function ownKeys({ foreignKeys }: TableSchema): Map<string, ForeignKeySchema> {
  const keys = foreignKeys.filter(({ columns }) => columns.length === 1)
    .toReversed();
  return new Map(keys.map((key) => [key.columns[0] ?? "", key]));
}

/** The nameless checks that a column brings along, but that of its values. */
function ownChecks(
  { columns, checks }: TableSchema,
  column: ColumnSchema,
): CheckSchema[] {
  return checks.filter(({ name, expression }) => {
    const owner = columns.find(({ name }) => mentions(expression, name)) ??
      columns[0];
    return name === null && owner === column &&
      (column.values === null ||
        enumerationOf(column.name, [{ name, expression }]) === null);
  });
}
