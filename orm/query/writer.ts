// Copyright 2026 the Gee authors. MIT license.

import { describe } from "../schema/codecs.ts";
import { type Conflict, conflictOf } from "./conflict.ts";
import type { TablePlan } from "./plan.ts";
import { NO_MORE } from "./query_state.ts";
import type { QueryContext, QueryScope } from "./query_context.ts";
import { selected } from "./query_steps.ts";
import type { Selection } from "./selections.ts";
import { changeRows, insertInto } from "./writing.ts";
import type { Written } from "./written.ts";

/**
 * What writes on behalf of a query. What it returns has other types than
 * `unknown`; the interfaces of the query and of `returning()` say which.
 */
export class Writer {
  readonly #scope: QueryScope;
  readonly #queryOf: (context: QueryContext) => unknown;
  readonly #conflict: Conflict | undefined;
  readonly #returning: Selection | undefined;

  constructor(
    scope: QueryScope,
    queryOf: (context: QueryContext) => unknown,
    conflict?: Conflict,
    returning?: Selection,
  ) {
    this.#scope = scope;
    this.#queryOf = queryOf;
    this.#conflict = conflict;
    this.#returning = returning;
  }

  /** The table by its own name: inserts and what returns rows know no other. */
  get #plan(): TablePlan {
    const { context, plan } = this.#scope;
    return plan.derived === undefined ? context.plan(plan.table) : plan;
  }

  returning(...columns: readonly unknown[]): Writer {
    const { context, state } = this.#scope;
    const plan = this.#plan;
    const selection = columns.length === 0
      ? plan.selection()
      : selected({ context, plan, state }, columns).selection;
    return new Writer(this.#scope, this.#queryOf, this.#conflict, selection);
  }

  onConflict(keys: string | readonly string[], action: unknown): Writer {
    const { context } = this.#scope;
    const list = typeof keys === "string" ? [keys] : keys;
    if (!Array.isArray(list)) {
      throw new TypeError(
        `Cannot insert into ${this.#plan.name}: got ${
          describe(keys)
        } to conflict on, want columns`,
      );
    }
    const conflict = conflictOf(context, this.#plan, list, action);
    return new Writer(this.#scope, this.#queryOf, conflict, this.#returning);
  }

  async insert(...rows: readonly object[]): Promise<unknown> {
    checkWhole(this.#scope);
    const written = await insertInto(this.#scope.context, this.#plan, {
      rows,
      conflict: this.#conflict,
      returning: this.#returning,
    });
    return this.#result(written);
  }

  async upsert(...rows: readonly object[]): Promise<unknown> {
    const { name, table: { primaryKey } } = this.#plan;
    if (primaryKey.length === 0) {
      throw new TypeError(
        `Cannot upsert into ${name}: it has no primary key, call onConflict()`,
      );
    }
    return await this.onConflict(primaryKey, "update").insert(...rows);
  }

  async update(changes: unknown): Promise<unknown> {
    const made: unknown = typeof changes === "function"
      ? changes(this.#scope.plan.refs)
      : changes;
    // Changes, or what setSql() refuses.
    return await this.#change("update", made as object);
  }

  async delete(): Promise<unknown> {
    const { softDelete } = this.#scope.plan;
    const changes = softDelete === undefined
      ? undefined
      : { [softDelete.property]: new Date() };
    return await this.#change("delete", changes);
  }

  async hardDelete(): Promise<unknown> {
    return await this.#change("delete", undefined);
  }

  async #change(
    action: "update" | "delete",
    changes: object | undefined,
  ): Promise<unknown> {
    const written = await changeRows(this.#scope, {
      action,
      changes,
      returning: this.#returning,
      queryOf: this.#queryOf,
    });
    return this.#result(written);
  }

  #result({ affected, rows }: Written): unknown {
    return this.#returning === undefined ? affected : rows;
  }
}

/** Refuses an insert by a query that says which rows. */
export function checkWhole({ plan, state }: QueryScope): void {
  const { where, order, limit, offset, more } = state;
  if (plan.derived !== undefined) {
    throw new TypeError(
      `Cannot insert into ${plan.name}: it is derived from a query`,
    );
  }
  const isWhole = where === "" && order === "" && limit === undefined &&
    offset === undefined && more === NO_MORE;
  if (isWhole) return;
  throw new TypeError(
    `Cannot insert into ${plan.name}: the query says which rows to read or change`,
  );
}
