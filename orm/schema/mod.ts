// Copyright 2026 the Gee authors. MIT license.
// What is public of tables and their columns.

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
} from "./columns.ts";
export type { CustomOptions, DateOptions } from "./columns.ts";
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
} from "./column.ts";
export type { Codec, ColumnKind } from "./codecs.ts";
export {
  type StandardSchema,
  ValidationError,
  type ValidationIssue,
  type ValidationResult,
} from "./standard_schema.ts";
export { table } from "./define_table.ts";
export type { DefinedTableOptions } from "./define_table.ts";
export type {
  AnyColumn,
  Columns,
  InsertRow,
  KeysWith,
  OptionalKeys,
  Row,
  Table,
  ValueOf,
} from "./table.ts";
export type {
  ForeignKeyOptions,
  IndexOptions,
  TableOptions,
} from "./table_options.ts";
export { defineModel } from "./define_model.ts";
export type { ModelClass, ModelColumns, ModelOptions } from "./define_model.ts";
export { relate } from "./relations.ts";
export type {
  KeyOf,
  PropertyOf,
  Relation,
  RelationOptions,
  RelationsOf,
  RelationThrough,
  ThroughOptions,
} from "./relations.ts";
export { schema } from "./schema.ts";
export type {
  CheckSchema,
  ColumnSchema,
  ForeignKeySchema,
  IndexSchema,
  TableSchema,
} from "./table_schema.ts";
