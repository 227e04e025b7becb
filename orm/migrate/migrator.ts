// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import { checkNames } from "../driver/options.ts";
import { Engine } from "../engine.ts";
import type { Table } from "../schema/table.ts";
import { findDrift } from "./drift.ts";
import { type GenerateOptions, writeMigration } from "./generate.ts";
import {
  type AppliedMigration,
  expectHistory,
  forgetSql,
  readHistory,
  recordSql,
} from "./history.ts";
import type { MigrationFile } from "./migration_file.ts";
import { MigrationFolder } from "./migration_folder.ts";
import { MigrationError } from "./migration_plan.ts";
import {
  checked,
  type MigrationRun,
  type MigratorOptions,
  type RunOptions,
} from "./migrator_options.ts";
import { type MigrationStatus, statusOf } from "./migration_status.ts";

// Each time another migrator was faster, and has done one of them.
const ATTEMPTS = 1000;
const OPTIONS = ["folder", "shadow", "onMigration"];

/**
 * Runs the migrations of a folder on a database: each of them once, in the
 * order of their names, in a transaction together with its row of the history
 * (the table `gee_migrations`). Two migrators never run the same, in whatever
 * process they are, and a killed one leaves nothing half done.
 *
 * @example From a difference to a migration
 * ```ts
 * import { Engine, integer, Migrator, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const users = table("users", { id: integer().primaryKey(), name: text() });
 * const folder = await Deno.makeTempDir();
 * await using engine = await Engine.open(sqlite());
 * const migrator = new Migrator(engine, { folder, shadow: () => sqlite() });
 *
 * await migrator.generate("create users", [users]);
 * const [run] = await migrator.up();
 * assertEquals(run?.name.endsWith("_create_users"), true);
 * assertEquals(await engine.session().hasTable(users), true);
 * assertEquals(await migrator.check([users]), []);
 * await migrator.down();
 * assertEquals(await engine.session().hasTable(users), false);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class Migrator {
  readonly #engine: Engine;
  readonly #folder: MigrationFolder;
  readonly #options: MigratorOptions;

  /**
   * Makes a migrator. It holds nothing that would need closing.
   *
   * @param engine The database, which stays the caller's to close.
   * @param options The folder, and what else it works with.
   */
  constructor(engine: Engine, options: MigratorOptions) {
    checkNames("make migrator", options, OPTIONS);
    this.#engine = engine;
    this.#folder = new MigrationFolder(options.folder);
    this.#options = options;
  }

  /**
   * Says of every migration, of the folder or the history, whether it was
   * applied.
   *
   * @returns The migrations in the order of their names.
   */
  async status(): Promise<MigrationStatus[]> {
    const files = await this.#folder.read();
    return statusOf(files, await readHistory(this.#engine.session()));
  }

  /**
   * Runs the migrations that are pending.
   *
   * @param options How many, or none at all.
   * @returns What was run, in order.
   * @throws {MigrationError} When an applied migration was edited or is gone.
   */
  async up(options: RunOptions = {}): Promise<MigrationRun[]> {
    const { count = Infinity, dryRun = false } = checked(options);
    const { files, history } = await this.#read();
    const left = pendingOf(files, history).slice(0, count);
    return dryRun
      ? left.map(({ name, up }) => runOf(name, up))
      : await this.#up(left, history);
  }

  /** Runs migrations in turn; what another migrator has done meanwhile is done. */
  async #up(
    left: readonly MigrationFile[],
    read: readonly AppliedMigration[],
  ): Promise<MigrationRun[]> {
    const runs: MigrationRun[] = [];
    let history = read;
    let misses = 0;
    let rest = left;
    for (let file = rest[0]; file !== undefined; file = rest[0]) {
      this.#tell(file, "up", runs.length, runs.length + rest.length);
      const end = recordSql(file, Date.now());
      if (await this.#run(history, file.up, end)) {
        runs.push(runOf(file.name, file.up));
        history = [...history, { ...file, appliedAt: 0, ms: 0 }];
        rest = rest.slice(1);
        continue;
      }
      if (++misses === ATTEMPTS) {
        throw new MigrationError("Cannot migrate: others migrate all the time");
      }
      const now = await this.#read();
      history = now.history;
      const names = new Set(rest.map(({ name }) => name));
      rest = pendingOf(now.files, history).filter(({ name }) =>
        names.has(name)
      );
    }
    return runs;
  }

  /**
   * Undoes the migrations that were applied last, the last one first, whatever
   * their names.
   *
   * @param options How many, one when left out, or none at all.
   * @returns What was undone, in order.
   * @throws {MigrationError} When one has no section `-- down`, was edited or is
   * gone, or another migrator is at work.
   */
  async down(options: RunOptions = {}): Promise<MigrationRun[]> {
    const { count = 1, dryRun = false } = checked(options);
    const { files, history } = await this.#read();
    const runs: MigrationRun[] = [];
    const left = history.toReversed().slice(0, count).map(({ name }) =>
      undoable(files, name)
    );
    if (dryRun) return left.map(({ name, down }) => runOf(name, down));
    for (const { file, down } of left) {
      this.#tell(file, "down", runs.length, left.length);
      const before = history.slice(0, history.length - runs.length);
      if (!await this.#run(before, down, forgetSql(file))) {
        throw new MigrationError(
          `Cannot undo migration "${file.name}": another migrator is at work`,
        );
      }
      runs.push(runOf(file.name, down));
    }
    return runs;
  }

  /**
   * Undoes the last migration and runs it again.
   *
   * @returns What was run.
   * @throws {MigrationError} As `down()` and `up()` do.
   */
  async redo(): Promise<MigrationRun[]> {
    const undone = await this.down();
    const names = new Set(undone.map(({ name }) => name));
    const { files, history } = await this.#read();
    // One of an earlier name may be pending too.
    const left = pendingOf(files, history).filter(({ name }) =>
      names.has(name)
    );
    return [...undone, ...await this.#up(left, history)];
  }

  /**
   * Looks for what does not fit together: the folder and the history, the
   * database and what its migrations make, the tables and what the folder's
   * migrations make. For a build that should fail then.
   *
   * @param tables The tables; without them they are not compared.
   * @returns What does not fit, in words; nothing when all is well.
   */
  async check(tables: readonly Table[] = []): Promise<string[]> {
    const files = await this.#folder.read();
    const history = await readHistory(this.#engine.session());
    return await findDrift(this.#engine, this.#shadow(), {
      files,
      history,
      tables,
    });
  }

  /**
   * Writes a migration to the folder: from what the folder's migrations make to
   * the tables, and back.
   *
   * @param title What it is for, as `"add email"`.
   * @param tables The tables; others are left alone.
   * @param options What is renamed or dropped, and whether data may be lost.
   * @returns Where it was written; `undefined` when there is no difference.
   * @throws {MigrationError} When data may be lost and that is not allowed.
   */
  async generate(
    title: string,
    tables: readonly Table[],
    options: GenerateOptions = {},
  ): Promise<string | undefined> {
    return await writeMigration(this.#folder, this.#shadow(), {
      title,
      tables,
      options,
    });
  }

  async #read(): Promise<{
    readonly files: MigrationFile[];
    readonly history: AppliedMigration[];
  }> {
    const files = await this.#folder.read();
    const history = await readHistory(this.#engine.session());
    for (const { name, state } of statusOf(files, history)) {
      if (state === "applied" || state === "pending") continue;
      throw new MigrationError(
        state === "edited"
          ? `Cannot migrate: migration "${name}" was edited after it was applied; undo the edit and write a new one`
          : `Cannot migrate: migration "${name}" was applied, and its file is gone`,
      );
    }
    return { files, history };
  }

  /** Runs one, or returns false when the history was no longer the same. */
  async #run(
    history: readonly AppliedMigration[],
    statements: readonly string[],
    end: SqlText,
  ): Promise<boolean> {
    const texts = statements.map((sql) => ({ sql, params: [] }));
    try {
      await this.#engine.runMigration([
        ...expectHistory(history),
        ...texts,
        end,
      ]);
      return true;
    } catch (error) {
      const now = await readHistory(this.#engine.session());
      const same = (list: readonly AppliedMigration[]) =>
        JSON.stringify(list.map(({ name }) => name));
      if (same(now) === same(history)) throw error;
      return false;
    }
  }

  #tell(
    { name }: MigrationFile,
    direction: "up" | "down",
    index: number,
    count: number,
  ): void {
    this.#options.onMigration?.({ name, direction, index, count });
  }

  #shadow(): () => Promise<Engine> {
    const { shadow } = this.#options;
    if (shadow === undefined) {
      throw new TypeError(
        'Cannot try migrations out: the migrator has no "shadow", want a function that returns the driver of a database in memory',
      );
    }
    return () => Engine.open(shadow());
  }
}

function pendingOf(
  files: readonly MigrationFile[],
  history: readonly AppliedMigration[],
): MigrationFile[] {
  const done = new Set(history.map(({ name }) => name));
  return files.filter(({ name }) => !done.has(name));
}

function runOf(name: string, statements: readonly string[]): MigrationRun {
  return { name, statements };
}

function undoable(files: readonly MigrationFile[], name: string) {
  const file = files.find((file) => file.name === name);
  if (file === undefined || file.down === null) {
    throw new MigrationError(
      `Cannot undo migration "${name}": it has no section "-- down"`,
    );
  }
  return { name, file, down: file.down };
}
