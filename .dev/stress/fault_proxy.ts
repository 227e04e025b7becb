// Copyright 2026 the Gee authors. MIT license.
// A TCP proxy before a server that does to its connections what networks do.
import { sleep } from "./report.ts";

/** What a network may do. */
export const FAULTS = [
  "cut",
  "reset",
  "black hole",
  "delay",
  "one byte per write",
  "garbled bytes",
] as const;

/** One of them. */
export type Fault = typeof FAULTS[number];

/** A connection through the proxy. */
interface Pair {
  readonly client: Deno.TcpConn;
  server: Deno.TcpConn | undefined;
  /** What went into a black hole is lost for good: both ends still wait. */
  isBlack: boolean;
}

/** Stands before one server. */
export class FaultProxy {
  /** What it does now. */
  #fault: Fault | undefined;
  /** Where the server listens. */
  target = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #pairs = new Set<Pair>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
    void this.#accept();
  }

  /** Where clients find the server. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Begins a fault, or ends it. */
  set fault(fault: Fault | undefined) {
    this.#fault = fault;
    if (fault === "cut") { for (const pair of this.#pairs) this.#end(pair); }
  }

  /** Ends everything. */
  close(): void {
    this.#listener.close();
    for (const pair of this.#pairs) this.#end(pair);
  }

  async #accept(): Promise<void> {
    try {
      for await (const client of this.#listener) void this.#serve(client);
    } catch {
      // It is closed.
    }
  }

  async #serve(client: Deno.TcpConn): Promise<void> {
    const isBlack = this.#fault === "black hole";
    const pair: Pair = { client, server: undefined, isBlack };
    this.#pairs.add(pair);
    try {
      if (this.#fault === "cut") return;
      // Closing with something unread in the buffer is a reset.
      if (this.#fault === "reset") return await sleep(10);
      client.setNoDelay();
      const { target: port } = this;
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      pair.server = server;
      if (!this.#pairs.has(pair)) return;
      server.setNoDelay();
      const pumps = [
        this.#pump(pair, client, server),
        this.#pump(pair, server, client),
      ];
      await Promise.race(pumps);
    } catch {
      // One of them ended the connection.
    } finally {
      this.#end(pair);
    }
  }

  async #pump(pair: Pair, from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(16 << 10);
    while (true) {
      const count = await from.read(buffer);
      if (count === null) return;
      if (this.#fault === "reset") return await sleep(10);
      await this.#pass(pair, buffer.subarray(0, count), to);
    }
  }

  async #pass(pair: Pair, bytes: Uint8Array, to: Deno.TcpConn): Promise<void> {
    pair.isBlack ||= this.#fault === "black hole";
    if (pair.isBlack) return;
    if (this.#fault === "delay") await sleep(this.#random() * 100);
    if (this.#fault === "garbled bytes" && this.#random() < 0.3) {
      this.#garble(bytes);
    }
    const isTrickling = this.#fault === "one byte per write";
    for (let at = 0; at < bytes.length;) {
      const end = isTrickling ? at + 1 : bytes.length;
      at += await to.write(bytes.subarray(at, end));
    }
  }

  /** Flips a bit anywhere, or near the end: there is what is said at last. */
  #garble(bytes: Uint8Array): void {
    const span = this.#random() < 0.5
      ? bytes.length
      : Math.min(bytes.length, 16);
    const at = bytes.length - 1 - Math.floor(this.#random() * span);
    bytes[at]! ^= 1 << Math.floor(this.#random() * 8);
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const end of [pair.client, pair.server]) {
      try {
        end?.close();
      } catch {
        // It is closed.
      }
    }
  }
}
