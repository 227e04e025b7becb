// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";

/** The kinds of columns. */
export type ColumnKind =
  | "integer"
  | "bigint"
  | "real"
  | "text"
  | "boolean"
  | "blob"
  | "date"
  | "isoDate"
  | "enumeration"
  | "uuid"
  | "json";

/**
 * How the values of a column are stored: one for each kind of column, so that
 * every driver gives the same answers. Neither side ever sees `null`.
 *
 * @typeParam T The type of the values in TypeScript.
 */
export interface Codec<T> {
  /** The kind of column it is for. */
  readonly kind: ColumnKind;
  /** The only values there are, if they are a list of texts. */
  readonly values?: readonly string[];
  /**
   * The stored form of a value.
   *
   * @param value The value, whose type is checked here too.
   * @param name The column, for messages.
   * @throws {TypeError} When the value is of another type.
   * @throws {RangeError} When it cannot be stored exactly.
   */
  encode(value: unknown, name: string): SqlValue;
  /**
   * The value of a stored form.
   *
   * @param stored What the database returned.
   * @param name The column, for messages.
   * @throws {TypeError} When it is not what this codec stores.
   * @throws {RangeError} When it has no exact value in TypeScript.
   */
  decode(stored: SqlValue, name: string): T;
}

const MIN_BIGINT = -(2n ** 63n);
const MAX_BIGINT = 2n ** 63n - 1n;

/** What was received, short enough for a message. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(
      value.length > 40 ? `${value.slice(0, 40)}...` : value,
    );
  }
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "Object"
    ? `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`
    : "an object";
}

/** The error for a value of another type. */
export function cannotStore(
  name: string,
  value: unknown,
  wanted: string,
  options?: ErrorOptions,
): TypeError {
  return new TypeError(
    `Cannot store "${name}": got ${describe(value)}, want ${wanted}`,
    options,
  );
}

/** The error for a cell that another program wrote. */
export function cannotRead(
  name: string,
  stored: unknown,
  wanted: string,
  options?: ErrorOptions,
): TypeError {
  return new TypeError(
    `Cannot read "${name}": got ${describe(stored)}, want ${wanted}`,
    options,
  );
}

/**
 * Text that comes back as it went in. Both engines cut text at NUL when they
 * read, and replace a lone surrogate when they write.
 */
export function checkText(value: string, name: string): string {
  if (value.includes("\0")) {
    throw new RangeError(`Cannot store "${name}": the text has a NUL in it`);
  }
  if (!value.isWellFormed()) {
    throw new RangeError(
      `Cannot store "${name}": the text has a lone surrogate in it`,
    );
  }
  return value;
}

/** A `bigint` that fits into 64 bits with sign. */
export function checkBigint(value: bigint, name: string): bigint {
  if (value < MIN_BIGINT || value > MAX_BIGINT) {
    throw new RangeError(
      `Cannot store "${name}": ${value}n is outside of 64 bits`,
    );
  }
  return value;
}

/** The exact number for an integer in any form the drivers return it in. */
function toInteger(stored: SqlValue, name: string): number {
  // Number() is exact for every integer the check behind it lets pass.
  const value = typeof stored === "bigint" ? Number(stored) : stored;
  if (Number.isSafeInteger(value)) return value as number; // isSafeInteger() proves it
  if (typeof value === "number" && Number.isInteger(value)) {
    throw new RangeError(
      `Cannot read "${name}": the integer is beyond 2^53, declare the column as bigint()`,
    );
  }
  throw cannotRead(name, stored, "an integer");
}

/** Bytes as a plain `Uint8Array`, which a Node `Buffer` is not. */
export function toBytes(value: Uint8Array): Uint8Array {
  return value.constructor === Uint8Array
    ? value
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

export const integerCodec: Codec<number> = {
  kind: "integer",
  encode(value, name) {
    if (typeof value !== "number") throw cannotStore(name, value, "an integer");
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(
        `Cannot store "${name}": ${value} is not an integer within 2^53`,
      );
    }
    // Bound as a real, and stored as an integer by the column's affinity: on
    // node:sqlite an update with two of them took 3.0 us, with two bigints 4.3
    // to 5.1 us.
    return value;
  },
  decode: toInteger,
};

export const bigintCodec: Codec<bigint> = {
  kind: "bigint",
  encode(value, name) {
    if (typeof value !== "bigint") throw cannotStore(name, value, "a bigint");
    return checkBigint(value, name);
  },
  decode(stored, name) {
    if (typeof stored === "bigint") return stored;
    throw cannotRead(name, stored, "an integer");
  },
};

export const realCodec: Codec<number> = {
  kind: "real",
  encode(value, name) {
    // SQLite would store NaN as NULL.
    if (typeof value === "number" && !Number.isNaN(value)) return value;
    throw cannotStore(name, value, "a number");
  },
  decode(stored, name) {
    if (typeof stored === "number") return stored;
    if (typeof stored === "bigint") return toInteger(stored, name);
    throw cannotRead(name, stored, "a number");
  },
};

export const textCodec: Codec<string> = {
  kind: "text",
  encode(value, name) {
    if (typeof value !== "string") throw cannotStore(name, value, "a string");
    return checkText(value, name);
  },
  decode(stored, name) {
    if (typeof stored === "string") return stored;
    throw cannotRead(name, stored, "text");
  },
};

export const booleanCodec: Codec<boolean> = {
  kind: "boolean",
  encode(value, name) {
    if (typeof value !== "boolean") throw cannotStore(name, value, "a boolean");
    return value ? 1 : 0;
  },
  decode(stored, name) {
    const value = toInteger(stored, name);
    if (value === 0 || value === 1) return value === 1;
    throw cannotRead(name, stored, "0 or 1");
  },
};

export const blobCodec: Codec<Uint8Array> = {
  kind: "blob",
  encode(value, name) {
    if (value instanceof Uint8Array) return value;
    throw cannotStore(name, value, "a Uint8Array");
  },
  decode(stored, name) {
    if (stored instanceof Uint8Array) return toBytes(stored);
    throw cannotRead(name, stored, "bytes");
  },
};

/** Dates as integer milliseconds since 1970 in UTC. */
export const dateCodec: Codec<Date> = {
  kind: "date",
  encode(value, name) {
    if (!(value instanceof Date)) throw cannotStore(name, value, "a Date");
    const time = value.getTime();
    if (Number.isNaN(time)) throw cannotStore(name, value, "a valid Date");
    return time;
  },
  decode(stored, name) {
    const date = new Date(toInteger(stored, name));
    if (!Number.isNaN(date.getTime())) return date;
    throw cannotRead(name, stored, "milliseconds since 1970");
  },
};

/** JSON text, which escapes NUL and lone surrogates and so keeps them. */
export const jsonCodec: Codec<unknown> = {
  kind: "json",
  encode(value, name) {
    let text: string | undefined;
    try {
      text = JSON.stringify(value);
    } catch (cause) {
      throw cannotStore(name, value, "a JSON value", { cause });
    }
    if (text === undefined) throw cannotStore(name, value, "a JSON value");
    return text;
  },
  decode(stored, name) {
    if (typeof stored !== "string") {
      throw cannotRead(name, stored, "JSON text");
    }
    try {
      return JSON.parse(stored);
    } catch (cause) {
      throw cannotRead(name, stored, "JSON text", { cause });
    }
  },
};
