// Copyright 2026 the Gee authors. MIT license.
import type { ByteRange } from "./range.ts";

/** What is sent in turn: bytes as they are, or a part of the file. */
export type Piece = Uint8Array<ArrayBuffer> | ByteRange;

/** A body of several ranges of one file. */
export interface MultipartRanges {
  /** Its media type, which names the boundary. */
  readonly type: string;
  /** Its length in bytes. */
  readonly length: number;
  /** What it is made of. */
  readonly pieces: readonly Piece[];
}

/**
 * Several ranges as `multipart/byteranges` (RFC 9110, section 14.6), in the
 * order asked, overlapping ones as they are.
 *
 * @returns The body, or undefined when the whole file is no longer: so many
 * small or overlapping ranges never cost more than the file itself.
 */
export function multipartRanges(
  ranges: readonly ByteRange[],
  file: { readonly size: number; readonly type: string },
): MultipartRanges | undefined {
  // Random, so that no file can hold it.
  const boundary = crypto.randomUUID();
  const encoder = new TextEncoder();
  const pieces: Piece[] = [];
  let length = 0;
  const add = (piece: Piece) => {
    pieces.push(piece);
    length += "start" in piece ? piece.end - piece.start + 1 : piece.length;
  };
  for (const [at, range] of ranges.entries()) {
    add(encoder.encode(
      `${at === 0 ? "" : "\r\n"}--${boundary}\r\n` +
        `content-type: ${file.type}\r\n` +
        `content-range: bytes ${range.start}-${range.end}/${file.size}\r\n\r\n`,
    ));
    add(range);
  }
  add(encoder.encode(`\r\n--${boundary}--\r\n`));
  if (length >= file.size) return undefined;
  const type = `multipart/byteranges; boundary=${boundary}`;
  return { type, length, pieces };
}
