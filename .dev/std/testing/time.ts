// Copyright 2026 the Gee authors. MIT license.

/**
 * `@std/testing/time` for machines that cannot reach JSR: `FakeTime` over
 * `@sinonjs/fake-timers`.
 *
 * @module
 */

// @ts-types="npm:@types/sinonjs__fake-timers@15.0.1"
import { install, type InstalledClock } from "npm:@sinonjs/fake-timers@15.5.0";

/** Replaces `Date` and the timers until it is restored. */
export class FakeTime {
  readonly #clock: InstalledClock;

  /** Starts the fake clock at `start` (a date or milliseconds; default now). */
  constructor(start?: number | string | Date) {
    this.#clock = install({
      now: start === undefined ? Date.now() : new Date(start),
      toFake: [
        "Date",
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
      ],
    });
  }

  /** The fake time in milliseconds since the epoch. */
  get now(): number {
    return this.#clock.now;
  }

  /** Moves the clock and fires what falls due. */
  tick(ms = 0): void {
    this.#clock.tick(ms);
  }

  /** As `tick`, and lets promises settle between the timers. */
  async tickAsync(ms = 0): Promise<void> {
    await this.#clock.tickAsync(ms);
  }

  /** Lets settled promises run their reactions. */
  async runMicrotasks(): Promise<void> {
    await this.#clock.tickAsync(0);
  }

  /** Fires the next timer, and says whether there was one. */
  next(): boolean {
    if (this.#clock.countTimers() === 0) return false;
    this.#clock.next();
    return true;
  }

  /** Gives the real clock back. */
  restore(): void {
    this.#clock.uninstall();
  }

  /** As `restore`, for `using`. */
  [Symbol.dispose](): void {
    this.restore();
  }
}
