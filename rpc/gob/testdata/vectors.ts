// Copyright 2026 the Gee authors. MIT license.
// What Go's encoder made of values, with their types; see gob-values.json.

import * as gob from "../mod.ts";

/** A Go type in the file. */
interface Schema {
  readonly kind: string;
  readonly name?: string;
  readonly go?: string;
  readonly elem?: Schema;
  readonly key?: Schema;
  readonly len?: number;
  readonly how?: "gob" | "binary";
  readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
}

/** One value of a stream. */
interface Item {
  readonly goType: string;
  readonly schema: Schema;
  readonly value: unknown;
  readonly error?: string;
}

/** A stream. */
export interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly items: readonly Item[];
}

/** All streams that Go's encoder did not refuse. */
export const VECTORS: readonly Vector[] = (JSON.parse(
  await Deno.readTextFile(new URL("gob-values.json", import.meta.url)),
) as { vectors: Vector[] }).vectors;

const BASIC: Record<string, gob.GobType<unknown>> = {
  bool: gob.bool,
  int: gob.int,
  int8: gob.int8,
  int16: gob.int16,
  int32: gob.int32,
  int64: gob.int64,
  uint: gob.uint,
  uint8: gob.uint8,
  uint16: gob.uint16,
  uint32: gob.uint32,
  uint64: gob.uint64,
  uintptr: gob.uint64,
  float32: gob.float32,
  float64: gob.float,
  complex64: gob.complex,
  complex128: gob.complex,
  string: gob.string,
  bytes: gob.bytes,
};

// The zero value of the one type that is zero somewhere.
const ZERO = "3043";
const raw = (by: "gob" | "binary") => ({
  encode: (bytes: Uint8Array) => bytes,
  decode: (bytes: Uint8Array) => bytes,
  zero: () => Uint8Array.fromHex(ZERO),
  isZero: (bytes: Uint8Array) => bytes.toHex() === ZERO,
  by,
});

/** The gob types of one stream, each Go type once. */
export class Types {
  readonly #known = new Map<string, gob.GobType<unknown>>();

  /** The gob type of a Go type. */
  of(schema: Schema): gob.GobType<unknown> {
    const basic = BASIC[schema.kind];
    if (basic !== undefined) return basic;
    const { go = "", kind } = schema;
    if (kind === "ref") return gob.lazy(() => this.#known.get(go) ?? gob.bool);
    if (kind === "ptr") return gob.nullable(this.of(schema.elem as Schema));
    const known = this.#known.get(go);
    if (known !== undefined) return known;
    const type = this.#make(schema);
    this.#known.set(go, type);
    return type;
  }

  #make(schema: Schema): gob.GobType<unknown> {
    const { kind, len = 0, how = "gob", fields = [] } = schema;
    const name = schema.name === "" ? "" : schema.go ?? "";
    const item = () => this.of(schema.elem as Schema);
    if (kind === "slice") return gob.slice(item(), name);
    if (kind === "array") return gob.array(item(), len, name);
    if (kind === "map") {
      return gob.map(this.of(schema.key as Schema), item(), name);
    }
    if (kind === "interface") return gob.any(this.#named());
    if (kind === "marshaler") return gob.marshaler(schema.go ?? "", raw(how));
    return gob.struct(
      name,
      Object.fromEntries(
        fields.map(({ name, type }) => [name, this.#field(type)]),
      ),
    );
  }

  /** A nil map is none; the same as an interface, which may be nothing. */
  #field(schema: Schema): gob.GobType<unknown> {
    const type = this.of(schema);
    const isMap = schema.kind === "map" || schema.go?.startsWith("map[");
    return isMap ? gob.nullable(type) : type;
  }

  /** What the streams have in interfaces. */
  #named(): Record<string, gob.GobType<unknown>> {
    const point = gob.struct("main.Point", { X: gob.int, Y: gob.int });
    if (!this.#known.has("main.Point")) this.#known.set("main.Point", point);
    return Object.fromEntries(
      ["main.Point", "main.WithIface"].map((name) => [
        name,
        gob.lazy(() => this.#known.get(name) ?? gob.bool),
      ]),
    );
  }
}

/** The schemas by their Go types, for what refers to them. */
function schemasIn(schema: Schema, known = new Map<string, Schema>()) {
  const { go, kind, elem, key, fields = [] } = schema;
  if (go !== undefined && kind !== "ref") known.set(go, schema);
  const parts = [elem, key, ...fields.map(({ type }) => type)];
  for (const part of parts) if (part !== undefined) schemasIn(part, known);
  return known;
}

const UNKNOWN: Schema = { kind: "" };

/** The value of the file as this module has it. */
export function toValue(
  tagged: unknown,
  of: Schema,
  known: ReadonlyMap<string, Schema> = schemasIn(of),
): unknown {
  const schema = of.kind === "ref" ? known.get(of.go ?? "") ?? of : of;
  if (schema.kind === "ptr" && tagged !== null) {
    return toValue(tagged, schema.elem ?? UNKNOWN, known);
  }
  const inner = (value: unknown, type: Schema = UNKNOWN) =>
    toValue(value, type, known);
  if (typeof tagged !== "object") return tagged;
  if (tagged === null) {
    if (schema.kind === "slice") return [];
    return ["bytes", "marshaler"].includes(schema.kind)
      ? new Uint8Array()
      : null;
  }
  if (Array.isArray(tagged)) {
    return tagged.map((one) => inner(one, schema.elem));
  }
  const one = tagged as Record<string, never>;
  if ("int" in one || "uint" in one) {
    const big = BigInt(one.int ?? one.uint ?? 0);
    return Number.isSafeInteger(Number(big)) ? Number(big) : big;
  }
  if ("float" in one) return one.float === "-0" ? -0 : Number(one.float);
  if ("complex" in one) {
    const [re, im] = (one.complex as unknown[]).map(Number);
    return { re, im };
  }
  if ("bytes" in one) return Uint8Array.fromHex(one.bytes ?? "");
  if ("marshaled" in one) return Uint8Array.fromHex(one.marshaled ?? "");
  if ("utf8hex" in one) return one.string;
  if ("iface" in one) {
    // A pointer is registered by what it leads to.
    const name = String(one.iface).replace("*", "");
    return { name, value: inner(one.value) };
  }
  if ("map" in one) {
    const pairs = one.map as unknown as [unknown, unknown][];
    return new Map(
      pairs.map(([key, value]) => [
        inner(key, schema.key),
        // A nil map as an item is sent like an empty one.
        inner(value, schema.elem) ?? new Map(),
      ]),
    );
  }
  const { struct = {} } = one as { struct?: Record<string, unknown> };
  const typeOf = (name: string) =>
    schema.fields?.find((field) => field.name === name)?.type;
  return Object.fromEntries(
    Object.entries(struct).map((
      [name, value],
    ) => [name, inner(value, typeOf(name))]),
  );
}
