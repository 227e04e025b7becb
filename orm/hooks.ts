// Copyright 2026 the Gee authors. MIT license.

import { didYouMean } from "./nearest_name.ts";
import type { Query } from "./query/query.ts";
import {
  type AnyHook,
  HOOK_NAMES,
  type HookName,
  type TableHooks,
} from "./query/table_hooks.ts";
import type { Changes } from "./query/update_set.ts";
import { describe } from "./schema/codecs.ts";
import type { Columns, InsertRow, Row, Table } from "./schema/table.ts";
import type { Session } from "./session.ts";

/**
 * What a hook works with.
 *
 * @typeParam C The table's columns.
 */
export interface HookContext<C extends Columns = Columns> {
  /**
   * The session to work with: of the transaction that the statement is in, and
   * of the query's own when it only reads. It calls no hooks of this table, so
   * none calls itself.
   */
  readonly session: Session;
  /** The table. */
  readonly table: Table<string, C>;
  /** What ends the iteration, when the rows are iterated over with one. */
  readonly signal: AbortSignal | undefined;
}

/**
 * What a hook before an update or a delete works with.
 *
 * @typeParam C The table's columns.
 */
export interface BeforeChangeContext<C extends Columns = Columns>
  extends HookContext<C> {
  /** The query on the rows that the statement is for. */
  readonly rows: Query<C, Row<C>>;
}

/**
 * What a hook after a statement that wrote works with.
 *
 * @typeParam C The table's columns.
 */
export interface AfterWriteContext<C extends Columns = Columns>
  extends HookContext<C> {
  /** How many rows were written. */
  readonly affected: number;
}

/**
 * What is called before and after the statements of a table. Each is awaited.
 * A hook that throws ends the call with its error: before a statement nothing
 * is done, after it everything is undone, for hooks and statement are in one
 * transaction.
 *
 * @typeParam C The table's columns.
 */
export interface Hooks<C extends Columns = Columns> {
  /**
   * Is called before `find()`, `first()`, `one()`, `count()`, `exists()`,
   * `iterate()` and the reading of a relation, outside of any transaction of its
   * own.
   *
   * @param context What it works with.
   */
  beforeQuery?(context: HookContext<C>): unknown;
  /**
   * Is called with the rows that were read, which it may change and take out:
   * all at once, those of `iterate()` one by one, those of `first()` and `one()`
   * as an array of one or none.
   *
   * @param rows The rows, with what was selected.
   * @param context What it works with.
   */
  afterQuery?(rows: Partial<Row<C>>[], context: HookContext<C>): unknown;
  /**
   * Is called before rows are inserted, or updated by an upsert.
   *
   * @param rows Copies of the rows, which it may change, add to and remove from.
   * @param context What it works with.
   */
  beforeInsert?(rows: InsertRow<C>[], context: HookContext<C>): unknown;
  /**
   * Is called after rows were inserted, or updated by an upsert.
   *
   * @param rows The rows as they are stored, keys and defaults included.
   * @param context What it works with.
   */
  afterInsert?(rows: Row<C>[], context: AfterWriteContext<C>): unknown;
  /**
   * Is called before rows are updated.
   *
   * @param changes A copy of the changes, which it may change.
   * @param context What it works with.
   */
  beforeUpdate?(changes: Changes<C>, context: BeforeChangeContext<C>): unknown;
  /**
   * Is called after rows were updated.
   *
   * @param changes The changes.
   * @param context What it works with.
   */
  afterUpdate?(changes: Changes<C>, context: AfterWriteContext<C>): unknown;
  /**
   * Is called before rows are deleted, softly or for good.
   *
   * @param context What it works with.
   */
  beforeDelete?(context: BeforeChangeContext<C>): unknown;
  /**
   * Is called after rows were deleted, softly or for good.
   *
   * @param rows The rows as they were, or with the mark of their deletion.
   * @param context What it works with.
   */
  afterDelete?(rows: Row<C>[], context: AfterWriteContext<C>): unknown;
}

/** The hooks of an engine on one table, made by {@linkcode on}. */
export interface HooksOn {
  /** The table. */
  readonly table: Table;
  /** The hooks, by name. */
  readonly hooks: object;
}

/**
 * Says for which table hooks of an engine are.
 *
 * @typeParam C The table's columns.
 * @param table The table.
 * @param hooks The hooks.
 * @returns What `EngineOptions.hooks` takes.
 * @throws {TypeError} When a hook is unknown or no function.
 *
 * @example Names in one spelling
 * ```ts
 * import { Engine, integer, on, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const users = table("users", { id: integer().primaryKey(), name: text() });
 * const trimmed = on(users, {
 *   beforeInsert(rows) {
 *     for (const row of rows) row.name = row.name.trim();
 *   },
 * });
 * await using engine = await Engine.open(sqlite(), { hooks: [trimmed] });
 * const session = engine.session();
 * await session.createTable(users);
 * await session.insert(users, { name: " Tom " });
 * assertEquals((await session.model(users).one()).name, "Tom");
 * ```
 */
export function on<C extends Columns>(
  table: Table<string, C>,
  hooks: Hooks<C>,
): HooksOn {
  checkHooks(`set hooks on "${table.name}"`, hooks);
  return Object.freeze({ table, hooks });
}

/** Refuses what are no hooks. */
export function checkHooks(action: string, hooks: unknown): void {
  if (typeof hooks !== "object" || hooks === null) {
    throw new TypeError(
      `Cannot ${action}: got ${describe(hooks)}, want an object of hooks`,
    );
  }
  const known: readonly string[] = HOOK_NAMES;
  for (const [name, hook] of Object.entries(hooks)) {
    if (!known.includes(name)) {
      throw new TypeError(
        `Cannot ${action}: there is no hook ${describe(name)}${
          didYouMean(name, known)
        }`,
      );
    }
    if (hook === undefined || typeof hook === "function") continue;
    throw new TypeError(
      `Cannot ${action}: "${name}" is ${describe(hook)}, want a function`,
    );
  }
}

/** The hooks of one table: its own, then those of the engine in their order. */
export function hooksOf(
  table: Table,
  engineHooks: readonly (Hooks | HooksOn)[],
): TableHooks | undefined {
  const lists: object[] = table.hooks === undefined ? [] : [table.hooks];
  for (const item of engineHooks) {
    if (!isOn(item)) lists.push(item);
    else if (item.table === table) lists.push(item.hooks);
  }
  const byName = (name: HookName): readonly AnyHook[] =>
    lists.flatMap((hooks) => {
      const hook: unknown = hooks[name as keyof typeof hooks];
      return typeof hook === "function"
        ? [(...values) => Reflect.apply(hook, hooks, values)]
        : [];
    });
  const found = HOOK_NAMES.map((name) => [name, byName(name)] as const);
  return found.some(([, hooks]) => hooks.length > 0)
    // A list for each of the names.
    ? Object.fromEntries(found) as unknown as TableHooks
    : undefined;
}

function isOn(item: Hooks | HooksOn): item is HooksOn {
  return "hooks" in item;
}

/** Refuses what an engine cannot take for hooks. */
export function checkEngineHooks(list: unknown): void {
  const action = "open engine";
  if (!Array.isArray(list)) {
    throw new TypeError(
      `Cannot ${action}: "hooks" is ${describe(list)}, want an array`,
    );
  }
  for (const item of list) {
    const isChecked = typeof item === "object" && item !== null &&
      "hooks" in item; // by on()
    if (!isChecked) checkHooks(action, item);
  }
}
