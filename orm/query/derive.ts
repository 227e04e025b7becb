// Copyright 2026 the Gee authors. MIT license.

import { checkText, type Codec, describe } from "../schema/codecs.ts";
import type { ColumnDefinition } from "../schema/column.ts";
import { column } from "../schema/column_builder.ts";
import type { AnyColumn, Columns, Table } from "../schema/table.ts";
import type { SqlText } from "../dialect/dialect.ts";
import type { Cell } from "./hydrate.ts";
import {
  type Selectable,
  type SelectText,
  selectTextOf,
} from "./selectable.ts";

/**
 * A column of a query's result. No insert and no update sets it.
 *
 * @typeParam T The type of its values.
 */
export interface DerivedColumn<T> {
  /** What the column is, as plain data. */
  readonly definition: ColumnDefinition;
  /** Carries the type of the values; never set. */
  readonly valueType?: T;
  /** Carries that `null` is part of that type; never set. */
  readonly nullType?: false;
  /** Carries that nothing sets it; never set. */
  readonly defaultType?: "generated";
}

/**
 * The columns of a query's result.
 *
 * @typeParam Out The rows it returns.
 */
export type DerivedColumns<Out> = {
  [K in keyof Out & string]: DerivedColumn<Out[K]>;
};

/** How a recursive query goes on. */
export interface RecursiveOptions {
  /**
   * Whether a row that was there before is left out, which ends circles.
   *
   * @default {false}
   */
  readonly distinct?: boolean;
}

/** The query that stands for a table. */
export interface DerivedSource {
  /**
   * The query; none where the text around says what the name is, as in the
   * step of a recursion.
   */
  readonly statement: SqlText | undefined;
  /** Its columns, in order. */
  readonly properties: readonly string[];
  readonly isRecursive: boolean;
  /** Whether it stands behind FROM itself, not in WITH. */
  readonly isInline: boolean;
}

const DERIVED: unique symbol = Symbol("gee.orm.derived");

/** The query that stands for a table, if it is derived. */
export function derivedOf(table: object): DerivedSource | undefined {
  return DERIVED in table
    // Only derivedTable() sets it.
    ? table[DERIVED] as DerivedSource
    : undefined;
}

/** The table that a query stands for. */
export function derivedTable<C extends Columns>(
  name: string,
  cells: readonly Cell[],
  source: Omit<DerivedSource, "properties">,
): Table<string, C> {
  const columns: Record<string, AnyColumn> = {};
  for (const { property, codec } of cells) {
    columns[property] = derivedColumn(codec, name, property);
  }
  const derived: DerivedSource = {
    ...source,
    properties: cells.map(({ property }) => property),
  };
  return Object.freeze({
    name,
    // The cells are those that the columns were inferred from.
    columns: Object.freeze(columns) as C,
    primaryKey: [],
    options: {},
    [DERIVED]: derived,
  });
}

function derivedColumn(
  codec: Codec<unknown>,
  table: string,
  property: string,
): AnyColumn {
  const { definition } = column<AnyColumn>(codec);
  return {
    definition: Object.freeze({
      ...definition,
      of: { table, property },
      isNullable: true,
      generated: { expression: "", isStored: false },
    }),
  };
}

function checkName(name: unknown): asserts name is string {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(
      `Cannot derive table: its name is ${describe(name)}, want a text`,
    );
  }
  checkText(name, name);
}

/**
 * Names the rows of a query (WITH in SQL), to be read like a table: by
 * `session.model()`, by `join()` and in subqueries.
 *
 * @typeParam Out The rows.
 * @param name The name, other than that of any table that the query reads.
 * @param query The query, of the same engine.
 * @returns A table that can be read only.
 * @throws {TypeError} When it is no query, or the name is no text.
 *
 * @example Users with many posts
 * ```ts
 * import { count, derive, Engine, integer, table } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const posts = table("posts", { id: integer().primaryKey(), userId: integer() });
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(posts);
 * await session.insert(posts, { userId: 1 }, { userId: 2 }, { userId: 2 });
 * const counts = derive(
 *   "counts",
 *   session.model(posts).groupBy("userId")
 *     .select((post) => ({ userId: post.userId, posts: count() })),
 * );
 * const busy = session.model(counts).where({ posts: { gt: 1 } });
 * assertEquals(await busy.find(), [{ userId: 2, posts: 2 }]);
 * ```
 */
