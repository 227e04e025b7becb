// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "./code.ts";
import type { MethodStats } from "./method_counter.ts";

/** What one connection of a server has done. */
export interface ConnectionStats {
  /** The name of its codec. */
  readonly dialect: string;
  /** Who is at the other end; undefined on a transport without addresses. */
  readonly peer: Deno.Addr | undefined;
  /** When it came, in ms since 1970. */
  readonly since: number;
  /** Calls answered, well or not. */
  readonly calls: number;
  /** Calls being handled. */
  readonly inFlight: number;
}

/** Counts of a server, at one moment. */
export interface ServerStats {
  /** Connections open. */
  readonly connections: number;
  /** Calls answered, well or not, those of methods that do not exist too. */
  readonly calls: number;
  /** Calls answered with an error. */
  readonly errors: number;
  /** Calls being handled. */
  readonly inFlight: number;
  /** What became of the calls of each method, by `Service.method`, sorted. */
  readonly methods: Readonly<Record<string, MethodStats>>;
  /** The open connections, oldest first. */
  readonly peers: readonly ConnectionStats[];
}

/** Counts answered calls, of a server or of one connection. */
export class ReplyCounter {
  /** Calls answered. */
  calls = 0;
  /** Calls answered with an error. */
  errors = 0;

  /** Counts an answer. */
  count(code: Code | undefined): void {
    this.calls++;
    if (code !== undefined) this.errors++;
  }
}
