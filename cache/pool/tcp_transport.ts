// Copyright 2026 the Gee authors. MIT license.

import { Secret } from "./auth.ts";
import {
  type ByteStream,
  closeQuietly,
  setNoDelayQuietly,
} from "./byte_stream.ts";
import { connectTcp } from "./connect_tcp.ts";
import { greetServer } from "./handshake.ts";
import type { Link, Transport } from "./link.ts";
import { checkCounts } from "./pool_options.ts";
import { parseAddress } from "./tcp_address.ts";
import { TcpLink } from "./tcp_link.ts";

/** How to encrypt connections to peers. */
export interface TcpTlsOptions {
  /**
   * Certificates to trust beside those of the system, in PEM.
   *
   * @default {[]}
   */
  readonly caCerts?: readonly string[];
}

/** Settings of a {@linkcode TcpTransport}. */
export interface TcpTransportOptions {
  /**
   * The most ms a question may take, the making of a connection included.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * The most bytes of an answer or a question.
   *
   * @default {67108864}
   */
  readonly maxAnswerBytes?: number;
  /**
   * What all nodes know and nobody else; 16 bytes or more.
   *
   * @default {undefined}
   */
  readonly secret?: string | Uint8Array;
  /**
   * Encrypts the connections.
   *
   * @default {undefined}
   */
  readonly tls?: TcpTlsOptions;
  /**
   * The clock in ms, for the pause after a failed connection.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
  /**
   * Random numbers from 0 to below 1, for the length of that pause.
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
}

/** Ways to peers over TCP, one connection to each. */
export class TcpTransport implements Transport {
  readonly #options: TcpTransportOptions;
  readonly #secret: Secret | undefined;
  readonly #timeout: number;

  /** Makes the transport; nothing is opened. */
  constructor(options: TcpTransportOptions = {}) {
    const { secret, timeout = 5000 } = options;
    checkCounts({ maxAnswerBytes: options.maxAnswerBytes ?? 1 });
    this.#options = options;
    this.#timeout = timeout;
    this.#secret = secret === undefined ? undefined : new Secret(secret);
  }

  /** Throws a `TypeError` where a name is no "host:port". */
  checkName(name: string): void {
    parseAddress(name);
  }

  /** Whether it can carry a key; any. */
  carries(_key: string): boolean {
    return true;
  }

  /** Makes the way to a peer. */
  link(name: string): Link {
    const {
      maxAnswerBytes = 64 << 20,
      now = () => performance.now(),
      random = Math.random,
    } = this.#options;
    return new TcpLink(name, {
      open: (name, signal) => this.#open(name, signal),
      timeout: this.#timeout,
      maxBytes: maxAnswerBytes,
      now,
      random,
    });
  }

  async #open(name: string, closing: AbortSignal): Promise<ByteStream> {
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(timedOut(this.#timeout)),
      this.#timeout,
    );
    const stop = () => limit.abort(closing.reason);
    closing.addEventListener("abort", stop);
    let stream: ByteStream | undefined;
    // Closing makes a read that waits end.
    limit.signal.addEventListener("abort", () => closeQuietly(stream));
    try {
      stream = await this.#connect(name, limit.signal);
      if (limit.signal.aborted) closeQuietly(stream);
      await greetServer(stream, this.#secret);
      return stream;
    } catch (error) {
      closeQuietly(stream);
      throw limit.signal.aborted ? limit.signal.reason : error;
    } finally {
      clearTimeout(timer);
      closing.removeEventListener("abort", stop);
    }
  }

  async #connect(name: string, signal: AbortSignal): Promise<ByteStream> {
    const address = parseAddress(name);
    const stream = await connectTcp(address, signal);
    setNoDelayQuietly(stream);
    const { tls } = this.#options;
    if (tls === undefined) return stream;
    const { hostname } = address;
    const caCerts = [...tls.caCerts ?? []];
    return await Deno.startTls(stream, { hostname, caCerts });
  }
}

function timedOut(ms: number): DOMException {
  return new DOMException(
    `Cannot connect: it took longer than ${ms} ms`,
    "TimeoutError",
  );
}
