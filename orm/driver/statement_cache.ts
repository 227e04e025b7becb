// Copyright 2026 the Gee authors. MIT license.

import type { Connection, PrepareOptions, Statement } from "./driver.ts";

interface Entry {
  readonly statement: Statement;
  readonly bigints: boolean;
  isUsed: boolean;
}

const SCHEMA = /^\s*(create|drop|alter|attach|detach|pragma|vacuum)\b/i;

/** The prepared statements of one connection, by text, at most `size` of them. */
export class StatementCache {
  readonly #connection: Connection;
  readonly #rewrite: (sql: string) => string;
  readonly #size: number;
  readonly #entries = new Map<string, Entry>();

  constructor(
    connection: Connection,
    rewrite: (sql: string) => string,
    size: number,
  ) {
    this.#connection = connection;
    this.#rewrite = rewrite;
    this.#size = size;
  }

  /** How many statements are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** The statement of this text, prepared now if it is not kept. */
  get(sql: string, options: PrepareOptions): Statement {
    const entry = this.#entries.get(sql);
    if (entry === undefined || entry.bigints !== options.bigints) {
      return this.#prepare(sql, options);
    }
    entry.isUsed = true;
    return entry.statement;
  }

  /** Drops every statement. */
  clear(): void {
    this.#entries.clear();
  }

  #prepare(sql: string, options: PrepareOptions): Statement {
    const statement = this.#connection.prepare(this.#rewrite(sql), options);
    if (SCHEMA.test(sql)) {
      // What it changes may be wrong in the others: those of node:sqlite go on
      // returning as many columns as there were.
      this.#entries.clear();
      return statement;
    }
    this.#entries.delete(sql);
    if (this.#entries.size >= this.#size) this.#evict();
    this.#entries.set(sql, {
      statement,
      bigints: options.bigints,
      isUsed: false,
    });
    return statement;
  }

  /**
   * The clock algorithm: the oldest entry goes unless it was used since the
   * hand last passed. A hit costs one flag, not the moving of an entry.
   */
  #evict(): void {
    for (const [sql, entry] of this.#entries) {
      this.#entries.delete(sql);
      if (!entry.isUsed) return;
      entry.isUsed = false;
      this.#entries.set(sql, entry);
    }
  }
}
