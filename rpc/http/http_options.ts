// Copyright 2026 the Gee authors. MIT license.

import { checkMilliseconds } from "../duration.ts";

/** Where a request came from: the second argument of a `Deno.serve` handler. */
export interface FetchInfo {
  /** The address of the client. */
  readonly remoteAddr?:
    | Deno.Addr
    | { readonly hostname?: string }
    | undefined;
}

/** Who calls, as contexts have it. */
export function peerOf({ remoteAddr }: FetchInfo): Deno.Addr | undefined {
  return remoteAddr !== undefined && "transport" in remoteAddr
    ? remoteAddr as Deno.Addr // only these have a transport
    : undefined;
}

/** What of HTTP is spoken on the port of a server and by its `fetch`. */
export interface HttpOptions {
  /**
   * Whether `POST /Service.method` calls methods.
   *
   * @default {true}
   */
  readonly calls?: boolean;
  /**
   * Whether `CONNECT /_geeprc_` and `CONNECT /_goRPC_` lead to the other
   * dialects, as the `DialHTTP` of Go programs asks for; only on the port.
   *
   * @default {true}
   */
  readonly connect?: boolean;
  /**
   * Names by which clients know the server, without port, such as
   * `rpc.example.com`; `"*"` stands for all. A request for another name is
   * refused, lest a page of a foreign site has its name point here (DNS
   * rebinding). IP addresses and `localhost` are always good.
   *
   * @default {[]}
   */
  readonly hosts?: readonly string[];
  /**
   * Headers that methods see in `context.metadata`, in lower case, beside
   * `authorization`, `traceparent`, `tracestate`, and what begins with
   * `x-rpc-`, which is cut off: `x-rpc-tenant` is `metadata.tenant`.
   *
   * @default {[]}
   */
  readonly metadataHeaders?: readonly string[];
  /**
   * How long a connection may wait for its next request, and for the client to
   * take a part of a response, in ms; 0 is no limit.
   *
   * @default {60000}
   */
  readonly idleTimeout?: number;
}

/** Who may see the debug page. */
export interface DebugOptions {
  /**
   * Decides it for each request, in place of the rule that the client must be on
   * this machine and use a local name for it. What it throws is a refusal.
   *
   * @default only clients on this machine
   */
  readonly authorize?: (
    request: Request,
    info: FetchInfo,
  ) => boolean | Promise<boolean>;
}

/** What a server offers over HTTP, all filled in. */
export interface HttpSettings extends Required<HttpOptions> {
  /** Whether HTTP is spoken at all. */
  readonly isOn: boolean;
}

/** Fills in the defaults. */
export function resolveHttp(http: boolean | HttpOptions): HttpSettings {
  const options = typeof http === "object" ? http : {};
  const isOn = http !== false;
  return {
    isOn,
    calls: isOn && (options.calls ?? true),
    connect: isOn && (options.connect ?? true),
    hosts: options.hosts ?? [],
    metadataHeaders: options.metadataHeaders ?? [],
    idleTimeout: checkMilliseconds(
      "idleTimeout",
      options.idleTimeout ?? 60_000,
    ),
  };
}
