// Copyright 2026 the Gee authors. MIT license.

import { checkChoice, checkNames } from "../driver/options.ts";
import type { Engine } from "../engine.ts";
import type { Table } from "../schema/table.ts";
import { HISTORY } from "./history.ts";
import { introspect } from "./introspect.ts";
import { statementsOf } from "./migrate_tables.ts";
import {
  formatMigration,
  type MigrationFile,
  migrationName,
} from "./migration_file.ts";
import type { MigrationFolder } from "./migration_folder.ts";
import {
  checkPlan,
  findingText,
  type MigrationPlan,
} from "./migration_plan.ts";
import { planMigration, type PlanOptions } from "./plan_migration.ts";

/** How a migration is written. */
export interface GenerateOptions extends Pick<PlanOptions, "rename" | "drop"> {
  /**
   * Whether to write what loses data.
   *
   * @default {false}
   */
  readonly allowLoss?: boolean;
  /**
   * Whether to write it when there is no difference, to be filled by hand.
   *
   * @default {false}
   */
  readonly empty?: boolean;
  /**
   * The time in its name, unless there is a migration of that time or later:
   * then it is the second after the newest one's.
   *
   * @default {now}
   */
  readonly now?: Date;
}

/** What a migration is written from. */
export interface GenerateRequest {
  readonly title: string;
  readonly tables: readonly Table[];
  readonly options: GenerateOptions;
}

const OPTIONS = ["rename", "drop", "allowLoss", "empty", "now"];

/** Writes a migration from what the folder's migrations make to the tables. */
export async function writeMigration(
  folder: MigrationFolder,
  open: () => Promise<Engine>,
  { title, tables, options }: GenerateRequest,
): Promise<string | undefined> {
  const { rename = {}, drop = [], allowLoss = false, empty = false } = options;
  checkNames("generate migration", options, OPTIONS);
  checkChoice("generate migration", "allowLoss", allowLoss, [true, false]);
  checkChoice("generate migration", "empty", empty, [true, false]);
  const files = await folder.read();
  const newest = files.at(-1)?.name;
  const name = migrationName(title, options.now ?? new Date(), newest);
  await using shadow = await open();
  await replay(shadow, files);
  const before = await introspect(shadow.session());
  // There are no rows to count.
  const plan = await planMigration(shadow, tables, {
    rename,
    drop,
    countRows: false,
  });
  if (plan.steps.length === 0 && !empty) return undefined;
  checkPlan({ ...plan, problems: [] }, allowLoss);
  if (plan.steps.length > 0) {
    await shadow.runMigration(statementsOf(plan.steps));
  }
  const after = await introspect(shadow.session());
  const old = new Set(before.tables.map(({ name }) => name));
  const back = Object.values(rename);
  const down = await planMigration(
    shadow,
    before.tables.filter(({ name }) => name !== HISTORY)
      .map(({ schema }) => schema),
    {
      rename: inverse(rename),
      drop: after.tables.map(({ name }) => name).filter((name) =>
        !old.has(name) && !back.includes(name)
      ),
      countRows: false,
    },
  );
  const text = formatMigration({
    up: plan.steps,
    down: down.steps,
    notes: notesOf(plan, down),
  });
  return await folder.write(name, text);
}

function notesOf(up: MigrationPlan, down: MigrationPlan): string[] {
  return [
    ...up.losses.map((loss) => `Loses data, ${findingText(loss)}`),
    ...up.problems.map((one) => `Fails on rows, ${findingText(one)}`),
    ...down.problems.map((one) => `Undone, fails on rows, ${findingText(one)}`),
  ];
}

/** The renaming that undoes another. */
function inverse(
  rename: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(rename).map(([from, to]) => {
      const dot = from.lastIndexOf(".");
      if (dot < 1) return [to, from];
      const table = from.slice(0, dot);
      return [`${rename[table] ?? table}.${to}`, from.slice(dot + 1)];
    }),
  );
}

/** Runs migrations on an empty database. */
export async function replay(
  shadow: Engine,
  files: readonly MigrationFile[],
): Promise<void> {
  for (const { up } of files) {
    await shadow.runMigration(up.map((sql) => ({ sql, params: [] })));
  }
}
