// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { Table } from "../schema/table.ts";
import type { TableSchema } from "../schema/table_schema.ts";
import type { Session } from "../session.ts";
import {
  checkPlan,
  MigrationError,
  type MigrationPlan,
  type MigrationStep,
} from "./migration_plan.ts";
import {
  planMigration,
  type Plannable,
  type PlanOptions,
} from "./plan_migration.ts";

/** How tables are migrated. */
export interface MigrateOptions extends PlanOptions {
  /**
   * Whether to do what loses data: a plan with losses is refused without it.
   *
   * @default {false}
   */
  readonly allowLoss?: boolean;
  /**
   * Whether to return the plan without doing it.
   *
   * @default {false}
   */
  readonly dryRun?: boolean;
}

/** What a migration needs of an engine. */
export interface Migratable extends Plannable {
  /** Runs the statements of a migration, all or nothing. */
  runMigration(statements: readonly SqlText[]): Promise<void>;
}

// Somebody else may change the schema between plan and deed, but hardly so
// often.
const ATTEMPTS = 5;

/** Makes a database have tables as they are described, in one transaction. */
export async function migrateTables(
  engine: Migratable,
  tables: readonly (Table | TableSchema)[],
  options: MigrateOptions = {},
): Promise<MigrationPlan> {
  const { allowLoss = false, dryRun = false } = options;
  for (let attempt = 1;; attempt++) {
    const before = await fingerprint(engine.session());
    const plan = await planMigration(engine, tables, options);
    if (dryRun || plan.steps.length === 0) return plan;
    checkPlan(plan, allowLoss);
    try {
      await engine.runMigration([guard(before), ...statementsOf(plan.steps)]);
      return plan;
    } catch (error) {
      if (before === await fingerprint(engine.session())) throw error;
      if (attempt < ATTEMPTS) continue;
      throw new MigrationError(
        `Cannot migrate: others changed the schema ${ATTEMPTS} times meanwhile`,
        { cause: error },
      );
    }
  }
}

/** The statements of steps, each step with its reason as a comment. */
export function statementsOf(steps: readonly MigrationStep[]): SqlText[] {
  return steps.flatMap(({ reason, sql }) =>
    sql.map((text, index) => ({
      sql: index === 0 ? `-- ${reason.replaceAll(/\s/g, " ")}\n${text}` : text,
      params: [],
    }))
  );
}

const FINGERPRINT =
  "SELECT json_group_array(sql) AS print FROM (SELECT sql FROM sqlite_master ORDER BY rowid)";

async function fingerprint(session: Session): Promise<string> {
  const [row] = await session.raw<{ print: string }>(FINGERPRINT);
  return row?.print ?? "";
}

/** A statement that fails when the schema is no longer what was read. */
function guard(print: string): SqlText {
  return {
    sql: `SELECT CASE (${FINGERPRINT}) WHEN ? THEN 1 ELSE json('changed') END`,
    params: [print],
  };
}
