// Copyright 2026 the Gee authors. MIT license.

/**
 * Copies parts into one array.
 *
 * @param parts The parts, in order.
 * @returns All their bytes.
 */
export function joined(
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
