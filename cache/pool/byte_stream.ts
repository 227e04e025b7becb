// Copyright 2026 the Gee authors. MIT license.

/** A connection as this module needs it, the shape of `Deno.Conn`. */
export interface ByteStream {
  /** Fills the start of the buffer and says how much; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions. */
  close(): void;
  /** Has small messages leave at once; not every kind of connection has it. */
  setNoDelay?(): void;
}

/** Closes a stream that may have closed itself already. */
export function closeQuietly(stream: ByteStream | undefined): void {
  try {
    stream?.close();
  } catch { /* It is closed, which is what was wanted. */ }
}

/** Nagle's algorithm would hold small messages back for up to 40 ms. */
export function setNoDelayQuietly(stream: ByteStream): void {
  try {
    stream.setNoDelay?.();
  } catch { /* Some systems refuse it on a reset socket; reading will tell. */ }
}

/**
 * Reads so many bytes, and none beyond them.
 *
 * @throws {Error} When the stream ends before.
 */
export async function readExactly(
  stream: ByteStream,
  count: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const read = await stream.read(bytes.subarray(at));
    if (read === null) {
      throw new Error("Cannot read from the peer: it closed the connection");
    }
    at += read;
  }
  return bytes;
}

/** Writes all bytes. */
export async function writeFully(
  stream: ByteStream,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await stream.write(bytes.subarray(at));
  }
}
