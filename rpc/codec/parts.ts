// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";
import type { FrameHeader } from "./frame.ts";

/** Bodies above this many bytes go in parts. */
export const MAX_WHOLE_BYTES = 128 << 10;
/** Bytes of one part: as many as one write takes anyway; a quarter of it costs 1.4x with 1 MB. */
const PART_BYTES = 256 << 10;
/** Bodies whose parts may be under way at once; further ones wait. */
const MAX_PARTED = 4;

/** A body on its way out. */
export interface Outgoing {
  /** What it began as, a call or a reply. */
  readonly type: number;
  /** What else its first frame says. */
  readonly flags: number;
  /** The number of its call. */
  readonly seq: number;
  /** The head of its first frame. */
  readonly head: string;
  /** The whole body; not copied, so it must not change meanwhile. */
  readonly body: Uint8Array;
}

/**
 * Large bodies on their way out, cut into parts that take turns, so that neither
 * small messages nor each other wait for one as a whole.
 */
export class OutgoingParts {
  #queue: { readonly outgoing: Outgoing; at: number }[] = [];
  #turn = 0;
  #pending = 0;

  /** Bytes that wait. */
  get pending(): number {
    return this.#pending;
  }

  /** Queues a body. */
  add(outgoing: Outgoing): void {
    this.#queue.push({ outgoing, at: 0 });
    this.#pending += outgoing.body.length;
  }

  /** Hands over the next part: where it begins, and whether others follow. */
  next(write: (outgoing: Outgoing, start: number, end: number) => void): void {
    this.#turn = (this.#turn + 1) % Math.min(this.#queue.length, MAX_PARTED);
    const entry = this.#queue[this.#turn];
    if (entry === undefined) return;
    const { outgoing, at } = entry;
    const end = Math.min(at + PART_BYTES, outgoing.body.length);
    entry.at = end;
    this.#pending -= end - at;
    if (end === outgoing.body.length) this.#queue.splice(this.#turn, 1);
    write(outgoing, at, end);
  }

  /** Forgets the body of a call; true when the peer has got a part of it. */
  drop(seq: number): boolean {
    const index = this.#queue.findIndex(({ outgoing }) => outgoing.seq === seq);
    const [entry] = index === -1 ? [] : this.#queue.splice(index, 1);
    if (entry === undefined) return false;
    this.#pending -= entry.outgoing.body.length - entry.at;
    return entry.at > 0;
  }
}

/** A body on its way in. */
export interface Incoming {
  /** The header it began with. */
  readonly header: FrameHeader;
  /** The head it began with. */
  readonly head: Uint8Array;
  /** What has come of it. */
  body: Uint8Array<ArrayBuffer>;
  /** Bytes of it that have come. */
  length: number;
  /** Whether it is longer than it may be; what else comes of it is dropped. */
  isTooLong: boolean;
}

/** Large bodies on their way in. They take no more memory than what has come of them, twice. */
export class IncomingParts {
  readonly #bySeq = new Map<number, Incoming>();
  readonly #maxBytes: number;

  /** @param maxBytes What one body may take. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Begins a body.
   *
   * @throws {WireError} when too many are under way.
   */
  begin(header: FrameHeader, head: Uint8Array, part: Uint8Array): void {
    if (this.#bySeq.size >= MAX_PARTED || this.#bySeq.has(header.seq)) {
      throw new WireError(
        `Cannot read a frame: more than ${MAX_PARTED} bodies come in parts`,
      );
    }
    const incoming = {
      header,
      head: head.slice(),
      body: new Uint8Array(part.length * 2),
      length: 0,
      isTooLong: false,
    };
    this.#bySeq.set(header.seq, incoming);
    this.#append(incoming, part);
  }

  /** Goes on with a body; undefined while nothing is to be done, or it was given up. */
  add(seq: number, part: Uint8Array, isLast: boolean): Incoming | undefined {
    const incoming = this.#bySeq.get(seq);
    if (incoming === undefined) return undefined;
    incoming.isTooLong = incoming.length + part.length > this.#maxBytes;
    if (!incoming.isTooLong) this.#append(incoming, part);
    if (!isLast && !incoming.isTooLong) return undefined;
    this.#bySeq.delete(seq);
    return incoming;
  }

  /** Forgets a body. */
  drop(seq: number): void {
    this.#bySeq.delete(seq);
  }

  #append(incoming: Incoming, part: Uint8Array): void {
    const length = incoming.length + part.length;
    if (length > incoming.body.length) {
      const body = new Uint8Array(Math.min(length * 2, this.#maxBytes));
      body.set(incoming.body);
      incoming.body = body;
    }
    incoming.body.set(part, incoming.length);
    incoming.length = length;
  }
}
