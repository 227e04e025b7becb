// Copyright 2026 the Gee authors. MIT license.

import type { TableSchema } from "../schema/table_schema.ts";

/** Something of a database with the statement that created it. */
export interface StoredObject {
  /** Its name. */
  readonly name: string;
  /** The statement that created it, without values. */
  readonly sql: string;
}

/** A trigger of a database. */
export interface StoredTrigger extends StoredObject {
  /** The table or view that it watches. */
  readonly table: string;
}

/** A table of a database. */
export interface StoredTable extends StoredObject {
  /** The table as far as `table()` can describe it. */
  readonly schema: TableSchema;
  /**
   * What `table()` cannot describe, as `"COLLATE NOCASE of column \"name\""`. It
   * is no difference to a table that lacks it, and lost when the table has to
   * be built anew.
   */
  readonly beyond: readonly string[];
}

/** What is in a database. */
export interface DatabaseSchema {
  /** Its tables, in the order of their creation; virtual ones are left out. */
  readonly tables: readonly StoredTable[];
  /** Its views by name. */
  readonly views: readonly StoredObject[];
  /** Its triggers by name. */
  readonly triggers: readonly StoredTrigger[];
  /** Its virtual tables, for instance of FTS5. */
  readonly virtualTables: readonly StoredObject[];
}
