// Copyright 2026 the Gee authors. MIT license.

/** A part of a file, both ends included. */
export interface ByteRange {
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset of the last byte. */
  readonly end: number;
}

/** More ranges than this in one request are answered with the whole file. */
export const MAX_RANGES = 64;

/**
 * Reads a `range` header (RFC 9110, section 14.1.2).
 *
 * @returns The ranges that lie in the file, in the order asked and cut at its
 * end; "unsatisfiable" when there is none; undefined when the header is to be
 * ignored: malformed, another unit, too many ranges, or an empty file, for
 * which no `content-range` could be written.
 */
export function parseRanges(
  header: string,
  size: number,
): readonly ByteRange[] | "unsatisfiable" | undefined {
  const list = /^bytes=(.*)$/is.exec(header.trim())?.[1];
  if (list === undefined || size === 0) return undefined;
  const specs = list.split(",", MAX_RANGES + 1);
  if (specs.length > MAX_RANGES) return undefined;
  const ranges: ByteRange[] = [];
  let isEmpty = true;
  for (const spec of specs) {
    const text = spec.trim();
    // RFC 9110, section 5.6.1.2: empty elements of a list are passed over.
    if (text === "") continue;
    const range = rangeOf(text, size);
    if (range === undefined) return undefined;
    isEmpty = false;
    if (range.start <= range.end) ranges.push(range);
  }
  if (isEmpty) return undefined;
  return ranges.length === 0 ? "unsatisfiable" : ranges;
}

/** One range; it ends before it starts when it lies behind the end. */
function rangeOf(spec: string, size: number): ByteRange | undefined {
  const match = /^(\d*)-(\d*)$/.exec(spec);
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    return { start: Math.max(size - Number(last), 0), end: size - 1 };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return { start, end };
}
