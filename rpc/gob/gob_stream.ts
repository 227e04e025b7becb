// Copyright 2026 the Gee authors. MIT license.

import { ListNode, MapNode, StructNode } from "./composite_types.ts";
import {
  type GobNode,
  type GobType,
  nodeOf,
  type ValueWriter,
} from "./gob_node.ts";
import type { GobWriter } from "./gob_writer.ts";
import { BUILT_IN, FIRST_ID, writeWireType } from "./wire_type.ts";

/** What one side has sent, and so the other one knows. */
export class GobStream implements ValueWriter {
  readonly #types = new TypeTable();
  /** Where the message begins that is written, and its room for the length. */
  #start = 0;
  #room = 1;
  #isWriting = false;

  /** Whether a value is being written. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /**
   * Appends a value, the definitions of new types ahead of it; on an error the
   * writer and the stream are as before.
   *
   * @param out Where to.
   * @param type The gob type.
   * @param value The value.
   */
  write(out: GobWriter, type: GobType<unknown>, value: unknown): void {
    if (this.#isWriting) {
      throw new TypeError(
        "Cannot encode gob: a value encodes another one into its own stream",
      );
    }
    const known = this.mark();
    const start = out.length;
    this.#isWriting = true;
    try {
      this.#top(out, nodeOf(type).base, value);
    } catch (error) {
      out.length = start;
      this.rollBack(known);
      throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  /** Where the stream stands, for `rollBack`. */
  mark(): number {
    return this.#types.mark();
  }

  /** Takes back what was sent since. */
  rollBack(mark: number): void {
    this.#types.rollBack(mark);
  }

  named(out: GobWriter, node: GobNode, value: unknown): void {
    this.#send(out, node);
    out.int(this.#types.idOf(node));
    const start = this.#start;
    const room = this.#room;
    // A type that is new within the value cuts the value, not what is around it.
    this.#begin(out, 1);
    this.#value(out, node, value);
    this.#end(out);
    this.#start = start;
    this.#room = room;
  }

  #top(out: GobWriter, node: GobNode, value: unknown): void {
    const sent = this.#types.sent(node);
    this.#begin(out, sent?.room ?? 1);
    if (sent === undefined) this.#send(out, node);
    const { id } = sent ?? this.#types.send(node);
    out.int(id);
    this.#value(out, node, value);
    const room = this.#end(out);
    if (sent !== undefined) sent.room = room;
  }

  #begin(out: GobWriter, room: number): void {
    this.#start = out.length;
    this.#room = room;
    out.begin(room);
  }

  #end(out: GobWriter): number {
    return out.end(this.#start, this.#room);
  }

  /** A value that is no field: all but structs begin with a field delta of 0. */
  #value(out: GobWriter, node: GobNode, value: unknown): void {
    if (node.kind !== "struct") out.byte(0);
    node.encode(out, value, this);
  }

  /**
   * Sends the definition of a type, and of those that it is made of: the message
   * ends with it, and goes on in the next one.
   */
  #send(out: GobWriter, type: GobNode): void {
    const node = type.base;
    const types = this.#types;
    if (types.sent(node) !== undefined) return;
    const { id } = types.send(node);
    if (isBuiltIn(node)) return;
    out.int(-id);
    writeWireType(out, node, (part) => types.idOf(part), types.nameOf(node));
    this.#end(out);
    this.#begin(out, 1);
    if (node instanceof StructNode) {
      for (const { type } of node.fields) this.#send(out, type);
      return;
    }
    if (node instanceof MapNode) this.#send(out, node.key);
    if (node instanceof MapNode || node instanceof ListNode) {
      this.#send(out, node.item);
    }
  }
}

function isBuiltIn(node: GobNode): boolean {
  return BUILT_IN[node.kind] !== undefined;
}

/** A type that was sent, or needs no definition. */
interface Sent {
  readonly id: number;
  /** How many bytes the length of its last value has, as that of the next may. */
  room: number;
}

/** Which types have ids, and which of them were sent. */
class TypeTable {
  readonly #ids = new Map<GobNode, number>();
  readonly #names = new Map<GobNode, string>();
  readonly #sent = new Map<GobNode, Sent>();
  #next = FIRST_ID;

  /** The id of a type; Go gives them in this order. */
  idOf(type: GobNode): number {
    const node = type.base;
    const known = BUILT_IN[node.kind] ?? this.#ids.get(node);
    if (known !== undefined) return known;
    this.#define(node, node.name);
    return this.#idNow(node);
  }

  /** The name in the definition: that of where it was first met. */
  nameOf(node: GobNode): string {
    return this.#names.get(node) ?? node.name;
  }

  sent(node: GobNode): Sent | undefined {
    return this.#sent.get(node);
  }

  /** Notes a type as sent. */
  send(node: GobNode): Sent {
    let sent = this.#sent.get(node);
    if (sent === undefined) {
      sent = { id: this.idOf(node), room: 1 };
      this.#sent.set(node, sent);
    }
    return sent;
  }

  /** How many types were sent. */
  mark(): number {
    return this.#sent.size;
  }

  /** Forgets those sent since. */
  rollBack(count: number): void {
    if (this.#sent.size === count) return;
    for (const node of [...this.#sent.keys()].slice(count)) {
      this.#sent.delete(node);
    }
  }

  #idNow(node: GobNode): number {
    let id = this.#ids.get(node);
    if (id === undefined) {
      id = this.#next++;
      this.#ids.set(node, id);
    }
    return id;
  }

  /**
   * A struct has its id before its fields, anything else after what it is made
   * of, but for what refers to it from within and so needs it before.
   */
  #define(type: GobNode, name: string): void {
    const node = type.base;
    if (BUILT_IN[node.kind] !== undefined || this.#names.has(node)) return;
    this.#names.set(node, name);
    if (node instanceof StructNode) {
      this.#idNow(node);
      for (const { type } of node.fields) {
        const { base } = type;
        this.#define(base, base.name || base.goName);
        if (BUILT_IN[base.kind] === undefined) this.#idNow(base);
      }
      return;
    }
    // Go keeps the name of what it meets first as an item of a slice, and of no
    // other.
    if (node instanceof MapNode) this.#define(node.key, "");
    if (node instanceof MapNode) this.#define(node.item, "");
    if (node instanceof ListNode) {
      this.#define(node.item, node.kind === "slice" ? node.item.name : "");
    }
    this.#idNow(node);
  }
}
