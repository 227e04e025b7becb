// Copyright 2026 the Gee authors. MIT license.

import type { Dialect } from "../dialect/dialect.ts";
import { didYouMean } from "../nearest_name.ts";
import { createIndexSql, createTableSql } from "../schema/create_sql.ts";
import type { TableSchema } from "../schema/table_schema.ts";
import { alterSql } from "./alter.ts";
import type {
  DatabaseSchema,
  StoredObject,
  StoredTable,
  StoredTrigger,
} from "./database_schema.ts";
import { diffTable, isSame, type TableDifference } from "./diff_table.ts";
import { dropFinding, findingsOf, type PossibleFinding } from "./findings.ts";
import type { MigrationStep } from "./migration_plan.ts";
import { foldName, mentions, sameName } from "./normalize.ts";
import { rebuildSql } from "./rebuild.ts";

/** The steps from a database to tables, and what may be lost by them. */
export interface DatabaseDifference {
  readonly steps: readonly MigrationStep[];
  readonly findings: readonly PossibleFinding[];
}

/**
 * Compares a database with the tables it should have. Tables that are neither
 * among these nor in `drop` are left alone.
 */
export function diffDatabase(
  database: DatabaseSchema,
  tables: readonly TableSchema[],
  { dialect, drop }: {
    readonly dialect: Dialect;
    readonly drop: readonly string[];
  },
): DatabaseDifference {
  const differ = new DatabaseDiffer(database, tables, dialect);
  for (const table of tables) differ.table(table);
  for (const name of drop) differ.drop(name);
  return differ.result();
}

class DatabaseDiffer {
  readonly #database: DatabaseSchema;
  readonly #tables: readonly TableSchema[];
  readonly #dialect: Dialect;
  // Names of indices are shared by all tables: one that moves has to go before
  // it comes.
  readonly #before: MigrationStep[] = [];
  readonly #steps: MigrationStep[] = [];
  readonly #after: MigrationStep[] = [];
  readonly #findings: PossibleFinding[] = [];

  constructor(
    database: DatabaseSchema,
    tables: readonly TableSchema[],
    dialect: Dialect,
  ) {
    this.#database = database;
    this.#tables = tables;
    this.#dialect = dialect;
  }

