// Copyright 2026 the Gee authors. MIT license.

import { sqliteDialect } from "../dialect/sqlite_dialect.ts";
import { checkChoice } from "../driver/options.ts";
import { didYouMean } from "../nearest_name.ts";
import { describe } from "../schema/codecs.ts";
import { schema } from "../schema/schema.ts";
import type { Table } from "../schema/table.ts";
import type { TableSchema } from "../schema/table_schema.ts";
import type { Session } from "../session.ts";
import type { DatabaseSchema } from "./database_schema.ts";
import { diffDatabase } from "./diff_database.ts";
import type { PossibleFinding } from "./findings.ts";
import { introspect } from "./introspect.ts";
import type { MigrationFinding, MigrationPlan } from "./migration_plan.ts";
import { foldName, sameName } from "./normalize.ts";
import { renameSteps } from "./renames.ts";

/** How a difference is found. */
export interface PlanOptions {
  /**
   * What is renamed, by names in the database as they were:
   * `{ users: "people", "users.name": "fullName" }`. A renaming that was done
   * before is none.
   *
   * @default {{}}
   */
  readonly rename?: Readonly<Record<string, string>>;
  /**
   * Names of tables to drop. Without it no table is dropped.
   *
   * @default {[]}
   */
  readonly drop?: readonly string[];
  /**
   * Whether to count the rows that would be lost. What concerns no row is then
   * left out of the plan's findings.
   *
   * @default {true}
   */
  readonly countRows?: boolean;
}

/** What a plan needs of an engine. */
export interface Plannable {
  /** A session on the whole database. */
  session(): Session;
  /** Runs a function in a transaction. */
  transaction<T>(work: (tx: Session) => Promise<T>): Promise<T>;
}

/** Options that are on or off. */
interface MigrateFlags extends Pick<PlanOptions, "countRows"> {
  readonly allowLoss?: unknown;
  readonly dryRun?: unknown;
}

const OPTIONS = ["rename", "drop", "countRows", "allowLoss", "dryRun"];

/**
 * Says how a database comes to have tables as they are described, and what
 * would be lost by that. It changes nothing.
 *
 * @param engine The database.
 * @param tables The tables; others are left alone.
 * @param options How the difference is found.
 * @returns The plan, without steps when there is no difference.
 * @throws {TypeError} When an option names what is not there.
 *
 * @example What would be lost
 * ```ts
 * import { Engine, integer, planMigration, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * await using engine = await Engine.open(sqlite());
 * const before = table("users", { id: integer().primaryKey(), name: text() });
 * await engine.session().createTable(before);
 * await engine.session().insert(before, { name: "Tom" });
 *
 * const after = table("users", { id: integer().primaryKey() });
 * const { steps, losses } = await planMigration(engine, [after]);
 * assertEquals(steps[0]?.sql, ['ALTER TABLE "users" DROP COLUMN "name"']);
 * assertEquals(losses, [
 *   { table: "users", column: "name", reason: "the column is dropped", rows: 1 },
 * ]);
 * ```
 */
export async function planMigration(
  engine: Plannable,
  tables: readonly (Table | TableSchema)[],
  options: PlanOptions = {},
): Promise<MigrationPlan> {
  checkOptions(options);
  const schemas = schemasOf(tables);
  for (const { name } of schemas) {
    if (!options.drop?.some((dropped) => sameName(dropped, name))) continue;
    throw new TypeError(
      `Cannot drop table "${name}": it is among the tables that should be there`,
    );
  }
  const session = engine.session();
  const database = await introspect(session);
  const { rename = {} } = options;
  const renames = renameSteps(database, rename, sqliteDialect);
  if (renames.length === 0) {
    return await planFrom(session, database, schemas, options);
  }
  // What triggers and views say after it, only the database knows; so it is
  // done and undone.
  let plan: MigrationPlan = { steps: renames, losses: [], problems: [] };
  const undo = new Error();
  try {
    await engine.transaction(async (tx) => {
      for (const sql of renames.flatMap(({ sql }) => sql)) await tx.exec(sql);
      const renamed = await introspect(tx);
      const rest = await planFrom(tx, renamed, schemas, options);
      plan = { ...rest, steps: [...renames, ...rest.steps] };
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return plan;
}

async function planFrom(
  session: Session,
  database: DatabaseSchema,
  tables: readonly TableSchema[],
  { drop = [], countRows = true }: PlanOptions,
): Promise<MigrationPlan> {
  const options = { dialect: sqliteDialect, drop };
  const { steps, findings } = diffDatabase(database, tables, options);
  const losses: MigrationFinding[] = [];
  const problems: MigrationFinding[] = [];
  for (const finding of findings) {
    const rows = countRows ? await rowsOf(session, finding) : null;
    if (rows === 0) continue;
    const { isProblem, table, column, reason } = finding;
    (isProblem ? problems : losses).push({ table, column, reason, rows });
  }
  return { steps, losses, problems };
}

/** How many rows it is about, `null` when it is not about rows. */
async function rowsOf(
  session: Session,
  { countSql }: PossibleFinding,
): Promise<number | null> {
  if (countSql === null) return null;
  const [first] = await session.raw<{ rows: number }>(countSql);
  return first?.rows ?? 0;
}

function checkOptions(options: PlanOptions): void {
  for (const name of Object.keys(options)) {
    if (OPTIONS.includes(name)) continue;
    throw new TypeError(
      `Cannot migrate: unknown option "${name}"${didYouMean(name, OPTIONS)}`,
    );
  }
  // Of migrateTables(): a text that says no would lose data.
  const { countRows, allowLoss, dryRun }: MigrateFlags = options;
  for (
    const [name, value] of Object.entries({ countRows, allowLoss, dryRun })
  ) {
    checkChoice("migrate", name, value, [true, false]);
  }
}

/** The tables as plain data, each of them once. */
export function schemasOf(
  tables: readonly (Table | TableSchema)[],
): TableSchema[] {
  const schemas = tables.map((table) => {
    if (isSchema(table)) return table;
    if (typeof table?.name === "string" && "options" in table) {
      return schema(table);
    }
    throw new TypeError(
      `Cannot migrate: got ${describe(table)}, want a table`,
    );
  });
  const names = new Set<string>();
  for (const { name } of schemas) {
    if (names.has(foldName(name))) {
      throw new TypeError(`Cannot migrate: table "${name}" is given twice`);
    }
    names.add(foldName(name));
  }
  return schemas;
}

function isSchema(table: Table | TableSchema): table is TableSchema {
  return Array.isArray(table?.columns);
}
