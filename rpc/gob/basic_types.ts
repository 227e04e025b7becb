// Copyright 2026 the Gee authors. MIT license.

import {
  type Encode,
  type EncodeField,
  type GobKind,
  GobNode,
  refuse,
} from "./gob_node.ts";

/** A complex number. */
export interface GobComplex {
  /** Its real part. */
  readonly re: number;
  /** Its imaginary part. */
  readonly im: number;
}

/** A boolean. */
export class BoolNode extends GobNode {
  readonly kind = "bool";
  readonly goName = "bool";

  isZero(value: unknown): boolean {
    return value === false;
  }

  zero(): boolean {
    return false;
  }

  compile(): Encode {
    return (out, value) => {
      if (typeof value !== "boolean") throw refuse(value, "a boolean");
      out.byte(value ? 1 : 0);
    };
  }
}

/** How integers of a type are in TypeScript. */
export type IntegerForm = "number" | "bigint" | "either";

/** Integers within bounds. */
export class IntegerNode extends GobNode {
  readonly kind: "int" | "uint";
  readonly goName: string;
  readonly form: IntegerForm;
  readonly #min: bigint;
  readonly #max: bigint;
  // The same for numbers, as comparing one with a bigint is 30x slower.
  readonly #low: number;
  readonly #high: number;

  /** `bits` is their size, and `goName` begins with a "u" where none is negative. */
  constructor(goName: string, bits: number, form: IntegerForm) {
    super();
    const isSigned = !goName.startsWith("u");
    this.kind = isSigned ? "int" : "uint";
    this.goName = goName;
    this.form = form;
    this.#min = isSigned ? -(1n << BigInt(bits - 1)) : 0n;
    this.#max = (1n << BigInt(isSigned ? bits - 1 : bits)) - 1n;
    this.#low = Math.max(Number(this.#min), Number.MIN_SAFE_INTEGER);
    this.#high = Math.min(Number(this.#max), Number.MAX_SAFE_INTEGER);
  }

  isZero(value: unknown): boolean {
    return value === 0 || value === 0n;
  }

  zero(): number | bigint {
    return this.form === "bigint" ? 0n : 0;
  }