export function derive<Out extends object>(
  name: string,
  query: Selectable<Out>,
): Table<string, DerivedColumns<Out>> {
  checkName(name);
  const { cells, ...statement } = selectTextOf(query, `derive "${name}"`);
  return derivedTable(name, cells, {
    statement,
    isRecursive: false,
    isInline: false,
  });
}

/**
 * Names the rows of a query, and of another that starts from those rows over
 * and over until it finds no more (WITH RECURSIVE in SQL).
 *
 * @typeParam Out The rows.
 * @param name The name, other than that of any table that the queries read.
 * @param base The rows to start with.
 * @param step Returns the query of the rows that follow from rows before, which
 * it is given as a table. It may be neither ordered nor limited.
 * @param options Whether circles end.
 * @returns A table that can be read only.
 * @throws {TypeError} When one is no query, their columns differ, or the step is
 * ordered or limited.
 *
 * @example A tree, with the depth of each node
 * ```ts
 * import { Engine, expression, integer, recursive, sql, table } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const nodes = table("nodes", {
 *   id: integer().primaryKey(),
 *   parentId: integer().nullable(),
 * });
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(nodes);
 * await session.insert(nodes, { id: 1 }, { id: 2, parentId: 1 }, { id: 3, parentId: 2 });
 * const tree = recursive(
 *   "tree",
 *   session.model(nodes).where({ parentId: null })
 *     .select((node) => ({ id: node.id, depth: expression<number>(sql`0`) })),
 *   (above) =>
 *     session.model(nodes)
 *       .join("above", above, (node, parent) => sql`${node.parentId} = ${parent.id}`)
 *       .select((node, { above }) => ({
 *         id: node.id,
 *         depth: expression<number>(sql`${above.depth} + 1`),
 *       })),
 * );
 * assertEquals(await session.model(tree).where({ depth: 2 }).find(), [{ id: 3, depth: 2 }]);
 * ```
 */
export function recursive<Out extends object>(
  name: string,
  base: Selectable<Out>,
  step: (self: Table<string, DerivedColumns<Out>>) => Selectable<NoInfer<Out>>,
  { distinct = false }: RecursiveOptions = {},
): Table<string, DerivedColumns<Out>> {
  checkName(name);
  const action = `derive "${name}"`;
  const first = selectTextOf(base, action);
  const self = derivedTable<DerivedColumns<Out>>(name, first.cells, {
    statement: undefined,
    isRecursive: true,
    isInline: false,
  });
  const next = selectTextOf(step(self), action);
  if (!next.isBare) {
    throw new TypeError(
      `Cannot ${action}: its step is ordered, limited or reads a derived table`,
    );
  }
  return derivedTable(name, first.cells, {
    statement: compound(distinct ? "UNION" : "UNION ALL", first, next, action),
    isRecursive: true,
    isInline: false,
  });
}

/** Two queries of the same columns as one. */
export function compound(
  operator: string,
  left: SelectText,
  right: SelectText,
  action: string,
): SqlText {
  const [names, others] = [left, right].map(({ cells }) =>
    cells.map(({ property }) => property).join(", ")
  );
  if (names !== others) {
    throw new TypeError(
      `Cannot ${action}: one query returns ${names}, the other ${others}`,
    );
  }
  return {
    sql: `${armOf(left)} ${operator} ${armOf(right)}`,
    params: [...left.params, ...right.params],
  };
}

function armOf({ sql, isBare }: SelectText): string {
  return isBare ? sql : `SELECT * FROM (${sql})`;
}

/** The rows of two queries as one table, which stands behind FROM itself. */
export function compoundTable<Out>(
  name: string,
  operator: string,
  left: SelectText,
  right: SelectText,
): Table<string, DerivedColumns<Out>> {
  const action = `make ${operator.toLowerCase()} of queries`;
  return derivedTable(name, left.cells, {
    statement: compound(operator, left, right, action),
    isRecursive: false,
    isInline: true,
  });
}
