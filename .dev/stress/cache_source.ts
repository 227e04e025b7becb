// Copyright 2026 the Gee authors. MIT license.
// A source that counts who asks it, and fails when it is told to.
import { sleep } from "./report.ts";

/** A slow source; the value of a key is the key. */
export class Source {
  /** How often it was asked. */
  calls = 0;
  /** How many questions it had at once, at most. */
  peak = 0;
  /** Whether it fails. */
  isDown = false;
  #running = 0;
  readonly #ms: number;

  /** Makes a source that takes some ms for each question. */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** The getter for a group. */
  readonly get = async (key: string): Promise<string> => {
    this.calls++;
    this.#running++;
    this.peak = Math.max(this.peak, this.#running);
    try {
      await sleep(this.#ms);
      if (this.isDown) throw new Error("Cannot reach the source");
      return key;
    } finally {
      this.#running--;
    }
  };
}

/** Reads a key in whatever way a cache does it; it rejects when that fails. */
export type Read = (key: string) => Promise<unknown>;

/** The ms each of some clients waited, and how many of them got an error. */
export async function readAtOnce(
  read: Read,
  keys: readonly string[],
): Promise<{ readonly times: number[]; readonly errors: number }> {
  const start = performance.now();
  let errors = 0;
  const times = await Promise.all(keys.map(async (key) => {
    await read(key).catch(() => errors++);
    return performance.now() - start;
  }));
  return { times, errors };
}

/** One of some keys for each of so many clients, in turns. */
export function keysOf(clients: number, keys: number): string[] {
  return Array.from({ length: clients }, (_, client) => `key ${client % keys}`);
}
