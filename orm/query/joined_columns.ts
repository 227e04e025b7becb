// Copyright 2026 the Gee authors. MIT license.

import type { Columns, ValueOf } from "../schema/table.ts";
import type { DerivedColumn } from "./derive.ts";
import type { Refs } from "./expression.ts";

/** The columns of joined tables by alias. */
export type Joins = Readonly<Record<string, Columns>>;

/** No joined table. */
export type NoJoins = Readonly<Record<never, never>>;

/**
 * The columns of joined tables as expressions, by alias.
 *
 * @typeParam J The columns of the joined tables.
 */
export type JoinedRefs<J extends Joins> = {
  readonly [A in keyof J]: Refs<J[A]>;
};

/**
 * The columns of a table that may have no row to join: all may be `null`.
 *
 * @typeParam C The columns.
 */
export type NullableColumns<C extends Columns> = {
  readonly [K in keyof C]: DerivedColumn<ValueOf<C[K]> | null>;
};

/**
 * The columns of joined tables, and those of one more.
 *
 * @typeParam J The columns of the joined tables.
 * @typeParam A The alias of the one more.
 * @typeParam C Its columns.
 */
export type Joined<J extends Joins, A extends string, C extends Columns> =
  & J
  & { readonly [K in A]: C };
