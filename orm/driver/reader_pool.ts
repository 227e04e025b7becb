// Copyright 2026 the Gee authors. MIT license.

import type { Channel } from "./channel.ts";

// More transactions that read at once open connections of their own, which
// are closed after them.
const MAX_IDLE = 4;

/**
 * The connections of a database that only read. Each is opened when it is first
 * needed: many a program never needs a second one.
 */
export class ReaderPool {
  readonly #open: () => Promise<Channel>;
  #shared: Promise<Channel> | undefined;
  readonly #idle: Channel[] = [];

  constructor(open: () => Promise<Channel>) {
    this.#open = open;
  }

  /** The one for single reads, which any number of callers have at once. */
  shared(): Promise<Channel> {
    if (this.#shared === undefined) {
      const opening = this.#open();
      this.#shared = opening;
      // The next one tries again.
      opening.catch(() => this.#shared = undefined);
    }
    return this.#shared;
  }

  /** One for the caller alone, who gives it back. */
  async take(): Promise<Channel> {
    return this.#idle.pop() ?? await this.#open();
  }

  /** Takes one back. */
  async give(channel: Channel): Promise<void> {
    if (channel.inTransaction || this.#idle.length >= MAX_IDLE) {
      await channel.close();
      return;
    }
    this.#idle.push(channel);
  }

  /** Ends them all. */
  async close(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    const channels = this.#idle.splice(0);
    if (shared !== undefined) {
      // One that failed to open has told those who wanted it.
      const channel = await shared.catch(() => undefined);
      if (channel !== undefined) channels.push(channel);
    }
    for (const channel of channels) await channel.close();
  }
}
