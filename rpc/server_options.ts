// Copyright 2026 the Gee authors. MIT license.

import type { Authenticate } from "./authenticate.ts";
import type { CodecFactory } from "./codec/codec.ts";
import type { DebugOptions, HttpOptions } from "./http/http_options.ts";
import type { Limits } from "./limits.ts";
import type { Registry } from "./registry.ts";
import type { KeepAliveOptions } from "./wire/keep_alive.ts";

/** Options of a `Server`; `Limits` count for each connection. */
export interface ServerOptions extends Limits, KeepAliveOptions {
  /**
   * How long a call may be handled, in ms; 0 is no limit. A client may ask for
   * less in its option, not for more; a method may say something else.
   *
   * @default {30000}
   */
  readonly handleTimeout?: number;
  /**
   * How long a new connection may take to send its option, in ms; 0 is no limit.
   *
   * @default {10000}
   */
  readonly handshakeTimeout?: number;
  /**
   * Connections at a time; further ones are closed at once.
   *
   * @default {10000}
   */
  readonly maxConnections?: number;
  /**
   * The codecs a client may choose, and with them the dialects that are spoken:
   * `codecs: [jsonCodec]` switches all others off.
   *
   * @default {[frameCodec, jsonCodec, gobCodec(), netRpcCodec(), jsonRpcCodec]}
   */
  readonly codecs?: readonly CodecFactory[];
  /**
   * What of HTTP is spoken on the port and by `fetch`; `false` is nothing.
   *
   * @default {true}
   */
  readonly http?: boolean | HttpOptions;
  /**
   * A list of servers that is offered at `/_geerpc_/registry`. Where heartbeats
   * and discoveries reach it by a name, that belongs into `http.hosts`.
   *
   * @default none
   */
  readonly registry?: Registry;
  /**
   * Whether there are pages on how the server stands: `/debug/rpc` for people,
   * as JSON with `?format=json`, and `/debug/geerpc` as the original has it.
   * They answer clients on this machine, or whom `authorize` lets through.
   *
   * @default {false}
   */
  readonly debug?: boolean | DebugOptions;
  /**
   * Finds out who calls, for every method whose service is not `anonymous`.
   *
   * @default everybody may call
   */
  readonly authenticate?: Authenticate;
  /**
   * Whether the service `Health` is offered, to everybody: `check({ service })`
   * and the stream `watch({ service })`.
   *
   * @default {false}
   */
  readonly health?: boolean;
  /**
   * Whether the service `Reflection` is offered, to those who may call others:
   * `services()`, `describe({ service })` and `schema()`.
   *
   * @default {false}
   */
  readonly reflection?: boolean;
  /**
   * Told why a connection was given up or could not be accepted.
   *
   * @default nothing is told
   */
  readonly onError?: (error: unknown) => void;
}

/** Options of `Server.close`. */
export interface CloseOptions {
  /**
   * How long calls under way may take to end, in ms; 0 ends them at once.
   *
   * @default {5000}
   */
  readonly timeout?: number;
}

/** A port or socket a server listens on. */
export interface ServerListener extends AsyncDisposable {
  /** Where it listens. */
  readonly addr: Deno.Addr;
  /** The same as `dial` and registries take it: `tcp@127.0.0.1:9999`. */
  readonly address: string;
  /** Resolves when no more connections are accepted. */
  readonly finished: Promise<void>;
  /** Closes the server, this listener and all others. */
  close(options?: CloseOptions): Promise<void>;
}
