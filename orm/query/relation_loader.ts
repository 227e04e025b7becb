// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import type { Executor } from "../executor.ts";
import type { Relation } from "../schema/relations.ts";
import { tableJoin } from "./join.ts";
import { type Key, keyConditions, keyReader } from "./relation_keys.ts";
import { orderParams } from "./order.ts";
import type { ColumnPlan, TablePlan } from "./plan.ts";
import type { Selection } from "./selections.ts";
import type { EagerRelation, MoreState, QueryState } from "./query_state.ts";
import { selectText } from "./select_text.ts";

/** The relation of a query by its refined query. */
export function eagerRelation(
  base: TablePlan,
  name: string,
  { count, fromKey, toKey, through }: Relation,
  refined: Pick<EagerRelation, "plan" | "state" | "hooked">,
  planOf: (table: Relation["to"]) => TablePlan,
): EagerRelation {
  const { plan, state, hooked } = refined;
  const from = fromKey.map((property) => base.column(property));
  const shared = { name, count, fromKey: from, plan, hooked };
  const target = toKey.map((property) => plan.column(property));
  if (through === undefined) return { ...shared, toKey: target, state };
  const pairs = planOf(through.table).as(`${plan.alias} through`);
  const on = through.to.map((property, index) =>
    // Both keys have as many columns.
    `${pairs.column(property).path} = ${target[index]!.path}`
  ).join(" AND ");
  const join = tableJoin("JOIN", pairs, { sql: on, params: [] });
  const more = { ...state.more, joins: [...state.more.joins, join] };
  return {
    ...shared,
    toKey: through.from.map((property) => pairs.column(property)),
    state: { ...state, more },
  };
}

/** Makes rows of cells, with the rows of their relations. */
interface RowReader {
  /** What has to be read for it. */
  readonly selection: Selection;
  /** Where the cells have the columns of a key. */
  readonly places: (key: readonly ColumnPlan[]) => readonly number[];
  readonly read: (
    executor: Executor,
    cells: readonly SqlValue[][],
  ) => Promise<unknown[]>;
}

/** What makes the rows of a query whose cells have the columns of a key too. */
export function rowReader(
  { from }: TablePlan,
  state: QueryState,
  key: readonly ColumnPlan[],
): RowReader {
  const { selection, columns } = extended(from, state, key);
  const places = (key: readonly ColumnPlan[]) =>
    key.map((column) => columns.indexOf(column));
  return {
    selection,
    places,
    async read(executor, cells) {
      const rows = cells.map((row) => selection.hydrate(row));
      for (const relation of state.more.relations) {
        const place = places(relation.fromKey);
        await attach(executor, rows, cells, place, relation);
      }
      return rows;
    },
  };
}

/** The rows of a query, with those of its relations. */
export async function loadRows(
  executor: Executor,
  plan: TablePlan,
  state: QueryState,
  limit: number | undefined,
): Promise<unknown[]> {
  const reader = rowReader(plan, state, []);
  const { selection } = reader;
  const text = selectText(plan, { ...state, selection }, limit);
  const cells = await readCells(executor, text, selection);
  if (state.more.page?.isBefore) cells.reverse();
  return await reader.read(executor, cells);
}

async function readCells(
  executor: Executor,
  { sql, params }: SqlText,
  selection: Selection,
): Promise<SqlValue[][]> {
  return await executor.read((channel) => channel.all(sql, params, selection));
}

/** The selection with the columns that relations need, behind its own. */
function extended(
  from: string,
  { selection, more }: QueryState,
  key: readonly ColumnPlan[],
): { readonly selection: Selection; readonly columns: readonly unknown[] } {
  // The cells of a table's own columns are its column plans.
  const columns: unknown[] = [...selection.cells];
  const added: ColumnPlan[] = [];
  for (
    const column of [...key, ...more.relations.flatMap((r) => r.fromKey)]
  ) {
    if (columns.includes(column)) continue;
    columns.push(column);
    added.push(column);
  }
  const [first] = added;
  if (first === undefined) return { selection, columns };
  if (more.isDistinct) {
    throw new TypeError(
      `Cannot read relations of distinct rows: select "${first.property}" too`,
    );
  }
  const items = [...selection.items, ...added.map(({ path }) => path)];
  const list = items.join(", ");
  const bigints = selection.bigints ||
    added.some(({ codec }) => codec.kind === "bigint");
  return {
    selection: {
      ...selection,
      sql: `SELECT ${list} FROM ${from}`,
      items,
      list,
      bigints,
    },
    columns,
  };
}

