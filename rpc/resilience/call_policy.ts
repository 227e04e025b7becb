// Copyright 2026 the Gee authors. MIT license.

import type { Selector } from "../balance/selector.ts";
import type { CallOptions } from "../call.ts";
import { NoServersError } from "../errors.ts";
import { PooledServer } from "../pooled_server.ts";
import type { ServerPool } from "../server_pool.ts";
import { sleep } from "../sleep.ts";
import { isAsyncIterable } from "../stream/outgoing_stream.ts";
import type { FailPolicy } from "../x_client_options.ts";
import { BackOff } from "./back_off.ts";
import { didNotRun, isTransient, wasNotSent } from "./failure.ts";
import { hedge } from "./hedge.ts";
import { LatencyWindow } from "./latency_window.ts";
import type { RetryBudget } from "./retry_budget.ts";

/** What a `CallPolicy` needs. */
export interface PolicySettings {
  readonly pool: ServerPool;
  readonly selector: Selector;
  readonly policy: FailPolicy;
  readonly idempotent: ReadonlySet<string>;
  readonly retries: number;
  readonly budget: RetryBudget;
  readonly hedgeAfter: number | "p95";
  /** How long a call may take unless it says otherwise, in ms; 0 is no limit. */
  readonly timeout: number;
  /** Aborted when the client is closed: nothing is repeated any more. */
  readonly closing: AbortSignal;
  readonly now: () => number;
}

/** One call on its way from server to server. */
interface Attempts {
  readonly serviceMethod: string;
  readonly args: unknown;
  readonly options: CallOptions;
  readonly isIdempotent: boolean;
  /** Whether the arguments are a stream, which can be sent once. */
  readonly isStream: boolean;
  readonly start: number;
  readonly tried: Set<PooledServer>;
  /** The server of the last attempt, and why it failed. */
  server: PooledServer;
  error: unknown;
  retries: number;
}

// Methods whose latencies are watched; names may come from elsewhere.
const MAX_WINDOWS = 256;

/** Chooses servers for calls, and decides what follows a failure. */
export class CallPolicy {
  readonly #settings: PolicySettings;
  readonly #backOff = new BackOff({ base: 50, max: 1000 });
  readonly #windows = new Map<string, LatencyWindow>();
  #calls = 0;
  #retries = 0;
  #backups = 0;

  /** @param settings The pool, the selector and the rules. */
  constructor(settings: PolicySettings) {
    this.#settings = settings;
  }

  /** Counts of this moment. */
  get counts(): { calls: number; retries: number; backups: number } {
    return {
      calls: this.#calls,
      retries: this.#retries,
      backups: this.#backups,
    };
  }

