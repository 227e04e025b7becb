// Copyright 2026 the Gee authors. MIT license.

import { didYouMean } from "../nearest_name.ts";
import { checkExpression } from "../query/sql.ts";
import { isSql, type Sql, SqlName } from "../query/sql_template.ts";
import { checkText, describe } from "./codecs.ts";
import type { ColumnDefinition, ReferenceActions } from "./column.ts";
import type { TableOptions } from "./table_options.ts";

// Conditions give these names a meaning of their own, and "__proto__" cannot
// be set on a row like another property.
const RESERVED = ["and", "or", "not", "__proto__"];
// In tables these are the database's own.
const OWN_NAMES = /^sqlite_/i;
/** What `onDelete` and `onUpdate` may be. */
const ACTIONS: readonly unknown[] = [
  "cascade",
  "restrict",
  "set null",
  "set default",
  "no action",
];

/** Refuses what cannot be a table, and returns the properties of its primary key. */
export function checkTable(
  name: string,
  columns: ReadonlyMap<string, ColumnDefinition>,
  options: TableOptions,
): string[] {
  const check = new TableCheck(name, columns);
  check.names();
  const primaryKey = check.primaryKey(options);
  for (const [property, definition] of columns) {
    check.column(property, definition, primaryKey.includes(property));
  }
  check.roles();
  check.options(options);
  return primaryKey;
}

class TableCheck {
  readonly #table: string;
  readonly #columns: ReadonlyMap<string, ColumnDefinition>;

  constructor(table: string, columns: ReadonlyMap<string, ColumnDefinition>) {
    this.#table = table;
    this.#columns = columns;
  }