/** Reads the related rows of all rows at once and hands them out by key. */
async function attach(
  executor: Executor,
  rows: readonly unknown[],
  cells: readonly SqlValue[][],
  place: readonly number[],
  relation: EagerRelation,
): Promise<void> {
  const { name, count, toKey, plan } = relation;
  const keys = cells.map(keyReader(place));
  const values = new Map<Key, readonly SqlValue[]>();
  for (const [index, key] of keys.entries()) {
    if (key === null || values.has(key)) continue;
    const row = cells[index]!; // a row of cells for each key
    values.set(key, place.map((at) => row[at] as SqlValue)); // within the row
  }
  const found = new Map<Key, unknown>();
  const parents = [...values.values()];
  for (const condition of keyConditions(plan.dialect, toKey, parents)) {
    await collect(executor, relation, condition, found);
  }
  for (const [index, row] of rows.entries()) {
    const key = keys[index] ?? null;
    const related = key === null ? undefined : found.get(key);
    // Hydrators make plain objects.
    (row as Record<string, unknown>)[name] = related ??
      (count === "many" ? [] : null);
  }
}

/** Adds the related rows of some keys. */
async function collect(
  executor: Executor,
  { name, plan, state, toKey, count, hooked }: EagerRelation,
  condition: SqlText,
  found: Map<Key, unknown>,
): Promise<void> {
  const reader = rowReader(plan, state, toKey);
  const { selection } = reader;
  const inner: QueryState = {
    ...state,
    more: groupedByParent(state, toKey),
    selection,
    where: state.where === ""
      ? condition.sql
      : `${state.where} AND ${condition.sql}`,
    params: [...state.params, ...condition.params],
  };
  const isCut = state.limit !== undefined || state.offset !== undefined;
  const text = isCut
    ? perParentText(plan, inner, toKey)
    : selectText(plan, inner, undefined);
  const keyOf = keyReader(reader.places(toKey));
  let keys: (Key | null)[] = [];
  let known = new Map<unknown, Key | null>();
  const read = async () => {
    const cells = await readCells(executor, text, selection);
    keys = cells.map(keyOf);
    const rows = await reader.read(executor, cells);
    if (hooked !== undefined) {
      known = new Map(rows.map((row, index) => [row, keys[index] ?? null]));
    }
    return rows;
  };
  const rows = hooked === undefined ? await read() : await hooked(read);
  // A hook may have taken rows out, so that others have moved up.
  const isMoved = rows.length !== keys.length;
  for (const [index, row] of rows.entries()) {
    const key = known.get(row) ?? (isMoved ? undefined : keys[index]);
    if (key === undefined) {
      throw new TypeError(
        `Cannot read relation "${name}": a hook has put in a row that was not read`,
      );
    }
    if (key === null) continue;
    const others = found.get(key);
    if (others === undefined) {
      found.set(key, count === "many" ? [row] : row);
    } else if (count === "many") {
      (others as unknown[]).push(row); // made above
    }
  }
}

/** What makes one row of many does so for each parent by itself. */
function groupedByParent(
  { selection, more }: QueryState,
  toKey: readonly ColumnPlan[],
): MoreState {
  const { group } = more;
  if (group.sql === "" && !selection.isAggregate) return more;
  const parts = toKey.map(({ path }) => path);
  if (group.sql !== "") parts.push(group.sql);
  return { ...more, group: { sql: parts.join(", "), params: group.params } };
}

/** A query whose limit and offset count for each parent by itself. */
function perParentText(
  plan: TablePlan,
  state: QueryState,
  toKey: readonly ColumnPlan[],
): SqlText {
  const { selection, order, terms, limit, offset = 0 } = state;
  const keys = toKey.map(({ path }) => path).join(", ");
  const sorted = order === "" ? "" : ` ORDER BY ${order}`;
  const list = [
    ...selection.items.map((item, index) => `${item} AS c${index}`),
    `row_number() OVER (PARTITION BY ${keys}${sorted}) AS place`,
  ].join(", ");
  const params = [...selection.params, ...orderParams(terms)];
  const sql = `SELECT ${list} FROM ${plan.from}`;
  const inner = selectText(plan, {
    ...state,
    selection: { ...selection, sql, list, params },
    order: "",
    terms: [],
    limit: undefined,
    offset: undefined,
  }, undefined);
  const names = selection.items.map((_, index) => `c${index}`).join(", ");
  const end = limit === undefined ? "" : " AND place <= ?";
  return {
    sql:
      `SELECT ${names} FROM (${inner.sql}) WHERE place > ?${end} ORDER BY place`,
    params: [
      ...inner.params,
      offset,
      ...(limit === undefined ? [] : [offset + limit]),
    ],
  };
}
