// Copyright 2026 the Gee authors. MIT license.

import { BytesNode } from "./basic_types.ts";
import {
  InterfaceNode,
  ListNode,
  MapNode,
  StructNode,
} from "./composite_types.ts";
import {
  basicDecoder,
  type Decode,
  marshalerDecoder,
  type Target,
} from "./decode_basic.ts";
import {
  type Cell,
  layoutOf,
  type Slot,
  structDecoder,
} from "./decode_struct.ts";
import type { GobKind } from "./gob_node.ts";
import type { GobReader } from "./gob_reader.ts";
import { SIZES } from "./sizes.ts";
import { BUILT_IN, type WireType } from "./wire_type.ts";

const KINDS: ReadonlyMap<number, GobKind> = new Map(
  Object.entries(BUILT_IN).map(([kind, id]) => [id, kind as GobKind]),
);

/** What fields of the stream's are that were left out; no struct, but a pointer. */
const ZEROS: Readonly<Partial<Record<GobKind, unknown>>> = {
  bool: false,
  int: 0,
  uint: 0,
  float: 0,
  string: "",
  interface: null,
  struct: null,
  marshaler: null,
};
const NEW_ZEROS: Readonly<Partial<Record<GobKind, () => unknown>>> = {
  slice: () => [],
  array: () => [],
  map: () => new Map(),
  bytes: () => new Uint8Array(),
  complex: () => ({ re: 0, im: 0 }),
};

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
      return basicDecoder(kind, target);
    }
    if (wire.kind === "marshaler") return marshalerDecoder(target);
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
      if (isKept) reader.make(SIZES.list);
      // Not compared with what is left: interfaces go on in later messages. Each
      // item has a byte at least, so a count that lies ends with the bytes.
      const count = reader.small();
      if (length !== undefined && count !== length) {
        throw new SyntaxError(
          `Cannot decode gob: got ${count} items, want ${length} of an array`,
        );
      }
      const items: unknown[] = [];
      const { run } = cell;
      for (let index = 0; index < count; index++) {
        const item = run(reader);
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
    const isText = isKept && wire.key === BUILT_IN.string &&
      !(map?.key.base instanceof BytesNode);
    return (reader) => {
      reader.enter();
      if (isKept) reader.make(SIZES.map);
      const items = new Map<unknown, unknown>();
      for (let count = reader.small(); count > 0; count--) {
        const one = isText ? reader.name() : key.run(reader);
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
      reader.make(SIZES.struct);
      const name = reader.string();
      let result: { name: string; value: unknown } | null = null;
      if (name !== "") {
        const id = this.#idBehind(reader);
        // How long the value is, which whoever reads it need not know.
        reader.small();
        const inner = types?.get(name) ??
          (target === "skip" ? "skip" : "untyped");
        result = { name, value: this.top(id, inner)(reader) };
      }
      reader.depth--;
      return result;
    };
  }

  #struct(wire: WireType & { kind: "struct" }, target: Target): Decode {
    if (!(target instanceof StructNode)) return this.#anyStruct(wire, target);
    const fields = wire.fields.map(({ name, id }) => ({
      name,
      cell: this.#field(name, id, target.field(name)?.type ?? "skip"),
    }));
    const isStrange = fields.length > 0 && target.fields.length > 0 &&
      fields.every(({ name }) => target.field(name) === undefined);
    if (isStrange) {
      throw new TypeError(
        `Cannot decode gob: a struct with ${
          fields.map(({ name }) => `"${name}"`).join(", ")
        } has no field of "${target.goName}"`,
      );
    }
    return structDecoder(layoutOf(fields, target.fields));
  }

  /** A struct as the stream has it, or that is passed over. */
  #anyStruct(wire: WireType & { kind: "struct" }, target: Target): Decode {
    const slots = wire.fields.map(({ name, id }): Slot => ({
      name: target === "skip" ? undefined : name,
      cell: this.#field(name, id, target),
      ...this.#zeroOf(id),
    }));
    return structDecoder({ slots, positions: [...slots.keys()], names: [] });
  }

  /** What a field of the stream's is that was left out. */
  #zeroOf(id: number): Pick<Slot, "zero" | "makeZero"> {
    const kind = this.#types.get(id)?.kind ?? KINDS.get(id) ?? "interface";
    return { zero: ZEROS[kind], makeZero: NEW_ZEROS[kind] };
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

const missing: Decode = () => {
  throw new SyntaxError("Cannot decode gob: a type is made of itself alone");
};

function named(kind: GobKind): string {
  return kind === "bytes" || kind === "complex"
    ? kind
    : `${/^[aiu]/.test(kind) && kind !== "uint" ? "an" : "a"} ${kind}`;
}
