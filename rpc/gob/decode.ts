// Copyright 2026 the Gee authors. MIT license.

import { BoolNode, BytesNode, FloatNode, IntegerNode } from "./basic_types.ts";
import {
  InterfaceNode,
  ListNode,
  MapNode,
  MarshalerNode,
  type StructField,
  StructNode,
} from "./composite_types.ts";
import type { GobKind, GobNode } from "./gob_node.ts";
import type { GobReader } from "./gob_reader.ts";
import { BUILT_IN, type WireType } from "./wire_type.ts";

/** Reads a value. */
export type Decode = (reader: GobReader) => unknown;

/** Reads what the stream says the value is, or passes over it. */
export type Target = GobNode | "any" | "skip";

/** A decoder, which may be needed before it is made: types refer to themselves. */
interface Cell {
  run: Decode;
}

const KINDS: ReadonlyMap<number, GobKind> = new Map(
  Object.entries(BUILT_IN).map(([kind, id]) => [id, kind as GobKind]),
);

/**
 * The decoders of a stream: made once for each pair of a type on the wire and
 * what it is read as.
 */
export class Decoders {
  readonly #types: ReadonlyMap<number, WireType>;
  readonly #idBehind: (reader: GobReader) => number;
  readonly #cells = new Map<Target, Map<number, Cell>>();
  readonly #tops = new Map<Target, Map<number, Decode>>();

  /**
   * Makes it without decoders.
   *
   * @param types What the stream has defined.
   * @param idBehind Reads the id of a type, behind definitions if there are some.
   */
  constructor(
    types: ReadonlyMap<number, WireType>,
    idBehind: (reader: GobReader) => number,
  ) {
    this.#types = types;
    this.#idBehind = idBehind;
  }

  /** Forgets all, for types they know may be undone. */
  clear(): void {
    this.#cells.clear();
    this.#tops.clear();
  }

