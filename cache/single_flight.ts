// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "./abortable.ts";

/** What a load is told about the flight it runs in. */
export interface Flight {
  /**
   * Aborted when the last waiter has left, or by `abort`. It is the load's own:
   * one caller of many that gives up does not end it.
   */
  readonly signal: AbortSignal;
  /** Whether that has happened, without making a signal. */
  readonly isAborted: boolean;
  /**
   * Whether `forget` came meanwhile, so that the result may be out of date; or
   * the load was aborted, since `forget` reaches it no more.
   */
  readonly isForgotten: boolean;
}

/** What {@linkcode SingleFlight.do} may be told. */
export interface SingleFlightOptions {
  /**
   * Ends the wait of this caller, which then rejects with its reason.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
}

/** A load under way, who waits for it, and whether it is still wanted. */
class RunningFlight<T> implements Flight {
  readonly result = Promise.withResolvers<T>();
  waiters = 0;
  isForgotten = false;
  isAborted = false;
  #controller: AbortController | undefined;

  /** Made when asked for: few loads of a peer need it, and it takes 1 µs. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Ends the wait at once, whether the load heeds its signal or not. */
  abort(reason: unknown): void {
    this.isAborted = this.isForgotten = true;
    this.result.reject(reason);
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}

/**
 * Lets callers who want the same thing at the same time share one load of it.
 * Results are not kept: who comes after the end starts the next load.
 *
 * @typeParam T What a load gives.
 *
 * @example Two callers, one load
 * ```ts
 * import { SingleFlight } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * let loads = 0;
 * const flights = new SingleFlight<number>();
 * const load = () => Promise.resolve(++loads);
 * const both = [flights.do("key", load), flights.do("key", load)];
 * assertEquals(await Promise.all(both), [1, 1]);
 * ```
 */
export class SingleFlight<T> {
  /** The load that callers of a key join. */
  readonly #current = new Map<string, RunningFlight<T>>();
  /** Those that nobody joins any more and that have not ended yet. */
  readonly #forgotten = new Set<RunningFlight<T>>();

  /** How many loads are under way. */
  get size(): number {
    return this.#current.size + this.#forgotten.size;
  }

  /**
   * Joins the load of a key, or starts it.
   *
   * @param key What callers share.
   * @param load Called at once unless the key is being loaded; what it throws
   * or rejects with, every waiter gets.
   * @param options A signal that ends the wait of this caller alone.
   * @returns What the load gives.
   */
  do(
    key: string,
    load: (flight: Flight) => T | Promise<T>,
    options: SingleFlightOptions = {},
  ): Promise<T> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const flight = this.#current.get(key) ?? this.#start(key, load);
    flight.waiters++;
    const { promise } = flight.result;
    if (signal === undefined) return promise;
    return abortable(
      promise,
      signal,
      () => this.#leave(key, flight, signal.reason),
    );
  }

  /**
   * Cuts a load off from callers to come: they start a new one. Those who wait
   * already still get its result.
   *
   * @param key The key whose value changed.
   */
  forget(key: string): void {
    const flight = this.#current.get(key);
    if (flight === undefined) return;
    flight.isForgotten = true;
    this.#current.delete(key);
    this.#forgotten.add(flight);
  }

  /** Cuts every load off from callers to come, as `forget` does. */
  forgetAll(): void {
    for (const key of [...this.#current.keys()]) this.forget(key);
  }

  /**
   * Aborts every load and rejects every waiter.
   *
   * @param reason What they reject with.
   */
  abort(reason: unknown): void {
    this.forgetAll();
    const flights = [...this.#forgotten];
    this.#forgotten.clear();
    for (const flight of flights) flight.abort(reason);
  }

  #start(
    key: string,
    load: (flight: Flight) => T | Promise<T>,
  ): RunningFlight<T> {
    const flight = new RunningFlight<T>();
    this.#current.set(key, flight);
    const { resolve, reject } = flight.result;
    begun(load, flight).then((value) => {
      this.#end(key, flight);
      resolve(value);
    }, (error) => {
      this.#end(key, flight);
      reject(error);
    });
    return flight;
  }

  #leave(key: string, flight: RunningFlight<T>, reason: unknown): void {
    flight.waiters--;
    if (flight.waiters > 0) return;
    // At once, so that whoever comes next does not join a dying load.
    this.#end(key, flight);
    flight.abort(reason);
  }

  #end(key: string, flight: RunningFlight<T>): void {
    if (flight.isForgotten) this.#forgotten.delete(flight);
    else if (this.#current.get(key) === flight) this.#current.delete(key);
  }
}

/** A promise of what a load gives, also where it throws at once. */
function begun<T>(
  load: (flight: Flight) => T | Promise<T>,
  flight: Flight,
): Promise<T> {
  try {
    return Promise.resolve(load(flight));
  } catch (error) {
    return Promise.reject(error);
  }
}
