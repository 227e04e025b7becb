// Copyright 2026 the Gee authors. MIT license.

import { InvalidBody } from "./codec.ts";

/** The bytes, deflated (RFC 1951). */
export async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()]).stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The bytes that were deflated. What they become is counted while it comes about,
 * so that a few of them cannot fill the memory.
 *
 * @returns The bytes, or what is wrong with them.
 */
export async function inflate(
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array | InvalidBody> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = new Blob([bytes.slice()]).stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > maxBytes) {
        return new InvalidBody(`it is longer than ${maxBytes} bytes inflated`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    return new InvalidBody(
      `it cannot be inflated: ${(error as Error).message}`,
    ); // what streams throw
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
