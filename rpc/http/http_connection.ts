// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "../abortable.ts";
import type { TimerWheel } from "../wire/timer_wheel.ts";
import {
  type ConnectPath,
  GEE_RPC_PATH,
  GO_RPC_PATH,
} from "../wire/connect_http.ts";
import { closeQuietly, type Transport } from "../wire/transport.ts";
import type { HttpAnswer } from "./http_answer.ts";
import { errorResponse } from "./error_response.ts";
import { HttpError } from "./http_error.ts";
import { HttpReader } from "./http_reader.ts";
import { parseHead, type RequestHead, toRequest } from "./request_head.ts";
import { writeResponse } from "./response_writer.ts";

/** Options of a connection that speaks HTTP. */
export interface HttpConnectionOptions {
  /** Answers requests. */
  readonly fetch: HttpAnswer;
  /** Whether CONNECT leads to other dialects. */
  readonly connect: boolean;
  /** Who calls. */
  readonly peer: Deno.Addr | undefined;
  /** Carries the time limits. */
  readonly wheel: TimerWheel;
  /** How long a head may take, and a body beyond its rate, in ms; 0 is no limit. */
  readonly handshakeTimeout: number;
  /** How long nothing may happen, in ms; 0 is no limit. */
  readonly idleTimeout: number;
  /** Most bytes of a body. */
  readonly maxBodyBytes: number;
  /** Told of each answer. */
  readonly onAnswer: () => void;
}

/** What a connection turns into by CONNECT. */
export interface Tunnel {
  /** What was asked for. */
  readonly path: ConnectPath;
  /** What was sent behind that. */
  readonly early: Uint8Array;
}

/** A body comes at 16 KiB a second at least. */
const BODY_BYTES_PER_MS = 16;
/** How long, and how much, is read of a client that was refused. */
const LINGER_MS = 500;
const LINGER_BYTES = 256 << 10;

/** One connection that speaks HTTP/1.1: requests one after the other. */
export class HttpConnection {
  readonly #transport: Transport;
  readonly #reader: HttpReader;
  readonly #options: HttpConnectionOptions;
  readonly #leaving = new AbortController();
  #isDraining = false;
  #answering: Promise<boolean> | undefined;

  /**
   * @param transport The connection.
   * @param early What was read of it already.
   * @param options Who answers, and the limits.
   */
  constructor(
    transport: Transport,
    early: Uint8Array,
    options: HttpConnectionOptions,
  ) {
    this.#transport = transport;
    this.#reader = new HttpReader(transport, early);
    this.#options = options;
  }

  /** Requests being answered. */
  get inFlight(): number {
    return this.#answering === undefined ? 0 : 1;
  }

  /** Answers requests until the connection ends, or becomes a tunnel. */
  async run(): Promise<Tunnel | undefined> {
    try {
      for (;;) {
        const head = await this.#head();
        if (head?.method === "CONNECT") return await this.#tunnel(head);
        if (head === undefined || !await this.#answer(head)) break;
      }
    } catch (error) {
      if (error instanceof HttpError) await this.#refuse(error);
      else if (!this.#isClosed) throw error;
    }
    this.close();
    return undefined;
  }

  /** Takes no further request; resolves when the one under way is answered. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#answering === undefined) return this.close();
    // Why it fails, `run` says.
    await this.#answering.catch(() => {});
  }

  /** Ends the connection now. */
  close(): void {
    if (this.#isClosed) return;
    this.#leaving.abort(
      new DOMException("The connection has ended", "AbortError"),
    );
    closeQuietly(this.#transport);
  }

  get #isClosed(): boolean {
    return this.#leaving.signal.aborted;
  }

  async #head(): Promise<RequestHead | undefined> {
    const { idleTimeout, handshakeTimeout } = this.#options;
    const isThere = await this.#within(idleTimeout, this.#reader.begins());
    if (!isThere) return undefined;
    return parseHead(await this.#within(handshakeTimeout, this.#reader.head()));
  }

  async #tunnel({ target }: RequestHead): Promise<Tunnel | undefined> {
    const path = [GEE_RPC_PATH, GO_RPC_PATH].find(({ path }) =>
      path === target
    );
    if (path === undefined || !this.#options.connect) {
      throw new HttpError(
        `Cannot connect to "${target}": it is not offered`,
        404,
      );
    }
    const answer = `HTTP/1.0 ${path.status}\n\n`;
    await this.#write(new TextEncoder().encode(answer));
    return { path, early: this.#reader.rest };
  }

  #answer(head: RequestHead): Promise<boolean> {
    const answering = this.#exchange(head)
      .finally(() => this.#answering = undefined);
    this.#answering = answering;
    return answering;
  }

  /** @returns whether a further request may follow. */
  async #exchange(head: RequestHead): Promise<boolean> {
    const { fetch, peer, onAnswer } = this.#options;
    const body = await this.#body(head);
    const { signal } = this.#leaving;
    const request = toRequest(head, body, signal);
    this.#reader.watch(() => this.close());
    // What answers may hang; the connection must not.
    const answering = fetch(request, { remoteAddr: peer });
    const response = await abortable(answering, signal);
    onAnswer();
    const wanted = head.headers.get("connection") ?? "";
    return await writeResponse((bytes) => this.#write(bytes), response, {
      isHead: head.method === "HEAD",
      isOld: head.isOld,
      isLast: head.isOld || this.#isDraining || /\bclose\b/i.test(wanted),
    });
  }

  async #body(
    { contentLength, headers, isOld }: RequestHead,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { maxBodyBytes, handshakeTimeout } = this.#options;
    if (contentLength > maxBodyBytes) {
      throw new HttpError(
        `Cannot read the body: it is longer than ${maxBodyBytes} bytes`,
        413,
      );
    }
    const isExpecting = headers.get("expect")?.toLowerCase() === "100-continue";
    if (isExpecting && !isOld) {
      await this.#write(
        new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n"),
      );
    }
    const timeout = handshakeTimeout === 0
      ? 0
      : handshakeTimeout + contentLength / BODY_BYTES_PER_MS;
    return await this.#within(timeout, this.#reader.body(contentLength));
  }

  async #refuse(error: HttpError): Promise<void> {
    try {
      await writeResponse(
        (bytes) => this.#write(bytes),
        errorResponse(error.status, error.message),
        { isHead: false, isOld: false, isLast: true },
      );
      await this.#within(LINGER_MS, this.#linger());
    } catch { /* It has left, which is as good. */ }
  }

  /** Reads on for a while: a close with bytes unread would take the answer back. */
  async #linger(): Promise<void> {
    const buffer = new Uint8Array(16 << 10);
    for (let seen = 0; seen < LINGER_BYTES;) {
      const count = await this.#transport.read(buffer);
      if (count === null) return;
      seen += count;
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.#within(
        this.#options.idleTimeout,
        this.#transport.write(bytes.subarray(at)),
      );
    }
  }

  /** Waits for what the client does; when that takes too long, the connection ends. */
  async #within<T>(ms: number, work: Promise<T>): Promise<T> {
    if (ms === 0) return await work;
    const deadline = this.#options.wheel.set(ms, () => this.close());
    try {
      return await work;
    } finally {
      this.#options.wheel.clear(deadline);
    }
  }
}
