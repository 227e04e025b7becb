// Copyright 2026 the Gee authors. MIT license.

import type { Metadata } from "./metadata.ts";

/**
 * What a method is told about its call, as its second argument.
 *
 * @typeParam Principal What the server's `authenticate` returns.
 */
export interface CallContext<Principal = unknown> {
  /**
   * What was called, as `Service.method`, spelled as it was declared: `Arith.sum`
   * also for a caller who asks for `Arith.Sum`.
   */
  readonly serviceMethod: string;
  /** Who calls; undefined on a transport without addresses. */
  readonly peer: Deno.Addr | undefined;
  /** How the caller speaks: the name of a codec, `http` or `websocket`. */
  readonly dialect: string;
  /** What the caller sent beside the arguments. */
  readonly metadata: Metadata;
  /** The trace the caller is part of, as W3C Trace Context writes it, if any. */
  readonly traceparent: string | undefined;
  /**
   * Who calls, as the server's `authenticate` found out; undefined without it.
   * An interceptor may set it, too.
   */
  principal: Principal;
  /** When nobody waits for the reply any more, in ms since 1970; undefined for no limit. */
  readonly deadline: number | undefined;
  /**
   * Aborted when nobody waits for the reply any more: the caller has given up,
   * the handle timeout has passed, the connection has ended, or the server closes.
   */
  readonly signal: AbortSignal;
}
