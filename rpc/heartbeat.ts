// Copyright 2026 the Gee authors. MIT license.

import { parseAddress } from "./address.ts";
import { checkMilliseconds, timeLimit } from "./duration.ts";
import { SERVER_HEADER } from "./registry.ts";

/** Options of a `Heartbeat`. */
export interface HeartbeatOptions {
  /**
   * Time between heartbeats, in ms, from 1; less than the registry's timeout.
   *
   * @default {240000} (4 minutes: a registry forgets after 5)
   */
  readonly period?: number;
  /**
   * How long the registry may take to answer, in ms; 0 is no limit.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /** The registry's token for writers. */
  readonly token?: string;
  /**
   * Told about each heartbeat that failed; the next try follows all the same.
   *
   * @default nothing is told
   */
  readonly onError?: (error: unknown) => void;
}

// The first tries after a failure; later ones wait for the usual period.
const RETRY_MS = 500;

/**
 * Keeps a server listed in a registry until closed, and takes it off then.
 *
 * A failed heartbeat (an answer that is not 2xx counts as one) is tried again
 * after half a second, then at doubling intervals up to the period, each with
 * jitter, so that many servers do not come back to a registry at once.
 */
export class Heartbeat implements AsyncDisposable {
  /** Resolves when the server is listed for the first time, or on `close`. */
  readonly listed: Promise<void>;
  readonly #registry: string;
  readonly #address: string;
  readonly #period: number;
  readonly #timeout: number;
  readonly #headers: Record<string, string>;
  readonly #onError: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #onListed: () => void;
  readonly #running: Promise<void>;
  #closed: Promise<void> | undefined;

  /**
   * Sends the first heartbeat.
   *
   * @param registry The URL of the registry.
   * @param address The server's address as others dial it: `tcp@host:port`.
   * @param options Period, timeout, token and reporting.
   * @throws {SyntaxError} when the address is none.
   * @throws {TypeError} when the URL is malformed.
   * @throws {RangeError} when a time is out of range.
   */
  constructor(
    registry: string | URL,
    address: string,
    options: HeartbeatOptions = {},
  ) {
    parseAddress(address);
    this.#registry = new URL(registry).href;
    this.#address = address;
    this.#period = checkMilliseconds("period", options.period ?? 240_000);
    // Without a wait in between, heartbeats would be a flood.
    if (this.#period < 1) {
      throw new RangeError(
        `Cannot use period ${this.#period}: it must be at least 1 millisecond`,
      );
    }
    this.#timeout = checkMilliseconds("timeout", options.timeout ?? 5000);
    this.#onError = options.onError ?? (() => {});
    this.#headers = options.token === undefined
      ? {}
      : { authorization: `Bearer ${options.token}` };
    const { promise, resolve } = Promise.withResolvers<void>();
    this.listed = promise;
    this.#onListed = resolve;
    this.#running = this.#run();
  }

  /** Ends the heartbeats and takes the server off the list, where that can be done. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#closing.signal.aborted;) {
      try {
        await this.#send("POST", this.#closing.signal);
        failures = 0;
        this.#onListed();
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        failures++;
        this.#onError(error);
      }
      const wait = failures === 0
        ? this.#period
        : Math.min(this.#period, RETRY_MS * 2 ** (failures - 1));
      await sleep(wait * (0.75 + Math.random() * 0.25), this.#closing.signal);
    }
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.#onListed();
    await this.#send("DELETE").catch(this.#onError);
  }

  async #send(method: "POST" | "DELETE", signal?: AbortSignal): Promise<void> {
    const response = await fetch(this.#registry, {
      method,
      headers: { ...this.#headers, [SERVER_HEADER]: this.#address },
      signal: timeLimit(this.#timeout, signal),
      redirect: "error",
    });
    await response.body?.cancel();
    if (response.ok) return;
    throw new Error(
      `Cannot send a heartbeat for "${this.#address}": the registry answered ${response.status}`,
    );
  }
}

/** Resolves after the time or on abort, whichever is first. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
