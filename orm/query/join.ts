// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import { describe } from "../schema/codecs.ts";
import type { Relation } from "../schema/relations.ts";
import type { Columns, Table } from "../schema/table.ts";
import type { TablePlan } from "./plan.ts";
import type { Join, QueryState } from "./query_state.ts";

/** What a join needs to know of the query. */
export interface JoinContext {
  readonly plan: (table: Table<string, Columns>) => TablePlan;
  readonly base: TablePlan;
  readonly state: QueryState;
}

/** The plans of a query by alias, its own first. */
export function sourcesOf(base: TablePlan, state: QueryState): TablePlan[] {
  return [
    base,
    ...state.more.joins.flatMap(({ plan }) => plan === undefined ? [] : [plan]),
  ];
}

/** The columns of joined tables by alias. */
export function joinedRefs(state: QueryState): Record<string, object> {
  const refs: Record<string, object> = {};
  for (const { plan } of state.more.joins) {
    if (plan !== undefined) refs[plan.alias] = plan.refs;
  }
  return refs;
}

/** The plan of one table more, whose alias nothing else in the query has. */
export function joinedPlan(
  { plan, base, state }: JoinContext,
  alias: string,
  table: Table<string, Columns>,
): TablePlan {
  const joined = plan(table).as(alias);
  const others = sourcesOf(base, state);
  // SQLite takes "Posts" and "posts" for the same.
  const name = alias.toLowerCase();
  if (
    alias !== "__proto__" &&
    others.every((other) => other.alias.toLowerCase() !== name)
  ) return joined;
  throw new TypeError(
    `Cannot join ${
      describe(alias)
    }: the query has a table of that name, give another alias`,
  );
}

/** The joins that a relation asks for: one, or two by a table between. */
export function relationJoins(
  context: JoinContext,
  kind: Join["kind"],
  alias: string,
  relation: Relation,
): Join[] {
  const from = sourceOf(context, alias, relation);
  const to = joinedPlan(context, alias, relation.to);
  const { through, fromKey, toKey } = relation;
  if (through === undefined) {
    const on = matchSql(from, fromKey, to, toKey);
    return [tableJoin(kind, to, on, relation.count === "many")];
  }
  const pairs = joinedPlan(context, `${alias} through`, through.table);
  return [
    tableJoin(kind, pairs, matchSql(from, fromKey, pairs, through.from)),
    tableJoin(kind, to, matchSql(pairs, through.to, to, toKey)),
  ];
}

/** A join with a table. */
export function tableJoin(
  kind: Join["kind"],
  plan: TablePlan,
  on: SqlText,
  isMany = true,
): Join {
  const alive = plan.aliveText("");
  return { kind, plan, from: plan.from, on, alive, isMany };
}

/** That the columns of two tables are equal. */
export function matchSql(
  from: TablePlan,
  fromKey: readonly string[],
  to: TablePlan,
  toKey: readonly string[],
): SqlText {
  const parts = fromKey.map((property, index) => {
    const other = to.column(toKey[index] ?? "");
    return `${other.path} = ${from.column(property).path}`;
  });
  return { sql: parts.join(" AND "), params: [] };
}

/** The one table of the query that a relation starts from. */
function sourceOf(
  { base, state }: JoinContext,
  alias: string,
  { from }: Relation,
): TablePlan {
  if (base.table === from) return base;
  const sources = sourcesOf(base, state).filter(({ table }) => table === from);
  const [source, ...others] = sources;
  if (source !== undefined && others.length === 0) return source;
  throw new TypeError(
    `Cannot join ${
      describe(alias)
    }: its relation starts from table "${from.name}", which the query ${
      source === undefined
        ? "does not read"
        : "reads twice, join by a condition"
    }`,
  );
}
