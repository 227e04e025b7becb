// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { Session } from "../session.ts";
import type { MigrationFile } from "./migration_file.ts";

/** The table in which a database keeps the migrations it has had. */
export const HISTORY = "gee_migrations";

/** A migration that was applied. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  /** When, in ms since 1970. */
  readonly appliedAt: number;
  /** How long it took, in ms. */
  readonly ms: number;
}

/** The migrations that were applied, in the order in which they were. */
export async function readHistory(
  session: Session,
): Promise<AppliedMigration[]> {
  if (!await session.hasTable(HISTORY)) return [];
  return await session.raw<AppliedMigration>(
    `SELECT name, checksum, appliedAt, ms FROM ${HISTORY} ORDER BY rowid`,
  );
}

/**
 * What comes before a migration in its transaction: the history as it was read
 * has to be the history still. So the database's own write lock is the lock
 * between migrators, in whatever process, and ends with the one that holds it.
 */
export function expectHistory(applied: readonly AppliedMigration[]): SqlText[] {
  const names = JSON.stringify(applied.map(({ name }) => name));
  return [
    {
      sql:
        `CREATE TABLE IF NOT EXISTS ${HISTORY} (name TEXT PRIMARY KEY NOT NULL, checksum TEXT NOT NULL, appliedAt DATETIME NOT NULL, ms INTEGER NOT NULL)`,
      params: [],
    },
    {
      sql:
        `SELECT CASE (SELECT json_group_array(name) FROM (SELECT name FROM ${HISTORY} ORDER BY rowid)) WHEN ? THEN 1 ELSE json('changed') END`,
      params: [names],
    },
  ];
}

/** What comes after a migration that was done. */
export function recordSql(
  { name, checksum }: MigrationFile,
  start: number,
): SqlText {
  // The database's clock, for only there is the end known before the commit.
  const now =
    "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";
  return {
    sql:
      `INSERT INTO ${HISTORY} (name, checksum, appliedAt, ms) VALUES (?, ?, ${now}, max(0, ${now} - ?))`,
    params: [name, checksum, BigInt(start)],
  };
}

/** What comes after a migration that was undone. */
export function forgetSql({ name }: MigrationFile): SqlText {
  return { sql: `DELETE FROM ${HISTORY} WHERE name = ?`, params: [name] };
}
