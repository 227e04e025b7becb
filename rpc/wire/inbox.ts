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
 * Hands messages over no faster than they can be taken. Calls wait in order; calls
 * with a stream and what belongs to calls under way (cancel, items, windows)
 * overtake them, since those under way may be waiting for just that.
 */
export class Inbox {
  readonly #receiver: Receiver;
  #backlog: Message[] = [];
  /** How many of the backlog were handed over; cutting them off each time would take quadratic time. */
  #done = 0;
  readonly #waiting = new Set<number>();
  /** Calls of the backlog that were given up before they began. */
  readonly #cancelled = new Set<number>();
  #bytes = 0;
  #isClosed = false;
  #waiters: (() => void)[] = [];

  /** @param receiver Who takes the messages. */
  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  /** Bytes of what waits, as far as the codec tells them. */
  get bytes(): number {
    return this.#bytes;
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
      this.#bytes += message.size ?? 0;
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

  #mustWait({ kind, extra }: Message): boolean {
    if (kind !== undefined || extra?.isStream) return false;
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
      const isWanted = !this.#cancelled.has(message.seq);
      const pause = isWanted ? this.#receiver.pause?.() : undefined;
      if (pause !== undefined) {
        pause.then(() => this.#goOn());
        return;
      }
      this.#bytes -= message.size ?? 0;
      this.#waiting.delete(message.seq);
      if (isWanted) this.#receiver.receive(message);
    }
    this.#clear();
  }

  #clear(): void {
    this.#backlog = [];
    this.#done = this.#bytes = 0;
    this.#waiting.clear();
    this.#cancelled.clear();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}
