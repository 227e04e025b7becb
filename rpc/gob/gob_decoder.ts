// Copyright 2026 the Gee authors. MIT license.

import { Decoders } from "./decode.ts";
import type { Target } from "./decode_basic.ts";
import { type GobType, nodeOf } from "./gob_node.ts";
import { GobReader } from "./gob_reader.ts";
import {
  FIRST_ID,
  MAX_DEFINED,
  readWireType,
  tooManyDefined,
  type WireType,
} from "./wire_type.ts";

/** What a stream of gobs may ask of this side. */
export interface GobLimits {
  /**
   * The most bytes of a value, its type definitions included; in memory it may take
   * up 32 times as much.
   *
   * @default {16 MiB}
   */
  readonly maxBytes?: number;
  /**
   * The most types that a stream may define.
   *
   * @default {1000}
   */
  readonly maxTypes?: number;
  /**
   * How many values may be inside of one another.
   *
   * @default {200}
   */
  readonly maxDepth?: number;
}

const LIMITS = { maxBytes: 16 << 20, maxTypes: 1000, maxDepth: 200 };
const CAPACITY = 256;
/** A bigger buffer is not kept: one big value must not hold memory for ever. */
const KEPT_CAPACITY = 1 << 20;
/** A slice of small structs takes up so much more in memory than its bytes are. */
const MEMORY_FACTOR = 32;
const LEAST_MEMORY = 64 << 10;
/** How often the bytes of a value that comes in pieces are read again. */
const MAX_REREADS = 16;

/** Thrown where a value goes on in a message that is not there yet. */
const MORE = new Error("Cannot decode gob: a message is missing");
/** In place of a value that is not of the type that was asked for. */
const REFUSED = Symbol();

/**
 * Reads values from a stream of gobs, as Go's `gob.Decoder` does, however the
 * stream is cut into chunks.
 *
 * @example Bytes that come one at a time
 * ```ts
 * import * as gob from "@gee/std/rpc/gob";
 * import { assertEquals } from "@std/assert";
 *
 * const text = gob.encode(gob.string, "hi");
 * const decoder = new gob.GobDecoder();
 * const values: string[] = [];
 * for (const byte of text) {
 *   decoder.push(new Uint8Array([byte]));
 *   const value = decoder.next(gob.string);
 *   if (value !== undefined) values.push(value);
 * }
 * assertEquals(values, ["hi"]);
 * ```
 */
export class GobDecoder {
  readonly #limits: Required<GobLimits>;
  readonly #reader: GobReader;
  readonly #types = new Map<number, WireType>();
  readonly #decoders: Decoders;
  #bytes = new Uint8Array(CAPACITY);
  /** Where the next value begins. */
  #start = 0;
  /** Where the message behind the one that is read begins. */
  #at = 0;
  /** Where the bytes end. */
  #end = 0;
  /** Where they have to end before it is worth while to try again. */
  #wanted = 0;
  /** How many bytes were read in vain. */
  #reread = 0;
  /** How many bytes of definitions were read. */
  #defined = 0;
  /** How many values were read or passed over. */
  #count = 0;
  /** What the value was refused for that is being passed over. */
  #refusal: unknown;
  /** What ended the stream. */
  #failure: unknown;