  #refuse(reason: string): TypeError {
    return new TypeError(`Cannot define table "${this.#table}": ${reason}`);
  }

  #name(name: unknown): void {
    if (typeof name !== "string") {
      throw this.#refuse(`a name is ${describe(name)}, want a string`);
    }
    if (name === "") throw this.#refuse("a name is empty");
    checkText(name, name);
  }

  #ownName(name: string): void {
    this.#name(name);
    if (!OWN_NAMES.test(name)) return;
    throw this.#refuse(`names like "${name}" are the database's own`);
  }

  #known(property: string): ColumnDefinition {
    const definition = this.#columns.get(property);
    if (definition !== undefined) return definition;
    throw this.#refuse(
      `it has no column ${describe(property)}${
        didYouMean(String(property), this.#columns.keys())
      }`,
    );
  }

  /** A list of properties, each of them once. */
  #list(option: string, list: readonly string[]): void {
    if (!Array.isArray(list) || list.length === 0) {
      throw this.#refuse(`"${option}" wants an array of properties`);
    }
    for (const [index, property] of list.entries()) {
      this.#known(property);
      if (list.indexOf(property) === index) continue;
      throw this.#refuse(`"${option}" has "${property}" twice`);
    }
  }

  #expression(expression: unknown): void {
    const action = `define table "${this.#table}" by`;
    if (typeof expression === "string") {
      return checkExpression(action, expression, 0);
    }
    if (!isSql(expression)) {
      throw this.#refuse(`an expression is ${describe(expression)}, want SQL`);
    }
    const { texts, values } = expression;
    checkExpression(action, texts.join("?"), values.length);
    for (const value of values) {
      if (value instanceof SqlName) this.#ref(value);
    }
  }

  #ref({ name, table }: SqlName): void {
    if (table === undefined) return void this.#known(name);
    if (table === this.#table) return;
    throw this.#refuse(`an expression refers to "${table || name}"`);
  }

  names(): void {
    this.#ownName(this.#table);
    const seen = new Set<string>();
    for (const [property, { name = property }] of this.#columns) {
      if (RESERVED.includes(property) || property.startsWith("-")) {
        throw this.#refuse(`"${property}" cannot name a property, use named()`);
      }
      this.#name(name);
      // SQLite takes "Age" and "age" for the same column.
      if (seen.has(name.toLowerCase())) {
        throw this.#refuse(`two columns are named "${name}"`);
      }
      seen.add(name.toLowerCase());
    }
    if (seen.size === 0) throw this.#refuse("it has no columns");
    const isComputed = (definition: ColumnDefinition) =>
      definition.generated !== undefined;
    if ([...this.#columns.values()].every(isComputed)) {
      throw this.#refuse("every column is generated");
    }
  }

  primaryKey({ primaryKey, withoutRowId }: TableOptions): string[] {
    const marked = [...this.#columns.keys()].filter((property) =>
      this.#known(property).isPrimaryKey
    );
    if (primaryKey !== undefined) this.#list("primaryKey", primaryKey);
    const keys = [...primaryKey ?? marked];
    const clash = marked.find((property) => marked[0] !== property) ??
      (keys.join() === marked.join() ? undefined : keys[0]);
    if (marked.length > 0 && clash !== undefined) {
      throw this.#refuse(
        `"${
          marked[0]
        }" and "${clash}" are both the primary key, want "primaryKey" in the options`,
      );
    }
    if (withoutRowId && keys.length === 0) {
      throw this.#refuse("a table without row ids wants a primary key");
    }
    for (const property of keys) {
      if (!withoutRowId || !this.#known(property).isAutoIncrement) continue;
      throw this.#refuse(`a table without row ids cannot number "${property}"`);
    }
    return keys;
  }

  column(
    property: string,
    definition: ColumnDefinition,
    isKey: boolean,
  ): void {
    const { generated, isNullable, references, role } = definition;
    if (isKey && isNullable) {
      throw this.#refuse(`"${property}" is in the primary key and nullable`);
    }
    if (role === "version" && isNullable) {
      throw this.#refuse(`"${property}" is the version and nullable`);
    }
    const { defaultValue, defaultSql, defaultFn } = definition;
    if (generated !== undefined) {
      const given = defaultValue ?? defaultSql ?? defaultFn ?? role;
      if (given !== undefined || isKey) {
        throw this.#refuse(
          `"${property}" is generated, it has no default and is no key`,
        );
      }
      this.#expression(generated.expression);
    }
    if (defaultSql !== undefined) this.#default(property, defaultSql);
    for (const expression of definition.checks) this.#expression(expression);
    if (references !== undefined) this.#actions(references);
  }

  #default(property: string, sql: Sql): void {
    this.#expression(sql);
    if (!sql.values.some((value) => value instanceof SqlName)) return;
    throw this.#refuse(
      `the default of "${property}" refers to a column, want generated()`,
    );
  }

  roles(): void {
    for (const role of ["version", "softDelete"]) {
      const [first, second] = [...this.#columns].filter(([, definition]) =>
        definition.role === role
      );
      if (first === undefined || second === undefined) continue;
      throw this.#refuse(
        `"${first[0]}" and "${second[0]}" are both of ${role}()`,
      );
    }
  }

  options(options: TableOptions): void {
    const { unique = [], indexes = [], checks = {}, foreignKeys = [] } =
      options;
    for (const list of unique) this.#list("unique", list);
    for (const [name, expression] of Object.entries(checks)) {
      this.#name(name);
      this.#expression(expression);
    }
    for (const { on, name, where } of indexes) {
      if (!Array.isArray(on) || on.length === 0) {
        throw this.#refuse('an index wants an array in "on"');
      }
      for (const part of on) {
        if (typeof part === "string") this.#known(part.replace(/^-/, ""));
        else this.#expression(part);
      }
      if (name !== undefined) this.#ownName(name);
      if (where !== undefined) this.#expression(where);
    }
    for (const { on, ...actions } of foreignKeys) {
      this.#list("foreignKeys", on);
      this.#actions(actions);
    }
  }

  #actions(actions: ReferenceActions & { readonly table: unknown }): void {
    if (typeof actions.table !== "function") {
      throw this.#refuse("a reference wants a function that returns the table");
    }
    for (const option of ["onDelete", "onUpdate"] as const) {
      const action = actions[option];
      if (action === undefined || ACTIONS.includes(action)) continue;
      throw this.#refuse(
        `"${option}" is ${describe(action)}, want one of ${ACTIONS.join(", ")}`,
      );
    }
  }
}
