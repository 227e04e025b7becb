// Copyright 2026 the Gee authors. MIT license.

/** What an error of the database knows about itself. */
export interface DatabaseErrorOptions extends ErrorOptions {
  /** The database's own code for it. */
  readonly code?: number | undefined;
}

/**
 * An error of the database. The same mistake gives the same class on every
 * driver; `cause` is what the driver threw.
 */
export class DatabaseError extends Error {
  /** The name of the class. */
  override readonly name: string = "DatabaseError";
  /** SQLite's extended result code, when the database reported the error. */
  readonly code: number | undefined;

  /**
   * Describes an error of the database.
   *
   * @param message What could not be done, and why.
   * @param options Its code and its cause.
   */
  constructor(message: string, options?: DatabaseErrorOptions) {
    super(message, options);
    this.code = options?.code;
  }
}

/** A value that must be unique is there already. */
export class UniqueError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "UniqueError";
  /** The columns that must be unique together, as in `"users.email"`. */
  readonly columns: readonly string[];

  /**
   * Describes the clash.
   *
   * @param message What could not be done, and why.
   * @param columns The columns that must be unique together.
   * @param options Its code and its cause.
   */
  constructor(
    message: string,
    columns: readonly string[],
    options?: DatabaseErrorOptions,
  ) {
    super(message, options);
    this.columns = columns;
  }
}

/** A row refers to one that is not there, or is still referred to. */
export class ForeignKeyError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "ForeignKeyError";
}

/** A column that must have a value has none. */
export class NotNullError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "NotNullError";
}

/** A value breaks a check of its table. */
export class CheckError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "CheckError";
}

/** The database stayed locked, by another process or by a long transaction. */
export class BusyError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "BusyError";
}

/** The database does not understand a statement, or a name in it is unknown. */
export class SqlSyntaxError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "SqlSyntaxError";
}

/** There is no room left, on the disk or up to the database's own limit. */
export class DiskFullError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "DiskFullError";
}

/** A write where only reading is allowed. */
export class ReadOnlyError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "ReadOnlyError";
}

/**
 * A row no longer has the version that an update or a delete was for: somebody
 * else has changed or deleted it. To read it again and decide anew is the way
 * on.
 */
export class ConflictError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "ConflictError";
}

/** There is no row where there has to be one. */
export class NotFoundError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "NotFoundError";
}

/** What an error of the connection knows about itself. */
export interface ConnectionErrorOptions extends DatabaseErrorOptions {
  /**
   * Whether what was under way may have been done all the same.
   *
   * @default {false}
   */
  readonly isUnsure?: boolean;
}

/**
 * A remote database could not be reached, did not answer in time, or lost the
 * connection. An open transaction is rolled back by it, and the next call
 * connects anew.
 */
export class ConnectionError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "ConnectionError";
  /**
   * Whether what was under way may have been done all the same: a write outside
   * of transactions, or a commit.
   */
  readonly isUnsure: boolean;

  /**
   * Describes the loss.
   *
   * @param message What could not be done, and why.
   * @param options Its cause, and whether it may have been done.
   */
  constructor(message: string, options?: ConnectionErrorOptions) {
    super(message, options);
    this.isUnsure = options?.isUnsure ?? false;
  }
}

/** The engine is closed, or the transaction has ended. */
export class ClosedError extends DatabaseError {
  /** The name of the class. */
  override readonly name = "ClosedError";
}
