// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import { describe } from "../schema/codecs.ts";

// FNV-1a of 32 bits: it finds what went wrong on the way, and is no secret. A
// cursor holds nothing but values, which are checked and bound.
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  }
  return sum >>> 0;
}

/** JSON knows neither bytes nor 64 bits nor infinity. */
function toJson(value: SqlValue): unknown {
  if (typeof value === "bigint") return { i: String(value) };
  if (value instanceof Uint8Array) return { b: value.toHex() };
  if (typeof value === "number" && !Number.isFinite(value)) {
    return { r: String(value) };
  }
  return value;
}

function fromJson(item: unknown): SqlValue {
  if (item === null || typeof item === "string" || typeof item === "number") {
    return item;
  }
  const [entry] = Object.entries(item as object);
  const [kind, text]: [string, unknown] = entry ?? ["", ""];
  if (typeof text === "string") {
    if (kind === "i") return BigInt(text);
    if (kind === "b") return Uint8Array.fromHex(text);
    if (kind === "r") return Number(text);
  }
  throw new TypeError(`Cannot read cursor: got ${describe(item)}`);
}

/** The text of a place in an order. */
export function encodeCursor(
  order: string,
  values: readonly SqlValue[],
): string {
  const items = JSON.stringify(values.map(toJson));
  const text = `[${hash(order)},${hash(order + items)},${items}]`;
  return new TextEncoder().encode(text)
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

// Far beyond what keys hold; a hostile text ends here.
const MAX_LENGTH = 100_000;

/** The values of a place in an order. */
export function decodeCursor(order: string, cursor: unknown): SqlValue[] {
  const [sum, check, items] = parse(cursor);
  if (sum !== hash(order)) {
    throw new TypeError(
      "Cannot use cursor: it is of another order or table than the query",
    );
  }
  if (check !== hash(order + JSON.stringify(items))) {
    throw new TypeError("Cannot use cursor: it has been changed");
  }
  try {
    // parse() has seen an array.
    return (items as unknown[]).map(fromJson);
  } catch (cause) {
    throw new TypeError("Cannot use cursor: it has been changed", { cause });
  }
}

function parse(cursor: unknown): unknown[] {
  if (typeof cursor === "string" && cursor.length <= MAX_LENGTH) {
    try {
      const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
      const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
      if (Array.isArray(parsed) && Array.isArray(parsed[2])) return parsed;
    } catch {
      // Told below.
    }
  }
  throw new TypeError(
    `Cannot use cursor: got ${describe(cursor)}, want a text made by cursor()`,
  );
}
