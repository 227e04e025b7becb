// Copyright 2026 the Gee authors. MIT license.

import { LoadError, PeerError } from "../errors.ts";
import type { PeerGetOptions, PeerGetter } from "../peer.ts";
import { withDeadline } from "./deadline.ts";
import {
  ANSWER_HEADER,
  formatPeerPath,
  HOP_HEADER,
  type PeerAnswer,
} from "./peer_path.ts";
import { decodeResponse } from "./protobuf.ts";

/** What the peers of one pool share. */
export interface HttpPeerSettings {
  /** The path of the pool. */
  readonly basePath: string;
  /** The most ms an answer may take. */
  readonly timeout: number;
  /** The most bytes an answer may have. */
  readonly maxResponseBytes: number;
  /** Aborted when the pool is closed. */
  readonly closing: AbortSignal;
  /** Sends requests. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Told about every `PeerError`. */
  readonly onError: ((error: unknown) => void) | undefined;
}

/** A peer that speaks the HTTP of GeeCache, a Go node or one of ours. */
export class HttpPeer implements PeerGetter {
  readonly #name: string;
  readonly #settings: HttpPeerSettings;

  /**
   * Makes a peer; it is not contacted before it is asked.
   *
   * @param name Its URL, without a trailing slash.
   * @param settings Those of the pool.
   */
  constructor(name: string, settings: HttpPeerSettings) {
    this.#name = name;
    this.#settings = settings;
  }

  /**
   * Asks the peer for a value.
   *
   * @param group The name of the group.
   * @param key The key.
   * @param options A signal to stop waiting.
   * @returns The bytes, or `undefined` when the owner has none.
   * @throws {LoadError} When the owner failed to load it.
   * @throws {PeerError} When the peer gave no usable answer.
   */
  async get(
    group: string,
    key: string,
    options: PeerGetOptions = {},
  ): Promise<Uint8Array | undefined> {
    const { timeout, closing, onError } = this.#settings;
    try {
      return await withDeadline(
        timeout,
        [closing, options.signal],
        (signal) => this.#ask(group, key, signal),
      );
    } catch (cause) {
      options.signal?.throwIfAborted();
      if (cause instanceof LoadError) throw cause;
      const error = new PeerError(
        this.#name,
        `Cannot get "${key}" of group "${group}" from "${this.#name}": ${
          cause instanceof Error ? cause.message : cause
        }`,
        { cause },
      );
      onError?.(error);
      throw error;
    }
  }

  async #ask(
    group: string,
    key: string,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const { basePath, fetch, maxResponseBytes } = this.#settings;
    const url = this.#name + formatPeerPath(basePath, { group, key });
    // A redirect would send the question wherever a hostile peer likes.
    const response = await fetch(
      new Request(url, {
        headers: { [HOP_HEADER]: "1" },
        redirect: "manual",
        signal,
      }),
    );
    if (response.status === 200) {
      return decodeResponse(await readAll(response, maxResponseBytes));
    }
    await response.body?.cancel();
    // Only our nodes send the header; of Go nodes a 500 may mean anything.
    const answer = response.headers.get(ANSWER_HEADER) as PeerAnswer | null;
    if (answer === "missing") return undefined;
    if (answer === "failed") {
      throw new LoadError(
        `Cannot get "${key}" of group "${group}": its owner "${this.#name}" failed to load it`,
      );
    }
    throw new Error(
      `Cannot use the answer: want status 200, got ${response.status}`,
    );
  }
}

/** Reads a body; counts what arrives, since an inflated one has no honest length. */
async function readAll(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limit) {
      throw new RangeError(`Cannot read the answer: it exceeds ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  if (chunks.length === 1) return chunks[0] as Uint8Array; // its length says so
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
