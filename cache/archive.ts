// Copyright 2026 the Gee authors. MIT license.

import type { Times } from "./freshness.ts";
import { joined } from "./joined.ts";
import type { Entry, Memory } from "./memory.ts";
import {
  decodeSnapshot,
  encodeSnapshot,
  type RestoreResult,
  SNAPSHOT_END,
} from "./snapshot.ts";

/** A reading under way. */
interface Reading {
  /** The keys that changed meanwhile. */
  readonly touched: Set<string>;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
}

/** Writes a memory into streams and reads it back. */
export class Archive {
  readonly #memory: Memory;
  readonly #isBarred: (key: string) => boolean;
  readonly #readings = new Set<Reading>();
  #reason: { readonly error: unknown } | undefined;

  /**
   * Makes an archive.
   *
   * @param memory What it writes and fills.
   * @param isBarred Whether a key changed so late that what others hold of it
   * may be old.
   */
  constructor(memory: Memory, isBarred: (key: string) => boolean) {
    this.#memory = memory;
    this.#isBarred = isBarred;
  }

  /** Writes what is fresh and closes the stream; gives how many values. */
  async write(writable: WritableStream<Uint8Array>): Promise<number> {
    const writer = writable.getWriter();
    let chunks = 0;
    try {
      for (const chunk of encodeSnapshot(this.#memory.entries())) {
        await writer.write(chunk);
        // Else what is left would look like a whole snapshot.
        if (this.#reason !== undefined) throw this.#reason.error;
        chunks++;
      }
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => {});
      throw error;
    }
    return chunks - 2; // the first one and the last one are no values
  }

  /**
   * Gives the most useful values among some keys, up to so many bytes, as a
   * snapshot whose times count from `now`: the clock of its reader is another.
   */
  handOver(
    isWanted: (key: string) => boolean,
    maxBytes: number,
    now: number,
  ): Uint8Array<ArrayBuffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (const chunk of encodeSnapshot(this.#mostUseful(isWanted, now))) {
      // The last one is the end, for which there is room in any case.
      if (size + chunk.length > maxBytes && chunks.length > 0) {
        chunks.push(SNAPSHOT_END);
        break;
      }
      chunks.push(chunk);
      size += chunk.length;
    }
    return joined(chunks);
  }

  *#mostUseful(
    isWanted: (key: string) => boolean,
    now: number,
  ): Generator<[string, Entry]> {
    for (const [key, entry] of this.#memory.entries("last")) {
      if (entry.view === undefined || !isWanted(key)) continue;
      yield [key, shifted(entry, -now)];
    }
  }

  /**
   * Takes what is not stale and did not change since the call began.
   *
   * @param readable The snapshot.
   * @param zero What its times count from in ms.
   */
  async read(
    readable: ReadableStream<Uint8Array>,
    zero = 0,
  ): Promise<RestoreResult> {
    const { epochs } = this.#memory;
    const epoch = epochs.now;
    const touched = new Set<string>();
    const reading = { touched, reader: readable.getReader() };
    this.#readings.add(reading);
    let restored = 0;
    let skipped = 0;
    const entries = decodeSnapshot(this.#chunksOf(reading.reader));
    try {
      while (true) {
        const { done, value } = await entries.next();
        if (this.#reason !== undefined) throw this.#reason.error;
        if (done) return { restored, skipped, isTorn: !value };
        const [key, entry] = value;
        const isTaken = !touched.has(key) && !this.#isBarred(key) &&
          this.#memory.adopt(key, { ...shifted(entry, zero), epoch });
        if (isTaken) restored++;
        else skipped++;
      }
    } finally {
      this.#readings.delete(reading);
      await reading.reader.cancel().catch(() => {});
    }
  }

  /** Fences a key whose value changed: what is read later does not replace it. */
  forget(key: string): void {
    for (const { touched } of this.#readings) touched.add(key);
  }

  /** Ends every reading and writing. */
  abort(error: unknown): void {
    this.#reason ??= { error };
    for (const { reader } of this.#readings) {
      // A stream that gives nothing would be waited for forever.
      reader.cancel(error).catch(() => {});
    }
  }

  async *#chunksOf(
    reader: ReadableStreamDefaultReader<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    while (true) {
      const { done, value } = await reader.read();
      if (this.#reason !== undefined) throw this.#reason.error;
      if (done) return;
      yield value;
    }
  }
}

/** Moves the times of an entry. */
function shifted<T extends Times>(entry: T, ms: number): T {
  return {
    ...entry,
    storedAt: entry.storedAt + ms,
    usedAt: entry.usedAt + ms,
  };
}
