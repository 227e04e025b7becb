// Copyright 2026 the Gee authors. MIT license.

import { ListNode, MapNode, StructNode } from "./composite_types.ts";
import {
  type GobNode,
  type GobType,
  nodeOf,
  type ValueWriter,
} from "./gob_node.ts";
import { GobWriter } from "./gob_writer.ts";
import { BUILT_IN, FIRST_ID, writeWireType } from "./wire_type.ts";

/** What one side has sent, and so the other one knows. */
export class GobStream {
  readonly #types = new TypeTable();

  /**
   * Appends a value, the definitions of new types ahead of it; on an error the
   * writer and the stream are as before.
   *
   * @param out Where to.
   * @param type The gob type.
   * @param value The value.
   */
  write(out: GobWriter, type: GobType<unknown>, value: unknown): void {
    const start = out.length;
    try {
      this.transact(() =>
        new Encoding(this.#types, out).top(nodeOf(type).base, value)
      );
    } catch (error) {
      out.length = start;
      throw error;
    }
  }

  /**
   * Runs what writes several values that go together; when it throws, none was
   * sent.
   *
   * @param work What writes them.
   */
  transact(work: () => void): void {
    const known = this.#types.mark();
    try {
      work();
    } catch (error) {
      this.#types.rollBack(known);
      throw error;
    }
  }
}

/** Which types have ids, and which of them were sent. */
class TypeTable {
  readonly #ids = new Map<GobNode, number>();
  readonly #names = new Map<GobNode, string>();
  readonly #sent = new Set<GobNode>();
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

  isSent(node: GobNode): boolean {
    return BUILT_IN[node.kind] !== undefined || this.#sent.has(node);
  }

  send(node: GobNode): void {
    this.#sent.add(node);
  }

  /** How many types were sent. */
  mark(): number {
    return this.#sent.size;
  }

  /** Forgets those sent since. */
  rollBack(count: number): void {
    let index = 0;
    for (const node of this.#sent) {
      if (index++ >= count) this.#sent.delete(node);
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

/** One value on its way: a message that new types may cut in pieces. */
class Encoding implements ValueWriter {
  readonly #types: TypeTable;
  /** Where the message goes when it is done, or cut. */
  #parent: GobWriter;

  constructor(types: TypeTable, out: GobWriter) {
    this.#types = types;
    this.#parent = out;
  }

  top(node: GobNode, value: unknown): void {
    const message = new GobWriter();
    this.#send(message, node);
    message.int(this.#types.idOf(node));
    this.#value(message, node, value);
    this.#parent.message(message);
  }

  named(out: GobWriter, node: GobNode, value: unknown): void {
    this.#send(out, node);
    out.int(this.#types.idOf(node));
    const parent = this.#parent;
    const inner = new GobWriter();
    // A type that is new within the value cuts the value, not what is around it.
    this.#parent = out;
    this.#value(inner, node, value);
    this.#parent = parent;
    out.message(inner);
  }

  /** A value that is no field: all but structs begin with a field delta of 0. */
  #value(out: GobWriter, node: GobNode, value: unknown): void {
    if (!(node instanceof StructNode)) out.byte(0);
    node.write(out, value, this);
  }

  /** Sends the definition of a type, and of those that it is made of. */
  #send(out: GobWriter, type: GobNode): void {
    const node = type.base;
    const types = this.#types;
    if (types.isSent(node)) return;
    const id = types.idOf(node);
    out.int(-id);
    writeWireType(out, node, (part) => types.idOf(part), types.nameOf(node));
    this.#parent.message(out);
    out.length = 0;
    types.send(node);
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
