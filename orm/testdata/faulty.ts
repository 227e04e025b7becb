// Copyright 2026 the Gee authors. MIT license.
// A driver whose calls fail when they are told to.

import { sqliteError } from "../dialect/sqlite_errors.ts";
import type { Connection, MaybePromise, Statement } from "../driver/driver.ts";
import { ConnectionError, type Driver } from "../mod.ts";

/** What may be wrong with a call. */
export const FAILURES = {
  BUSY: () => sqliteError(5, "database is locked", undefined),
  FULL: () => sqliteError(13, "database or disk is full", undefined),
  IOERR: () => sqliteError(10, "disk I/O error", undefined),
  "lost baton": () => new ConnectionError("Cannot reach database: lost"),
} as const;

/** Counts the calls of a driver, and fails some of them. */
export class Faulty {
  calls: string[] = [];
  failAt = -1;
  /** Whether a call fails besides the one at `failAt`. */
  isFailing: () => boolean = () => false;
  failure: () => Error = FAILURES.IOERR;
  connection: Connection | undefined;
  readonly #inner: Driver;
  readonly #isLater: boolean;

  constructor(inner: Driver, isLater: boolean) {
    this.#inner = inner;
    this.#isLater = isLater;
  }

  get driver(): Driver {
    const { openReader: _, ...inner } = this.#inner;
    return {
      ...inner,
      open: async () => {
        const connection = await this.#inner.open();
        this.connection ??= connection;
        return this.#wrapped(connection);
      },
    };
  }

  #count(name: string): void {
    this.calls.push(name);
    const isFailing = this.calls.length === this.failAt || this.isFailing();
    if (isFailing) throw this.failure();
  }

  #call<T>(name: string, work: () => MaybePromise<T>): MaybePromise<T> {
    const act = () => {
      this.#count(name);
      return work();
    };
    if (!this.#isLater) return act();
    return Promise.resolve().then(act);
  }

  #wrapped(inner: Connection): Connection {
    return {
      get inTransaction() {
        return inner.inTransaction;
      },
      prepare: (sql, options) => {
        this.#count("prepare");
        return this.#statement(inner.prepare(sql, options));
      },
      exec: (sql) => this.#call(sql, () => inner.exec(sql)),
      begin: (mode) => this.#call("begin", () => inner.begin(mode)),
      commit: () => this.#call("commit", () => inner.commit()),
      rollback: () => this.#call("rollback", () => inner.rollback()),
      refuseWrites: () => this.#call("refuse", () => inner.refuseWrites()),
      allowWrites: () => inner.allowWrites(),
      migrate: (statements) =>
        this.#call("migrate", () => inner.migrate(statements)),
      close: () => this.#call("close", () => inner.close()),
    };
  }

  #statement(inner: Statement): Statement {
    return {
      all: (params) => this.#call("all", () => inner.all(params)),
      get: (params) => this.#call("get", () => inner.get(params)),
      run: (params) => this.#call("run", () => inner.run(params)),
      columns: () => inner.columns(),
    };
  }
}
