// Copyright 2026 the Gee authors. MIT license.

import { REGISTRY_PATH } from "../registry_wire.ts";
import { GEE_RPC_PATH, GO_RPC_PATH } from "../wire/connect_http.ts";
import type { CallDoor } from "./call_door.ts";
import type { DebugDoor } from "./debug_door.ts";
import { bytesResponse, errorResponse } from "./error_response.ts";
import { isForeignWrite, isGoodHost } from "./guard.ts";
import type { HttpAnswer } from "./http_answer.ts";
import type { FetchInfo, HttpSettings } from "./http_options.ts";

/** What a server offers over HTTP. */
export interface HttpDoorOptions {
  /** What of it is on. */
  readonly settings: HttpSettings;
  /** Calls methods. */
  readonly calls: CallDoor;
  /** Whether there is a method of that name. */
  readonly has: (serviceMethod: string) => boolean;
  /** A list of servers, where there is one. */
  readonly registry:
    | { fetch(request: Request): Response | Promise<Response> }
    | undefined;
  /** Pages for people, where they are wanted. */
  readonly debug: DebugDoor | undefined;
}

const CONNECT_PATHS = [GEE_RPC_PATH.path, GO_RPC_PATH.path];
const MUST_CONNECT = new TextEncoder().encode("405 must CONNECT\n");

/** Everything that answers HTTP, by its path. */
export class HttpDoor {
  /** Answers one request; bound, and never rejects. */
  readonly fetch: HttpAnswer;
  readonly #options: HttpDoorOptions;
  readonly #hosts: ReadonlySet<string>;
  readonly #closing = new AbortController();

  /**
   * @param options What is offered.
   */
  constructor(options: HttpDoorOptions) {
    this.#options = options;
    const { hosts } = options.settings;
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
    this.fetch = (request, info = {}) => this.#answer(request, info);
  }

  /** Why a request must not be answered, whatever it asks for. */
  refusal(request: Request): Response | undefined {
    if (!isGoodHost(request, this.#hosts)) {
      const { hostname } = new URL(request.url);
      return errorResponse(
        421,
        `Cannot answer for host "${hostname}": it is not among "hosts" of the server`,
      );
    }
    return isForeignWrite(request)
      ? errorResponse(403, "Cannot answer: another site asks")
      : undefined;
  }

  /** Ends what only waits for news: it would hold a server up that closes. */
  close(): void {
    this.#closing.abort();
  }

  #endingWithServer(request: Request): Request {
    const signal = AbortSignal.any([request.signal, this.#closing.signal]);
    return new Request(request, { signal });
  }

  async #answer(request: Request, info: FetchInfo): Promise<Response> {
    const refusal = this.refusal(request);
    if (refusal !== undefined) return refusal;
    if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
      return errorResponse(
        501,
        'Cannot open a WebSocket here: "webSocket" of the server does, behind Deno.serve',
      );
    }
    return await this.#route(request, info) ??
      errorResponse(
        404,
        `Cannot answer "${new URL(request.url).pathname}": there is nothing`,
      );
  }

  #route(
    request: Request,
    info: FetchInfo,
  ): Promise<Response> | Response | undefined {
    const { settings, registry, debug } = this.#options;
    const { pathname } = new URL(request.url);
    if (!settings.isOn) return undefined;
    if (settings.connect && CONNECT_PATHS.includes(pathname)) {
      return bytesResponse(405, MUST_CONNECT, {
        "content-type": "text/plain; charset=utf-8",
      });
    }
    if (pathname === REGISTRY_PATH) {
      return registry?.fetch(this.#endingWithServer(request));
    }
    if (debug?.has(pathname)) return debug.answer(request, pathname, info);
    return settings.calls ? this.#call(request, pathname, info) : undefined;
  }

  #call(
    request: Request,
    pathname: string,
    info: FetchInfo,
  ): Promise<Response> | Response | undefined {
    const { calls, has } = this.#options;
    const serviceMethod = nameOf(pathname);
    if (serviceMethod === undefined) return undefined;
    if (request.method === "POST") {
      return calls.answer(request, serviceMethod, info);
    }
    if (!has(serviceMethod)) return undefined;
    return errorResponse(
      405,
      `Cannot call "${serviceMethod}" by ${request.method}: POST is wanted`,
      { allow: "POST" },
    );
  }
}

/** The one segment of a path, decoded. */
function nameOf(pathname: string): string | undefined {
  const segment = pathname.slice(1);
  if (segment === "" || segment.includes("/")) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