  /** Calls a method on one of the pool's servers, and on others as the policy says. */
  async call<Reply>(
    serviceMethod: string,
    args: unknown,
    options: CallOptions,
  ): Promise<Reply> {
    const { budget, idempotent, now } = this.#settings;
    this.#calls++;
    budget.deposit();
    // Items that were taken for one attempt are not there for another.
    const isStream = isAsyncIterable(args);
    const isIdempotent = !isStream &&
      (options.idempotent ?? idempotent.has(serviceMethod));
    const server = this.#pick(options);
    const start = now();
    try {
      return await this.#try<Reply>(
        server,
        serviceMethod,
        args,
        options,
        isIdempotent,
      );
    } catch (error) {
      return await this.#again<Reply>({
        serviceMethod,
        args,
        options,
        isIdempotent,
        isStream,
        start,
        tried: new Set([server]),
        server,
        error,
        retries: 0,
      });
    }
  }

  #pick(options: CallOptions, tried?: ReadonlySet<PooledServer>): PooledServer {
    const { pool, selector } = this.#settings;
    let candidates = pool.candidates(tried);
    // All had their turn: it begins anew.
    if (candidates.length === 0) candidates = pool.candidates();
    if (candidates.length === 0) {
      throw new NoServersError("Cannot call: no servers are available");
    }
    const picked = selector.pick(candidates, options);
    if (picked instanceof PooledServer) return picked;
    throw new TypeError("Cannot call: the selector chose what is not listed");
  }

  async #again<Reply>(attempts: Attempts): Promise<Reply> {
    const { now, timeout: usual } = this.#settings;
    const { serviceMethod, args, options, start, tried, isIdempotent } =
      attempts;
    const timeout = options.timeout ?? usual;
    const end = timeout === 0 ? Infinity : start + timeout;
    for (;;) {
      if (!this.#mayRepeat(attempts)) throw attempts.error;
      const pause = this.#isNext(attempts)
        ? 0
        : this.#backOff.pause(attempts.retries);
      // Nobody is to wait for a call whose time will be over.
      if (now() + pause > end) throw attempts.error;
      if (pause > 0) await this.#pause(pause, options);
      const left = end - now();
      if (this.#settings.policy !== "failtry") {
        attempts.server = this.#pick(options, tried);
      }
      tried.add(attempts.server);
      this.#retries++;
      try {
        return await this.#try<Reply>(
          attempts.server,
          serviceMethod,
          args,
          {
            ...options,
            timeout: left === Infinity ? 0 : Math.max(1, Math.ceil(left)),
          },
          isIdempotent,
        );
      } catch (error) {
        attempts.error = error;
      }
    }
  }

  /** Whether a call may be made once more; takes it out of the budget. */
  #mayRepeat(attempts: Attempts): boolean {
    const { policy, retries, budget, closing } = this.#settings;
    const { error, options, isIdempotent, isStream } = attempts;
    if (policy === "failfast" || closing.aborted || options.signal?.aborted) {
      return false;
    }
    const isSafe = isStream
      ? wasNotSent(error)
      : didNotRun(error) || isIdempotent && isTransient(error);
    if (!isSafe) return false;
    if (this.#isNext(attempts)) return true;
    return attempts.retries++ < retries && budget.withdraw();
  }

  /** Whether the call passes on to the next server at once: this one has done nothing for it. */
  #isNext({ error, tried }: Attempts): boolean {
    const { policy, pool } = this.#settings;
    return policy !== "failtry" && didNotRun(error) &&
      pool.candidates(tried).length > 0;
  }

  async #pause(ms: number, { signal }: CallOptions): Promise<void> {
    const { closing } = this.#settings;
    const end = signal === undefined
      ? closing
      : AbortSignal.any([closing, signal]);
    await sleep(ms, end);
    end.throwIfAborted();
  }

  /** One attempt, with a backup where that is the policy. */
  #try<Reply>(
    server: PooledServer,
    serviceMethod: string,
    args: unknown,
    options: CallOptions,
    isIdempotent: boolean,
  ): Promise<Reply> {
    return this.#settings.policy === "failbackup" && isIdempotent
      ? this.#watched<Reply>(server, serviceMethod, args, options)
      : server.call<Reply>(serviceMethod, args, options);
  }

  async #watched<Reply>(
    server: PooledServer,
    serviceMethod: string,
    args: unknown,
    options: CallOptions,
  ): Promise<Reply> {
    const { now, hedgeAfter } = this.#settings;
    const start = now();
    const window = this.#window(serviceMethod);
    const after = hedgeAfter === "p95" ? window?.p95 : hedgeAfter;
    const reply = after === undefined
      ? await server.call<Reply>(serviceMethod, args, options)
      : await this.#hedge<Reply>(server, serviceMethod, args, options, after);
    window?.add(now() - start);
    return reply;
  }

  #hedge<Reply>(
    server: PooledServer,
    serviceMethod: string,
    args: unknown,
    options: CallOptions,
    after: number,
  ): Promise<Reply> {
    const { budget, pool, selector } = this.#settings;
    let next = server;
    return hedge<Reply>(
      (signal) => next.call(serviceMethod, args, { ...options, signal }),
      {
        after,
        signal: options.signal,
        mayStart: () => {
          const others = pool.candidates(new Set([server]));
          if (others.length === 0 || !budget.withdraw()) return false;
          next = selector.pick(others, options);
          this.#backups++;
          return true;
        },
      },
    );
  }

  #window(serviceMethod: string): LatencyWindow | undefined {
    let window = this.#windows.get(serviceMethod);
    if (window === undefined && this.#windows.size < MAX_WINDOWS) {
      window = new LatencyWindow();
      this.#windows.set(serviceMethod, window);
    }
    return window;
  }
}
