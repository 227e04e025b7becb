// Copyright 2026 the Gee authors. MIT license.

import { sqliteError } from "../dialect/sqlite_errors.ts";

// What the servers know by name has a code of SQLite's; all else is 1.
const CODES: Readonly<Record<string, number>> = {
  SQLITE_PERM: 3,
  SQLITE_BUSY: 5,
  SQLITE_LOCKED: 6,
  SQLITE_NOMEM: 7,
  SQLITE_READONLY: 8,
  SQLITE_INTERRUPT: 9,
  SQLITE_IOERR: 10,
  SQLITE_CORRUPT: 11,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_TOOBIG: 18,
  SQLITE_CONSTRAINT: 19,
  SQLITE_MISMATCH: 20,
  SQLITE_AUTH: 23,
  SQLITE_NOTADB: 26,
  AUTH_JWT_INVALID: 23,
  AUTH_JWT_EXPIRED: 23,
  AUTH_HTTP_HEADER: 23,
  BLOCKED: 23,
  // The server ends a transaction that keeps another waiting for 5 s.
  TRANSACTION_TIMEOUT: 5,
  TRANSACTION_BUSY: 5,
};
// Some servers report a code of 1 with SQLite's words for another.
const REASONS: readonly (readonly [RegExp, number])[] = [
  [/^database (?:table )?is locked/, 5],
  [/^attempt to write a readonly database/, 8],
  [/^disk I\/O error/, 10],
  [/^database or disk is full/, 13],
  [/^UNIQUE constraint failed/, 2067],
  [/^FOREIGN KEY constraint failed/, 787],
  [/^NOT NULL constraint failed/, 1299],
  [/^CHECK constraint failed/, 275],
];
const CONSTRAINT = 19;
const TRIGGER = 1811;

/** An error of `@libsql/client`. */
export interface ClientError extends Error {
  readonly code: string;
}

// What the server said no to; whatever else goes wrong is the connection's.
const ANSWERS = /^(?:SQL|AUTH_|ARGS_|TRANSACTION_(?:TIMEOUT|BUSY)|BLOCKED)/;

/** Whether the server has answered that the statement failed. */
export function isAnswer(error: unknown): error is ClientError {
  return error instanceof Error && "code" in error &&
    typeof error.code === "string" && ANSWERS.test(error.code);
}

/** SQLite's own words, without what client and server put around them. */
function reasonOf({ message, code }: ClientError): string {
  let reason = message;
  while (reason.startsWith(`${code}: `)) reason = reason.slice(code.length + 2);
  reason = reason.replace(
    /^(?:SQLite error|SQL input error|SQL string could not be parsed): /,
    "",
  ).replace(/ \(at offset \d+\)$/, "");
  const near = /^syntax error around L\d+:\d+: `([^]*)`$/.exec(reason)?.[1];
  return near === undefined ? reason : `near "${near}": syntax error`;
}

/** The error for what the server answered; others are passed on. */
export function remoteError(error: unknown): unknown {
  if (!isAnswer(error)) return error;
  const reason = reasonOf(error);
  const code = REASONS.find(([words]) => words.test(reason))?.[1] ??
    CODES[error.code] ?? 1;
  // What a trigger raises may say anything.
  return sqliteError(code === CONSTRAINT ? TRIGGER : code, reason, error);
}
