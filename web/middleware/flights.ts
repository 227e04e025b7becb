// Copyright 2026 the Gee authors. MIT license.
import { HttpError } from "../http_error.ts";

/**
 * What those who wait for another request get of it: its answer, `"pass"` when
 * each must ask for itself, `"again"` when who asked for all has left.
 */
export type Landed<T> = T | "pass" | "again";

/** A request that works for all who ask the same. */
export interface Flight<T> {
  /** Tells them; who comes before `until` settles is told too. */
  land(landed: Landed<T>, until?: Promise<void>): void;
  /** Fails them too, unless only the client left. */
  fail(error: unknown): void;
}

/** The requests under way, by their keys. */
export class Flights<T> {
  readonly #flights = new Map<string, Promise<Landed<T>>>();

  /** The flight to wait for. */
  get(key: string): Promise<Landed<T>> | undefined {
    return this.#flights.get(key);
  }

  /** Starts one; it ends with `"again"` when the signal aborts before. */
  start(key: string, signal: AbortSignal): Flight<T> {
    const { promise, resolve, reject } = Promise.withResolvers<Landed<T>>();
    promise.catch(() => {}); // perhaps nobody waits
    this.#flights.set(key, promise);
    const forget = () => {
      signal.removeEventListener("abort", onLeave);
      if (this.#flights.get(key) === promise) this.#flights.delete(key);
    };
    const onLeave = () => {
      forget();
      resolve("again");
    };
    signal.addEventListener("abort", onLeave);
    return {
      land(landed, until) {
        resolve(landed);
        if (until === undefined) forget();
        else until.then(forget);
      },
      fail(error) {
        forget();
        const hasLeft = error instanceof HttpError && error.status === 499;
        if (hasLeft) resolve("again");
        else reject(error);
      },
    };
  }
}