  compile(): Encode {
    return this.kind === "int"
      ? (out, value) => out.int(this.#checked(value))
      : (out, value) => out.uint(this.#checked(value));
  }

  override compileField(): EncodeField {
    const { encode } = this;
    return (out, delta, value, values) => {
      if (value === 0 || value === 0n) return false;
      out.uint(delta);
      encode(out, value, values);
      return true;
    };
  }

  /** The value for an integer that was read. */
  read(value: number | bigint): number | bigint {
    if (typeof value === "number" && this.form !== "bigint") {
      if (value < this.#low || value > this.#high) {
        throw this.#misfit(value, "decode");
      }
      return value;
    }
    if (value < this.#min || value > this.#max) {
      throw this.#misfit(value, "decode");
    }
    if (this.form === "bigint") return BigInt(value);
    if (this.form === "either") return value;
    throw new RangeError(
      `Cannot decode gob: ${value} is beyond 2^53, want "gob.${this.kind}64" for it`,
    );
  }

  #checked(value: unknown): number | bigint {
    const isNumber = typeof value === "number" && Number.isSafeInteger(value);
    if (isNumber && value >= this.#low && value <= this.#high) return value;
    if (!isNumber && typeof value !== "bigint") {
      throw refuse(value, `a whole number for "${this.goName}"`);
    }
    if (value >= this.#min && value <= this.#max) return value;
    throw this.#misfit(value, "encode");
  }

  #misfit(value: number | bigint, action: "encode" | "decode"): RangeError {
    return new RangeError(
      `Cannot ${action} gob: ${value} does not fit into "${this.goName}"`,
    );
  }
}

/** Floats. */
export class FloatNode extends GobNode {
  readonly kind = "float";
  readonly goName: "float32" | "float64";

  constructor(goName: "float32" | "float64") {
    super();
    this.goName = goName;
  }

  isZero(value: unknown): boolean {
    return value === 0;
  }

  zero(): number {
    return 0;
  }

  compile(): Encode {
    return (out, value) => out.float(this.check(value, "encode"));
  }

  /** The value as it is stored in so many bits. */
  check(value: unknown, action: "encode" | "decode"): number {
    if (typeof value !== "number") throw refuse(value, "a number");
    if (this.goName === "float64") return value;
    const rounded = Math.fround(value);
    // As in Go, what is only less exact is no overflow.
    if (Number.isFinite(rounded) === Number.isFinite(value)) return rounded;
    throw new RangeError(
      `Cannot ${action} gob: ${value} does not fit into "float32"`,
    );
  }
}

/** Complex numbers. */
export class ComplexNode extends GobNode {
  readonly kind = "complex";
  readonly goName = "complex128";

  isZero(value: unknown): boolean {
    const { re, im } = checkComplex(value);
    return re === 0 && im === 0;
  }

  zero(): GobComplex {
    return { re: 0, im: 0 };
  }

  compile(): Encode {
    return (out, value) => {
      const { re, im } = checkComplex(value);
      out.float(re);
      out.float(im);
    };
  }
}

function checkComplex(value: unknown): GobComplex {
  const { re, im }: { re?: unknown; im?: unknown } = Object(value);
  if (typeof re === "number" && typeof im === "number") return { re, im };
  throw refuse(value, "a complex number as { re, im }");
}

/** Text. */
export class StringNode extends GobNode {
  readonly kind = "string";
  readonly goName = "string";

  isZero(value: unknown): boolean {
    return value === "";
  }

  zero(): string {
    return "";
  }

  compile(): Encode {
    return (out, value) => {
      if (typeof value !== "string") throw refuse(value, "a string");
      if (out.string(value)) return;
      throw refuse(value, "a string without lone surrogates");
    };
  }
}

/** Bytes: Go's `[]byte`, or a string that need not be UTF-8. */
export class BytesNode extends GobNode {
  readonly kind: "bytes" | "string";
  readonly goName: string;

  constructor(kind: "bytes" | "string") {
    super();
    this.kind = kind;
    this.goName = kind === "bytes" ? "[]uint8" : "string";
  }

  isZero(value: unknown): boolean {
    return value instanceof Uint8Array && value.length === 0;
  }

  zero(): Uint8Array {
    return new Uint8Array();
  }

  compile(): Encode {
    return (out, value) => {
      if (!(value instanceof Uint8Array)) throw refuse(value, "a Uint8Array");
      out.blob(value);
    };
  }
}

/** What stands for another type: one that may be missing, or is known later. */
export class WrappedNode extends GobNode {
  readonly #resolve: () => GobNode;
  /** Whether it may be `null`. */
  readonly isNullable: boolean;
  #resolved: GobNode | undefined;

  constructor(resolve: () => GobNode, isNullable: boolean) {
    super();
    this.#resolve = resolve;
    this.isNullable = isNullable;
  }

  /** The type that this one stands for, which may stand for another as well. */
  get inner(): GobNode {
    return this.#resolved ??= this.#resolve();
  }

  override get base(): GobNode {
    return this.inner.base;
  }

  get kind(): GobKind {
    return this.base.kind;
  }

  get goName(): string {
    return this.isNullable ? `*${this.inner.goName}` : this.inner.goName;
  }

  override get name(): string {
    return this.isNullable ? "" : this.inner.name;
  }

  isZero(value: unknown): boolean {
    if (this.isNullable && value === null) return true;
    return this.inner.isZero(value);
  }

  zero(): unknown {
    return this.isNullable ? null : this.inner.zero();
  }

  compile(): Encode {
    // Not before a value is there: the type may not be known yet.
    let encode: Encode | undefined;
    return (out, value, values) => {
      if (value === null && this.isNullable) {
        throw refuse(value, "a value, which only a field of a struct may lack");
      }
      encode ??= this.#behind().encode;
      encode(out, value, values);
    };
  }

  override compileField(): EncodeField {
    let encode: EncodeField | undefined;
    return (out, delta, value, values) => {
      // Go leaves out what a pointer leads to when that is zero, so both are.
      if (value === null && this.isNullable) return false;
      encode ??= this.#behind().compileField();
      return encode(out, delta, value, values);
    };
  }

  /** Passes over what has nothing to say once `null` is told from the rest. */
  #behind(): GobNode {
    let node = this.inner;
    while (
      node instanceof WrappedNode && (this.isNullable || !node.isNullable)
    ) {
      node = node.inner;
    }
    return node;
  }
}
