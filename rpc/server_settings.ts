// Copyright 2026 the Gee authors. MIT license.

import { frameCodec } from "./codec/frame_codec.ts";
import { gobCodec, netRpcCodec } from "./codec/gob_codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { jsonRpcCodec } from "./codec/json_rpc.ts";
import type { ConnectionsOptions } from "./connections.ts";
import { checkMilliseconds } from "./duration.ts";
import { resolveHttp } from "./http/http_options.ts";
import { resolveLimits, SERVER_LIMITS } from "./limits.ts";
import type { ServerOptions } from "./server_options.ts";
import { resolveKeepAlive } from "./wire/keep_alive.ts";

/**
 * Fills in the defaults of what concerns connections.
 *
 * @throws {RangeError} when a limit or a timeout is out of range.
 */
export function resolveServer(options: ServerOptions): ConnectionsOptions {
  const {
    codecs = [
      frameCodec,
      jsonCodec,
      gobCodec(),
      netRpcCodec(),
      jsonRpcCodec,
    ],
  } = options;
  return {
    ...resolveKeepAlive(options),
    limits: resolveLimits(options, SERVER_LIMITS),
    handleTimeout: checkMilliseconds(
      "handleTimeout",
      options.handleTimeout ?? 30_000,
    ),
    handshakeTimeout: checkMilliseconds(
      "handshakeTimeout",
      options.handshakeTimeout ?? 10_000,
    ),
    http: resolveHttp(options.http ?? true),
    codecs: new Map(codecs.map((codec) => [codec.type, codec])),
  };
}
