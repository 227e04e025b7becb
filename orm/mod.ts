// Copyright 2026 the Gee authors. MIT license.

/**
 * A typed ORM: tables described in TypeScript, queries that are values, and
 * the same answers and errors from every database library underneath.
 *
 * {@linkcode table} describes a table by its columns, and the types of rows,
 * inserts and conditions follow from it. {@linkcode Engine} opens a database
 * through a driver: `sqlite()` from `@gee/std/orm/sqlite`, which needs no
 * package, or `libsql()` from `@gee/std/orm/libsql`. A {@linkcode Session}
 * creates tables, inserts rows and makes a {@linkcode Query} of a table; a
 * transaction hands out one of its own. This module itself loads no driver.
 *
 * @example Create, insert, query, update
 * ```ts
 * import { Engine, integer, table, text, UniqueError } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const users = table("users", {
 *   id: integer().primaryKey(),
 *   name: text(),
 *   age: integer().default(0),
 *   email: text().nullable().unique(),
 * });
 *
 * await using engine = await Engine.open(sqlite(":memory:"));
 * const session = engine.session();
 * await session.createTable(users);
 * await session.insert(
 *   users,
 *   { name: "Tom", age: 18, email: "tom@example.com" },
 *   { name: "Sam" },
 * );
 *
 * const adults = session.model(users).where({ age: { gte: 18 } });
 * assertEquals(await adults.select("name", "age").find(), [{ name: "Tom", age: 18 }]);
 * assertEquals(await adults.update({ age: 30 }), 1);
 * assertEquals((await session.model(users).orderBy("-age").first())?.age, 30);
 * assertEquals(await session.raw("SELECT sum(age) AS sum FROM users"), [{ sum: 30 }]);
 *
 * // A transaction rolls back when its function throws.
 * await assertRejects(
 *   () =>
 *     engine.transaction(async (tx) => {
 *       await tx.model(users).all().delete();
 *       await tx.insert(users, { name: "Jack" }, { id: 1, name: "Tim" }, { id: 1, name: "Kim" });
 *     }),
 *   UniqueError,
 * );
 * assertEquals(await session.model(users).count(), 2);
 * ```
 *
 * Guarantees:
 * - A value is bound, never written into SQL; names are quoted and checked
 *   against the table. Everything the types say is checked at run time too.
 * - A value comes back as it went in, or is refused: integers beyond 2^53, NaN,
 *   text with NUL or a lone surrogate in it.
 * - Many transactions at once run one after another and never meet
 *   "database is locked"; another process's lock is waited for without blocking
 *   the event loop. A transaction in a transaction is a savepoint.
 * - An insert of many rows is all or nothing.
 * - Update and delete need a condition, or `all()`.
 * - Statements are prepared once for each shape of a query.
 *
 * Limits:
 * - Calls on other sessions wait while a transaction is open, reads of a
 *   database in a file aside. Inside of a transaction, use its own session;
 *   waiting for oneself ends in a {@linkcode BusyError} after `busyTimeout`.
 * - Text that another program wrote with NUL in it reads up to the NUL.
 * - A condition other than `isNull` is never met by `null`, as in SQL.
 *
 * @module
 */

export { Engine } from "./engine.ts";
export type { EngineOptions, EngineStats } from "./engine.ts";
export type { Session } from "./session.ts";
export type { TransactionOptions } from "./transaction.ts";
export type { QueryEvent } from "./driver/channel.ts";
export {
  bigint,
  blob,
  boolean,
  custom,
  date,
  enumeration,
  integer,
  json,
  real,
  text,
  uuid,
} from "./schema/columns.ts";
export type { CustomOptions, DateOptions } from "./schema/columns.ts";
export type {
  Column,
  ColumnDefinition,
  ColumnReference,
  ColumnRole,
  DateColumn,
  GeneratedDefinition,
  GeneratedOptions,
  IntegerColumn,
  NumberedColumn,
  Presence,
  ReferenceAction,
  ReferenceActions,
  ReferencedTable,
  ReferenceOptions,
  UuidColumn,
} from "./schema/column.ts";
export type { Codec, ColumnKind } from "./schema/codecs.ts";
export {
  type StandardSchema,
  ValidationError,
  type ValidationIssue,
  type ValidationResult,
} from "./schema/standard_schema.ts";
export { table } from "./schema/table.ts";
export type {
  AnyColumn,
  Changes,
  Columns,
  InsertRow,
  KeysWith,
  OptionalKeys,
  Row,
  Table,
  ValueOf,
} from "./schema/table.ts";
export type {
  ForeignKeyOptions,
  IndexOptions,
  TableOptions,
} from "./schema/table_options.ts";
export { defineModel } from "./schema/define_model.ts";
export type {
  ModelClass,
  ModelColumns,
  ModelOptions,
} from "./schema/define_model.ts";
export { relate } from "./schema/relations.ts";
export type {
  KeyOf,
  PropertyOf,
  Relation,
  RelationOptions,
  RelationsOf,
  RelationThrough,
  ThroughOptions,
} from "./schema/relations.ts";
export { schema } from "./schema/table_schema.ts";
export type {
  CheckSchema,
  ColumnSchema,
  ForeignKeySchema,
  IndexSchema,
  TableSchema,
} from "./schema/table_schema.ts";
export { sql } from "./query/sql_template.ts";
export type {
  NamedColumn,
  NamedTable,
  Sql,
  SqlName,
  SqlTag,
} from "./query/sql_template.ts";
export type { Condition, Operators, Where } from "./query/conditions.ts";
export type { Query } from "./query/query.ts";
export type { InsertResult } from "./query/insert.ts";
export type { SqlParam } from "./query/sql.ts";
export type {
  Connection,
  Driver,
  MaybePromise,
  PrepareOptions,
  RunResult,
  Statement,
} from "./driver/driver.ts";
export type { SqlValue } from "./driver/sql_value.ts";
export type { Dialect, SqlText } from "./dialect/dialect.ts";
export {
  BusyError,
  CheckError,
  ClosedError,
  ConflictError,
  DatabaseError,
  type DatabaseErrorOptions,
  DiskFullError,
  ForeignKeyError,
  NotNullError,
  ReadOnlyError,
  SqlSyntaxError,
  UniqueError,
} from "./errors.ts";
