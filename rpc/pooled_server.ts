// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "./abortable.ts";
import { PeakEwma } from "./balance/peak_ewma.ts";
import type { Candidate } from "./balance/selector.ts";
import type { CallOptions } from "./call.ts";
import type { Client } from "./client.ts";
import { dial, type DialOptions } from "./dial.ts";
import type { Endpoint } from "./discovery/endpoint.ts";
import { timeLimit } from "./duration.ts";
import { ConnectError, RemoteError, ShutdownError } from "./errors.ts";
import type { CircuitBreaker } from "./resilience/circuit_breaker.ts";
import { isServerFault, isUnreachable } from "./resilience/failure.ts";
import type {
  OutlierDetector,
  OutlierRecord,
} from "./resilience/outlier_detector.ts";
import { sleep } from "./sleep.ts";

// How often a server that leaves is looked after, in ms.
const DRAIN_LOOK_MS = 25;

/** What all servers of one `XClient` have in common. */
export interface PoolSettings {
  /** How to dial; its signal ends every dial. */
  readonly dial: DialOptions;
  /** How long a call may take unless it says otherwise, in ms; 0 is no limit. */
  readonly timeout: number;
  /** How long a server that is no longer listed may finish its calls, in ms; 0 is no limit. */
  readonly drainTimeout: number;
  /** Makes the breaker of a server. */
  readonly breaker: () => CircuitBreaker;
  /** Compares the servers; undefined for no ejection. */
  readonly outliers: OutlierDetector | undefined;
  /** The clock, in ms. */
  readonly now: () => number;
}

/** One server of an `XClient`: its connection, dialed on use, and what is known of it. */
export class PooledServer implements Candidate {
  readonly address: string;
  readonly breaker: CircuitBreaker;
  pending = 0;
  #endpoint: Required<Endpoint>;
  readonly #settings: PoolSettings;
  readonly #record: OutlierRecord | undefined;
  readonly #ewma = new PeakEwma();
  #client: Client | undefined;
  #dialing: Promise<Client> | undefined;
  /** Connections that take no more calls and have some under way. */
  readonly #draining = new Set<Client>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  /**
   * @param endpoint What the discovery says of it.
   * @param settings What it has in common with the others.
   */
  constructor(endpoint: Required<Endpoint>, settings: PoolSettings) {
    this.address = endpoint.address;
    this.#endpoint = endpoint;
    this.#settings = settings;
    this.breaker = settings.breaker();
    this.#record = settings.outliers?.add();
  }

  get weight(): number {
    return this.#endpoint.weight;
  }

  get tags(): readonly string[] {
    return this.#endpoint.tags;
  }

  get priority(): number {
    return this.#endpoint.priority;
  }

  get latency(): number {
    return this.#ewma.at(this.#settings.now());
  }

  /** Whether it does worse than the others and is passed over for it. */
  get isEjected(): boolean {
    return this.#record !== undefined && this.#record.until > 0 &&
      this.#settings.outliers?.isEjected(this.#record) === true;
  }

  /** Whether calls should go to it. */
  get isReady(): boolean {
    return this.breaker.isReady() && !this.isEjected;
  }

  /** Takes over what the discovery now says of it. */
  update(endpoint: Required<Endpoint>): void {
    this.#endpoint = endpoint;
  }

  /** Calls a method there, over a connection that is dialed where there is none. */
  async call<Reply>(
    serviceMethod: string,
    args: unknown,
    options: CallOptions,
  ): Promise<Reply> {
    const start = this.#settings.now();
    this.pending++;
    this.breaker.begin();
    try {
      const client = this.#client;
      const reply = client?.isAvailable
        ? await client.call<Reply>(serviceMethod, args, options)
        : await this.#dialAndCall<Reply>(serviceMethod, args, options);
      this.#answered(start, false);
      return reply;
    } catch (error) {
      this.#failed(start, error);
      throw error;
    } finally {
      this.pending--;
    }
  }

