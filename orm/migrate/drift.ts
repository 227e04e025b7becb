// Copyright 2026 the Gee authors. MIT license.

import type { Engine } from "../engine.ts";
import type { Table } from "../schema/table.ts";
import type { DatabaseSchema, StoredObject } from "./database_schema.ts";
import { diffDatabase } from "./diff_database.ts";
import { replay } from "./generate.ts";
import type { AppliedMigration } from "./history.ts";
import { introspect } from "./introspect.ts";
import type { MigrationFile } from "./migration_file.ts";
import { statusOf } from "./migration_status.ts";
import { normalize } from "./normalize.ts";
import { planMigration } from "./plan_migration.ts";
import { sqliteDialect } from "../dialect/sqlite_dialect.ts";

/** What is compared. */
export interface DriftRequest {
  readonly files: readonly MigrationFile[];
  readonly history: readonly AppliedMigration[];
  readonly tables: readonly Table[];
}

/** What does not fit together, in words. */
export async function findDrift(
  engine: Engine,
  open: () => Promise<Engine>,
  { files, history, tables }: DriftRequest,
): Promise<string[]> {
  const problems = statusOf(files, history).flatMap(({ name, state }) => {
    if (state === "applied") return [];
    if (state === "pending") return `migration "${name}" is not applied`;
    return state === "edited"
      ? `migration "${name}" was edited after it was applied`
      : `migration "${name}" was applied, and its file is gone`;
  });
  const done = new Set(history.map(({ name }) => name));
  await using shadow = await open();
  await replay(shadow, files.filter(({ name }) => done.has(name)));
  problems.push(...differences(
    await introspect(engine.session()),
    await introspect(shadow.session()),
  ));
  if (tables.length === 0) return problems;
  await replay(shadow, files.filter(({ name }) => !done.has(name)));
  const { steps } = await planMigration(shadow, tables);
  return [
    ...problems,
    ...steps.map(({ table, reason }) =>
      `table "${table}" is not what the migrations make: ${reason}`
    ),
  ];
}

/** What differs in a database from what its migrations make. */
function differences(
  database: DatabaseSchema,
  made: DatabaseSchema,
): string[] {
  const { steps } = diffDatabase(
    database,
    made.tables.map(({ schema }) => schema),
    { dialect: sqliteDialect, drop: [] },
  );
  return [
    ...steps.map(({ table, reason }) =>
      `the database differs from its migrations in table "${table}": ${reason}`
    ),
    ...objectDifferences("view", database.views, made.views),
    ...objectDifferences("trigger", database.triggers, made.triggers),
  ];
}

function objectDifferences(
  word: string,
  found: readonly StoredObject[],
  made: readonly StoredObject[],
): string[] {
  return made.flatMap(({ name, sql }) => {
    const other = found.find((one) => one.name === name);
    if (other === undefined) return `the database has no ${word} "${name}"`;
    return normalize(other.sql) === normalize(sql)
      ? []
      : `the database has another ${word} "${name}" than its migrations make`;
  });
}
