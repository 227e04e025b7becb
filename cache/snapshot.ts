// Copyright 2026 the Gee authors. MIT license.
// The entries of a group as a file: "GEEC", a version, then records. A record is
// its length and the CRC-32 of what follows (both u32, little-endian), then
// three times as f64 (stored at, ttl, load, in ms), a byte for "there is none",
// and texts and bytes, each after its length as u32: the key, how many tags, the
// tags, the value. A record of length 0 is the end.

import { ByteView } from "./byte_view.ts";
import { joined } from "./joined.ts";
import type { Entry } from "./memory.ts";
import { crc32Of } from "./ring/hash.ts";

const MAGIC = new TextEncoder().encode("GEEC");
const VERSION = 1;
const HEADER = MAGIC.length + 1;
const RECORD_HEADER = 8;
/** A longer record is damage: no group keeps such an entry. */
const MAX_RECORD = 1 << 30;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The end of a snapshot: a record of length 0. */
export const SNAPSHOT_END = new Uint8Array(RECORD_HEADER);

/** What a snapshot keeps of an entry. */
export type Kept = Omit<Entry, "epoch">;

/** An entry with its key. */
export type KeyedEntry = readonly [key: string, entry: Kept];

/** What came of reading a snapshot. */
export interface RestoreResult {
  /** How many values are in memory now that were not before. */
  readonly restored: number;
  /** How many were stale, changed meanwhile, or there already. */
  readonly skipped: number;
  /** Whether it broke off or was damaged; what came before that counts. */
  readonly isTorn: boolean;
}

/** Makes the chunks of a snapshot. */
export function* encodeSnapshot(
  entries: Iterable<KeyedEntry>,
): Generator<Uint8Array<ArrayBuffer>> {
  const header = new Uint8Array(HEADER);
  header.set(MAGIC);
  header[MAGIC.length] = VERSION;
  yield header;
  for (const [key, entry] of entries) {
    // A lone surrogate has no UTF-8: it would come back as another key.
    const texts = [key, ...entry.tags ?? []];
    if (texts.every((text) => text.isWellFormed())) {
      yield encodeRecord(key, entry);
    }
  }
  yield SNAPSHOT_END;
}

/** Makes the record of an entry; key and tags are well-formed text. */
export function encodeRecord(
  key: string,
  { view, storedAt, ttl, loadMs, tags = [] }: Kept,
): Uint8Array<ArrayBuffer> {
  const texts = [key, ...tags].map((text) => encoder.encode(text));
  const value = view?.bytes() ?? new Uint8Array();
  const size = texts.reduce((sum, { length }) => sum + 4 + length, 0);
  const length = 25 + size + 4 + 4 + value.length;
  const record = new Uint8Array(RECORD_HEADER + length);
  const writer = new Writer(record, RECORD_HEADER);
  for (const time of [storedAt, ttl, loadMs]) writer.float(time);
  writer.byte(view === undefined ? 1 : 0);
  const [first = new Uint8Array(), ...rest] = texts;
  writer.bytes(first);
  writer.uint(rest.length);
  for (const text of rest) writer.bytes(text);
  writer.bytes(value);
  const head = new DataView(record.buffer);
  head.setUint32(0, length, true);
  head.setUint32(4, crc32Of(record.subarray(RECORD_HEADER)), true);
  return record;
}

/**
 * Reads a snapshot.
 *
 * @returns Its entries, as the value of each, and at the end whether it was
 * whole.
 * @throws {SyntaxError} When it is no snapshot, or one of a later version.
 */
export async function* decodeSnapshot(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<KeyedEntry, boolean> {
  const source = new Source(chunks);
  const header = await source.take(HEADER);
  const isOurs = header !== undefined &&
    MAGIC.every((byte, at) => header[at] === byte);
  if (!isOurs) throw new SyntaxError("Cannot restore: this is no snapshot");
  if (header[MAGIC.length] !== VERSION) {
    throw new SyntaxError(
      `Cannot restore a snapshot of version ${
        header[MAGIC.length]
      }: want ${VERSION}`,
    );
  }
  while (true) {
    const head = await source.take(RECORD_HEADER);
    if (head === undefined) return false;
    const [length, sum] = [uintAt(head, 0), uintAt(head, 4)];
    if (length === 0) return true;
    const body = length > MAX_RECORD ? undefined : await source.take(length);
    if (body === undefined || crc32Of(body) !== sum) return false;
    const entry = decodeBody(body);
    if (entry === undefined) return false;
    yield entry;
  }
}

/**
 * Reads a record.
 *
 * @param record The record, nothing before and nothing after it.
 * @returns Its entry, or undefined when it is damaged.
 */
export function decodeRecord(record: Uint8Array): KeyedEntry | undefined {
  if (record.length < RECORD_HEADER) return undefined;
  const body = record.subarray(RECORD_HEADER);
  const isWhole = uintAt(record, 0) === body.length &&
    uintAt(record, 4) === crc32Of(body);
  return isWhole ? decodeBody(body) : undefined;
}

/** An entry, or undefined where the sum is right and the lengths are not. */
function decodeBody(body: Uint8Array): KeyedEntry | undefined {
  try {
    return readBody(body);
  } catch {
    return undefined;
  }
}

function readBody(body: Uint8Array): KeyedEntry {
  const reader = new Reader(body);
  const [storedAt, ttl, loadMs] = [
    reader.float(),
    reader.float(),
    reader.float(),
  ];
  const isNone = reader.byte() === 1;
  const key = decoder.decode(reader.bytes());
  const count = reader.uint();
  const tags = Array.from(
    { length: count },
    () => decoder.decode(reader.bytes()),
  );
  const view = isNone ? undefined : new ByteView(reader.bytes());
  return [key, {
    view,
    tags: count === 0 ? undefined : tags,
    storedAt,
    ttl,
    loadMs,
    usedAt: storedAt,
  }];
}

function uintAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

/** Writes into a record of the right length. */
class Writer {
  readonly #view: DataView;
  readonly #record: Uint8Array;
  #at: number;

  constructor(record: Uint8Array<ArrayBuffer>, at: number) {
    this.#record = record;
    this.#view = new DataView(record.buffer);
    this.#at = at;
  }

  float(value: number): void {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  byte(value: number): void {
    this.#record[this.#at++] = value;
  }

  uint(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  bytes(value: Uint8Array): void {
    this.uint(value.length);
    this.#record.set(value, this.#at);
    this.#at += value.length;
  }
}

/** Reads a record; it throws past the end. */
class Reader {
  readonly #view: DataView;
  readonly #record: Uint8Array;
  #at = 0;

  constructor(record: Uint8Array) {
    this.#record = record;
    this.#view = new DataView(record.buffer, record.byteOffset);
  }

  float(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  byte(): number {
    return this.#record[this.#at++] ?? 0;
  }

  uint(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  bytes(): Uint8Array {
    const length = this.uint();
    if (length > this.#record.length - this.#at) {
      throw new RangeError("Cannot read a record: it is cut short");
    }
    this.#at += length;
    return this.#record.subarray(this.#at - length, this.#at);
  }
}

/** Gives so many bytes of a stream, whatever its chunks are. */
class Source {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes, or undefined when there are not so many. */
  async take(count: number): Promise<Uint8Array | undefined> {
    const parts = [this.#rest];
    let size = this.#rest.length;
    while (size < count) {
      const { done, value } = await this.#chunks.next();
      if (done) return undefined;
      parts.push(value);
      size += value.length;
    }
    const whole = parts.length === 1 ? this.#rest : joined(parts);
    this.#rest = whole.subarray(count);
    return whole.subarray(0, count);
  }
}