  result(): DatabaseDifference {
    return {
      steps: [...this.#before, ...this.#steps, ...this.#after],
      findings: this.#findings,
    };
  }

  table(after: TableSchema): void {
    const stored = this.#find(after.name);
    if (stored === undefined) return this.#create(after);
    const difference = diffTable(stored.schema, after);
    if (!isSame(difference)) this.#change(stored, after, difference);
  }

  drop(name: string): void {
    const stored = this.#find(name);
    if (stored === undefined) {
      // One that is gone was dropped before; one that is nearly there was not.
      const near = didYouMean(
        name,
        this.#database.tables.map(({ name }) => name),
      );
      if (near === "") return;
      throw new TypeError(
        `Cannot drop table "${name}": there is no such table${near}`,
      );
    }
    const table = stored.name;
    this.#findings.push(dropFinding(table, this.#dialect));
    this.#steps.push({
      table,
      reason: `table ${table} is dropped`,
      sql: [`DROP TABLE ${this.#dialect.quote(table)}`],
    });
  }

  #find(name: string): StoredTable | undefined {
    return this.#database.tables.find((table) => sameName(table.name, name));
  }

  #create(after: TableSchema): void {
    const { name: table, indexes } = after;
    this.#steps.push({
      table,
      reason: `table ${table} doesn't exist`,
      sql: [createTableSql(after, this.#dialect)],
    });
    this.#createIndexes(after, indexes, `indices of table ${table}`);
  }

  #change(
    stored: StoredTable,
    after: TableSchema,
    difference: TableDifference,
  ): void {
    const { name: table, schema: before } = stored;
    const dialect = this.#dialect;
    const { indexes } = difference;
    const altered = alterSql(before, after, difference, dialect);
    const temporary = this.#freeName(`gee_new_${table}`);
    const sql = altered ?? [
      ...this.#around(table, rebuildSql({ before, after, temporary, dialect })),
      ...this.#checksOf(stored),
    ];
    if (indexes.dropped.length > 0) {
      const names = indexes.dropped.map(({ name }) => name);
      this.#before.push({
        table,
        reason: `deleted indices [${names.join(", ")}]`,
        sql: names.map((name) => `DROP INDEX ${dialect.quote(name)}`),
      });
    }
    if (sql.length > 0) {
      this.#steps.push({ table, reason: reasonOf(difference), sql });
    }
    const isRebuilt = altered === undefined;
    this.#createIndexes(
      after,
      isRebuilt ? after.indexes : indexes.added,
      isRebuilt ? `indices of table ${table}` : "added indices",
    );
    this.#findings.push(
      ...findingsOf(stored, after, difference, { dialect, isRebuilt }),
    );
  }

  #createIndexes(
    after: TableSchema,
    indexes: TableSchema["indexes"],
    reason: string,
  ): void {
    if (indexes.length === 0) return;
    this.#after.push({
      table: after.name,
      reason: `${reason}: [${indexes.map(({ name }) => name).join(", ")}]`,
      sql: indexes.map((index) => createIndexSql(after, index, this.#dialect)),
    });
  }

  /**
   * What builds a table anew, without the views and triggers that name it: they
   * come back behind it. With `legacy_alter_table` they could stay, but servers
   * of libsql refuse that.
   */
  #around(table: string, rebuild: readonly string[]): string[] {
    const { triggers } = this.#database;
    const views = this.#viewsOn(table);
    const names = [table, ...views.map(({ name }) => name)];
    const isNamed = (sql: string) => names.some((name) => mentions(sql, name));
    const isOn = ({ table }: StoredTrigger) =>
      names.some((name) => sameName(name, table));
    const affected = triggers.filter((one) => isOn(one) || isNamed(one.sql));
    const drop = (word: string, { name }: StoredObject) =>
      `DROP ${word} ${this.#dialect.quote(name)}`;
    return [
      ...views.map((view) => drop("VIEW", view)),
      // The others go with what they are on.
      ...affected.filter((one) => !isOn(one)).map((one) =>
        drop("TRIGGER", one)
      ),
      ...rebuild,
      ...[...views, ...affected].map(({ sql }) => sql),
    ];
  }

  /** The views that read a table, or one another that does. */
  #viewsOn(table: string): StoredObject[] {
    const found = new Set<StoredObject>();
    const names = [table];
    for (const name of names) {
      for (const view of this.#database.views) {
        if (found.has(view) || !mentions(view.sql, name)) continue;
        found.add(view);
        names.push(view.name);
      }
    }
    return [...found];
  }

  /**
   * Statements that do nothing but fail when a view or a trigger names what is
   * no longer there; SQLite itself looks only when it is used.
   */
  #checksOf({ name }: StoredTable): string[] {
    const { tables, views, triggers } = this.#database;
    const dialect = this.#dialect;
    const watched = triggers.filter(({ table, sql }) =>
      sameName(table, name) || mentions(sql, name)
    ).map(({ table }) => foldName(table));
    return [
      ...views.filter(({ sql }) => mentions(sql, name)).map(({ name }) =>
        `EXPLAIN SELECT 1 FROM ${dialect.quote(name)}`
      ),
      ...tables.filter(({ name }) => watched.includes(foldName(name)))
        .flatMap((table) => this.#writesOf(table)),
    ];
  }

  /** One statement of each kind that triggers of a table are run by. */
  #writesOf({ name, schema }: StoredTable): string[] {
    const table = this.#dialect.quote(name);
    const after = this.#tables.find((one) => sameName(one.name, name)) ??
      schema;
    // The other tables of the plan may have been changed before or not.
    const columns = after.columns.filter(({ name, generated }) =>
      generated === null &&
      schema.columns.some((old) =>
        sameName(old.name, name) && old.generated === null
      )
    ).map(({ name }) => this.#dialect.quote(name));
    return [
      `EXPLAIN INSERT INTO ${table} DEFAULT VALUES`,
      ...(columns.length === 0 ? [] : [
        `EXPLAIN UPDATE ${table} SET ${
          columns.map((name) => `${name} = ${name}`).join(", ")
        }`,
      ]),
      `EXPLAIN DELETE FROM ${table}`,
    ];
  }

  #freeName(name: string): string {
    const { tables, views, virtualTables } = this.#database;
    const taken = new Set(
      [...tables, ...views, ...virtualTables].map(({ name }) => foldName(name)),
    );
    let free = name;
    for (let count = 2; taken.has(foldName(free)); count++) {
      free = `${name}_${count}`;
    }
    return free;
  }
}

/** What is different, as GeeORM logs it, with what it did not see. */
function reasonOf(difference: TableDifference): string {
  const { columns, changed, checks, foreignKeys, uniques, others } = difference;
  const names = (list: readonly { readonly name: string }[]) =>
    list.map(({ name }) => name).join(", ");
  const parts = [
    `added cols [${names(columns.added)}], deleted cols [${
      names(columns.dropped)
    }]`,
  ];
  if (changed.length > 0) {
    parts.push(`changed cols [${names(changed.map(({ after }) => after))}]`);
  }
  const lists = { checks, "foreign keys": foreignKeys, uniques };
  for (const [word, { added, dropped }] of Object.entries(lists)) {
    if (added.length + dropped.length === 0) continue;
    parts.push(`${word}: ${added.length} added, ${dropped.length} deleted`);
  }
  if (others.length > 0) parts.push(`changed ${others.join(", ")}`);
  return parts.join("; ");
}
