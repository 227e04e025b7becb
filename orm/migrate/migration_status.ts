// Copyright 2026 the Gee authors. MIT license.

import type { AppliedMigration } from "./history.ts";
import type { MigrationFile } from "./migration_file.ts";

/** Where a migration stands. */
export interface MigrationStatus {
  /** Its name. */
  readonly name: string;
  /**
   * Whether it was applied, is to be applied, was edited after it was applied,
   * or was applied and its file is gone.
   */
  readonly state: "applied" | "pending" | "edited" | "missing";
  /** When it was applied; `null` when it was not. */
  readonly appliedAt: Date | null;
  /** How long that took, in ms; `null` when it was not applied. */
  readonly ms: number | null;
}

/** What folder and history say together. */
export function statusOf(
  files: readonly MigrationFile[],
  history: readonly AppliedMigration[],
): MigrationStatus[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const applied = history.map((row): MigrationStatus => {
    const file = byName.get(row.name);
    const state = file === undefined
      ? "missing"
      : file.checksum === row.checksum
      ? "applied"
      : "edited";
    const { name, ms } = row;
    return { name, state, appliedAt: new Date(row.appliedAt), ms };
  });
  const done = new Set(history.map(({ name }) => name));
  const pending = files.filter(({ name }) => !done.has(name)).map(
    ({ name }): MigrationStatus => ({
      name,
      state: "pending",
      appliedAt: null,
      ms: null,
    }),
  );
  return [...applied, ...pending].sort((a, b) => a.name < b.name ? -1 : 1);
}
