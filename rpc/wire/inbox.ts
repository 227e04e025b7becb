// Copyright 2026 the Gee authors. MIT license.

import type { Message } from "../codec/codec.ts";

/** Who takes messages. */
export interface Receiver {
  /** Takes one message; must not throw. */
  receive(message: Message): void;
  /** A wait before the next call, when this side has enough to do. */
  pause?(): Promise<void> | undefined;
}

/**
 * Hands messages over no faster than they can be taken. Calls wait in order;
 * what belongs to calls under way (cancel, items of streams, windows) overtakes
 * them, since those calls may be waiting for just that.
 */
export class Inbox {
  readonly #receiver: Receiver;
  #backlog: Message[] = [];
  /** How many of the backlog were handed over; cutting them off each time would take quadratic time. */
  #done = 0;
  readonly #waiting = new Set<number>();
  /** Calls of the backlog that were given up before they began. */
  readonly #cancelled = new Set<number>();
  #isClosed = false;
  #waiters: (() => void)[] = [];

  /** @param receiver Who takes the messages. */
  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  /** Whether everything was handed over. */
  get isEmpty(): boolean {
    return this.#backlog.length === 0;
  }

  /** Hands messages over, or keeps them until there is room. */
  take(messages: readonly Message[]): void {
    for (const message of messages) {
      // A receiver may close the connection between two messages of one read.
      if (this.#isClosed) return;
      if (message.kind === "cancel" && this.#waiting.delete(message.seq)) {
        this.#cancelled.add(message.seq);
        continue;
      }
      if (!this.#mustWait(message)) {
        this.#receiver.receive(message);
        continue;
      }
      this.#backlog.push(message);
      this.#waiting.add(message.seq);
    }
  }

  /** Resolves when nothing waits any more. */
  emptied(): Promise<void> {
    if (this.isEmpty) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Drops what waits. */
  close(): void {
    this.#isClosed = true;
    this.#clear();
  }

  #mustWait({ kind, seq }: Message): boolean {
    if (kind !== undefined) return this.#waiting.has(seq);
    if (!this.isEmpty) return true;
    const pause = this.#receiver.pause?.();
    if (pause === undefined) return false;
    pause.then(() => this.#goOn());
    return true;
  }

  #goOn(): void {
    for (; this.#done < this.#backlog.length; this.#done++) {
      if (this.#isClosed) return;
      const message = this.#backlog[this.#done] as Message; // below the length
      if (this.#cancelled.has(message.seq)) continue;
      const pause = message.kind === undefined
        ? this.#receiver.pause?.()
        : undefined;
      if (pause !== undefined) {
        pause.then(() => this.#goOn());
        return;
      }
      this.#waiting.delete(message.seq);
      this.#receiver.receive(message);
    }
    this.#clear();
  }

  #clear(): void {
    this.#backlog = [];
    this.#done = 0;
    this.#waiting.clear();
    this.#cancelled.clear();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
