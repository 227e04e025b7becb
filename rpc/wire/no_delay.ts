// Copyright 2026 the Gee authors. MIT license.

/** Lets small messages leave at once: Nagle's algorithm would hold them back for up to 40 ms. */
export function setNoDelay(conn: Deno.Conn): void {
  if (!("setNoDelay" in conn)) return;
  try {
    (conn as Deno.TcpConn).setNoDelay(); // only TCP has it
  } catch {
    /* Some systems refuse it on a socket that was reset; reading will tell. */
  }
}
