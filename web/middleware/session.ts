// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import { type CookieOptions, formatCookie } from "../cookies.ts";
import type { AnyParams } from "../incoming.ts";
import { LiveSession, type SessionTimes } from "./live_session.ts";
import { cookieKeeper, storeKeeper } from "./session_keeper.ts";
import type { SessionStore } from "./session_store.ts";

/**
 * The session of a client.
 *
 * @typeParam Data What it holds.
 */
export interface Session<Data extends object = Record<string, unknown>> {
  /**
   * What it holds; empty at first. It is saved as JSON when the handler is done,
   * if it has changed.
   */
  data: Partial<Data>;
  /** Whether it begins with this request. */
  readonly isNew: boolean;
  /**
   * Gives it a new id, and forgets the old one. Call it whenever somebody signs
   * in, so that an id that was planted before is worth nothing after.
   */
  regenerate(): void;
  /** Forgets it. What is put into `data` after that is lost. */
  destroy(): void;
}

/**
 * What {@linkcode session} leaves in `c.state`.
 *
 * @typeParam Data What the session holds.
 */
export interface SessionState<Data extends object = Record<string, unknown>> {
  /** The session of this client. */
  readonly session: Session<Data>;
}

/** Options of {@linkcode session}. */
export interface SessionOptions {
  /**
   * Where sessions are kept. Left out, in the cookie: signed by the engine's
   * `cookieKeys`, but readable by the client, up to about 2,900 bytes of JSON,
   * and not to be taken back, for a copy of an old cookie is good until it
   * expires.
   */
  readonly store?: SessionStore;
  /**
   * The name of the cookie.
   *
   * @default {"__Host-session"}
   */
  readonly name?: string;
  /**
   * Attributes of the cookie that differ from the safe defaults.
   *
   * @default {{}}
   */
  readonly cookie?: Omit<CookieOptions, "maxAge" | "expires">;
  /**
   * Milliseconds without a request until it ends. It is prolonged once a tenth
   * of them is over.
   *
   * @default {86400000}
   */
  readonly idleTimeout?: number;
  /**
   * Milliseconds until it ends in any case.
   *
   * @default {604800000}
   */
  readonly absoluteTimeout?: number;
  /**
   * The clock, in ms since 1970.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/**
 * Keeps data of a client from request to request, in a signed cookie or in a
 * store. It is saved before the answer goes out, also when the handler throws,
 * and only when it has changed or is to be prolonged; of two requests at a time
 * the last one to save counts. An id that we have not given out is never taken
 * over, and a session that was destroyed in a store stays so. Pages for one
 * person are not for caches: see {@linkcode noStore}.
 *
 * @param options Where, and for how long.
 * @returns The middleware; it sets `c.state.session`.
 * @throws {RangeError} When a time is no positive number.
 * @throws {TypeError} When browsers would refuse the cookie.
 *
 * @example Count the visits of a client
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { session, type SessionState } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine<SessionState<{ visits: number }>>({
 *   cookieKeys: ["a secret of 32 bytes or more ..."],
 * });
 * app.use(session());
 * app.get("/", (c) => {
 *   const { data } = c.state.session;
 *   data.visits = (data.visits ?? 0) + 1;
 *   return c.string(`visit ${data.visits}`);
 * });
 *
 * const first = await app.request("/");
 * const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
 * const second = await app.request("/", { headers: { cookie } });
 * assertEquals(await second.text(), "visit 2");
 * ```
 *
 * @example Keep sessions in a map
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import {
 *   session,
 *   type SessionState,
 *   type SessionStore,
 * } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const map = new Map<string, string>();
 * const store: SessionStore = {
 *   get: (key) => map.get(key),
 *   set(key, text, { mustExist }) {
 *     if (!mustExist || map.has(key)) map.set(key, text);
 *   },
 *   delete: (key) => map.delete(key),
 * };
 * const app = new Engine<SessionState<{ user: string }>>();
 * app.use(session({ store }));
 * app.post("/login", (c) => {
 *   c.state.session.regenerate();
 *   c.state.session.data.user = "tom";
 * });
 * await app.request("/login", { method: "POST" });
 * assertEquals(map.size, 1);
 * ```
 */
export function session(options: SessionOptions = {}): Middleware {
  const { name = "__Host-session", cookie: attributes = {}, store } = options;
  formatCookie(name, "", attributes); // throws what browsers would refuse
  const keeper = store === undefined
    ? cookieKeeper({ name, attributes })
    : storeKeeper({ name, attributes }, store);
  const times: SessionTimes = {
    idle: positive("idleTimeout", options.idleTimeout ?? 86_400_000),
    absolute: positive(
      "absoluteTimeout",
      options.absoluteTimeout ?? 604_800_000,
    ),
    now: options.now ?? Date.now,
  };
  return function session(c) {
    if (c.cookie(name) === undefined) {
      return run(c, new LiveSession(keeper, times, undefined));
    }
    return keeper.load(c)
      .then((found) => run(c, new LiveSession(keeper, times, found)));
  };
}

/** Runs the rest of the chain and saves, whatever comes of it. */
function run(
  c: Context<AnyParams, object>,
  session: LiveSession,
): Response | Promise<Response> {
  Object.assign(c.state, { session } satisfies SessionState);
  let answer: Response | Promise<Response>;
  try {
    answer = c.next();
  } catch (error) {
    const saved = session.save(c);
    if (saved === undefined) throw error;
    return saved.then(() => {
      throw error;
    });
  }
  if (answer instanceof Promise) return answer.finally(() => session.save(c));
  const saved = session.save(c);
  return saved === undefined ? answer : saved.then(() => answer);
}

function positive(name: string, value: number): number {
  if (value > 0 && value < Infinity) return value;
  throw new RangeError(
    `Cannot make session: got ${name} ${value}, want a positive number of ms`,
  );
}
