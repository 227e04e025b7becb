// Copyright 2026 the Gee authors. MIT license.

import type { Dialect } from "../dialect/dialect.ts";
import { didYouMean } from "../nearest_name.ts";
import type { DatabaseSchema } from "./database_schema.ts";
import type { MigrationStep } from "./migration_plan.ts";
import { sameName } from "./normalize.ts";

/**
 * The steps that rename what is still called by its old name. A hint whose new
 * name is there already has been followed before.
 */
export function renameSteps(
  { tables }: DatabaseSchema,
  hints: Readonly<Record<string, string>>,
  dialect: Dialect,
): MigrationStep[] {
  const columns: MigrationStep[] = [];
  const others: MigrationStep[] = [];
  const find = (name: string) =>
    tables.find((table) => sameName(table.name, name));
  for (const [from, to] of Object.entries(hints)) {
    const table = find(from);
    // SQLite takes "Name" for "name", and so finds the new one by the old.
    if (table?.name === to) continue;
    if (table !== undefined) {
      others.push(renameTable(table.name, to, dialect));
      continue;
    }
    const dot = from.lastIndexOf(".");
    const [name, column] = [from.slice(0, dot), from.slice(dot + 1)];
    const renamed = hints[name];
    const parent = dot < 1
      ? undefined
      : find(name) ?? (renamed === undefined ? undefined : find(renamed));
    if (dot < 1 && find(to) !== undefined) continue;
    if (parent === undefined) {
      throw new TypeError(
        `Cannot rename "${from}": there is no table "${dot < 1 ? from : name}"${
          didYouMean(dot < 1 ? from : name, tables.map(({ name }) => name))
        }`,
      );
    }
    const names = parent.schema.columns.map(({ name }) => name);
    const old = names.find((other) => sameName(other, column));
    if (old === to) continue;
    if (old !== undefined) {
      columns.push(renameColumn(parent.name, [old, to], dialect));
    } else if (!names.some((other) => sameName(other, to))) {
      throw new TypeError(
        `Cannot rename "${from}": table "${parent.name}" has no column "${column}"${
          didYouMean(column, names)
        }`,
      );
    }
  }
  return [...columns, ...others];
}

function renameTable(
  from: string,
  to: string,
  dialect: Dialect,
): MigrationStep {
  // SQLite takes "Users" for "users", which is there already.
  const names = sameName(from, to) ? [from, `gee_new_${to}`, to] : [from, to];
  return {
    table: to,
    reason: `table ${from} is renamed to ${to}`,
    sql: names.slice(1).map((name, index) =>
      `ALTER TABLE ${dialect.quote(names[index] ?? from)} RENAME TO ${
        dialect.quote(name)
      }`
    ),
  };
}

function renameColumn(
  table: string,
  [from, to]: readonly [string, string],
  dialect: Dialect,
): MigrationStep {
  return {
    table,
    reason: `column ${from} is renamed to ${to}`,
    sql: [
      `ALTER TABLE ${dialect.quote(table)} RENAME COLUMN ${
        dialect.quote(from)
      } TO ${dialect.quote(to)}`,
    ],
  };
}
