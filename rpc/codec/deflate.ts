// Copyright 2026 the Gee authors. MIT license.

import { InvalidBody } from "./codec.ts";

// The length of what was deflated stands before it, little-endian: a stream that
// breaks off inflates without an error.
const LENGTH_BYTES = 4;

/** The bytes, deflated (RFC 1951), behind their length. */
export async function deflate(
  bytes: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  // Copied now, as they may be others by the time they are read.
  const stream = new Blob([bytes.slice()]).stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  const deflated = await new Response(stream).bytes();
  const framed = new Uint8Array(LENGTH_BYTES + deflated.length);
  new DataView(framed.buffer).setUint32(0, bytes.length, true);
  framed.set(deflated, LENGTH_BYTES);
  return framed;
}

/**
 * The bytes that were deflated. What they become is counted while it comes about,
 * so that a few of them cannot fill the memory.
 *
 * @returns The bytes, or what is wrong with them.
 */
export async function inflate(
  framed: Uint8Array<ArrayBuffer>,
  maxBytes: number,
): Promise<Uint8Array | InvalidBody> {
  if (framed.length < LENGTH_BYTES) {
    return new InvalidBody("it cannot be inflated: it has no length");
  }
  const { buffer, byteOffset } = framed;
  const length = new DataView(buffer, byteOffset).getUint32(0, true);
  if (length > maxBytes) {
    return new InvalidBody(`it is longer than ${maxBytes} bytes inflated`);
  }
  try {
    return await collect(framed.subarray(LENGTH_BYTES), length);
  } catch (error) {
    // What streams throw.
    const { message } = error as Error;
    return new InvalidBody(`it cannot be inflated: ${message}`);
  }
}

async function collect(
  deflated: Uint8Array<ArrayBuffer>,
  length: number,
): Promise<Uint8Array | InvalidBody> {
  const stream = new Blob([deflated]).stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  const whole = new Uint8Array(length);
  let at = 0;
  for await (const chunk of stream) {
    if (at + chunk.length > length) return wrongLength(length, "more");
    whole.set(chunk, at);
    at += chunk.length;
  }
  return at === length ? whole : wrongLength(length, `${at}`);
}

function wrongLength(length: number, got: string): InvalidBody {
  return new InvalidBody(
    `it cannot be inflated: got ${got} bytes, ${length} are wanted`,
  );
}
