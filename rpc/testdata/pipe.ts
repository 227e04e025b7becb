// Copyright 2026 the Gee authors. MIT license.
// A connection without a socket, for tests: what one end writes, the other reads.

import type { Transport } from "../wire/transport.ts";

/** How a pipe misbehaves. */
export interface PipeOptions {
  /** Bytes one `write` takes at most, as a full socket buffer would. */
  readonly writeBytes?: number;
  /** Bytes one `read` gives at most. */
  readonly readBytes?: number;
}

/** One end of a pipe. */
export class PipeEnd implements Transport {
  /** The end that reads what this one writes. */
  peer: PipeEnd | undefined;
  /** Sizes of the writes this end made. */
  readonly writes: number[] = [];
  /** Whether `close` was called. */
  isClosed = false;
  /** What the next write throws, if anything. */
  failure: Error | undefined;
  readonly #options: PipeOptions;
  #chunks: Uint8Array[] = [];
  #waiting: (() => void) | undefined;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.isClosed) throw new Deno.errors.BadResource("closed");
      if (this.peer?.isClosed) return null;
      await new Promise<void>((resolve) => this.#waiting = resolve);
    }
    const chunk = this.#chunks[0]!; // the loop above left one
    const count = Math.min(
      chunk.length,
      buffer.length,
      this.#options.readBytes ?? Infinity,
    );
    buffer.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.isClosed) {
      return Promise.reject(new Deno.errors.BadResource("closed"));
    }
    const count = Math.min(bytes.length, this.#options.writeBytes ?? Infinity);
    this.writes.push(count);
    this.peer?.deliver(bytes.slice(0, count));
    return Promise.resolve(count);
  }

  deliver(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.wake();
  }

  wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }

  close(): void {
    if (this.isClosed) throw new Deno.errors.BadResource("closed twice");
    this.isClosed = true;
    this.wake();
    this.peer?.wake();
  }
}

/** Two ends that are connected. */
export function pipe(options: PipeOptions = {}): [PipeEnd, PipeEnd] {
  const [a, b] = [new PipeEnd(options), new PipeEnd(options)];
  a.peer = b;
  b.peer = a;
  return [a, b];
}

/** Lets everything that needs no timer happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 200; i++) await Promise.resolve();
}
