// Copyright 2026 the Gee authors. MIT license.
// What is public of migrations.

export { introspect } from "./introspect.ts";
export type {
  DatabaseSchema,
  StoredObject,
  StoredTable,
  StoredTrigger,
} from "./database_schema.ts";
export { Migrator } from "./migrator.ts";
export type {
  MigrationEvent,
  MigrationRun,
  MigratorOptions,
  RunOptions,
} from "./migrator_options.ts";
export type { GenerateOptions } from "./generate.ts";
export type { MigrationStatus } from "./migration_status.ts";
export { type PrintOptions, printTables } from "./print_tables.ts";
export { planMigration } from "./plan_migration.ts";
export type { Plannable, PlanOptions } from "./plan_migration.ts";
export type { MigrateOptions } from "./migrate_tables.ts";
export {
  MigrationError,
  type MigrationFinding,
  type MigrationPlan,
  type MigrationStep,
} from "./migration_plan.ts";