  /** The decoder of a value that is no field: all but structs begin with a 0. */
  top(id: number, target: Target): Decode {
    let tops = this.#tops.get(target);
    if (tops === undefined) this.#tops.set(target, tops = new Map());
    let decode = tops.get(id);
    if (decode === undefined) {
      const cell = this.#cell(id, target);
      decode = this.#types.get(id)?.kind === "struct" ? cell.run : (reader) => {
        if (reader.small() === 0) return cell.run(reader);
        throw new SyntaxError("Cannot decode gob: a value has a field number");
      };
      tops.set(id, decode);
    }
    return decode;
  }

  #cell(id: number, type: Target): Cell {
    const target = typeof type === "string" ? type : type.base;
    let cells = this.#cells.get(target);
    if (cells === undefined) this.#cells.set(target, cells = new Map());
    let cell = cells.get(id);
    if (cell !== undefined) return cell;
    cell = { run: missing };
    cells.set(id, cell);
    try {
      cell.run = this.#make(id, target);
    } catch (error) {
      cells.delete(id);
      throw error;
    }
    return cell;
  }

  #make(id: number, target: Target): Decode {
    const wire = this.#types.get(id);
    const kind = wire?.kind ?? KINDS.get(id);
    if (kind === undefined) {
      throw new SyntaxError(`Cannot decode gob: type ${id} is not defined`);
    }
    if (typeof target !== "string" && target.kind !== kind) {
      throw new TypeError(
        `Cannot decode gob: got ${named(kind)}, want "${target.goName}"`,
      );
    }
    if (wire === undefined) {
      if (kind === "interface") return this.#interface(target);
      return target === "skip" ? skipBasic(kind) : basic(kind, target);
    }
    if (wire.kind === "marshaler") return marshaler(target);
    if (wire.kind === "struct") return this.#struct(wire, target);
    if (wire.kind === "map") return this.#map(wire, target);
    return this.#list(wire, target);
  }

  #list(
    wire: WireType & { kind: "array" | "slice" },
    target: Target,
  ): Decode {
    const list = target instanceof ListNode ? target : undefined;
    const length = wire.kind === "array" ? wire.length : undefined;
    if (list !== undefined && list.length !== length) {
      throw new TypeError(
        `Cannot decode gob: got an array of ${length} items, want "${list.goName}"`,
      );
    }
    const cell = this.#cell(wire.item, list?.item ?? target);
    const isKept = target !== "skip";
    return (reader) => {
      reader.enter();
      // Not compared with what is left: interfaces go on in later messages. Each
      // item has a byte at least, so a count that lies ends with the bytes.
      const count = reader.small();
      if (length !== undefined && count !== length) {
        throw new SyntaxError(
          `Cannot decode gob: got ${count} items, want ${length} of an array`,
        );
      }
      const items: unknown[] = [];
      for (let index = 0; index < count; index++) {
        const item = cell.run(reader);
        if (isKept) items.push(item);
      }
      reader.depth--;
      return items;
    };
  }

  #map(wire: WireType & { kind: "map" }, target: Target): Decode {
    const map = target instanceof MapNode ? target : undefined;
    const key = this.#cell(wire.key, map?.key ?? target);
    const item = this.#cell(wire.item, map?.item ?? target);
    const isKept = target !== "skip";
    return (reader) => {
      reader.enter();
      const items = new Map<unknown, unknown>();
      for (let count = reader.small(); count > 0; count--) {
        const one = key.run(reader);
        const value = item.run(reader);
        if (isKept) items.set(one, value);
      }
      reader.depth--;
      return items;
    };
  }

  #interface(target: Target): Decode {
    const types = target instanceof InterfaceNode ? target.types : undefined;
    return (reader) => {
      reader.enter();
      const name = reader.string();
      let result: { name: string; value: unknown } | null = null;
      if (name !== "") {
        const id = this.#idBehind(reader);
        // How long the value is, which whoever reads it need not know.
        reader.small();
        const inner = types?.get(name) ?? (target === "skip" ? "skip" : "any");
        result = { name, value: this.top(id, inner)(reader) };
      }
      reader.depth--;
      return result;
    };
  }

  #struct(wire: WireType & { kind: "struct" }, target: Target): Decode {
    const struct = target instanceof StructNode ? target : undefined;
    const steps = wire.fields.map(({ name, id }): Step => {
      const field = struct?.field(name);
      const isKept = struct === undefined
        ? target === "any"
        : field !== undefined;
      const type = field?.type ?? (struct === undefined ? target : "skip");
      return {
        name: isKept ? name : undefined,
        cell: this.#field(name, id, type),
      };
    });
    if (struct === undefined) {
      const kinds = target === "skip"
        ? []
        : wire.fields.map(({ name, id }) => [name, this.#zeroOf(id)] as const);
      return structDecoder(steps, blankOf(steps), (value) => {
        for (const [name, zero] of kinds) value[name] ??= zero();
      });
    }
    const isStrange = steps.length > 0 && struct.fields.length > 0 &&
      steps.every(({ name }) => name === undefined);
    if (isStrange) {
      throw new TypeError(
        `Cannot decode gob: a struct with ${
          wire.fields.map(({ name }) => `"${name}"`).join(", ")
        } has no field of "${struct.goName}"`,
      );
    }
    return structDecoder(steps, ...zeros(struct.fields));
  }

  /** What makes the value of a field of the stream's that was left out. */
  #zeroOf(id: number): () => unknown {
    const kind = this.#types.get(id)?.kind ?? KINDS.get(id);
    if (kind === "slice" || kind === "array") return () => [];
    if (kind === "map") return () => new Map();
    if (kind === "bytes") return () => new Uint8Array();
    if (kind === "complex") return () => ({ re: 0, im: 0 });
    const zero = kind === "bool" ? false : kind === "string"
      ? ""
      // A struct that is left out is a pointer that leads nowhere.
      : kind === "int" || kind === "uint" || kind === "float"
      ? 0
      : null;
    return () => zero;
  }

  /** Says of a type that does not fit which field it is of. */
  #field(name: string, id: number, type: Target): Cell {
    try {
      return this.#cell(id, type);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const text = error.message.replace(/^Cannot decode gob: /, "");
      throw new TypeError(`Cannot decode gob: "${name}": ${text}`, {
        cause: error,
      });
    }
  }
}

