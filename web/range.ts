// Copyright 2026 the Gee authors. MIT license.

/** A part of a file, both ends included. */
export interface ByteRange {
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset of the last byte. */
  readonly end: number;
}

/**
 * Reads a `range` header that asks for one range of bytes (RFC 9110, section
 * 14.1.2).
 *
 * @returns The range, cut at the end of the file; "unsatisfiable" when it lies
 * behind the end; undefined when the header is to be ignored: malformed,
 * another unit, or several ranges, for which the whole file is a right answer.
 */
export function parseRange(
  header: string,
  size: number,
): ByteRange | "unsatisfiable" | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header.trim());
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    if (length === 0) return "unsatisfiable";
    return { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) return "unsatisfiable";
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return { start, end };
}
