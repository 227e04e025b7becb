// Copyright 2026 the Gee authors. MIT license.
import { HttpError } from "./http_error.ts";

/** What to do with what comes by a WebSocket. */
export interface WebSocketHooks {
  /** Called when the socket is open. */
  readonly onOpen?: (socket: WebSocket) => void;
  /**
   * Called with each message, text or bytes, after it is done with the one
   * before. What it throws closes the socket with 1011.
   */
  readonly onMessage?: (
    socket: WebSocket,
    data: string | ArrayBuffer,
  ) => void | Promise<void>;
  /** Called once at the end, whoever ended it. It must not throw. */
  readonly onClose?: (socket: WebSocket, end: WebSocketEnd) => void;
}

/** How a WebSocket ended. */
export interface WebSocketEnd {
  /** The code of RFC 6455, section 7.4; 1006 for a client that vanished. */
  readonly code: number;
  /** What the client said. */
  readonly reason: string;
  /** What a hook threw or the connection failed of. */
  readonly error: unknown;
}

/** Whom to let in, and how much. */
export interface WebSocketOptions {
  /**
   * Origins of other sites whose pages may open it, such as
   * `https://example.com`. Clients that are no browsers send none.
   *
   * @default {[]}
   */
  readonly origins?: readonly string[];
  /** Subprotocols of ours; the first that the client offers is chosen. */
  readonly protocols?: readonly string[];
  /**
   * Most bytes of a message; a larger one closes the socket with 1009.
   *
   * @default {1048576}
   */
  readonly maxMessageBytes?: number;
  /**
   * Seconds of silence after which the client is asked whether it is there;
   * after as many without an answer the socket is closed. 0 for never.
   *
   * @default {120}
   */
  readonly idleTimeout?: number;
}

/** What opens a socket. */
interface Opening {
  readonly request: Request;
  /** Scheme and host of the request. */
  readonly origin: string;
  /** Where to leave what ends the socket. */
  readonly endless: Set<{ end(reason: unknown): void }>;
}

const GOING_AWAY = 1001;
const POLICY = 1008;
const TOO_BIG = 1009;
const FAILED = 1011;

/** How many messages of the largest size may wait for the handler. */
const MAX_WAITING = 16;
/** How many of any size: an empty one takes memory too. */
const MAX_WAITING_MESSAGES = 4096;

/** Answers a request with a WebSocket; see `c.webSocket`. */
export function openWebSocket(
  { request, origin, endless }: Opening,
  hooks: WebSocketHooks,
  options: WebSocketOptions = {},
): Response {
  const { headers } = request;
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new HttpError(426, undefined, { headers: { upgrade: "websocket" } });
  }
  const from = headers.get("origin");
  if (from !== null && from !== origin && !options.origins?.includes(from)) {
    throw new HttpError(403, "WebSocket refused: foreign origin");
  }
  const offered = headers.get("sec-websocket-protocol")?.split(",")
    .map((name) => name.trim()) ?? [];
  const protocol = options.protocols?.find((name) => offered.includes(name));
  const { socket, response } = Deno.upgradeWebSocket(request, {
    idleTimeout: options.idleTimeout ?? 120,
    ...(protocol === undefined ? {} : { protocol }),
  });
  socket.binaryType = "arraybuffer";
  const ending = { end: () => socket.close(GOING_AWAY) };
  endless.add(ending);
  listen(socket, hooks, options.maxMessageBytes ?? 1 << 20, () => {
    endless.delete(ending);
  });
  return response;
}

function listen(
  socket: WebSocket,
  hooks: WebSocketHooks,
  limit: number,
  onEnd: () => void,
): void {
  const inbox = new Inbox(socket, hooks, limit);
  socket.onopen = () => inbox.guard(() => hooks.onOpen?.(socket));
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
    inbox.add(data);
  // Deno reports an error before the close of a client that just vanished.
  socket.onerror = (event) => {
    inbox.error ??= event instanceof ErrorEvent ? event.error : event;
  };
  socket.onclose = ({ code, reason }) => {
    onEnd();
    hooks.onClose?.(socket, { code, reason, error: inbox.error });
  };
}

/** Hands messages on one after the other and ends the socket where that fails. */
class Inbox {
  error: unknown;
  readonly #socket: WebSocket;
  readonly #hooks: WebSocketHooks;
  readonly #limit: number;
  #last: Promise<void> | undefined;
  #waiting = 0;
  #waitingBytes = 0;

  constructor(socket: WebSocket, hooks: WebSocketHooks, limit: number) {
    this.#socket = socket;
    this.#hooks = hooks;
    this.#limit = limit;
  }

  add(data: string | ArrayBuffer): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const size = sizeOf(data);
    if (size > this.#limit) return this.#socket.close(TOO_BIG);
    const handle = () => this.#hooks.onMessage?.(this.#socket, data);
    if (this.#last === undefined) return this.guard(handle);
    // A socket cannot be told to wait, so a client that is faster than the
    // handler is let go before it fills the memory.
    this.#waiting++;
    this.#waitingBytes += size;
    if (
      this.#waiting > MAX_WAITING_MESSAGES ||
      this.#waitingBytes > MAX_WAITING * this.#limit
    ) {
      return this.#socket.close(POLICY, "Too many messages");
    }
    this.#follow(this.#last.then(() => {
      this.#waiting--;
      this.#waitingBytes -= size;
      return handle();
    }));
  }

  /** Runs a hook; what it throws ends the socket. */
  guard(hook: () => void | Promise<void>): void {
    try {
      const pending = hook();
      if (pending instanceof Promise) this.#follow(pending);
    } catch (error) {
      this.#fail(error);
    }
  }

  #follow(pending: Promise<void>): void {
    const current: Promise<void> = pending.catch((error) => this.#fail(error))
      .then(() => {
        if (this.#last === current) this.#last = undefined;
      });
    this.#last = current;
  }

  #fail(error: unknown): void {
    this.error ??= error;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(FAILED);
  }
}

/** Bytes of a message; text may take three times its length in UTF-8. */
function sizeOf(data: string | ArrayBuffer): number {
  if (typeof data !== "string") return data.byteLength;
  return new TextEncoder().encode(data).length;
}
