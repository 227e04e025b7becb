// Copyright 2026 the Gee authors. MIT license.

import { cannotRead, cannotStore, type Codec } from "./codecs.ts";

/** A text out of a list. */
export function enumerationCodec(values: readonly string[]): Codec<string> {
  const known: ReadonlySet<unknown> = new Set(values);
  const wanted = `one of ${values.map((value) => `"${value}"`).join(", ")}`;
  return {
    kind: "enumeration",
    values,
    encode(value, name) {
      // The set holds texts alone.
      if (known.has(value)) return value as string;
      throw cannotStore(name, value, wanted);
    },
    decode(stored, name) {
      if (known.has(stored)) return stored as string; // as above
      throw cannotRead(name, stored, wanted);
    },
  };
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/**
 * A UUID (RFC 9562) in the one spelling that `crypto.randomUUID()` has: the
 * database compares texts, so there can be no second.
 */
export const uuidCodec: Codec<string> = {
  kind: "uuid",
  encode(value, name) {
    if (typeof value === "string" && UUID.test(value)) return value;
    throw cannotStore(name, value, "a UUID in lower case");
  },
  decode(stored, name) {
    if (typeof stored === "string" && UUID.test(stored)) return stored;
    throw cannotRead(name, stored, "a UUID in lower case");
  },
};

// As toISOString() writes it, and as CURRENT_TIMESTAMP of SQLite does.
const ISO_DATE = /^(\d{4}-\d\d-(\d\d))[T ](\d\d:\d\d:\d\d(?:\.\d{1,3})?)Z?$/;

/** Dates as text of ISO 8601 in UTC, with milliseconds. */
export const isoDateCodec: Codec<Date> = {
  kind: "isoDate",
  encode(value, name) {
    if (!(value instanceof Date)) throw cannotStore(name, value, "a Date");
    if (Number.isNaN(value.getTime())) {
      throw cannotStore(name, value, "a valid Date");
    }
    const text = value.toISOString();
    // Other years are written with a sign and six digits, and texts of two
    // lengths do not sort by time.
    if (text.length === 24) return text;
    throw new RangeError(
      `Cannot store "${name}": ${text} is outside of the years 0 to 9999`,
    );
  },
  decode(stored, name) {
    const parts = typeof stored === "string" ? ISO_DATE.exec(stored) : null;
    const date = new Date(parts === null ? NaN : `${parts[1]}T${parts[3]}Z`);
    // JavaScript takes the 30th of February for the 2nd of March.
    if (date.getUTCDate() === Number(parts?.[2])) return date;
    throw cannotRead(name, stored, "a date of ISO 8601 in UTC");
  },
};
