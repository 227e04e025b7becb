// Copyright 2026 the Gee authors. MIT license.

/**
 * A connection as this module needs it, the shape of `Deno.Conn`.
 *
 * `read` fills the start of the buffer and returns how many bytes, or null at
 * the end. `write` may take fewer bytes than it was given and says how many.
 * Both reject when the connection fails or `close` is called meanwhile.
 */
export interface Transport {
  /** Reads some bytes into the buffer; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions. */
  close(): void;
}

/** Closes a transport that may have closed itself already, as one that failed has. */
export function closeQuietly(transport: Transport): void {
  try {
    transport.close();
  } catch { /* It is closed, which is what was wanted. */ }
}
