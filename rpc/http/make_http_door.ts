// Copyright 2026 the Gee authors. MIT license.

import type { ServerOptions } from "../server_options.ts";
import type { Host } from "../server_connection.ts";
import type { ConnectionsOptions } from "../connections.ts";
import { CallDoor, type Invoke } from "./call_door.ts";
import { DebugDoor, type DebugSource } from "./debug_door.ts";
import { HttpDoor } from "./http_door.ts";

/** What the door needs of its server: a `Server` is one. */
export interface HttpSource extends DebugSource {
  /** Calls a method. */
  readonly invoke: Invoke;
}

/** The door of a server, as its options have it. */
export function makeHttpDoor(
  server: HttpSource,
  host: Host,
  { registry, debug = false }: ServerOptions,
  { http, limits, handshakeTimeout }: ConnectionsOptions,
): HttpDoor {
  const calls = new CallDoor({
    invoke: (serviceMethod, args, options) =>
      server.invoke(serviceMethod, args, options),
    metadataHeaders: http.metadataHeaders,
    maxBodyBytes: limits.maxMessageBytes,
    bodyTimeout: handshakeTimeout,
  });
  const debugOptions = debug === true ? {} : debug;
  return new HttpDoor({
    settings: http,
    calls,
    has: (serviceMethod) => typeof host.find(serviceMethod) !== "string",
    registry,
    debug: debugOptions === false
      ? undefined
      : new DebugDoor(server, debugOptions, http.calls),
  });
}
