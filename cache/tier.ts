// Copyright 2026 the Gee authors. MIT license.
// What the second tier holds. A value is a version, the stamps of its group and
// of each of its tags (8 bytes each, after their length as u32), and a record as
// in a snapshot. Stamps are drawn by chance and replaced to end all values that
// carry the old one, so that `reset` and `removeTag` need not find them.

import type { ByteView } from "./byte_view.ts";
import { withDeadline } from "./deadline.ts";
import type { FreshnessRules } from "./freshness.ts";
import type { Origin } from "./memory.ts";
import type { SecondTier } from "./second_tier.ts";
import { decodeRecord, encodeRecord, type Kept } from "./snapshot.ts";
import type { Counters } from "./stats.ts";
import { TierHealth } from "./tier_health.ts";

const VERSION = 1;
const STAMP_BYTES = 8;
const HEADER = 5;

/** What a {@linkcode Tier} works on; the group gives it. */
export interface TierParts {
  /** The name of the group. */
  readonly name: string;
  /** The most ms a call of the store may take. */
  readonly timeout: number;
  /** What time does to values. */
  readonly rules: FreshnessRules;
  /** Where events are counted. */
  readonly counters: Counters;
}

/** What {@linkcode Tier.keep} is told. */
export interface TierWrite {
  /** Asked right before it goes out: what changed meanwhile is not written. */
  readonly isWanted: () => boolean;
  /**
   * Whether the store may have an older value, which then must not come back
   * where this one cannot be written.
   */
  readonly isNewer: boolean;
}

/** A second tier as its group sees it: it never fails, it only has nothing. */
export class Tier {
  readonly #store: SecondTier;
  readonly #parts: TierParts;
  readonly #prefix: string;
  readonly #health: TierHealth;
  /** The last write of each key that is being written. */
  readonly #writes = new Map<string, Promise<unknown>>();

