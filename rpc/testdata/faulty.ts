// Copyright 2026 the Gee authors. MIT license.
// A connection that breaks at one byte of one direction, for tests.

import type { Transport } from "../wire/transport.ts";

/** What happens to a connection. */
export type Fault =
  | "none"
  | "dribble"
  | "cut"
  | "garble"
  | "stall"
  | "half-close";

/** Where it happens. */
export interface FaultOptions {
  /** What happens. */
  readonly fault: Fault;
  /** In which direction, as the one who holds this end sees it. */
  readonly direction: "read" | "write";
  /** At which byte of that direction. */
  readonly at: number;
  /** What a garbled byte becomes. */
  readonly byte: number;
}

/** A connection with a fault. */
export class Faulty implements Transport {
  readonly #conn: Deno.Conn;
  readonly #options: FaultOptions;
  readonly #closed = Promise.withResolvers<never>();
  readonly #passed = { read: 0, write: 0 };

  constructor(conn: Deno.Conn, options: FaultOptions) {
    this.#conn = conn;
    this.#options = options;
    this.#closed.promise.catch(() => {});
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const room = await this.#room("read", buffer.length);
    if (room === 0) return null;
    const count = await this.#conn.read(buffer.subarray(0, room));
    if (count !== null) this.#pass("read", buffer.subarray(0, count));
    return count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const room = await this.#room("write", bytes.length);
    if (room === 0) return bytes.length; // the peer has seen the end, nobody is told
    const sent = bytes.slice(0, room);
    const at = this.#passed.write;
    this.#pass("write", sent);
    const count = await this.#conn.write(sent);
    this.#passed.write = at + count;
    return count;
  }

  close(): void {
    this.#closed.reject(new Deno.errors.BadResource("closed"));
    this.#conn.close();
  }

  /** How many bytes may pass before something is to happen; 0 when nothing passes any more. */
  async #room(direction: "read" | "write", wanted: number): Promise<number> {
    const { fault, at } = this.#options;
    if (fault === "dribble") return 1;
    if (direction !== this.#options.direction) return wanted;
    const left = at - this.#passed[direction];
    if (left > 0) return Math.min(wanted, left);
    if (fault === "cut") this.close();
    if (fault === "stall") return await this.#closed.promise;
    if (fault !== "half-close") return wanted;
    if (direction === "write") await this.#conn.closeWrite().catch(() => {});
    return 0;
  }

  #pass(direction: "read" | "write", bytes: Uint8Array): void {
    const { fault, at, byte } = this.#options;
    const offset = at - this.#passed[direction];
    const isHere = fault === "garble" && direction === this.#options.direction;
    if (isHere && offset >= 0 && offset < bytes.length) bytes[offset] = byte;
    this.#passed[direction] += bytes.length;
  }
}
