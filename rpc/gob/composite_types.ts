// Copyright 2026 the Gee authors. MIT license.

import { GobNode, refuse, type ValueWriter } from "./gob_node.ts";
import type { GobWriter } from "./gob_writer.ts";

/** A name without its package, as definitions have it. */
function bare(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** A list of items of one type. */
export class ListNode extends GobNode {
  readonly kind: "slice" | "array";
  readonly item: GobNode;
  /** How many items an array has; a slice may have any number. */
  readonly length: number | undefined;
  readonly #name: string;

  constructor(item: GobNode, length: number | undefined, name: string) {
    super();
    this.kind = length === undefined ? "slice" : "array";
    this.item = item;
    this.length = length;
    this.#name = name;
  }

  get goName(): string {
    return this.#name || `[${this.length ?? ""}]${this.item.goName}`;
  }

  override get name(): string {
    return bare(this.#name);
  }

  isZero(value: unknown): boolean {
    // An array goes over the wire whatever is in it.
    return this.length === undefined && Array.isArray(value) &&
      value.length === 0;
  }

  zero(): unknown[] {
    return Array.from({ length: this.length ?? 0 }, () => this.item.zero());
  }

  write(out: GobWriter, value: unknown, values: ValueWriter): void {
    const { item, length } = this;
    if (!Array.isArray(value)) throw refuse(value, "an array");
    if (length !== undefined && value.length !== length) {
      throw new RangeError(
        `Cannot encode gob: got ${value.length} items, want ${length} for "${this.goName}"`,
      );
    }
    out.uint(value.length);
    for (const one of value) item.write(out, one, values);
  }
}

/** A map. */
export class MapNode extends GobNode {
  readonly kind = "map";
  readonly key: GobNode;
  readonly item: GobNode;
  readonly #name: string;

  constructor(key: GobNode, item: GobNode, name: string) {
    super();
    this.key = key;
    this.item = item;
    this.#name = name;
  }

  get goName(): string {
    return this.#name || `map[${this.key.goName}]${this.item.goName}`;
  }

  override get name(): string {
    return bare(this.#name);
  }

  isZero(): boolean {
    // Only a nil map is left out in Go; an empty one is none.
    return false;
  }

  zero(): Map<unknown, unknown> {
    return new Map();
  }

  write(out: GobWriter, value: unknown, values: ValueWriter): void {
    if (!(value instanceof Map)) throw refuse(value, "a Map");
    out.uint(value.size);
    for (const [key, one] of value) {
      this.key.write(out, key, values);
      this.item.write(out, one, values);
    }
  }
}

/** A field of a struct. */
export interface StructField {
  readonly name: string;
  readonly type: GobNode;
}

/** A struct. */
export class StructNode extends GobNode {
  readonly kind = "struct";
  readonly fields: readonly StructField[];
  readonly #name: string;
  readonly #byName: ReadonlyMap<string, StructField>;

  constructor(name: string, fields: readonly StructField[]) {
    super();
    this.#name = name;
    this.fields = fields;
    this.#byName = new Map(fields.map((field) => [field.name, field]));
  }

  /** The field of a name. */
  field(name: string): StructField | undefined {
    return this.#byName.get(name);
  }

  get goName(): string {
    return this.#name;
  }

  override get name(): string {
    return bare(this.#name);
  }

  isZero(): boolean {
    return false;
  }

  zero(): Record<string, unknown> {
    return Object.fromEntries(
      this.fields.map(({ name, type }) => [name, type.zero()]),
    );
  }

  write(out: GobWriter, value: unknown, values: ValueWriter): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw refuse(value, `an object for "${this.goName}"`);
    }
    const { fields } = this;
    let last = -1;
    for (let index = 0; index < fields.length; index++) {
      const { name, type } = fields[index] as StructField; // below the length
      const field = (value as Record<string, unknown>)[name];
      if (type.isZero(field)) continue;
      out.uint(index - last);
      last = index;
      this.#write(out, name, type, field, values);
    }
    out.byte(0);
  }

  /** Says of an error which field it is of. */
  #write(
    out: GobWriter,
    name: string,
    type: GobNode,
    value: unknown,
    values: ValueWriter,
  ): void {
    try {
      type.write(out, value, values);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) {
        throw error;
      }
      const Class = error instanceof TypeError ? TypeError : RangeError;
      const text = error.message.replace(/^Cannot encode gob: /, "");
      const path = `${this.#name || "struct"}.${name}`;
      throw new Class(`Cannot encode gob: ${path}: ${text}`, { cause: error });
    }
  }
}

/** A value with the name that its type is registered by. */
export interface GobNamed {
  /** The name, as in `"main.Point"` or `"int"`. */
  readonly name: string;
  /** The value. */
  readonly value: unknown;
}

/** An interface: a value of any registered type, or nothing. */
export class InterfaceNode extends GobNode {
  readonly kind = "interface";
  readonly types: ReadonlyMap<string, GobNode>;

  constructor(types: ReadonlyMap<string, GobNode>) {
    super();
    this.types = types;
  }

  get goName(): string {
    return "interface {}";
  }

  isZero(value: unknown): boolean {
    return value === null;
  }

  zero(): null {
    return null;
  }

  write(out: GobWriter, value: unknown, values: ValueWriter): void {
    if (value === null) return out.byte(0);
    const { name, value: inner }: { name?: unknown; value?: unknown } = Object(
      value,
    );
    const type = typeof name === "string" ? this.types.get(name) : undefined;
    if (type === undefined || typeof name !== "string") {
      throw refuse(
        name === undefined ? value : name,
        `null or { name, value } with the name of a type: ${
          [...this.types.keys()].slice(-5).map((one) => `"${one}"`).join(", ")
        }`,
      );
    }
    out.string(name);
    values.named(out, type.base, inner);
  }
}

/** How a value makes its bytes itself. */
export interface MarshalerOptions<T> {
  /** Makes the bytes of a value. */
  readonly encode: (value: T) => Uint8Array;
  /** Makes the value of bytes; what it throws ends the decoding. */
  readonly decode: (bytes: Uint8Array) => T;
  /** The value of a field that was left out. */
  readonly zero: () => T;
  /**
   * Whether a struct leaves a value out.
   *
   * @default {never}
   */
  readonly isZero?: (value: T) => boolean;
  /**
   * By which of Go's interfaces the type does it.
   *
   * @default {"gob"}
   */
  readonly by?: "gob" | "binary" | "text";
}

/** A type whose values make their bytes themselves. */
export class MarshalerNode extends GobNode {
  readonly kind = "marshaler";
  readonly by: "gob" | "binary" | "text";
  readonly goName: string;
  readonly #options: MarshalerOptions<unknown>;

  constructor(goName: string, options: MarshalerOptions<unknown>) {
    super();
    this.goName = goName;
    this.#options = options;
    this.by = options.by ?? "gob";
  }

  override get name(): string {
    return bare(this.goName);
  }

  isZero(value: unknown): boolean {
    return value !== undefined && (this.#options.isZero?.(value) ?? false);
  }

  zero(): unknown {
    return this.#options.zero();
  }

  write(out: GobWriter, value: unknown): void {
    if (value === undefined) throw refuse(value, `a "${this.goName}"`);
    out.blob(this.#options.encode(value));
  }

  /** The value of bytes. */
  read(bytes: Uint8Array): unknown {
    return this.#options.decode(bytes);
  }
}
