// Copyright 2026 the Gee authors. MIT license.

/**
 * Where kept answers lie: memory, or anything that keeps bytes by a key. A
 * `Group` of `@gee/std/cache` fits in two lines, see {@linkcode responseCache}.
 */
export interface ResponseStore {
  /**
   * Finds what was set.
   *
   * @param key Any text.
   * @returns The bytes, or undefined when there are none, perhaps later.
   */
  get(
    key: string,
  ): Uint8Array | undefined | PromiseLike<Uint8Array | undefined>;
  /**
   * Keeps bytes, as long as it likes.
   *
   * @param key Any text.
   * @param value The bytes.
   * @param options After how many ms nobody needs them any longer.
   * @returns Nothing that counts; a promise is awaited for its failure.
   */
  set(
    key: string,
    value: Uint8Array,
    options: { readonly ttl: number },
  ): unknown;
}

/** Options of {@linkcode memoryStore}. */
export interface MemoryOptions {
  /**
   * Most bytes of keys and values together, each entry counted with 100 more.
   *
   * @default {16777216}
   */
  readonly maxBytes?: number;
  /**
   * Milliseconds since some fixed moment.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

interface Kept {
  readonly value: Uint8Array;
  readonly until: number;
}

const OVERHEAD = 100;

/**
 * A store in the memory of this process. Beyond its limit, what was not asked
 * for the longest goes first.
 *
 * @param options The limit.
 * @returns The store.
 * @throws {RangeError} When the limit is negative or no number.
 *
 * @example Keep bytes
 * ```ts
 * import { memoryStore } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const store = memoryStore({ maxBytes: 1000 });
 * store.set("a", new Uint8Array(500), { ttl: 1000 });
 * store.set("b", new Uint8Array(500), { ttl: 1000 });
 * assertEquals(store.get("a"), undefined);
 * ```
 */
export function memoryStore(options: MemoryOptions = {}): ResponseStore {
  const { maxBytes = 16 << 20, now = Date.now } = options;
  if (!(maxBytes >= 0)) {
    throw new RangeError(
      `Cannot make a store: got maxBytes ${maxBytes}, want a positive number`,
    );
  }
  // A map keeps the order of insertion: the first is the longest unused.
  const entries = new Map<string, Kept>();
  let total = 0;
  const take = (key: string): Kept | undefined => {
    const entry = entries.get(key);
    if (entry !== undefined) {
      entries.delete(key);
      total -= cost(key, entry.value);
    }
    return entry;
  };
  const put = (key: string, entry: Kept) => {
    entries.set(key, entry);
    total += cost(key, entry.value);
  };
  return {
    get(key) {
      const entry = take(key);
      if (entry === undefined || entry.until <= now()) return undefined;
      put(key, entry);
      return entry.value;
    },
    set(key, value, { ttl }) {
      take(key);
      if (cost(key, value) > maxBytes) return;
      put(key, { value, until: now() + ttl });
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) break;
        take(oldest);
      }
    },
  };
}

/** Strings take up to two bytes a character. */
function cost(key: string, value: Uint8Array): number {
  return 2 * key.length + value.length + OVERHEAD;
}
