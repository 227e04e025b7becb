// Copyright 2026 the Gee authors. MIT license.

/** What all of them send and get back. */
export type Body = { readonly text: string } | Uint8Array;

/** Makes one call. */
export type CallEcho = (body: Body) => Promise<unknown>;

/** An echo over some library: the server in one process, the client in another. */
export interface Candidate {
  /** Starts the server and says where it is found: a port, or an address. */
  serve(): string | number | Promise<string | number>;
  /** Connects a client. */
  connect(where: string): CallEcho | Promise<CallEcho>;
}
