// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import type { AnyParams } from "../incoming.ts";

/** Tells whether something is well: by returning; by throwing that it is not. */
export type HealthCheck = (signal: AbortSignal) => unknown;

/** Options of {@linkcode health}. */
export interface HealthOptions {
  /**
   * What must be well before requests can be served, by name. Without any, only
   * the process itself is asked: it answers.
   *
   * @default {{}}
   */
  readonly ready?: Readonly<Record<string, HealthCheck>>;
  /**
   * Milliseconds a check may take; then it has failed.
   *
   * @default {1000}
   */
  readonly timeout?: number;
  /** Told why a check failed; the client reads its name only. */
  readonly report?: (name: string, error: unknown) => void;
}

/**
 * A handler for probes of load balancers and orchestrators: 200 when all is
 * well, 503 when a check failed or the server is closing. All checks run at
 * once, and one that hangs is not asked again before it has ended.
 *
 * Use it twice: without checks for liveness, where a restart would help, and
 * with checks for readiness, where waiting would.
 *
 * @param options The checks.
 * @returns The handler.
 * @throws {RangeError} When the time limit is not a positive number.
 *
 * @example Two probes
 * ```ts
 * import { Engine, health } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * const ping = () => Promise.reject(new Error("No connection"));
 * app.get("/healthz", health());
 * app.get("/readyz", health({ ready: { db: ping } }));
 * assertEquals((await app.request("/healthz")).status, 200);
 * const ready = await app.request("/readyz");
 * assertEquals(ready.status, 503);
 * assertEquals(await ready.json(), {
 *   status: "failed",
 *   checks: { db: "failed" },
 * });
 * ```
 */
export function health(options: HealthOptions = {}): Middleware {
  const { ready = {}, timeout = 1000, report } = options;
  if (!(timeout > 0 && Number.isFinite(timeout))) {
    throw new RangeError(
      `Cannot limit a health check: got ${timeout} ms, want a positive number`,
    );
  }
  const running = new Map<string, Promise<void>>();
  const start = (name: string, check: HealthCheck): Promise<void> => {
    const work = Promise.try(check, AbortSignal.timeout(timeout)).then(() => {})
      .finally(() => running.delete(name));
    running.set(name, work);
    return work;
  };
  const ask = async (name: string, check: HealthCheck) => {
    try {
      await inTime(running.get(name) ?? start(name, check), timeout);
      return [name, "ok"] as const;
    } catch (error) {
      report?.(name, error);
      return [name, "failed"] as const;
    }
  };
  return async function health(c: Context<AnyParams, object>) {
    const checks = await Promise.all(
      Object.entries(ready).map(([name, check]) => ask(name, check)),
    );
    const isWell = checks.every(([, state]) => state === "ok");
    const status = c.isClosing ? "closing" : isWell ? "ok" : "failed";
    c.setHeader("cache-control", "no-store");
    return c.json(status === "ok" ? 200 : 503, {
      status,
      checks: Object.fromEntries(checks),
    });
  };
}

async function inTime(work: Promise<void>, ms: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`No answer in ${ms} ms`)),
    ms,
  );
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