interface Step {
  /** Where the value goes; nowhere when it is passed over. */
  readonly name: string | undefined;
  readonly cell: Cell;
}

const missing: Decode = () => {
  throw new SyntaxError("Cannot decode gob: a type is made of itself alone");
};

function structDecoder(
  steps: readonly Step[],
  blank: () => Record<string, unknown>,
  fill?: (value: Record<string, unknown>) => void,
): Decode {
  return (reader) => {
    reader.enter();
    const value = blank();
    let index = -1;
    for (;;) {
      const delta = reader.small();
      if (delta === 0) break;
      const step = steps[index += delta];
      if (step === undefined) {
        throw new SyntaxError(
          `Cannot decode gob: a struct of ${steps.length} fields has a field ${index}`,
        );
      }
      const { name } = step;
      if (name === undefined) step.cell.run(reader);
      else value[name] = step.cell.run(reader);
    }
    fill?.(value);
    reader.depth--;
    return value;
  };
}

/** A name of the stream's could be the one that means something else. */
function blankOf(steps: readonly Step[]): () => Record<string, unknown> {
  return steps.some(({ name }) => name === "__proto__")
    ? () => Object.create(null)
    : () => ({});
}

/**
 * What makes the object with what fields that were left out have, all in the
 * order of the type, so that they have one hidden class; and what then makes
 * the values that are made anew for each.
 */
function zeros(
  fields: readonly StructField[],
): [() => Record<string, unknown>, (value: Record<string, unknown>) => void] {
  const plain = fields.map(({ name, type }): [string, unknown] => {
    const zero = isShared(type) ? type.zero() : undefined;
    return [name, zero];
  });
  const made = fields.filter(({ type }) => !isShared(type));
  return [() => {
    const value: Record<string, unknown> = {};
    for (let index = 0; index < plain.length; index++) {
      const [name, zero] = plain[index] as [string, unknown]; // below the length
      value[name] = zero;
    }
    return value;
  }, (value) => {
    for (const { name, type } of made) {
      if (value[name] === undefined) value[name] = type.zero();
    }
  }];
}

/** Whether all values that were left out may be one and the same. */
function isShared(type: GobNode): boolean {
  return ["bool", "int", "uint", "float", "string", "interface"].includes(
    type.kind,
  ) && !(type instanceof BytesNode);
}

function marshaler(target: Target): Decode {
  if (target === "skip") return (reader) => reader.skip(reader.items());
  if (!(target instanceof MarshalerNode)) return (reader) => reader.blob();
  return (reader) => target.read(reader.blob());
}

function basic(kind: GobKind, target: Target): Decode {
  if (target instanceof IntegerNode) {
    return kind === "int"
      ? (reader) => target.read(reader.int())
      : (reader) => target.read(reader.uint());
  }
  if (target instanceof FloatNode) {
    return target.goName === "float64"
      ? (reader) => reader.float()
      : (reader) => target.check(reader.float(), "decode");
  }
  if (target instanceof BytesNode) return (reader) => reader.blob();
  if (target instanceof BoolNode || kind === "bool") {
    return (reader) => reader.small() !== 0;
  }
  if (kind === "int") return (reader) => reader.int();
  if (kind === "uint") return (reader) => reader.uint();
  if (kind === "float") return (reader) => reader.float();
  if (kind === "bytes") return (reader) => reader.blob();
  if (kind === "string") return (reader) => reader.string();
  return (reader) => ({ re: reader.float(), im: reader.float() });
}

function skipBasic(kind: GobKind): Decode {
  if (kind === "bytes" || kind === "string") {
    return (reader) => reader.skip(reader.items());
  }
  if (kind !== "complex") return (reader) => void reader.uint();
  return (reader) => {
    reader.uint();
    reader.uint();
  };
}

function named(kind: GobKind): string {
  return kind === "bytes" || kind === "complex"
    ? kind
    : `${/^[aiu]/.test(kind) && kind !== "uint" ? "an" : "a"} ${kind}`;
}
