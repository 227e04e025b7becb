// Copyright 2026 the Gee authors. MIT license.

import {
  BusyError,
  CheckError,
  DatabaseError,
  DiskFullError,
  ForeignKeyError,
  NotNullError,
  ReadOnlyError,
  SqlSyntaxError,
  UniqueError,
} from "../errors.ts";

// Extended result codes, https://www.sqlite.org/rescode.html
const CLASSES: Readonly<Record<number, typeof DatabaseError>> = {
  1: SqlSyntaxError,
  5: BusyError,
  6: BusyError,
  8: ReadOnlyError,
  13: DiskFullError,
  275: CheckError,
  787: ForeignKeyError,
  1299: NotNullError,
};
// Primary key, unique index, row id.
const UNIQUE = [1555, 2067, 2579];

/**
 * The error for one of SQLite's result codes.
 *
 * @param code The extended result code.
 * @param reason SQLite's own words.
 * @param cause What the driver threw.
 */
export function sqliteError(
  code: number,
  reason: string,
  cause: unknown,
): DatabaseError {
  const message = `Cannot run statement: ${reason}`;
  if (UNIQUE.includes(code)) {
    const columns = reason.split(": ").at(-1)?.split(", ") ?? [];
    return new UniqueError(message, columns, { code, cause });
  }
  // ON DELETE RESTRICT fails as a trigger does (1811), which may say anything.
  if (code === 1811 && /^FOREIGN KEY constraint failed/.test(reason)) {
    return new ForeignKeyError(message, { code, cause });
  }
  // The low byte is the family: 517 (BUSY_SNAPSHOT) is BUSY too.
  const Class = CLASSES[code] ?? CLASSES[code & 0xff] ?? DatabaseError;
  return new Class(message, { code, cause });
}
