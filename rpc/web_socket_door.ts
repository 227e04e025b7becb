// Copyright 2026 the Gee authors. MIT license.

import { errorResponse } from "./http/error_response.ts";
import { isForeignOrigin } from "./http/guard.ts";
import type { Transport } from "./wire/transport.ts";
import { WebSocketTransport } from "./wire/web_socket_transport.ts";

/** Whom `Server.webSocket` lets in. */
export interface WebSocketDoorOptions {
  /**
   * Origins of other sites whose pages may call, such as `https://example.com`;
   * clients that are no browsers send none and are let in.
   *
   * @default {[]}
   */
  readonly origins?: readonly string[];
  /**
   * Who calls, for the context of methods: `info.remoteAddr` of `Deno.serve`.
   *
   * @default unknown
   */
  readonly peer?: Deno.Addr;
}

/** Where connections go. */
export interface Entrance {
  /** Whether another one may come in. */
  isOpen(): boolean;
  /** Takes one. */
  enter(transport: Transport, peer: Deno.Addr | undefined): void;
}

/** Seconds of silence after which a client is asked whether it is there. */
const IDLE_SECONDS = 30;

/** Opens a WebSocket, or says why not. */
export function openWebSocket(
  request: Request,
  { origins = [], peer }: WebSocketDoorOptions,
  entrance: Entrance,
): Response {
  const { headers, url } = request;
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return errorResponse(
      426,
      "Cannot open a WebSocket: the request does not ask for one",
      {
        upgrade: "websocket",
      },
    );
  }
  const origin = headers.get("origin");
  if (isForeignOrigin(origin, url) && !origins.includes(origin ?? "")) {
    return errorResponse(
      403,
      `Cannot open a WebSocket: a page of ${origin} asks`,
    );
  }
  if (!entrance.isOpen()) {
    return errorResponse(
      503,
      "Cannot open a WebSocket: the server is full or closes",
    );
  }
  const upgrade = upgraded(request);
  if (upgrade === undefined) {
    return errorResponse(
      400,
      "Cannot open a WebSocket: the request is malformed",
    );
  }
  entrance.enter(new WebSocketTransport(upgrade.socket), peer);
  return upgrade.response;
}

/** Undefined where headers of the handshake are missing. */
function upgraded(request: Request): Deno.WebSocketUpgrade | undefined {
  try {
    return Deno.upgradeWebSocket(request, { idleTimeout: IDLE_SECONDS });
  } catch {
    return undefined;
  }
}
