// Copyright 2026 the Gee authors. MIT license.
// What each method of a query makes of its state.

import type { SqlText } from "../dialect/dialect.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { didYouMean } from "../nearest_name.ts";
import { describe } from "../schema/codecs.ts";
import type { Relation } from "../schema/relations.ts";
import type { Columns, Table } from "../schema/table.ts";
import { conditionSql } from "./conditions.ts";
import type { Expression } from "./expression.ts";
import { type FullText, type MatchOptions, matchText } from "./full_text.ts";
import { joinedPlan, joinedRefs, relationJoins, tableJoin } from "./join.ts";
import { orderTerm, orderText } from "./order.ts";
import { added, type Join, type QueryState, withMore } from "./query_state.ts";
import type { QueryScope } from "./query_context.ts";
import { eagerRelation } from "./relation_loader.ts";
import { readWithHooks } from "./running_hooks.ts";
import { isSql, pieceOf, sql, SqlName } from "./sql_template.ts";

// The interface of the query says of which columns; here they are any.
/** Makes SQL of the columns of a query. */
export type SqlMaker = (self: never, joined: never) => unknown;
/** Makes the condition of a join. */
export type JoinMaker = (self: never, to: never, joined: never) => unknown;

function made(
  { plan, state }: QueryScope,
  make: SqlMaker,
): unknown {
  // The columns that its types were inferred from.
  return make(plan.refs as never, joinedRefs(state) as never);
}

/** A piece of SQL, or what makes it of columns, as checked text. */
export function written(scope: QueryScope, piece: unknown): SqlText {
  const { plan, context } = scope;
  const sql = typeof piece === "function"
    ? made(scope, piece as SqlMaker) // the one function there can be
    : piece;
  if (!isSql(sql)) {
    throw new TypeError(
      `Cannot use condition: got ${describe(sql)}, want SQL by the tag`,
    );
  }
  const params: SqlValue[] = [];
  const text = plan.write(sql, params);
  context.checker.condition(text, params);
  return { sql: text, params };
}

/** Adds conditions on a joined table. */
export function joinedCondition(
  { state }: QueryScope,
  alias: string,
  conditions: object,
): QueryState {
  const plans = state.more.joins.flatMap(({ plan }) => plan ?? []);
  const joined = plans.find((plan) => plan.alias === alias);
  if (joined === undefined) {
    throw new TypeError(
      `Cannot use condition: no table was joined as ${describe(alias)}${
        didYouMean(String(alias), plans.map((plan) => plan.alias))
      }`,
    );
  }
  const params: SqlValue[] = [];
  const sql = conditionSql(joined, conditions, params);
  return sql === "" ? state : added(state, sql, params);
}

/** Sets the order. */
export function ordered(
  scope: QueryScope,
  keys: readonly unknown[],
): QueryState {
  const terms = keys.map((key) =>
    orderTerm(scope.plan, key, (piece) => written(scope, piece))
  );
  const state = { ...scope.state, terms, order: orderText(terms) };
  // An order with values in it is not for the plain text.
  return terms.some(({ params }) => params.length > 0)
    ? withMore(state, {})
    : state;
}

/** Sets the place that rows come after or before. */
export function paged(
  { state }: QueryScope,
  cursor: string | null,
  isBefore: boolean,
): QueryState {
  if (cursor !== null && typeof cursor !== "string") {
    throw new TypeError(
      `Cannot use cursor: got ${describe(cursor)}, want a text or null`,
    );
  }
  return withMore(state, { page: { cursor, isBefore } });
}

/** Sets what is returned. */
export function selected(
  scope: QueryScope,
  columns: readonly unknown[],
): QueryState {
  const { plan, state } = scope;
  const [first, ...others] = columns;
  if (columns.length === 0) {
    throw new TypeError("Cannot select columns: got none, want one at least");
  }
  if (state.more.relations.length > 0) {
    throw new TypeError(
      "Cannot select columns: with() has added to the rows, call select() before it",
    );
  }
  if (typeof first !== "function") {
    // column() refuses what is no name.
    const selection = plan.selection(columns as readonly string[]);
    return { ...state, selection };
  }
  if (others.length > 0) {
    throw new TypeError("Cannot select columns: want names, or one function");
  }
  const expressions = made(scope, first as SqlMaker); // the one function
  if (typeof expressions !== "object" || expressions === null) {
    throw new TypeError(
      `Cannot select columns: got ${describe(expressions)}, want an object`,
    );
  }
  const selection = plan.selectionOf(
    // selectionOf() checks every one.
    expressions as Readonly<Record<string, Expression<unknown>>>,
  );
  return { ...state, selection };
}

