// Copyright 2026 the Gee authors. MIT license.

import type { CodecFactory } from "./codec/codec.ts";
import { WireError } from "./errors.ts";
import type { Limits } from "./limits.ts";
import { checkVersion } from "./option.ts";
import { type Host, ServerConnection } from "./server_connection.ts";
import { type ConnectionStats, ReplyCounter } from "./server_stats.ts";
import { readOption } from "./wire/handshake.ts";
import type { KeepAliveOptions } from "./wire/keep_alive.ts";
import { closeQuietly, type Transport } from "./wire/transport.ts";

/** Options of all connections of a server. */
export interface ConnectionsOptions extends Required<KeepAliveOptions> {
  /** What each may take up. */
  readonly limits: Required<Limits>;
  /** How long a call may be handled, in ms; 0 is no limit. */
  readonly handleTimeout: number;
  /** How long a new connection may take to send its option, in ms; 0 is no limit. */
  readonly handshakeTimeout: number;
  /** The codecs a client may choose, by name. */
  readonly codecs: ReadonlyMap<string, CodecFactory>;
}

/** A connection and what is known of it. */
interface Served {
  readonly connection: ServerConnection;
  readonly dialect: string;
  readonly peer: Deno.Addr | undefined;
  readonly since: number;
  readonly replies: ReplyCounter;
}

/** The connections of one server, from their handshake to their end. */
export class Connections {
  readonly #host: Host;
  readonly #options: ConnectionsOptions;
  readonly #served = new Set<Served>();
  readonly #handshakes = new Set<Transport>();
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;

  /**
   * @param host The server.
   * @param options Limits, timeouts and codecs.
   */
  constructor(host: Host, options: ConnectionsOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** How many there are, those in their handshake included. */
  get size(): number {
    return this.#running.size;
  }

  /** Serves one until it ends; never rejects. */
  async serve(
    transport: Transport,
    peer: Deno.Addr | undefined,
  ): Promise<void> {
    const running = this.#serve(transport, peer);
    this.#running.add(running);
    await running;
    this.#running.delete(running);
  }

  /** What each that is past its handshake has done, oldest first. */
  stats(): ConnectionStats[] {
    return [...this.#served].map(
      ({ connection: { inFlight }, dialect, peer, since, replies }) =>
        Object.freeze({
          dialect,
          peer,
          since,
          calls: replies.calls,
          inFlight,
        }),
    );
  }

  /** Gives up handshakes; from now on failures are not told. */
  stopHandshakes(): void {
    this.#isClosed = true;
    for (const transport of this.#handshakes) closeQuietly(transport);
  }

  /** Resolves when all calls under way have ended; no new ones are taken. */
  async drain(): Promise<void> {
    await Promise.all(
      [...this.#served].map(({ connection }) => connection.drain()),
    );
  }

  /** Ends all. */
  async close(): Promise<void> {
    for (const { connection } of this.#served) connection.close();
    await Promise.all(this.#running);
  }

  async #serve(
    transport: Transport,
    peer: Deno.Addr | undefined,
  ): Promise<void> {
    try {
      const served = await this.#handshake(transport, peer);
      this.#served.add(served);
      await served.connection.run();
      this.#served.delete(served);
    } catch (error) {
      closeQuietly(transport);
      if (!this.#isClosed) this.#host.onError(error);
    }
  }

  /** Reads the option, and no byte of the messages behind it is lost. */
  async #handshake(
    transport: Transport,
    peer: Deno.Addr | undefined,
  ): Promise<Served> {
    const { codecs, handshakeTimeout, ...rest } = this.#options;
    this.#handshakes.add(transport);
    try {
      const { codecType: dialect, option, early } = await readOption(
        transport,
        this.#host.wheel,
        handshakeTimeout,
      );
      const codec = codecs.get(dialect);
      if (codec === undefined) {
        throw new WireError(
          `Cannot serve codec "${dialect}": it is not offered`,
        );
      }
      checkVersion(dialect, option);
      const replies = new ReplyCounter();
      const connection = new ServerConnection(
        transport,
        codec.create("server", rest.limits),
        this.#counting(replies),
        {
          ...rest,
          optionTimeout: option?.handleTimeout ?? 0,
          callTimeout: option?.callTimeout ?? 0,
          peer,
          dialect,
          early,
        },
      );
      return { connection, dialect, peer, since: Date.now(), replies };
    } finally {
      this.#handshakes.delete(transport);
    }
  }

  #counting(replies: ReplyCounter): Host {
    const { onReply } = this.#host;
    return {
      ...this.#host,
      onReply: (code) => {
        replies.count(code);
        onReply(code);
      },
    };
  }
}
