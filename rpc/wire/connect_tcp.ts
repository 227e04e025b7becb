// Copyright 2026 the Gee authors. MIT license.

/**
 * Connects to a port, or rejects with the signal's reason and leaves nothing open.
 *
 * `Deno.connect` looks at its signal once more when it has connected, and forgets
 * the connection if the signal was aborted meanwhile: nobody could ever close it.
 * So it gets a signal that ends the wait as any other and does not throw then.
 */
export async function connectTcp(
  address: { readonly hostname: string; readonly port: number },
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  signal.throwIfAborted();
  const waiting = AbortSignal.any([signal]);
  waiting.throwIfAborted = () => {};
  let conn;
  try {
    conn = await Deno.connect({ ...address, signal: waiting });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  if (signal.aborted) conn.close();
  signal.throwIfAborted();
  return conn;
}