/** Adds a table. */
export function joined(
  scope: QueryScope,
  kind: Join["kind"],
  alias: string,
  to: Relation | Table,
  on: JoinMaker | undefined,
): QueryState {
  const { context, plan, state } = scope;
  const join = { plan: context.plan, base: plan, state };
  const { joins } = state.more;
  if (typeof to !== "object" || to === null) {
    throw new TypeError(
      `Cannot join ${describe(alias)}: got ${
        describe(to)
      }, want a relation or a table`,
    );
  }
  if ("fromKey" in to) {
    const list = relationJoins(join, kind, alias, to);
    return withMore(state, { joins: [...joins, ...list] });
  }
  if (typeof on !== "function") {
    throw new TypeError(
      `Cannot join ${
        describe(alias)
      }: want a relation, or a table and a function`,
    );
  }
  const added = joinedPlan(join, alias, to);
  // The columns that its types were inferred from.
  const condition = on(
    plan.refs as never,
    added.refs as never,
    joinedRefs(state) as never,
  );
  const { sql, params } = written(scope, condition);
  const part = tableJoin(kind, added, { sql: `(${sql}\n)`, params });
  return withMore(state, { joins: [...joins, part] });
}

/** The text behind GROUP BY. */
export function grouped(scope: QueryScope, by: readonly unknown[]): SqlText {
  const [first] = by;
  const list = typeof first === "function"
    ? [made(scope, first as SqlMaker)].flat() // the one function
    : by.map((name) =>
      scope.plan.refs[scope.plan.column(String(name)).property]
    );
  if (list.length === 0) {
    throw new TypeError("Cannot group rows: got no column, want one at least");
  }
  const parts = list.map((piece) => written(scope, piece));
  return {
    sql: parts.map(({ sql }) => sql).join(", "),
    params: parts.flatMap(({ params }) => [...params]),
  };
}

/** The text behind HAVING, with the conditions before. */
export function havingSql(scope: QueryScope, condition: SqlMaker): SqlText {
  const { having } = scope.state.more;
  const { sql, params } = written(scope, condition);
  const before = having.sql === "" ? "" : `${having.sql} AND `;
  return {
    sql: `${before}(${sql}\n)`,
    params: [...having.params, ...params],
  };
}

/** Refuses what is no relation. */
export function checkRelation(name: unknown, relation: unknown): void {
  if (
    typeof relation === "object" && relation !== null && "fromKey" in relation
  ) return;
  throw new TypeError(
    `Cannot read relation ${describe(name)}: got ${
      describe(relation)
    }, want one made by relate()`,
  );
}

/** Adds a relation that is read with the rows. */
export function withRelation(
  { context, plan, state }: QueryScope,
  name: string,
  relation: Relation,
  related: QueryScope,
): QueryState {
  const refuse = (reason: string) =>
    new TypeError(`Cannot read relation ${describe(name)}: ${reason}`);
  if (typeof name !== "string" || name === "" || name === "__proto__") {
    throw refuse("want a name that is not empty");
  }
  if (plan.table !== relation.from) {
    throw refuse(
      `it starts from table "${relation.from.name}", the query is of ${plan.name}`,
    );
  }
  const { relations } = state.more;
  const names = [...state.selection.cells.map(({ property }) => property)];
  if ([...names, ...relations.map((one) => one.name)].includes(name)) {
    throw refuse("the rows have that property already");
  }
  if (related.plan.table !== relation.to) {
    throw refuse("its function returns a query of another table");
  }
  if (related.state.more.page !== undefined) {
    throw refuse("after() and before() are not for the rows of a relation");
  }
  const { limit, offset, more } = related.state;
  if (more.isDistinct && (limit !== undefined || offset !== undefined)) {
    throw refuse("its rows cannot be distinct and limited for each row");
  }
  const hooked = related.plan.hooks === undefined
    ? undefined
    : (read: () => Promise<unknown[]>) =>
      readWithHooks(related, read, (rows) => rows);
  const refined = { plan: related.plan, state: related.state, hooked };
  const eager = eagerRelation(plan, name, relation, refined, context.plan);
  return withMore(state, { relations: [...relations, eager] });
}

/** Adds that rows match a text. */
export function matched<C extends Columns>(
  scope: QueryScope,
  index: FullText<C, string>,
  text: string,
  options: MatchOptions,
): QueryState {
  const { plan, state } = scope;
  if (plan.table !== index.table) {
    throw new TypeError(
      `Cannot match text: index "${index.name}" is of table "${index.table.name}", the query of ${plan.name}`,
    );
  }
  const self = pieceOf(new SqlName(index.name, ""));
  const key = plan.refs[plan.table.primaryKey[0] ?? ""] ?? self;
  const on = written(scope, sql`${self}.rowid = ${key}`);
  const condition = written(
    scope,
    sql`${self} MATCH ${matchText(text, options)}`,
  );
  const join: Join = {
    kind: "JOIN",
    plan: undefined,
    from: plan.dialect.quote(index.name),
    on,
    alive: "",
    isMany: false,
  };
  const next = added(
    withMore(state, { joins: [...state.more.joins, join] }),
    condition.sql,
    condition.params,
  );
  if (next.order !== "") return next;
  return ordered({ ...scope, state: next }, [{ by: index.rank }]);
}
