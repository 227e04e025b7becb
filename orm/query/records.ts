// Copyright 2026 the Gee authors. MIT license.

import { ConflictError, NotFoundError } from "../errors.ts";
import { describe } from "../schema/codecs.ts";
import type {
  Columns,
  InsertRow,
  KeysWith,
  Row,
  ValueOf,
} from "../schema/table.ts";
import type { Where } from "./conditions.ts";
import { valueIn } from "./insert_shape.ts";
import type { TablePlan } from "./plan.ts";
import type { Query } from "./query.ts";
import type { Changes } from "./update_set.ts";

/**
 * A record to be saved: a row as queries return it, or one to be inserted. What
 * is generated is left aside.
 *
 * @typeParam C The table's columns.
 */
export type SavedRecord<C extends Columns> =
  & InsertRow<C>
  & { readonly [K in KeysWith<C, "generated">]?: ValueOf<C[K]> };

/** The primary key of a record, `undefined` if a part of it is missing. */
function keyOf<C extends Columns>(
  { name, table: { primaryKey } }: TablePlan,
  action: string,
  record: object,
): Where<C> | undefined {
  if (typeof record !== "object" || record === null) {
    throw new TypeError(
      `Cannot ${action} record of ${name}: got ${describe(record)}, want a row`,
    );
  }
  if (primaryKey.length === 0) {
    throw new TypeError(
      `Cannot ${action} record of ${name}: the table has no primary key`,
    );
  }
  const key = primaryKey.map((property) =>
    [property, valueIn(record, property)] as const
  );
  if (key.some(([, value]) => value === undefined)) return undefined;
  // An object in place of a value is not taken for operators. Properties of the
  // primary key are columns.
  return Object.fromEntries(
    key.map(([property, value]) => [property, { eq: value }]),
  ) as Where<C>;
}

/** Inserts a record without its key, updates the row of one that has it. */
export async function saveRecord<C extends Columns>(
  plan: TablePlan,
  query: Query<C, Row<C>>,
  record: SavedRecord<C>,
): Promise<Row<C>> {
  const key = keyOf<C>(plan, "save", record);
  if (key === undefined) {
    const row = givenOf(plan, record) as InsertRow<C>; // the record's columns
    const [stored] = await query.returning().insert(row);
    if (stored !== undefined) return stored;
    throw new NotFoundError(
      `Cannot save record of ${plan.name}: a hook has taken it out`,
    );
  }
  const { version } = plan;
  const known = version && valueIn(record, version.property);
  const rows = query.where(
    version === undefined || known === undefined
      ? key
      : { ...key, [version.property]: { eq: known } },
  );
  const changes = changesOf<C>(plan, record);
  const [stored] = Object.keys(changes).length === 0
    ? await rows.find()
    : await rows.returning().update(changes);
  if (stored !== undefined) return stored;
  if (known === undefined) throw noRecord(plan, "save");
  throw new ConflictError(
    `Cannot save record of ${plan.name}: its row has another version, or is gone`,
  );
}

/** The row of a record as it is stored now. */
export async function reloadRecord<C extends Columns>(
  plan: TablePlan,
  query: Query<C, Row<C>>,
  record: Partial<Row<C>>,
): Promise<Row<C>> {
  const key = keyOf<C>(plan, "reload", record);
  if (key === undefined) {
    throw new TypeError(
      `Cannot reload record of ${plan.name}: it lacks ${
        plan.table.primaryKey.map((name) => `"${name}"`).join(", ")
      }`,
    );
  }
  const stored = await query.where(key).first();
  if (stored !== undefined) return stored;
  throw noRecord(plan, "reload");
}

/** A record without what the database computes. */
function givenOf({ columns }: TablePlan, record: object): object {
  const row: Record<string, unknown> = { ...record };
  for (const { property, definition } of columns) {
    if (definition.generated !== undefined) delete row[property];
  }
  return row;
}

/** What saving sets: neither the key, nor what an update sets by itself. */
function changesOf<C extends Columns>(
  plan: TablePlan,
  record: object,
): Changes<C> {
  const changes = givenOf(plan, record) as Record<string, unknown>; // any object
  for (const property of plan.table.primaryKey) delete changes[property];
  for (const { property, definition: { role } } of plan.columns) {
    if (role === "version" || role === "updatedAt") delete changes[property];
  }
  return changes as Changes<C>; // which checks what else there is
}

function noRecord({ name }: TablePlan, action: string): NotFoundError {
  return new NotFoundError(
    `Cannot ${action} record of ${name}: there is no row with its primary key`,
  );
}
