// Copyright 2026 the Gee authors. MIT license.

import { Engine } from "../engine.ts";
import { introspect } from "../migrate/introspect.ts";
import { statementsOf } from "../migrate/migrate_tables.ts";
import { findingText } from "../migrate/migration_plan.ts";
import { Migrator } from "../migrate/migrator.ts";
import type { MigrationRun } from "../migrate/migrator_options.ts";
import { planMigration } from "../migrate/plan_migration.ts";
import { printTables } from "../migrate/print_tables.ts";
import { type CliArguments, UsageError } from "./arguments.ts";
import type { CliIo } from "./io.ts";
import { loadDriver, loadSeed, loadTables } from "./load.ts";
import { checkFolder, databaseOf, folderOf } from "./there.ts";

/** What a command says: the same twice, and whether all is well. */
export interface CliAnswer {
  readonly json: unknown;
  readonly lines: readonly string[];
  readonly isWell: boolean;
}

/** What commands work with. */
export interface CliContext {
  readonly args: CliArguments;
  readonly engine: Engine;
  readonly migrator: Migrator;
}

type Command = (context: CliContext) => Promise<CliAnswer>;

function answer(
  json: unknown,
  lines: readonly string[],
  isWell = true,
): CliAnswer {
  return { json, lines, isWell };
}

/** Runs a command on the database it is for. */
export async function runCommand(
  args: CliArguments,
  io: CliIo,
): Promise<CliAnswer> {
  const { command = "" } = args;
  // readArguments() has let only commands pass.
  const work = COMMANDS[command] as Command;
  const driver = await loadDriver(args.get("driver"), args.get("database"));
  // What was not understood comes before what is not there.
  runOptionsOf(args);
  changesOf(args);
  await checkFolder(args);
  const location = await databaseOf(args);
  await using engine = await Engine.open(driver(location));
  const migrator = new Migrator(engine, {
    folder: folderOf(args),
    shadow: () => driver(":memory:"),
    onMigration: ({ name, direction, index, count }) =>
      io.progress(`[${index + 1}/${count}] ${direction} ${name}`),
  });
  try {
    return await work({ args, engine, migrator });
  } finally {
    io.progress("");
  }
}

const COMMANDS: Readonly<Record<string, Command>> = {
  async generate({ args, migrator }) {
    const file = await migrator.generate(
      args.argument ?? "",
      await tablesOf(args),
      {
        ...changesOf(args),
        allowLoss: args.has("allow-loss"),
        empty: args.has("empty"),
      },
    );
    return answer(
      { file: file ?? null },
      [file ?? "no difference, nothing was written"],
    );
  },
  async status({ migrator }) {
    const migrations = await migrator.status();
    const lines = migrations.map(({ name, state, appliedAt, ms }) =>
      appliedAt === null
        ? `${state.padEnd(8)}${name}`
        : `${state.padEnd(8)}${name}  ${appliedAt.toISOString()}  ${ms} ms`
    );
    return answer(migrations, lines.length > 0 ? lines : ["no migrations"]);
  },
  async up({ args, migrator }) {
    return ran(args, "up", await migrator.up(runOptionsOf(args)));
  },
  async down({ args, migrator }) {
    return ran(args, "down", await migrator.down(runOptionsOf(args)));
  },
  async redo({ args, migrator }) {
    return ran(args, "redo", await migrator.redo());
  },
  async check({ args, migrator }) {
    const tables = args.has("schema") ? await tablesOf(args) : [];
    const problems = await migrator.check(tables);
    const isWell = problems.length === 0;
    return answer({ problems }, isWell ? ["all is well"] : problems, isWell);
  },
  async plan({ args, engine }) {
    const plan = await planMigration(
      engine,
      await tablesOf(args),
      changesOf(args),
    );
    const { steps, losses, problems } = plan;
    return answer(plan, [
      ...(steps.length === 0 ? ["no difference"] : []),
      ...statementsOf(steps).map(({ sql }) => `${sql};`),
      ...losses.map((loss) => `-- loses: ${findingText(loss)}`),
      ...problems.map((problem) => `-- fails: ${findingText(problem)}`),
    ]);
  },
  async introspect({ args, engine }) {
    const database = await introspect(engine.session());
    const from = args.get("from");
    const source = printTables(database, from === undefined ? {} : { from });
    return answer(database, [source.trimEnd()]);
  },
  async seed({ args, engine }) {
    const file = args.argument ?? "";
    const seed = await loadSeed(file);
    await engine.transaction(async (tx) => void await seed(tx));
    return answer({ file }, [`${file} is done`]);
  },
};

function tablesOf(args: CliArguments) {
  return loadTables(args.get("schema") ?? "");
}

function changesOf(args: CliArguments) {
  const pairs = args.all("rename").map((text) => {
    const [from = "", to = "", ...rest] = text.split("=");
    if (from !== "" && to !== "" && rest.length === 0) return [from, to];
    throw new UsageError(`Option "--rename" wants OLD=NEW, got "${text}"`);
  });
  return { rename: Object.fromEntries(pairs), drop: args.all("drop") };
}

function runOptionsOf(args: CliArguments) {
  const text = args.get("count");
  const dryRun = args.has("dry-run");
  if (text === undefined) return { dryRun };
  if (/^[1-9]\d{0,8}$/.test(text)) return { count: Number(text), dryRun };
  throw new UsageError(`Option "--count" wants a number from 1, got "${text}"`);
}

function ran(
  args: CliArguments,
  word: string,
  runs: readonly MigrationRun[],
): CliAnswer {
  const lines = args.has("dry-run")
    ? runs.flatMap(({ name, statements }) => [
      `-- ${word} ${name}`,
      ...statements.map((sql) => `${sql};`),
    ])
    : runs.map(({ name }) => `${word} ${name}`);
  return answer(runs, lines.length > 0 ? lines : ["nothing to do"]);
}
