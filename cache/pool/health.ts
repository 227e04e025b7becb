// Copyright 2026 the Gee authors. MIT license.

import type { Turns } from "./turns.ts";
import type { PoolSettings } from "./pool_options.ts";
import { unrefTimer } from "./unref_timer.ts";

/** What a peer does to come back. */
export interface Recovery {
  /** Asks whether the peer is there; rejects when it is not. */
  ping(signal: AbortSignal): Promise<void>;
  /**
   * Whose turn it is to be told. One after the other: what a peer hears it passes
   * on to those that it takes for down, so that nodes which all lost one another
   * and all told at once would hand the same changes round and round.
   */
  readonly turns: Turns;
  /** Whether the peer has to be told something before it may be asked. */
  isOwed(): boolean;
  /** Tells it; rejects when that fails. */
  pay(): Promise<void>;
  /** Called when the peer went down and when it is back. */
  changed(): void;
}

/** Which of the settings matter here. */
export type HealthSettings = Pick<
  PoolSettings,
  "maxFailures" | "probeAfter" | "maxProbe" | "random" | "now"
>;

/**
 * Whether a peer may be asked. After some failures in a row it is down; from
 * then on it is tried now and then, told what it missed, and then back. A timer
 * runs only while it is down.
 */
export class Health {
  #isDown = false;
  /** Whether it answers again while it is told what it missed. */
  #isHearing = false;
  #isClosed = false;
  #failures = 0;
  #pause = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #trial: Promise<void> | undefined;
  #isDoubted = false;
  /** When it answered last, or was pinged in doubt. */
  #checkedAt = -Infinity;
  readonly #ending = new AbortController();
  readonly #settings: HealthSettings;
  readonly #recovery: Recovery;

  /**
   * Makes the health of a peer that is up.
   *
   * @param settings Its limits.
   * @param recovery What the peer does to come back.
   */
  constructor(settings: HealthSettings, recovery: Recovery) {
    this.#settings = settings;
    this.#recovery = recovery;
  }

  /** Whether the peer is not to be asked. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /**
   * Whether the peer is not to be told of changes either. One that answers again
   * hears of them while it is told what it missed, though nobody is to ask it
   * yet: where changes come all the time it would else never be back.
   */
  get isDeaf(): boolean {
    return this.#isDown && (!this.#isHearing || this.#isClosed);
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Notes an answer. */
  succeeded(): void {
    this.#failures = 0;
    this.#checkedAt = this.#settings.now();
  }

  /** Notes a failure. */
  failed(): void {
    this.#failures++;
    if (this.#failures >= this.#settings.maxFailures) this.down();
  }

  /** Takes the peer down, if it is not. */
  down(): void {
    this.#isHearing = false;
    if (this.#isDown || this.#isClosed) return;
    this.#isDown = true;
    this.#pause = this.#settings.probeAfter;
    this.#wait();
    this.#recovery.changed();
  }

  /**
   * Pings a peer that is up, since somebody else seems to find it of no use; one
   * failure then takes it down. It does nothing where the peer answered, or was
   * pinged so, within `maxProbe`.
   *
   * @returns When it is known; it does not reject.
   */
  async doubt(): Promise<void> {
    const { now, maxProbe } = this.#settings;
    const age = now() - this.#checkedAt;
    const isFresh = age >= 0 && age < maxProbe;
    if (isFresh || this.#isDoubted || this.#isDown || this.#isClosed) return;
    this.#isDoubted = true;
    this.#checkedAt = now();
    try {
      await this.#ping();
    } catch {
      this.down();
    }
    this.#isDoubted = false;
  }

  /**
   * Tries a peer that is down at once, or joins the trial that runs.
   *
   * @returns When the trial is over; it does not reject.
   */
  async retry(): Promise<void> {
    if (!this.#isDown || this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#trial ??= this.#try();
    await this.#trial;
  }

  /** Ends the trials for good; whoever tells it of a change is to stop. */
  close(): void {
    this.#isClosed = this.#isDown = true;
    clearTimeout(this.#timer);
    this.#ending.abort();
  }

  async #try(): Promise<void> {
    try {
      await this.#ping();
      await this.#recovery.turns.take(() => this.#pay());
    } catch {
      // Still down: that is no news.
    }
    this.#trial = undefined;
    this.#isHearing = false;
    if (this.#isClosed) return;
    if (this.#isDown) this.#wait();
    else this.#recovery.changed();
  }

  /** Tells the peer what it missed, and has it back. */
  async #pay(): Promise<void> {
    this.#isHearing = true;
    // Up in the same turn in which nothing is owed, so that no change can come
    // between.
    while (this.#recovery.isOwed()) await this.#recovery.pay();
    this.#isDown = this.#isClosed;
    this.#failures = 0;
  }

  /** A ping and a pause each take half of the bound, so that both keep it. */
  async #ping(): Promise<void> {
    const controller = new AbortController();
    const end = () => controller.abort();
    const timer = setTimeout(end, this.#settings.maxProbe / 2);
    this.#ending.signal.addEventListener("abort", end);
    try {
      await this.#recovery.ping(controller.signal);
    } finally {
      clearTimeout(timer);
      this.#ending.signal.removeEventListener("abort", end);
    }
  }

  #wait(): void {
    const { maxProbe, random } = this.#settings;
    this.#pause = Math.min(this.#pause, maxProbe / 2);
    // By chance, so that not all nodes try at the same moment.
    const wait = this.#pause * (1 - random() / 2);
    this.#pause *= 2;
    // It may have gone down as a trial that went well was about to end.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.retry(), wait);
    unrefTimer(this.#timer);
  }
}
