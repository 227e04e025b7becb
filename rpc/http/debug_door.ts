// Copyright 2026 the Gee authors. MIT license.

import type { OpenRpcDocument } from "../open_rpc.ts";
import type { ServerStats } from "../server_stats.ts";
import { debugPage } from "./debug_page.ts";
import {
  bytesResponse,
  errorResponse,
  jsonResponse,
} from "./error_response.ts";
import { goPage, goServices } from "./go_page.ts";
import { whyNotLocal } from "./guard.ts";
import { type DebugOptions, type FetchInfo, peerOf } from "./http_options.ts";

/** What the pages show: a `Server` is one. */
export interface DebugSource {
  /** Counts of this moment. */
  stats(): ServerStats;
  /** What can be called. */
  schema(): OpenRpcDocument;
}

/** As the original has it. */
const GO_PATH = "/debug/geerpc";
const PAGE_PATH = "/debug/rpc";

/** Pages on how a server stands, for those who may see them. */
export class DebugDoor {
  readonly #source: DebugSource;
  readonly #authorize: DebugOptions["authorize"];
  readonly #hasCalls: boolean;

  /**
   * @param source The server.
   * @param options Who may see it.
   * @param hasCalls Whether methods can be called over HTTP.
   */
  constructor(source: DebugSource, options: DebugOptions, hasCalls: boolean) {
    this.#source = source;
    this.#authorize = options.authorize;
    this.#hasCalls = hasCalls;
  }

  /** Whether there is a page at a path. */
  has(pathname: string): boolean {
    return pathname === GO_PATH || pathname === PAGE_PATH;
  }

  /** Answers with a page, or a refusal. */
  async answer(
    request: Request,
    pathname: string,
    info: FetchInfo,
  ): Promise<Response> {
    const refusal = await this.#refusal(request, info);
    if (refusal !== undefined) {
      return errorResponse(403, `Cannot show the debug page: ${refusal}`);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return errorResponse(405, "Cannot answer: GET is wanted", {
        allow: "GET, HEAD",
      });
    }
    if (pathname === GO_PATH) {
      return htmlResponse(
        goPage(goServices(this.#source.stats())),
        "default-src 'none'",
      );
    }
    return wantsJson(request) ? this.#json() : this.#html();
  }

  async #refusal(
    request: Request,
    info: FetchInfo,
  ): Promise<string | undefined> {
    if (this.#authorize === undefined) {
      return whyNotLocal(request, peerOf(info));
    }
    try {
      if (await this.#authorize(request, info)) return undefined;
    } catch { /* Why is not for those who are not known. */ }
    return "the client is not authorized";
  }

  #json(): Response {
    const report = { ...this.#source.stats(), now: Date.now() };
    return jsonResponse(200, JSON.stringify(report), {
      "cache-control": "no-store",
    });
  }

  #html(): Response {
    const nonce = crypto.getRandomValues(new Uint8Array(16)).toBase64();
    const page = debugPage({
      stats: this.#source.stats(),
      methods: this.#source.schema().methods,
      hasCalls: this.#hasCalls,
      now: Date.now(),
      nonce,
    });
    return htmlResponse(
      page,
      `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'`,
    );
  }
}

function wantsJson({ url, headers }: Request): boolean {
  const format = new URL(url).searchParams.get("format");
  if (format !== null) return format === "json";
  const accept = headers.get("accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html");
}

function htmlResponse(html: string, policy: string): Response {
  return bytesResponse(200, new TextEncoder().encode(html), {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy":
      `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
  });
}
