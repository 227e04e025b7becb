// Copyright 2026 the Gee authors. MIT license.

import type { ColumnKind } from "../schema/codecs.ts";
import type { ColumnDefinition } from "../schema/column.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import type { Dialect, SqlText } from "./dialect.ts";

const TYPES: Readonly<Record<ColumnKind, string>> = {
  integer: "INTEGER",
  bigint: "BIGINT",
  real: "REAL",
  text: "TEXT",
  boolean: "BOOLEAN",
  blob: "BLOB",
  date: "DATETIME",
  isoDate: "TEXT",
  enumeration: "TEXT",
  uuid: "TEXT",
  // A type named JSON would have numeric affinity and turn the text 5 into a
  // number.
  json: "TEXT",
};

// What STRICT tables take in place of the above.
const STRICT_TYPES: Readonly<Record<string, string>> = {
  BIGINT: "INTEGER",
  BOOLEAN: "INTEGER",
  DATETIME: "INTEGER",
};

/** The SQL of SQLite and libsql. */
export const sqliteDialect: Dialect = {
  // SQLITE_MAX_VARIABLE_NUMBER as SQLite ships since 3.32.
  maxParams: 32_766,

  dataTypeOf(
    { codec, isPrimaryKey }: ColumnDefinition,
    { isStrict }: { readonly isStrict: boolean },
  ): string {
    // Only a primary key declared exactly INTEGER is the row id itself.
    if (isPrimaryKey && codec.kind === "bigint") return "INTEGER";
    const type = TYPES[codec.kind];
    return isStrict ? STRICT_TYPES[type] ?? type : type;
  },

  tableExistSql(table: string): SqlText {
    return {
      sql: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
      params: [table],
    };
  },

  quote(name: string): string {
    return `"${name.replaceAll('"', '""')}"`;
  },

  literal(value: SqlValue): string {
    if (value === null) return "NULL";
    if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
    if (value instanceof Uint8Array) return `X'${value.toHex()}'`;
    if (value === Infinity) return "9e999";
    if (value === -Infinity) return "-9e999";
    return String(value);
  },

  placeholders(sql: string): string {
    return sql;
  },

  inList(kind: ColumnKind): string | undefined {
    // SQLite 3.45 misreads the last digit of some reals in JSON (7 of 40,000
    // random ones), and JSON has no bytes.
    if (kind === "real") return undefined;
    if (kind === "blob") return "(SELECT unhex(value) FROM json_each(?))";
    return "(SELECT value FROM json_each(?))";
  },

  inRows(kinds: readonly ColumnKind[]): string | undefined {
    if (kinds.includes("real")) return undefined;
    const cells = kinds.map((kind, index) => {
      const cell = `json_extract(value, '$[${index}]')`;
      return kind === "blob" ? `unhex(${cell})` : cell;
    });
    return `(SELECT ${cells.join(", ")} FROM json_each(?))`;
  },
};
