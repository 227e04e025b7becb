// Copyright 2026 the Gee authors. MIT license.

import type { PeerSource } from "../peer.ts";
import { type Metrics, renderMetrics } from "./metrics_html.ts";
import type { MetricsOptions } from "./metrics_options.ts";
import type { PoolStats } from "./pool_stats.ts";

/** What the page shows: a `PeerPool` is one. */
export interface MetricsSource {
  /** The groups by name. */
  readonly groups: ReadonlyMap<string, PeerSource>;
  /** How the pool and its peers stand. */
  stats(): PoolStats;
  /** Who owns a key. */
  owner(key: string): string;
}

/** Where a request came from: the second argument of a `Deno.serve` handler. */
export interface MetricsInfo {
  /** The address of the client; a Unix socket has no `hostname`. */
  readonly remoteAddr?: { readonly hostname?: string };
}

/** Answers requests for the page; `undefined` at once for other paths. */
export type MetricsPage = (
  request: Request,
  info?: MetricsInfo,
) => Promise<Response> | undefined;

/** The options of a pool that matter here. */
export interface MetricsPoolOptions {
  /** Where the page is, and who may see it; without it there is none. */
  readonly metrics?: MetricsOptions;
  /** Told of an error of `authorize`. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Makes what answers requests for the page.
 *
 * @param pool The pool.
 * @param options Those of the pool.
 * @returns The page, or nothing under any path where it is off.
 * @throws {TypeError} When the path does not begin with a slash.
 */
export function metricsPage(
  pool: MetricsSource,
  { metrics, onError: report = () => {} }: MetricsPoolOptions,
): MetricsPage {
  if (metrics === undefined) return () => undefined;
  const { path = "/debug/cache", authorize } = metrics;
  if (!/^\/[^?#]*$/.test(path)) {
    throw new TypeError(
      `Cannot use metrics path "${path}": want one that begins with a slash`,
    );
  }
  return (request, info) => {
    const url = URL.parse(request.url);
    if (url?.pathname !== path) return undefined;
    const isAllowed = async () => {
      if (authorize === undefined) return isLocal(request, url, info);
      try {
        return await authorize(request);
      } catch (error) {
        report(error);
        return false;
      }
    };
    return answer(request, url, pool, isAllowed);
  };
}

async function answer(
  request: Request,
  url: URL,
  pool: MetricsSource,
  isAllowed: () => Promise<boolean>,
): Promise<Response> {
  // Only `true` will do: a forgotten return must not open the page.
  if (await isAllowed() !== true) return respond(request, 403, "forbidden\n");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return respond(request, 405, "method not allowed\n", {
      allow: "GET, HEAD",
    });
  }
  const metrics = collect(pool, url.searchParams.get("key"));
  if (wantsJson(request, url)) {
    const text = `${JSON.stringify(metrics, undefined, 2)}\n`;
    return respond(request, 200, text, { "content-type": "application/json" });
  }
  const nonce = crypto.randomUUID();
  return respond(request, 200, renderMetrics(metrics, nonce), {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  });
}

function respond(
  request: Request,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(request.method === "HEAD" ? null : text, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      vary: "accept",
      ...headers,
    },
  });
}

function wantsJson(request: Request, url: URL): boolean {
  const format = url.searchParams.get("format");
  if (format !== null) return format === "json";
  const accept = request.headers.get("accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html");
}

function collect(pool: MetricsSource, key: string | null): Metrics {
  const groups = [...pool.groups];
  const { peers, ...rest } = pool.stats();
  const stats = groups.map(([name, group]) => {
    const counts: { gets?: unknown; hits?: unknown } = group.stats();
    const ratio = Number(counts.hits) / Number(counts.gets);
    const hitRatio = Number.isFinite(ratio) ? ratio : null;
    return [name, { ...counts, hitRatio }] as const;
  });
  const metrics = { pool: rest, peers, groups: Object.fromEntries(stats) };
  if (key === null || key === "") return metrics;
  const found = groups.map(([name, group]) =>
    [name, explain(group, key)] as const
  );
  const owner = pool.owner(key);
  return { ...metrics, key: { key, owner, groups: Object.fromEntries(found) } };
}

function explain(
  group: PeerSource,
  key: string,
): Readonly<Record<string, unknown>> {
  try {
    return { ...group.explain(key) };
  } catch (error) {
    return { error: String(error) };
  }
}

/**
 * Whether a request is from this machine. The name keeps out pages of others
 * that bind their own name to this address; a proxy speaks for anybody.
 */
function isLocal(
  { headers }: Request,
  { hostname }: URL,
  info: MetricsInfo = {},
): boolean {
  if (headers.has("forwarded") || headers.has("x-forwarded-for")) return false;
  const from = info.remoteAddr?.hostname;
  // Without an address anybody may be behind a loopback name.
  return from !== undefined && isLoopback(from) && isLoopback(hostname);
}

function isLoopback(host: string): boolean {
  return /^(localhost|\[?::1\]?|(::ffff:)?127(\.\d{1,3}){3})$/.test(host);
}
