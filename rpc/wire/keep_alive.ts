// Copyright 2026 the Gee authors. MIT license.

import { checkMilliseconds } from "../duration.ts";
import { WireError } from "../errors.ts";

/** When a connection is asked for a sign of life, and how long it may take to give one. */
export interface KeepAliveOptions {
  /**
   * How long nothing may come before the peer is asked for a sign of life, in ms;
   * 0 never asks. In codecs other than frames nobody can be asked.
   *
   * @default {20000}
   */
  readonly keepAlive?: number;
  /**
   * How long the sign may take before the connection ends, in ms. A client of another
   * codec leaves a connection on which calls have timed out for so long and nothing came.
   *
   * @default {10000}
   */
  readonly keepAliveTimeout?: number;
}

/** What a watch does to its connection. */
export interface Watched {
  /** Whether this side does not read at the moment, as it has enough to do. */
  readonly isDeaf: boolean;
  /** Asks for a sign of life. */
  ping(): void;
  /** Gives one. */
  pong(): void;
  /** Ends the connection. */
  close(reason: unknown): void;
}

/** Fills in the defaults; throws for what is no time. */
export function resolveKeepAlive(
  options: KeepAliveOptions,
): Required<KeepAliveOptions> {
  const { keepAlive = 20_000, keepAliveTimeout = 10_000 } = options;
  return {
    keepAlive: checkMilliseconds("keepAlive", keepAlive),
    keepAliveTimeout: checkMilliseconds("keepAliveTimeout", keepAliveTimeout),
  };
}

/** Notices that a peer is gone of which TCP has heard nothing: a half-open connection. */
export class KeepAlive {
  readonly #watched: Watched;
  readonly #options: Required<KeepAliveOptions>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasHeard = true;
  #isAsking = false;

  /**
   * Begins to watch.
   *
   * @param watched The connection.
   * @param options The times.
   */
  constructor(watched: Watched, options: Required<KeepAliveOptions>) {
    this.#watched = watched;
    this.#options = options;
    if (options.keepAlive > 0) this.#wait(options.keepAlive);
  }

  /** Takes note that something came. */
  heard(): void {
    this.#hasHeard = true;
  }

  /** Stops watching. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    const { keepAlive, keepAliveTimeout } = this.#options;
    // Who does not read cannot judge, and must not be taken for dead.
    if (this.#watched.isDeaf) this.#watched.pong();
    if (this.#watched.isDeaf || this.#hasHeard) {
      this.#hasHeard = this.#isAsking = false;
      return this.#wait(keepAlive);
    }
    if (!this.#isAsking) {
      this.#isAsking = true;
      this.#watched.ping();
      return this.#wait(keepAliveTimeout);
    }
    this.#watched.close(
      new WireError(
        `Cannot go on: the peer gave no sign of life for ${
          keepAlive + keepAliveTimeout
        } ms`,
      ),
    );
  }
}
