// Copyright 2026 the Gee authors. MIT license.

import { Secret } from "./auth.ts";
import {
  type ByteStream,
  closeQuietly,
  setNoDelayQuietly,
} from "./byte_stream.ts";
import type { AnswerQuestion } from "./link.ts";
import { checkCounts, checkTimes } from "./pool_options.ts";
import type { TcpAddress } from "./tcp_address.ts";
import { TcpAnswers, type TcpAnswersSettings } from "./tcp_answers.ts";

const MAX_REFUSING = 64;
const ACCEPT_PAUSE = 50;

/** What a listener of any kind has. */
interface Listener {
  readonly addr: TcpAddress;
  accept(): Promise<ByteStream>;
  close(): void;
}

/** Settings of a {@linkcode TcpServer}. */
export interface TcpServerOptions {
  /** Answers questions. */
  readonly answer: AnswerQuestion;
  /**
   * The port; 0 takes a free one.
   *
   * @default {0}
   */
  readonly port?: number;
  /**
   * The address to listen at.
   *
   * @default {"0.0.0.0"}
   */
  readonly hostname?: string;
  /**
   * The most ms for an answer, for the greeting, and for a peer to read.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * The most bytes of a question or an answer.
   *
   * @default {67108864}
   */
  readonly maxQuestionBytes?: number;
  /**
   * The most connections.
   *
   * @default {1024}
   */
  readonly maxConnections?: number;
  /**
   * The most questions under way on one connection; further ones are answered
   * with "busy".
   *
   * @default {4096}
   */
  readonly maxInFlight?: number;
  /**
   * With more bytes of answers unsent, no further question of the connection is
   * read.
   *
   * @default {1048576}
   */
  readonly maxUnsentBytes?: number;
  /**
   * What all nodes know and nobody else; 16 bytes or more.
   *
   * @default {undefined}
   */
  readonly secret?: string | Uint8Array;
  /**
   * Encrypts the connections: the certificate and its key, in PEM.
   *
   * @default {undefined}
   */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Answers the questions of peers over TCP. */
export class TcpServer implements AsyncDisposable {
  readonly #listener: Listener;
  readonly #settings: TcpAnswersSettings;
  readonly #maxConnections: number;
  readonly #connections = new Map<TcpAnswers, Promise<void>>();
  readonly #accepting: Promise<void>;
  #isClosed = false;

  /**
   * Begins to listen.
   *
   * @throws {Error} When the address cannot be had.
   * @throws {RangeError} When a number is out of bounds.
   */
  constructor(options: TcpServerOptions) {
    const { timeout = 5000, maxConnections = 1024, secret } = options;
    const { maxQuestionBytes = 64 << 20 } = options;
    const { maxInFlight = 4096, maxUnsentBytes = 1 << 20 } = options;
    checkTimes({ timeout });
    checkCounts({
      maxConnections,
      maxQuestionBytes,
      maxInFlight,
      maxUnsentBytes,
    });
    this.#maxConnections = maxConnections;
    this.#settings = {
      answer: options.answer,
      timeout,
      maxBytes: maxQuestionBytes,
      maxInFlight,
      maxUnsentBytes,
      secret: secret === undefined ? undefined : new Secret(secret),
    };
    this.#listener = listen(options);
    this.#accepting = this.#accept();
  }

  /** Where it listens. */
  get addr(): TcpAddress {
    const { hostname, port } = this.#listener.addr;
    return { hostname, port };
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Ends all connections and frees the port. Calling it again does nothing. */
  async close(): Promise<void> {
    if (!this.#isClosed) this.#listener.close();
    this.#isClosed = true;
    for (const connection of this.#connections.keys()) connection.close();
    await this.#accepting;
    await Promise.all(this.#connections.values());
  }

  /** Closes it, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #accept(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#serve(await this.#listener.accept());
      } catch {
        // Mostly the end; else there are no descriptors for the moment.
        if (!this.#isClosed) await pause(ACCEPT_PAUSE);
      }
    }
  }

  #serve(stream: ByteStream): void {
    // A few more are told that there is no room; that takes a connection too.
    if (this.#connections.size >= this.#maxConnections + MAX_REFUSING) {
      return closeQuietly(stream);
    }
    setNoDelayQuietly(stream);
    const connection = new TcpAnswers(stream, this.#settings);
    const isFull = this.#connections.size >= this.#maxConnections;
    const run = connection.run(isFull).finally(() => {
      this.#connections.delete(connection);
    });
    this.#connections.set(connection, run);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function listen(
  { port = 0, hostname = "0.0.0.0", tls }: TcpServerOptions,
): Listener {
  return tls === undefined
    ? Deno.listen({ port, hostname })
    : Deno.listenTls({ port, hostname, ...tls });
}
