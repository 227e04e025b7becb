// Copyright 2026 the Gee authors. MIT license.
// What is public of queries: reading and writing.

export { sql } from "./sql_template.ts";
export type {
  NamedColumn,
  NamedTable,
  Sql,
  SqlName,
  SqlQuery,
  SqlTag,
} from "./sql_template.ts";
export type { Condition, Where } from "./conditions.ts";
export type { Operators } from "./operators.ts";
export type { JsonOperators, JsonScalar } from "./json_path.ts";
export type { Query, Selected } from "./query.ts";
export type { Explanation, IterateOptions, Results } from "./results.ts";
export type { OneColumn, Selectable } from "./selectable.ts";
export type { OrderKey, OrderOptions } from "./order.ts";
export type {
  Joined,
  JoinedRefs,
  Joins,
  NoJoins,
  NullableColumns,
} from "./joined_columns.ts";
export { expression } from "./expression.ts";
export type { Expression, Refs, TypeOf } from "./expression.ts";
export {
  avg,
  count,
  countDistinct,
  groupConcat,
  max,
  min,
  sum,
} from "./aggregates.ts";
export { exists, notExists, subquery } from "./subqueries.ts";
export { derive, recursive } from "./derive.ts";
export type {
  DerivedColumn,
  DerivedColumns,
  RecursiveOptions,
} from "./derive.ts";
export { fullText } from "./full_text.ts";
export type {
  FullText,
  FullTextOptions,
  HighlightOptions,
  MatchOptions,
  SnippetOptions,
} from "./full_text.ts";
export type { InsertResult } from "./insert.ts";
export type {
  ConflictAction,
  ConflictChangesBy,
  ConflictUpdate,
} from "./conflict.ts";
export type { Changes, ChangesBy, SetSql } from "./update_set.ts";
export type {
  ConflictInserts,
  Inserts,
  TableWrites,
  Writes,
} from "./writes.ts";
export type { SavedRecord } from "./records.ts";
export type { SqlParam } from "./sql.ts";
