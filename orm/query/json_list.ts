// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";

/** JSON with integers of 64 bits in full, and bytes as hexadecimal text. */
export function jsonList(values: readonly SqlValue[]): string {
  const items = values.map((value) =>
    value instanceof Uint8Array
      ? `"${value.toHex()}"`
      : typeof value === "string"
      ? JSON.stringify(value)
      : String(value)
  );
  return `[${items.join(",")}]`;
}
