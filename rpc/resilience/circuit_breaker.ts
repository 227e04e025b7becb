// Copyright 2026 the Gee authors. MIT license.

import { checkMilliseconds } from "../duration.ts";
import { checkCount } from "../limits.ts";
import { BackOff } from "./back_off.ts";

/** Options of the circuit breakers of an `XClient`. */
export interface CircuitBreakerOptions {
  /**
   * Calls in a row that got no answer (timeout, lost connection) before a server
   * is passed over; one failed dial is enough.
   *
   * @default {5}
   */
  readonly failures?: number;
  /**
   * How long it is passed over the first time, in ms; half of it to all of it,
   * by chance, and twice as long each time it fails again.
   *
   * @default {1000}
   */
  readonly pause?: number;
  /**
   * How long it is passed over at most, in ms.
   *
   * @default {10000}
   */
  readonly maxPause?: number;
}

/** Where a breaker is: calls pass, none does, or one tries. */
export type CircuitState = "closed" | "open" | "halfOpen";

/** Has one server passed over while it cannot be reached, and tried by one call after a while. */
export class CircuitBreaker {
  readonly #failures: number;
  readonly #backOff: BackOff;
  readonly #now: () => number;
  #state: CircuitState = "closed";
  #inRow = 0;
  #openings = 0;
  #until = 0;

  /**
   * Begins closed.
   *
   * @param options When to open, and for how long.
   * @param now The clock, in ms; tests give their own.
   * @param random Numbers from 0 up to, not including, 1; tests give their own.
   * @throws {RangeError} when an option is out of range.
   */
  constructor(
    options: CircuitBreakerOptions = {},
    now: () => number = () => performance.now(),
    random: () => number = Math.random,
  ) {
    const { failures = 5, pause = 1000, maxPause = 10_000 } = options;
    this.#failures = checkCount("failures", failures);
    this.#backOff = new BackOff({
      base: checkMilliseconds("pause", pause),
      max: checkMilliseconds("maxPause", maxPause),
      random,
    });
    this.#now = now;
  }

  /** Where the breaker is. */
  get state(): CircuitState {
    return this.#state;
  }

  /** Whether a call should go to the server now. */
  isReady(): boolean {
    return this.#state === "closed" ||
      this.#state === "open" && this.#now() >= this.#until;
  }

  /** Notes that a call goes to the server; the first one after the pause is the probe. */
  begin(): void {
    if (this.#state === "open" && this.isReady()) this.#state = "halfOpen";
  }

  /** Notes that the server answered. */
  succeed(): void {
    this.#state = "closed";
    this.#inRow = 0;
    this.#openings = 0;
  }

  /** Notes that it did not. */
  fail(): void {
    this.#inRow++;
    if (this.#state === "halfOpen" || this.#inRow >= this.#failures) {
      this.trip();
    }
  }

  /** Notes a failure that needs no second one. */
  trip(): void {
    // Calls that were under way when it opened tell nothing new.
    if (this.#state === "open" && this.#now() < this.#until) return;
    this.#state = "open";
    this.#inRow = 0;
    this.#openings = Math.min(this.#openings + 1, 32);
    this.#until = this.#now() + this.#backOff.pause(this.#openings);
  }

  /** Notes that a call ended without telling anything: the next one may probe. */
  abandon(): void {
    if (this.#state === "halfOpen") this.#state = "open";
  }
}
