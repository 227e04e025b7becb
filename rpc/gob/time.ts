// Copyright 2026 the Gee authors. MIT license.

import type { GobType } from "./gob_node.ts";
import { marshaler } from "./schema.ts";

/** Seconds from the year 1, where Go's zero time is, to 1970. */
const EPOCH = 62_135_596_800n;

/** A point in time as Go's `time.Time` has it, to the nanosecond. */
export interface GobTime {
  /** Seconds since 1970. */
  readonly seconds: bigint;
  /** Nanoseconds behind that, below 10^9. */
  readonly nanoseconds: number;
  /** How far the clock is ahead of UTC, in seconds; `undefined` for UTC itself. */
  readonly offset: number | undefined;
}

function encode({ seconds, nanoseconds, offset }: GobTime): Uint8Array {
  const isExact = Number.isSafeInteger(nanoseconds) && nanoseconds >= 0 &&
    nanoseconds < 1e9;
  const zone = offset === undefined ? -1 : Math.trunc(offset / 60);
  const rest = offset === undefined ? 0 : offset % 60;
  const isZone = offset === undefined ||
    Number.isSafeInteger(offset) && zone !== -1 && Math.abs(zone) < 1 << 15;
  if (typeof seconds !== "bigint" || !isExact || !isZone) {
    throw new TypeError(
      "Cannot encode gob: a time is out of bounds, want whole nanoseconds below 10^9 and an offset Go knows",
    );
  }
  const view = new DataView(new ArrayBuffer(rest === 0 ? 15 : 16));
  view.setUint8(0, rest === 0 ? 1 : 2);
  view.setBigInt64(1, seconds + EPOCH);
  view.setInt32(9, nanoseconds);
  view.setInt16(13, zone);
  if (rest !== 0) view.setInt8(15, rest);
  return new Uint8Array(view.buffer);
}

function decode(bytes: Uint8Array): GobTime {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = bytes[0];
  if (
    bytes.length !== (version === 2 ? 16 : 15) || version !== 1 && version !== 2
  ) {
    throw new SyntaxError(
      `Cannot decode gob: a time of ${bytes.length} bytes and version ${version}`,
    );
  }
  const zone = view.getInt16(13);
  return {
    seconds: view.getBigInt64(1) - EPOCH,
    nanoseconds: view.getInt32(9),
    offset: zone === -1 && version === 1
      ? undefined
      : zone * 60 + (version === 2 ? view.getInt8(15) : 0),
  };
}

const ZERO: GobTime = Object.freeze({
  seconds: -EPOCH,
  nanoseconds: 0,
  offset: undefined,
});

/** Go's `time.Time`, to the nanosecond and with its offset. */
export const time: GobType<GobTime> = marshaler("time.Time", {
  encode,
  decode,
  zero: () => ZERO,
});

/**
 * Go's `time.Time` as a `Date`: what is below a millisecond is cut off, and the
 * offset is dropped. Go's zero time is in the year 1.
 */
export const date: GobType<Date> = marshaler("time.Time", {
  encode(value: Date) {
    const ms = value instanceof Date ? value.getTime() : NaN;
    if (Number.isNaN(ms)) {
      throw new TypeError("Cannot encode gob: got no valid Date, want one");
    }
    const seconds = Math.floor(ms / 1000);
    return encode({
      seconds: BigInt(seconds),
      nanoseconds: (ms - seconds * 1000) * 1e6,
      offset: undefined,
    });
  },
  decode: (bytes) => toDate(decode(bytes)),
  zero: () => toDate(ZERO),
});

function toDate({ seconds, nanoseconds }: GobTime): Date {
  return new Date(Number(seconds) * 1000 + Math.floor(nanoseconds / 1e6));
}
