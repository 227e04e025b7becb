// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import { follow } from "../follow.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";
import { sampleLine, statsSamples, type StatsSource } from "./samples.ts";

/** Options of {@linkcode metrics}. */
export interface MetricsOptions {
  /**
   * What else to show, by the name that begins its metrics.
   *
   * @default {{}}
   */
  readonly sources?: Readonly<Record<string, StatsSource>>;
  /**
   * Most series of requests, from 1, each a method, a route and a status; what
   * comes later is counted together as the route `_other`.
   *
   * @default {1000}
   */
  readonly maxSeries?: number;
  /**
   * Milliseconds from some fixed moment on.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
}

/** What {@linkcode metrics} gives. */
export interface Metrics {
  /** Middleware that counts requests and their time; use it first. */
  readonly record: Middleware;
  /** Handler that shows all in the text format of Prometheus. */
  readonly page: Middleware;
}

/** Upper bounds in seconds, as OpenTelemetry recommends them for HTTP. */
const BOUNDS = [
  0.005,
  0.01,
  0.025,
  0.05,
  0.075,
  0.1,
  0.25,
  0.5,
  0.75,
  1,
  2.5,
  5,
  7.5,
  10,
];
const METHODS = new Set(
  ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
);
const DURATION = "http_server_request_duration_seconds";
const ACTIVE = "http_server_active_requests";

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly buckets: number[];
  sum: number;
  count: number;
}

/**
 * Metrics in the text format of Prometheus: how long requests took, by method,
 * route and status, and every number that `stats()` of other things tells.
 *
 * Routes are counted by their patterns, never by paths, and their series are
 * bounded, so that strangers cannot fill the memory. The page tells what is
 * going on inside: let only those see it who may.
 *
 * @param options What to show.
 * @returns The middleware that counts, and the handler of the page.
 * @throws {RangeError} When `maxSeries` is no whole number from 1.
 *
 * @example Count, and show to this machine only
 * ```ts
 * import { Engine, metrics } from "@gee/std/web";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const cache = { stats: () => ({ hits: 7, hitRatio: 0.5 }) };
 * const { record, page } = metrics({ sources: { cache }, now: () => 0 });
 * const app = new Engine().use(record);
 * app.get("/hello/:name", (c) => c.string(`Hello ${c.param("name")}`));
 * app.get("/metrics", page); // in production behind ipAllow()
 *
 * await app.request("/hello/gee");
 * const text = await (await app.request("/metrics")).text();
 * assertStringIncludes(text, "gee_cache_hit_ratio 0.5");
 * assertStringIncludes(text, 'http_route="/hello/:name"');
 * ```
 */
export function metrics(options: MetricsOptions = {}): Metrics {
  const { sources = {}, maxSeries = 1000 } = options;
  const { now = () => performance.now() } = options;
  if (!Number.isSafeInteger(maxSeries) || maxSeries < 1) {
    throw new RangeError(
      `Cannot make metrics: got maxSeries ${maxSeries}, want a whole number from 1`,
    );
  }
  const recorder = new Recorder(maxSeries);
  return {
    record: function metrics(c) {
      const start = now();
      recorder.active++;
      let isEnded = false;
      const end = (status: number) => {
        if (isEnded) return;
        isEnded = true;
        recorder.active--;
        recorder.add(c, status, (now() - start) / 1000);
      };
      const answer = follow(c, (response) => {
        end(response.status);
        return response;
      }, (error) => {
        end(statusOf(error));
        throw error;
      });
      if (!(answer instanceof Promise)) return answer;
      // What the deadline or the client gave up on may never settle.
      const { signal } = c.lifetime;
      const giveUp = () => end(statusOf(signal.reason));
      signal.addEventListener("abort", giveUp);
      return answer.finally(() => signal.removeEventListener("abort", giveUp));
    },
    page: (c) => {
      c.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8");
      c.setHeader("cache-control", "no-store");
      return c.string(recorder.text() + statsSamples(sources));
    },
  };
}

function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}

class Recorder {
  active = 0;
  readonly #series = new Map<string, Series>();
  readonly #maxSeries: number;

  constructor(maxSeries: number) {
    this.#maxSeries = maxSeries;
  }

  add(c: Context<AnyParams, object>, status: number, seconds: number): void {
    const method = METHODS.has(c.method) ? c.method : "_OTHER";
    const route = c.pattern ?? "_none";
    const series = this.#find(method, route, String(status));
    const bucket = BOUNDS.findIndex((bound) => seconds <= bound);
    const index = bucket === -1 ? BOUNDS.length : bucket;
    series.buckets[index] = (series.buckets[index] ?? 0) + 1;
    series.sum += seconds;
    series.count++;
  }

  #find(method: string, route: string, status: string): Series {
    const key = `${method} ${status} ${route}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= this.#maxSeries && route !== "_other") {
      return this.#find("_OTHER", "_other", "_other");
    }
    const series: Series = {
      labels: {
        http_request_method: method,
        http_response_status_code: status,
        http_route: route,
      },
      buckets: Array(BOUNDS.length + 1).fill(0),
      sum: 0,
      count: 0,
    };
    this.#series.set(key, series);
    return series;
  }

  text(): string {
    let text = `# HELP ${DURATION} Time until the answer was made.\n` +
      `# TYPE ${DURATION} histogram\n`;
    for (const { labels, buckets, sum, count } of this.#series.values()) {
      let total = 0;
      for (const [index, bucket] of buckets.entries()) {
        total += bucket;
        const le = index < BOUNDS.length ? String(BOUNDS[index]) : "+Inf";
        text += sampleLine(`${DURATION}_bucket`, { ...labels, le }, total);
      }
      text += sampleLine(`${DURATION}_sum`, labels, sum);
      text += sampleLine(`${DURATION}_count`, labels, count);
    }
    return `${text}# HELP ${ACTIVE} Requests that are not answered yet.\n` +
      `# TYPE ${ACTIVE} gauge\n` + sampleLine(ACTIVE, {}, this.active);
  }
}
