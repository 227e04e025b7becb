// Copyright 2026 the Gee authors. MIT license.

import type { GobWriter } from "./gob_writer.ts";

/** What a value is on the wire. */
export type GobKind =
  | "bool"
  | "int"
  | "uint"
  | "float"
  | "complex"
  | "string"
  | "bytes"
  | "interface"
  | "array"
  | "slice"
  | "map"
  | "struct"
  | "marshaler";

/**
 * The type of values as gob knows it; the functions of this module make them.
 *
 * @typeParam T The values in TypeScript.
 */
export interface GobType<T> {
  /** What its values are on the wire. */
  readonly kind: GobKind;
  /** Carries the type of the values; never set. */
  readonly valueType?: T;
}

/**
 * The type of a gob type's values.
 *
 * @typeParam G The gob type.
 */
export type ValueOf<G> = G extends { readonly valueType?: infer T }
  ? Exclude<T, undefined>
  : never;

/** What writing a value of unknown type needs. */
export interface ValueWriter {
  /**
   * Writes the id of a value's type, its definition before where it is new, and
   * the value with its length.
   */
  named(out: GobWriter, node: GobNode, value: unknown): void;
}

/** Writes a value; throws a `TypeError` or `RangeError` where it is none. */
export type Encode = (
  out: GobWriter,
  value: unknown,
  values: ValueWriter,
) => void;

/**
 * Writes the field of a struct, how far it is from the last one before it; returns
 * whether the value is written, not left out as zero.
 */
export type EncodeField = (
  out: GobWriter,
  delta: number,
  value: unknown,
  values: ValueWriter,
) => boolean;

/** A gob type from the inside: how its values are checked, written and made. */
export abstract class GobNode implements GobType<unknown> {
  #encode: Encode | undefined;

  abstract readonly kind: GobKind;
  /** The type as Go spells it, as in `[]string`. */
  abstract readonly goName: string;
  /** Carries the type of the values; never set. */
  readonly valueType?: unknown;

  /** The name in a definition where nothing refers to the type; often none. */
  get name(): string {
    return "";
  }

  /** The type itself, where this one stands for another. */
  get base(): GobNode {
    return this;
  }

  /** Whether a struct leaves the value out. */
  abstract isZero(value: unknown): boolean;

  /** The value of a field that was left out. */
  abstract zero(): unknown;

  /** What writes its values, made once. */
  get encode(): Encode {
    return this.#encode ??= this.compile();
  }

  /** Makes what writes its values. */
  abstract compile(): Encode;

  /** Makes what writes its values as fields. */
  compileField(): EncodeField {
    const { encode } = this;
    return (out, delta, value, values) => {
      if (this.isZero(value)) return false;
      out.uint(delta);
      encode(out, value, values);
      return true;
    };
  }
}

/**
 * The inside of a type.
 *
 * @throws {TypeError} When it was not made by this module.
 */
export function nodeOf(type: GobType<unknown>): GobNode {
  if (type instanceof GobNode) return type;
  throw new TypeError(
    `Cannot use gob type: got ${describe(type)}, want one that gob made`,
  );
}

/** A value in an error. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  }
  if (typeof value === "object" && value !== null) {
    return `${value.constructor?.name ?? "object"}`;
  }
  return typeof value === "bigint" ? `${value}n` : String(value);
}

/** The error for a value that its type does not have. */
export function refuse(value: unknown, want: string): TypeError {
  return new TypeError(
    `Cannot encode gob: got ${describe(value)}, want ${want}`,
  );
}