  /** Lets the calls and streams under way end, in bounded time, then closes the connection. */
  async leave(): Promise<void> {
    const { drainTimeout, now } = this.#settings;
    const end = drainTimeout === 0 ? Infinity : now() + drainTimeout;
    // Looked after, as nothing tells when a stream ends; this is no hot path.
    while (this.#isBusy() && now() < end && this.#closed === undefined) {
      const pause = Math.min(DRAIN_LOOK_MS, end - now());
      await sleep(pause, this.#closing.signal);
    }
    await this.close();
  }

  /** Closes the connection; calls under way reject. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  #isBusy(): boolean {
    if (this.pending > 0) return true;
    this.#prune();
    return this.#draining.size > 0 ||
      (this.#client?.stats().inFlight ?? 0) > 0;
  }

  /** Forgets connections whose last calls have ended. */
  #prune(): void {
    for (const client of this.#draining) {
      if (client.stats().inFlight > 0) continue;
      this.#draining.delete(client);
      client.close();
    }
  }

  async #close(): Promise<void> {
    this.#closing.abort(
      new ConnectError(
        `Cannot connect to "${this.address}": it is no longer listed`,
      ),
    );
    if (this.#record !== undefined) {
      this.#settings.outliers?.remove(this.#record);
    }
    const clients = [...this.#draining];
    if (this.#client !== undefined) clients.push(this.#client);
    await Promise.all(clients.map((client) => client.close()));
    // A dial under way ends by its signal, or sees that nobody wants it any more.
    await this.#dialing?.catch(() => {});
  }

  async #dialAndCall<Reply>(
    serviceMethod: string,
    args: unknown,
    options: CallOptions,
  ): Promise<Reply> {
    const { now, timeout: usual } = this.#settings;
    const timeout = options.timeout ?? usual;
    const start = now();
    const limit = timeLimit(timeout, options.signal);
    limit.throwIfAborted();
    const client = await abortable(this.#connected(), limit);
    if (!client.isAvailable) throw this.#gone();
    // One time limit for both.
    const left = timeout === 0 ? 0 : Math.max(1, timeout - (now() - start));
    return await client.call<Reply>(serviceMethod, args, {
      ...options,
      timeout: left,
    });
  }

  /** The living connection, or one dial that all callers share. */
  #connected(): Promise<Client> {
    if (this.#client?.isAvailable) return Promise.resolve(this.#client);
    return this.#dialing ??= this.#dial().finally(() =>
      this.#dialing = undefined
    );
  }

  async #dial(): Promise<Client> {
    if (this.#closed !== undefined) throw closed();
    let client: Client;
    try {
      const { dial: options } = this.#settings;
      const signal = timeLimit(0, options.signal, this.#closing.signal);
      client = await dial(this.address, { ...options, signal });
    } catch (error) {
      // Here, not where it is waited for: one dial is one failure.
      if (error instanceof ConnectError) this.breaker.trip();
      throw error;
    }
    if (this.#closed !== undefined) {
      await client.close();
      throw closed();
    }
    this.breaker.succeed();
    // The one before has ended, or goes away and has calls under way.
    if (this.#client !== undefined) this.#draining.add(this.#client);
    this.#prune();
    return this.#client = client;
  }

  /** The connection ended before anything was sent over it. */
  #gone(): ConnectError {
    return new ConnectError(
      `Cannot call "${this.address}": the connection has ended at once`,
    );
  }

  #answered(start: number, isFault: boolean): void {
    const now = this.#settings.now();
    this.#ewma.add(now - start, now);
    this.breaker.succeed();
    if (this.#record !== undefined) {
      this.#settings.outliers?.report(this.#record, isFault);
    }
  }

  #failed(start: number, error: unknown): void {
    if (error instanceof RemoteError) {
      return this.#answered(start, isServerFault(error));
    }
    // The caller's own will, or a limit of this side.
    if (!isUnreachable(error)) return this.breaker.abandon();
    if (error instanceof ConnectError) return; // Counted with the dial.
    this.breaker.fail();
    if (isServerFault(error) && this.#record !== undefined) {
      const now = this.#settings.now();
      this.#ewma.add(now - start, now);
      this.#settings.outliers?.report(this.#record, true);
    }
  }
}

function closed(): ShutdownError {
  return new ShutdownError("Cannot call: the client was closed");
}
