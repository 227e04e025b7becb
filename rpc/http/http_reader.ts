// Copyright 2026 the Gee authors. MIT license.

import type { Transport } from "../wire/transport.ts";
import { HttpError } from "./http_error.ts";

/** Most bytes of the first line and the headers. */
const MAX_HEAD_BYTES = 16 << 10;
const FIRST_BODY_BYTES = 64 << 10;
const CR = 0x0d;
const LF = 0x0a;

/** Reads requests from a connection; what comes early is kept for the next. */
export class HttpReader {
  readonly #transport: Transport;
  #buffer: Uint8Array;
  #start = 0;
  #end: number;
  #reading: Promise<boolean> | undefined;

  /**
   * @param transport The connection.
   * @param early What was read of it already.
   */
  constructor(transport: Transport, early: Uint8Array) {
    this.#transport = transport;
    this.#buffer = new Uint8Array(Math.max(MAX_HEAD_BYTES, early.length));
    this.#buffer.set(early);
    this.#end = early.length;
  }

  /** Bytes that were read and not used. */
  get rest(): Uint8Array {
    return this.#buffer.slice(this.#start, this.#end);
  }

  /** Waits for the first byte of a request; false at the end of the connection. */
  async begins(): Promise<boolean> {
    for (;;) {
      // A line end too many behind a body is forgiven (RFC 9112, section 2.2).
      while (this.#start < this.#end && isLineEnd(this.#buffer[this.#start])) {
        this.#start++;
      }
      if (this.#start < this.#end) return true;
      if (!await this.#more()) return false;
    }
  }

  /**
   * Reads up to the empty line.
   *
   * @returns the text, each byte a character, the empty line with it.
   * @throws {HttpError} when it is too long or breaks off.
   */
  async head(): Promise<string> {
    for (let seen = 0;;) {
      const bytes = this.#buffer.subarray(this.#start, this.#end);
      const end = endOfHead(bytes, seen);
      if (end !== undefined) {
        this.#start += end;
        return String.fromCharCode(...bytes.subarray(0, end));
      }
      if (bytes.length >= MAX_HEAD_BYTES) {
        throw new HttpError(
          `Cannot read the request: its head is longer than ${MAX_HEAD_BYTES} bytes`,
          431,
        );
      }
      seen = bytes.length;
      if (!await this.#more()) {
        throw new HttpError("Cannot read the request: it breaks off", 400);
      }
    }
  }

  /**
   * Reads a body.
   *
   * @throws {HttpError} when it breaks off.
   */
  async body(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const kept = Math.min(length, this.#end - this.#start);
    // A length that is a lie must not cost memory.
    let body = new Uint8Array(
      Math.min(length, Math.max(FIRST_BODY_BYTES, kept)),
    );
    body.set(this.#buffer.subarray(this.#start, this.#start += kept));
    for (let at = kept; at < length;) {
      if (at === body.length) {
        const grown = new Uint8Array(Math.min(length, at * 2));
        grown.set(body);
        body = grown;
      }
      const count = await this.#transport.read(body.subarray(at));
      if (count === null) {
        throw new HttpError("Cannot read the body: it breaks off", 400);
      }
      at += count;
    }
    return body;
  }

  /** Reads ahead while a request is answered, to learn that the client leaves. */
  watch(onLeave: () => void): void {
    if (this.#end - this.#start >= MAX_HEAD_BYTES) return;
    this.#more().then((isThere) => {
      if (!isThere) onLeave();
    }, onLeave);
  }

  /** Reads some bytes; false at the end. At most one read is under way. */
  #more(): Promise<boolean> {
    this.#reading ??= this.#read().finally(() => this.#reading = undefined);
    return this.#reading;
  }

  async #read(): Promise<boolean> {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const count = await this.#transport.read(this.#buffer.subarray(this.#end));
    if (count === null) return false;
    this.#end += count;
    return true;
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === CR || byte === LF;
}

/** The offset behind the first empty line, of LF or CRLF. */
function endOfHead(bytes: Uint8Array, seen: number): number | undefined {
  for (let at = Math.max(0, seen - 2);;) {
    const end = bytes.indexOf(LF, at);
    if (end === -1) return undefined;
    if (bytes[end + 1] === LF) return end + 2;
    if (bytes[end + 1] === CR && bytes[end + 2] === LF) return end + 3;
    at = end + 1;
  }
}
