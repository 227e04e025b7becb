// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import { errorText, formatJson, formatText } from "./log_entry.ts";

/** Options of {@linkcode logger}. */
export interface LoggerOptions {
  /**
   * Takes what is written about a request: a line without its line break, and
   * after it, in text, the stack of an error. What it throws is passed over.
   *
   * @default {console.log}
   */
  readonly log?: (line: string) => void;
  /**
   * `text` for people, `json` for one object a line: `time`, `level`, `status`,
   * `method`, `path`, `ms`, and where they are known `bytes`, `cut`, `client`,
   * `requestId`, `error`.
   *
   * @default {"text"}
   */
  readonly format?: "text" | "json";
  /**
   * Whether the query is written too. It often holds what no log should.
   *
   * @default {false}
   */
  readonly query?: boolean;
  /**
   * Whether the bytes of every answer are counted, before compression. A line
   * about a stream is then written at its end. Else they are known only by
   * `content-length`.
   *
   * @default {false}
   */
  readonly countBytes?: boolean;
  /**
   * Milliseconds from some fixed moment on.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
  /**
   * Milliseconds since 1970.
   *
   * @default {Date.now}
   */
  readonly time?: () => number;
}

/** Lines a minute about clients that left; further ones are summed up. */
const LEFT_LINES = 3;
const MINUTE = 60_000;
/** Characters of a path; a longer one would be a way to fill disks. */
const MAX_PATH = 2048;

/** What was sent. */
export interface Size {
  /** Bytes of the body, where they are known. */
  readonly bytes?: number | undefined;
  /** Whether the client left before its end. */
  readonly isCut?: boolean;
}

/** How a request ended. */
export interface Outcome extends Size {
  /** Status of the answer. */
  readonly status: number;
  /** The error behind it. */
  readonly error: unknown;
  /** How long it took, in ms. */
  readonly ms: number;
}

/** Where the lines go. */
export class LogBook {
  readonly #log: (line: string) => void;
  readonly #format: (entry: Parameters<typeof formatText>[0]) => string;
  readonly #hasQuery: boolean;
  readonly #time: () => number;
  #minute = -Infinity;
  #left = 0;

  constructor(options: LoggerOptions) {
    // deno-lint-ignore gee/no-console -- the one default sink of the framework
    const { log = console.log, format = "text", query = false } = options;
    if (format !== "text" && format !== "json") {
      throw new TypeError(
        `Cannot log as "${format}": want "text" or "json"`,
      );
    }
    this.#log = log;
    this.#format = format === "json" ? formatJson : formatText;
    this.#hasQuery = query;
    this.#time = options.time ?? Date.now;
  }

  /** Writes about a request. */
  write(c: Context<AnyParams, object>, outcome: Outcome): void {
    const { error, ...rest } = outcome;
    const { status } = rest;
    const time = this.#time();
    if (!this.#admits(status, time)) return;
    const { requestId } = c.state as { requestId?: unknown }; // anybody's
    this.#put(this.#format({
      ...rest,
      time,
      method: c.method,
      path: this.#target(c),
      client: c.remoteAddress,
      requestId: typeof requestId === "string" ? requestId : undefined,
      error: error !== undefined && status >= 500
        ? errorText(error)
        : undefined,
    }));
  }

  #target(c: Context<AnyParams, object>): string {
    const target = this.#hasQuery
      ? c.request.url.replace(/^[^/]*\/\/[^/]*/, "")
      : c.path;
    return target.length > MAX_PATH ? `${target.slice(0, MAX_PATH)}…` : target;
  }

  /** Whether a line is written, after the sum of those that were not. */
  #admits(status: number, time: number): boolean {
    if (Math.abs(time - this.#minute) >= MINUTE) {
      const hidden = this.#left - LEFT_LINES;
      if (hidden > 0) this.#put(this.#sum(hidden, time));
      this.#minute = time;
      this.#left = 0;
    }
    return status !== 499 || ++this.#left <= LEFT_LINES;
  }

  #sum(count: number, time: number): string {
    const message = `${count} more clients left before their answer`;
    return this.#format === formatText ? `[499] ${message}` : JSON.stringify(
      {
        time: new Date(time).toISOString(),
        level: "info",
        status: 499,
        message,
      },
    );
  }

  #put(line: string): void {
    try {
      const result: unknown = this.#log(line);
      if (result instanceof Promise) result.catch(() => {});
    } catch {
      // A full disk is no reason to fail requests.
    }
  }
}