  /**
   * Makes a decoder of a new stream.
   *
   * @param limits What the stream may ask of it.
   * @throws {RangeError} When a limit is no whole number from 1.
   */
  constructor(limits: GobLimits = {}) {
    this.#limits = { ...LIMITS, ...limits };
    for (const [name, limit] of Object.entries(this.#limits)) {
      if (Number.isSafeInteger(limit) && limit > 0) continue;
      throw new RangeError(
        `Cannot decode gobs with ${name} ${limit}: want a whole number from 1`,
      );
    }
    const { maxDepth, maxBytes } = this.#limits;
    this.#reader = new GobReader(
      maxDepth,
      maxBytes * MEMORY_FACTOR + LEAST_MEMORY,
    );
    this.#decoders = new Decoders(
      this.#types,
      (reader) => this.#idBehind(reader),
    );
  }

  /** How many bytes were taken that no value was made of yet. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  /**
   * Takes the next bytes of the stream, which are copied.
   *
   * @param bytes The bytes.
   */
  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) {
      const left = this.#end - this.#start;
      const size = left + bytes.length;
      const target = size > this.#bytes.length
        ? new Uint8Array(Math.max(size, this.#bytes.length * 2))
        : this.#bytes;
      target.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = target;
      this.#wanted -= this.#start;
      this.#start = 0;
      this.#end = left;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * Reads the next value.
   *
   * @typeParam T The type of the value.
   * @param type Its gob type; without one it is read as the stream defines it: a
   * struct as an object with all of its fields, a map as a `Map`, an integer beyond 2^53 as a `bigint`,
   * an interface as `{ name, value }`, a type of its own bytes as `Uint8Array`.
   * @returns The value; `undefined` when its bytes are not all there.
   * @throws {SyntaxError} When the bytes are no gob.
   * @throws {TypeError} When the value is not of the type; the value is passed
   * over and the next one can be read.
   * @throws {RangeError} When a number does not fit, after which the next value
   * can be read, or a limit is reached.
   */
  next<T = unknown>(type?: GobType<T>): T | undefined {
    const target = type === undefined ? "untyped" : nodeOf(type).base;
    // The gob type says what its values are.
    return this.#next(target) as T | undefined;
  }

  /**
   * Passes over the next value.
   *
   * @returns Whether it was all there.
   * @throws As `next` does.
   */
  skip(): boolean {
    const count = this.#count;
    this.#next("skip");
    return this.#count !== count;
  }

  #next(target: Target): unknown {
    if (this.#failure !== undefined) throw this.#failure;
    // The end of a chunk is met without an error: these take longer than a value.
    const isEmpty = this.#start === this.#end;
    if (isEmpty || this.#end < this.#wanted) return undefined;
    if (this.#refusal !== undefined) return this.#passOver();
    const value = this.#attempt(target);
    return value === REFUSED ? this.#passOver() : value;
  }

  /** Passes over a value that was refused, then says so. */
  #passOver(): undefined {
    const count = this.#count;
    this.#attempt("skip");
    if (this.#count === count) return undefined;
    const refusal = this.#refusal;
    this.#refusal = undefined;
    throw refusal;
  }

  #attempt(target: Target): unknown {
    const types = this.#types.size;
    const defined = this.#defined;
    const reader = this.#reader;
    reader.reset();
    this.#at = this.#start;
    try {
      const value = this.#value(target);
      this.#start = this.#at;
      this.#wanted = this.#reread = 0;
      this.#count++;
      if (this.#start === this.#end) this.#empty();
      return value;
    } catch (error) {
      this.#undo(types);
      this.#defined = defined;
      if (error === MORE) return this.#wait();
      if (target !== "skip" && this.#refusal === undefined) {
        this.#refusal = error;
        return REFUSED;
      }
      this.#failure = this.#refusal ?? error;
      throw this.#failure;
    }
  }

  /** Begins anew, in a small buffer if one big value has made it grow. */
  #empty(): void {
    this.#start = this.#end = 0;
    if (this.#bytes.length <= KEPT_CAPACITY) return;
    this.#bytes = this.#reader.bytes = new Uint8Array(CAPACITY);
  }

  /** Forgets what a value defined that is to be read again. */
  #undo(count: number): void {
    if (this.#types.size === count) return;
    for (const id of [...this.#types.keys()].slice(count)) {
      this.#types.delete(id);
    }
    this.#decoders.clear();
  }

  #wait(): undefined {
    // Whoever sends a value in many pieces must not have it read as often.
    this.#reread += this.#at - this.#start;
    if (this.#reread <= this.#limits.maxBytes * MAX_REREADS) return undefined;
    this.#failure = new RangeError(
      "Cannot decode gob: a value comes in too many pieces",
    );
    throw this.#failure;
  }

  #value(target: Target): unknown {
    const reader = this.#reader;
    for (;;) {
      this.#message();
      const id = reader.int();
      if (id >= 0) {
        const value = this.#decoders.top(Number(id), target)(reader);
        if (reader.left === 0) return value;
      } else this.#define(-Number(id));
      if (reader.left === 0) continue;
      throw new SyntaxError(
        `Cannot decode gob: ${reader.left} bytes are left at the end of a message`,
      );
    }
  }

  /** Reads on with the next message. */
  #message(): void {
    const reader = this.#reader;
    reader.bytes = this.#bytes;
    reader.at = this.#at;
    reader.end = this.#end;
    const length = this.#length();
    this.#at = reader.at + length;
    if (this.#at - this.#start > this.#limits.maxBytes) {
      throw new RangeError(
        `Cannot decode gob: a value is longer than ${this.#limits.maxBytes} bytes`,
      );
    }
    if (this.#at > this.#end) this.#lack(this.#at);
    reader.end = this.#at;
  }

  #length(): number {
    const reader = this.#reader;
    const first = this.#bytes[reader.at] ?? 0;
    const count = first > 127 ? 256 - first : 0;
    if (reader.left < 1 + count) this.#lack(reader.at + 1 + Math.min(count, 8));
    return reader.small();
  }

  #lack(wanted: number): never {
    this.#wanted = wanted;
    this.#at = this.#reader.at;
    throw MORE;
  }

  #define(id: number): void {
    if (id < FIRST_ID || this.#types.has(id)) {
      throw new SyntaxError(
        `Cannot decode gob: type ${id} is ${
          id < FIRST_ID ? "not to be defined" : "defined twice"
        }`,
      );
    }
    if (this.#types.size === this.#limits.maxTypes) {
      throw new RangeError(
        `Cannot decode gob: more than ${this.#limits.maxTypes} types are defined`,
      );
    }
    const { at } = this.#reader;
    const type = readWireType(this.#reader);
    this.#defined += this.#reader.at - at;
    if (this.#defined > MAX_DEFINED) throw tooManyDefined();
    this.#types.set(id, type);
  }

  /** Reads the id of the type in an interface, behind definitions of new ones. */
  #idBehind(reader: GobReader): number {
    for (;;) {
      if (reader.left === 0) this.#message();
      const id = reader.int();
      if (id >= 0) return Number(id);
      this.#define(-Number(id));
      // The value goes on with how long the rest is, which the next message has
      // ahead of it as well.
      if (reader.left > 0) reader.small();
    }
  }
}
