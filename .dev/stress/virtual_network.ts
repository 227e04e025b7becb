// Copyright 2026 the Gee authors. MIT license.
// A network in virtual time that does what networks do: each chunk takes a time of
// its own, but stays behind the one before it on its connection; writes are partial,
// reads as short as they like; connections are cut, reset, or fall silent.
import type { VirtualTime } from "./virtual_time.ts";

/** What happens to a connection. */
export type LinkFault = "reset" | "black hole" | "one byte at a time";

type Waiter = PromiseWithResolvers<number | null>;

const DRIBBLES = 500;

/** One end of a connection, as `Deno.connect` and listeners give it. */
export class VirtualConn {
  readonly remoteAddr: Deno.NetAddr;
  /** The other end, once there is one. */
  peer: VirtualConn | undefined;
  link: Link;
  #chunks: Uint8Array[] = [];
  #waiting: { readonly buffer: Uint8Array; readonly done: Waiter } | undefined;
  /** 0 is open, 1 ended by the peer, 2 reset, 3 closed here. */
  #state: 0 | 1 | 2 | 3 = 0;

  constructor(link: Link, port: number) {
    this.link = link;
    this.remoteAddr = { transport: "tcp", hostname: "10.0.0.1", port };
  }

  setNoDelay(): void {}

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#waiting !== undefined) {
      throw new Error("Cannot read: a read is under way");
    }
    const done = Promise.withResolvers<number | null>();
    this.#waiting = { buffer, done };
    this.#serve();
    return done.promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.#state === 3) return Promise.reject(closed());
    if (this.#state === 2) return Promise.reject(reset());
    const count = this.link.part(bytes.length);
    const sent = bytes.slice(0, count);
    this.link.send(this, () => this.peer?.deliver(sent));
    return Promise.resolve(count);
  }

  close(): void {
    if (this.#state === 3) throw closed();
    this.#state = 3;
    this.#chunks = [];
    this.#serve();
    this.link.send(this, () => this.peer?.finish());
    this.link.closed(this);
  }

  /** What the network brings. */
  deliver(bytes: Uint8Array): void {
    // Who sends to one that is gone is told so.
    if (this.#state === 3) return this.link.send(this, () => this.peer?.fail());
    if (this.#state !== 0) return;
    this.#chunks.push(bytes);
    this.#serve();
  }

  /** The peer sends nothing more. */
  finish(): void {
    if (this.#state === 0) this.#state = 1;
    this.#serve();
  }

  /** The connection is no more: what came and was not read yet is lost. */
  fail(): void {
    if (this.#state === 3) return;
    this.#state = 2;
    this.#chunks = [];
    this.#serve();
  }

  #serve(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const { buffer, done } = waiting;
    const chunk = this.#chunks[0];
    if (chunk === undefined && this.#state === 0) return;
    this.#waiting = undefined;
    if (this.#state === 3) return done.reject(closed());
    if (this.#state === 2) return done.reject(reset());
    if (chunk === undefined) return done.resolve(null);
    const count = this.link.part(Math.min(chunk.length, buffer.length));
    buffer.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    done.resolve(count);
  }
}

/** A connection between two ends. */
export class Link {
  readonly port: number;
  fault: LinkFault | undefined;
  readonly #network: VirtualNetwork;
  readonly #ends: readonly [VirtualConn, VirtualConn];
  /** When the last chunk of each direction arrives. */
  readonly #last: [number, number] = [0, 0];
  #open = 2;
  #dribbled = 0;

  constructor(network: VirtualNetwork, port: number) {
    this.#network = network;
    this.port = port;
    this.#ends = [new VirtualConn(this, port), new VirtualConn(this, 0)];
    const [near, far] = this.#ends;
    near.peer = far;
    far.peer = near;
  }

  get ends(): readonly [VirtualConn, VirtualConn] {
    return this.#ends;
  }

  /** How much of so many bytes goes at once. */
  part(bytes: number): number {
    if (this.fault === "one byte at a time") {
      // A while of it is enough to cut everything everywhere.
      if (this.#dribbled++ > DRIBBLES) this.fault = undefined;
      return Math.min(1, bytes);
    }
    return this.#network.part(bytes);
  }

  /** Brings something to the other end, some time. */
  send(from: VirtualConn, arrive: () => void): void {
    const { time } = this.#network;
    const way = from === this.#ends[0] ? 0 : 1;
    const at = Math.max(this.#last[way], time.now + this.#network.delay());
    this.#last[way] = at;
    time.after(at - time.now, () => {
      if (this.fault !== "black hole") arrive();
    }, false);
  }

  /** Both ends see it broken. */
  reset(): void {
    for (const end of this.#ends) {
      this.#network.time.after(this.#network.delay(), () => end.fail(), false);
    }
  }

  closed(_end: VirtualConn): void {
    if (--this.#open === 0) this.#network.links.delete(this);
  }
}

class VirtualListener {
  readonly addr: Deno.NetAddr;
  readonly #network: VirtualNetwork;
  #backlog: VirtualConn[] = [];
  #waiting: PromiseWithResolvers<VirtualConn> | undefined;
  #isClosed = false;

  constructor(network: VirtualNetwork, port: number) {
    this.#network = network;
    this.addr = { transport: "tcp", hostname: "10.0.0.1", port };
  }

  accept(): Promise<VirtualConn> {
    const waiting = Promise.withResolvers<VirtualConn>();
    const conn = this.#backlog.shift();
    if (this.#isClosed) waiting.reject(closed());
    else if (conn !== undefined) waiting.resolve(conn);
    else this.#waiting = waiting;
    return waiting.promise;
  }

  enter(conn: VirtualConn): void {
    if (this.#waiting === undefined) return void this.#backlog.push(conn);
    this.#waiting.resolve(conn);
    this.#waiting = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#network.listeners.delete(this.addr.port);
    this.#waiting?.reject(closed());
    for (const conn of this.#backlog) {
      conn.close();
      conn.link.reset();
    }
  }
}

/** All connections and listeners, in place of those of Deno until disposed. */
export class VirtualNetwork implements Disposable {
  readonly time: VirtualTime;
  readonly links = new Set<Link>();
  readonly listeners = new Map<number, VirtualListener>();
  readonly #random: () => number;
  readonly #real = { connect: Deno.connect, listen: Deno.listen };

  constructor(time: VirtualTime, random: () => number) {
    this.time = time;
    this.#random = random;
    // As much of their shapes as the module uses.
    Deno.connect =
      ((options: Deno.ConnectOptions) =>
        this.#connect(options)) as unknown as typeof Deno.connect;
    Deno.listen =
      (({ port }: { port: number }) =>
        this.#listen(port)) as unknown as typeof Deno.listen;
  }

  /** How long a chunk is on its way: mostly little, now and then long. */
  delay(): number {
    const ms = 0.1 + this.#random() * 2;
    return this.#random() < 0.03 ? ms * 50 : ms;
  }

  /** How much of so many bytes goes at once. */
  part(bytes: number): number {
    if (this.#random() < 0.7) return bytes;
    return 1 + Math.floor(this.#random() * bytes);
  }

  /** Ends all connections to a port as the death of its process does. */
  kill(port: number): void {
    for (const link of this.links) if (link.port === port) link.reset();
  }

  [Symbol.dispose](): void {
    Object.assign(Deno, this.#real);
  }

  async #connect({ port, signal }: Deno.ConnectOptions): Promise<VirtualConn> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = this.time.after(2 * this.delay(), resolve, false);
    const onAbort = () => {
      this.time.clear(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    await promise;
    signal?.removeEventListener("abort", onAbort);
    const listener = this.listeners.get(port);
    if (listener === undefined) {
      throw new Deno.errors.ConnectionRefused("Connection refused");
    }
    const link = new Link(this, port);
    this.links.add(link);
    listener.enter(link.ends[1]);
    return link.ends[0];
  }

  #listen(port: number): VirtualListener {
    if (this.listeners.has(port)) {
      throw new Deno.errors.AddrInUse("Address already in use");
    }
    const listener = new VirtualListener(this, port);
    this.listeners.set(port, listener);
    return listener;
  }
}

function closed(): Error {
  return new Deno.errors.BadResource("closed");
}

function reset(): Error {
  return new Deno.errors.ConnectionReset("reset");
}
