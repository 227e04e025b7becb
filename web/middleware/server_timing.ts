// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import { follow } from "../follow.ts";
import { isToken } from "../token.ts";

/** Options of {@linkcode serverTiming}. */
export interface ServerTimingOptions {
  /**
   * Whether a client may know the times: they tell strangers about the inside.
   * Where not, everything works but the header is left out.
   *
   * @default {() => true}
   */
  readonly when?: (c: Context<AnyParams, object>) => boolean;
  /**
   * Whether the header ends with `total`, the time of all that is inside.
   *
   * @default {true}
   */
  readonly total?: boolean;
  /**
   * Milliseconds from some fixed moment on.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
}

/** What {@linkcode serverTiming} leaves in `c.state`. */
export interface ServerTimingState {
  /** Takes the times of one request. */
  timing: ServerTiming;
}

/** What one entry says beside its name. */
export interface TimingEntry {
  /** How long it took, in ms. */
  readonly ms?: number;
  /** What people read; characters outside of ASCII become `?`. */
  readonly description?: string;
}

/** The times of one request; the first 100 entries count. */
export interface ServerTiming {
  /**
   * Notes an entry.
   *
   * @param name Its name, a token.
   * @param entry Its time and description.
   * @throws {TypeError} When the name is not a token.
   */
  add(name: string, entry?: TimingEntry): void;
  /**
   * Does some work and notes how long it took, also when it fails.
   *
   * @typeParam T What the work gives.
   * @param name Its name, a token.
   * @param work The work.
   * @returns What the work returned.
   * @throws {TypeError} When the name is not a token; else what the work throws.
   */
  measure<T>(name: string, work: () => T): T;
}

const MAX_ENTRIES = 100;

/**
 * Tells the client where the time went, in the header `server-timing`, which
 * the developer tools of browsers draw.
 *
 * @param options Who may know, and the clock.
 * @returns The middleware.
 *
 * @example Time a query
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { serverTiming, type ServerTimingState } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * let time = 0;
 * const app = new Engine<ServerTimingState>();
 * app.use(serverTiming({ now: () => time }));
 * app.get("/", (c) => {
 *   const rows = c.state.timing.measure("db", () => (time += 5, [1, 2]));
 *   return c.json(rows);
 * });
 * const { headers } = await app.request("/");
 * assertEquals(headers.get("server-timing"), "db;dur=5.0, total;dur=5.0");
 * ```
 */
export function serverTiming(options: ServerTimingOptions = {}): Middleware {
  const {
    when = () => true,
    total = true,
    now = () => performance.now(),
  } = options;
  return function serverTiming(c) {
    const start = now();
    const times = new Times(now);
    (c.state as ServerTimingState).timing = times; // the type that this declares
    const finish = () => {
      if (!when(c)) return;
      const entries = [...times.entries];
      if (total) entries.push(format("total", { ms: now() - start }));
      if (entries.length > 0) {
        c.appendHeader("server-timing", entries.join(", "));
      }
    };
    return follow(c, (response) => {
      finish();
      return response;
    }, (error) => {
      finish();
      throw error;
    });
  };
}

class Times implements ServerTiming {
  readonly entries: string[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(name: string, entry: TimingEntry = {}): void {
    const text = format(name, entry);
    if (this.entries.length < MAX_ENTRIES) this.entries.push(text);
  }

  measure<T>(name: string, work: () => T): T {
    checkName(name);
    const start = this.#now();
    const note = () => this.add(name, { ms: this.#now() - start });
    let isWaiting = false;
    try {
      const result = work();
      if (result instanceof Promise) {
        isWaiting = true;
        result.then(note, note);
      }
      return result;
    } finally {
      if (!isWaiting) note();
    }
  }
}

function checkName(name: string): void {
  if (isToken(name)) return;
  throw new TypeError(
    `Cannot time ${JSON.stringify(name)}: the name is not a token`,
  );
}

function format(name: string, { ms, description }: TimingEntry): string {
  checkName(name);
  const text = description?.replaceAll(/[^\x20-\x7e]/g, "?")
    .replaceAll(/["\\]/g, "\\$&");
  return name + (text === undefined ? "" : `;desc="${text}"`) +
    (ms === undefined ? "" : `;dur=${ms.toFixed(1)}`);
}
