// Copyright 2026 the Gee authors. MIT license.
import { decodeAnswer, encodeAnswer, type KeptAnswer } from "./kept_answer.ts";
import { memoryStore, type ResponseStore } from "./memory_store.ts";

/** Where and how answers are kept. */
export interface AnswerStoreOptions {
  /**
   * Where answers are kept.
   *
   * @default {memoryStore()}
   */
  readonly store?: ResponseStore;
  /**
   * Milliseconds the store may take to find an answer or to keep one; after
   * that the request goes on as if it had none.
   *
   * @default {1000}
   */
  readonly storeTimeout?: number;
  /** Called with what a store threw; requests never fail by it. */
  readonly onStoreError?: (error: unknown) => void;
  /**
   * Milliseconds since 1970.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/** A store whose failures and delays are no failures of requests. */
export class AnswerShelf {
  readonly #store: ResponseStore;
  readonly #timeout: number;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #now: () => number;

  /** Puts the shelf around a store. */
  constructor(options: AnswerStoreOptions) {
    const { storeTimeout = 1000, now = Date.now } = options;
    if (!(storeTimeout > 0)) {
      throw new RangeError(
        `Cannot keep answers: got storeTimeout ${storeTimeout}, want a positive number`,
      );
    }
    this.#store = options.store ?? memoryStore({ now });
    this.#timeout = storeTimeout;
    this.#onError = options.onStoreError;
    this.#now = now;
  }

  /** A fresh answer, at once where the store is that fast. */
  find(
    key: string,
  ): KeptAnswer | undefined | Promise<KeptAnswer | undefined> {
    const read = (bytes: Uint8Array | undefined) => {
      if (!(bytes instanceof Uint8Array)) return undefined;
      const kept = decodeAnswer(key, bytes);
      return kept !== undefined && kept.until > this.#now() ? kept : undefined;
    };
    try {
      const found = this.#store.get(key);
      if (found === undefined || found instanceof Uint8Array) {
        return read(found);
      }
      return this.#inTime(found).then(read);
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  /** Keeps an answer; settles when the store has it, or has failed. */
  async put(kept: KeptAnswer): Promise<void> {
    try {
      const ttl = kept.until - this.#now();
      const stored = this.#store.set(kept.key, encodeAnswer(kept), { ttl });
      if (stored instanceof Promise) await this.#inTime(stored);
    } catch (error) {
      this.#report(error);
    }
  }

  /** What the store gives, or undefined when it fails or takes too long. */
  async #inTime<T>(work: PromiseLike<T>): Promise<T | undefined> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error("Cannot ask the store: it takes too long")),
      this.#timeout,
    );
    try {
      return await Promise.race([work, promise]);
    } catch (error) {
      this.#report(error);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  #report(error: unknown): void {
    try {
      this.#onError?.(error);
    } catch {
      // Requests go on, whoever fails to hear of it.
    }
  }
}
