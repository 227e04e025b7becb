// Copyright 2026 the Gee authors. MIT license.

import type { CodecFactory } from "./codec/codec.ts";
import { NET_RPC_TYPE } from "./codec/gob_codec.ts";
import { WireError } from "./errors.ts";
import type { HttpAnswer } from "./http/http_answer.ts";
import { HttpConnection } from "./http/http_connection.ts";
import type { HttpSettings } from "./http/http_options.ts";
import type { Limits } from "./limits.ts";
import { checkVersion } from "./option.ts";
import { type Host, ServerConnection } from "./server_connection.ts";
import { type ConnectionStats, ReplyCounter } from "./server_stats.ts";
import { GEE_RPC_PATH } from "./wire/connect_http.ts";
import { type Handshake, HTTP_TYPE, readOption } from "./wire/handshake.ts";
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
  /** What of HTTP is spoken. */
  readonly http: HttpSettings;
}

/** Where a connection came from. */
export interface Origin {
  /** Who calls. */
  readonly peer: Deno.Addr | undefined;
  /** What methods are told of how the caller speaks, in place of the codec. */
  readonly dialect?: string;
}

// A client sends its option at once, and calls right behind it.
const HANDSHAKE_GRACE_MS = 100;

/** A connection and what is known of it. */
interface Served {
  readonly connection: ServerConnection | HttpConnection;
  readonly dialect: string;
  readonly peer: Deno.Addr | undefined;
  readonly since: number;
  readonly replies: ReplyCounter;
}

/** The connections of one server, from their handshake to their end. */
export class Connections {
  readonly #host: Host;
  readonly #options: ConnectionsOptions;
  readonly #fetch: HttpAnswer;
  readonly #served = new Set<Served>();
  readonly #handshakes = new Set<Transport>();
  readonly #running = new Map<Transport, Promise<void>>();
  #isDraining = false;
  #isClosed = false;

  /**
   * @param host The server.
   * @param options Limits, timeouts and codecs.
   * @param fetch Answers what comes as HTTP.
   */
  constructor(host: Host, options: ConnectionsOptions, fetch: HttpAnswer) {
    this.#host = host;
    this.#options = options;
    this.#fetch = fetch;
  }

  /** How many there are, those in their handshake included. */
  get size(): number {
    return this.#running.size;
  }

  /** Serves one until it ends; never rejects. */
  async serve(transport: Transport, origin: Origin): Promise<void> {
    const running = this.#serve(transport, origin);
    this.#running.set(transport, running);
    await running;
    this.#running.delete(transport);
  }

  /** Calls being handled; those over HTTP are counted where they are made. */
  get inFlight(): number {
    let sum = 0;
    for (const { connection } of this.#served) {
      if (connection instanceof ServerConnection) sum += connection.inFlight;
    }
    return sum;
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

  /**
   * Resolves when all calls under way have ended; no new ones are taken. Who has
   * just connected has sent some already, and gets an answer, too.
   */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const timer = setTimeout(() => this.stopHandshakes(), HANDSHAKE_GRACE_MS);
    await Promise.all([
      ...[...this.#served].map(({ connection }) => connection.drain()),
      ...[...this.#handshakes].map((transport) => this.#running.get(transport)),
    ]);
    clearTimeout(timer);
  }

  /** Ends all. */
  async close(): Promise<void> {
    this.stopHandshakes();
    for (const { connection } of this.#served) connection.close();
    await Promise.all(this.#running.values());
  }

  async #serve(transport: Transport, origin: Origin): Promise<void> {
    try {
      let handshake = await this.#handshake(transport);
      if (handshake.codecType === HTTP_TYPE && origin.dialect === undefined) {
        const tunneled = await this.#http(transport, origin, handshake);
        if (tunneled === undefined) return;
        handshake = tunneled;
      }
      const replies = new ReplyCounter();
      const connection = this.#open(transport, origin, handshake, replies);
      await this.#track({
        connection,
        dialect: origin.dialect ?? handshake.codecType,
        peer: origin.peer,
        since: Date.now(),
        replies,
      }, () => connection.run());
    } catch (error) {
      closeQuietly(transport);
      if (!this.#isClosed) this.#host.onError(error);
    }
  }

  /** Counts a connection for as long as it runs. */
  async #track<T>(served: Served, run: () => Promise<T>): Promise<T> {
    // It came as the server closed: neither a handshake nor served yet.
    if (this.#isClosed) served.connection.close();
    this.#served.add(served);
    try {
      const ended = run();
      if (this.#isDraining) {
        const { connection } = served;
        connection.drain().then(() => connection.close());
      }
      return await ended;
    } finally {
      this.#served.delete(served);
    }
  }

  /** Reads the option, and no byte of the messages behind it is lost. */
  async #handshake(
    transport: Transport,
    early?: Uint8Array,
  ): Promise<Handshake> {
    if (this.#isClosed) closeQuietly(transport);
    this.#handshakes.add(transport);
    try {
      const { handshakeTimeout } = this.#options;
      const { wheel } = this.#host;
      return await readOption(transport, wheel, handshakeTimeout, early);
    } finally {
      this.#handshakes.delete(transport);
    }
  }

  /** Answers requests, and begins anew where one leads to another dialect. */
  async #http(
    transport: Transport,
    { peer }: Origin,
    { early }: Handshake,
  ): Promise<Handshake | undefined> {
    const { http, handshakeTimeout, limits } = this.#options;
    if (!http.isOn) throw notOffered(HTTP_TYPE);
    const replies = new ReplyCounter();
    const connection = new HttpConnection(transport, early, {
      fetch: this.#fetch,
      connect: http.connect,
      peer,
      wheel: this.#host.wheel,
      handshakeTimeout,
      idleTimeout: http.idleTimeout,
      maxBodyBytes: limits.maxMessageBytes,
      onAnswer: () => replies.count(undefined),
    });
    const tunnel = await this.#track({
      connection,
      dialect: HTTP_TYPE,
      peer,
      since: Date.now(),
      replies,
    }, () => connection.run());
    if (tunnel === undefined) return undefined;
    const handshake = await this.#handshake(transport, tunnel.early);
    const isGee = tunnel.path === GEE_RPC_PATH;
    const isRight = isGee
      ? handshake.option !== undefined
      : handshake.codecType === NET_RPC_TYPE;
    if (isRight) return handshake;
    throw new WireError(
      `Cannot serve "${handshake.codecType}" behind CONNECT ${tunnel.path.path}`,
    );
  }

  #open(
    transport: Transport,
    { peer, dialect }: Origin,
    { codecType, option, early }: Handshake,
    replies: ReplyCounter,
  ): ServerConnection {
    const { codecs, limits, handleTimeout, keepAlive, keepAliveTimeout } =
      this.#options;
    const codec = codecs.get(codecType);
    if (codec === undefined) throw notOffered(codecType);
    checkVersion(codecType, option);
    return new ServerConnection(
      transport,
      codec.create("server", limits),
      this.#counting(replies),
      {
        limits,
        handleTimeout,
        keepAlive,
        keepAliveTimeout,
        optionTimeout: option?.handleTimeout ?? 0,
        callTimeout: option?.callTimeout ?? 0,
        peer,
        dialect: dialect ?? codecType,
        early,
      },
    );
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

function notOffered(type: string): WireError {
  return new WireError(`Cannot serve codec "${type}": it is not offered`);
}