  constructor(store: SecondTier, parts: TierParts) {
    this.#store = store;
    this.#parts = parts;
    // With its length in front no two pairs of group and key are one text.
    this.#prefix = `${parts.name.length}:${parts.name}:`;
    this.#health = new TierHealth({
      now: parts.rules.now,
      erase: (key, signal) => store.delete(this.#keyOf(key), { signal }),
      eraseAll: (signal) => this.#renew("", signal),
    });
  }

  /** Whether a key can be told from others there: lone surrogates cannot. */
  carries(key: string): boolean {
    return key.isWellFormed();
  }

  /** Whether a write of a key is under way. */
  isWriting(key: string): boolean {
    return this.#writes.has(key);
  }

  /** Finds a value that is fresh. */
  async find(key: string): Promise<Kept | undefined> {
    const { counters, rules } = this.#parts;
    const kept = await this.#try(async (signal) => {
      const [bytes, stamp] = await Promise.all([
        this.#store.get(this.#keyOf(key), { signal }),
        this.#stampOf("", signal),
      ]);
      return bytes ? await this.#read(key, bytes, stamp, signal) : undefined;
    });
    if (kept?.view === undefined || rules.of(kept, false) !== "fresh") {
      return undefined;
    }
    counters.tierHits++;
    return kept;
  }

  /**
   * Writes a value.
   *
   * @param key The key.
   * @param view The value.
   * @param origin Where it is from.
   * @param how Whether it still is to be written, and whether it is newer.
   * @returns When it is written, or nothing more can be done about it.
   */
  keep(
    key: string,
    view: ByteView,
    origin: Omit<Origin, "epoch">,
    how: TierWrite,
  ): Promise<void> {
    return this.#inOrder(key, async () => {
      const isDone = await this.#try(async (signal) => {
        const { tags = [], ttl, loadMs = 0 } = origin;
        const stamps = await Promise.all(
          ["", ...tags.map(tagged)].map((name) => this.#stampOf(name, signal)),
        );
        const times = this.#parts.rules.stamp(false, ttl, loadMs);
        if (!how.isWanted() || times.ttl === 0) return true;
        const record = encodeRecord(key, { view, tags, ...times });
        const bytes = encodeEnvelope(stamps, record);
        const options = { ttl: times.ttl, signal };
        await this.#store.set(this.#keyOf(key), bytes, options);
        return true;
      });
      if (isDone === undefined && how.isNewer) this.#health.owe(key);
    });
  }

  /** Deletes a key, now or when the store is back. */
  remove(key: string): Promise<void> {
    return this.#inOrder(key, async () => {
      const isDone = await this.#try(async (signal) => {
        await this.#store.delete(this.#keyOf(key), { signal });
        return true;
      });
      if (isDone === undefined) this.#health.owe(key);
    });
  }

  /** Ends every value, or every one with a tag, now or when the store is back. */
  async end(tag?: string): Promise<void> {
    const name = tag === undefined ? "" : tagged(tag);
    const isDone = await this.#try(async (signal) => {
      await this.#renew(name, signal);
      return true;
    });
    // Of tags nothing is remembered: then every value goes.
    if (isDone === undefined) this.#health.oweAll();
  }

  /** Waits for what is being written, which ends in time. */
  async settled(): Promise<void> {
    await Promise.all(this.#writes.values());
  }

  #keyOf(key: string): string {
    return `${this.#prefix}v:${key}`;
  }

  async #read(
    key: string,
    bytes: Uint8Array,
    stamp: Uint8Array,
    signal: AbortSignal,
  ): Promise<Kept | undefined> {
    const envelope = decodeEnvelope(bytes);
    const [name, kept] = envelope?.record ?? [];
    if (envelope === undefined || kept === undefined || name !== key) return;
    const ours = [
      stamp,
      ...await Promise.all(
        (kept.tags ?? []).map((tag) => this.#stampOf(tagged(tag), signal)),
      ),
    ];
    const isCurrent = ours.length === envelope.stamps.length &&
      ours.every((own, at) => isEqual(own, envelope.stamps[at]));
    if (!isCurrent) return undefined;
    // The clocks of two nodes differ: a value from the future is from now.
    const now = this.#parts.rules.now();
    const storedAt = Math.min(kept.storedAt, now);
    return { ...kept, storedAt, usedAt: now };
  }

  /** The stamp of the group ("") or of a tag; one that is lost is drawn anew. */
  async #stampOf(name: string, signal: AbortSignal): Promise<Uint8Array> {
    const found = await this.#store.get(`${this.#prefix}s:${name}`, { signal });
    return found ? found : await this.#renew(name, signal);
  }

  async #renew(name: string, signal: AbortSignal): Promise<Uint8Array> {
    const stamp = crypto.getRandomValues(new Uint8Array(STAMP_BYTES));
    const options = { ttl: Infinity, signal };
    await this.#store.set(`${this.#prefix}s:${name}`, stamp, options);
    return stamp;
  }

  /** Runs something unless the store is down; undefined where it fails. */
  async #try<T>(
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    if (this.#health.isDown) return undefined;
    try {
      const result = await withDeadline(
        this.#parts.timeout,
        [],
        async (signal) => {
          await this.#health.catchUp(signal);
          return await work(signal);
        },
      );
      this.#health.worked();
      return result;
    } catch {
      this.#parts.counters.tierFailures++;
      this.#health.failed();
      return undefined;
    }
  }

  /** Two writes of one key must not overtake each other. */
  async #inOrder(key: string, write: () => Promise<void>): Promise<void> {
    const turn = (this.#writes.get(key) ?? Promise.resolve()).then(write);
    this.#writes.set(key, turn);
    await turn;
    if (this.#writes.get(key) === turn) this.#writes.delete(key);
  }
}

/** The name of the stamp of a tag; the one of the group is "". */
function tagged(tag: string): string {
  return `#${tag}`;
}

function encodeEnvelope(
  stamps: readonly Uint8Array[],
  record: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const length = stamps.length * STAMP_BYTES;
  const bytes = new Uint8Array(HEADER + length + record.length);
  bytes[0] = VERSION;
  new DataView(bytes.buffer).setUint32(1, length, true);
  for (const [at, stamp] of stamps.entries()) {
    bytes.set(stamp.subarray(0, STAMP_BYTES), HEADER + at * STAMP_BYTES);
  }
  bytes.set(record, HEADER + length);
  return bytes;
}

/** Undefined for bytes that are not ours or are damaged. */
function decodeEnvelope(bytes: Uint8Array) {
  if (bytes.length < HEADER || bytes[0] !== VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = view.getUint32(1, true);
  if (length % STAMP_BYTES !== 0 || length > bytes.length - HEADER) {
    return undefined;
  }
  const stamps = Array.from({ length: length / STAMP_BYTES }, (_, at) => {
    const start = HEADER + at * STAMP_BYTES;
    return bytes.subarray(start, start + STAMP_BYTES);
  });
  const record = decodeRecord(bytes.subarray(HEADER + length));
  return record && { stamps, record };
}

function isEqual(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && one.length === other.length &&
    one.every((byte, at) => byte === other[at]);
}
