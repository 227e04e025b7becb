// Copyright 2026 the Gee authors. MIT license.
// Type definitions as they go over the wire: a struct with one field set of seven.

import type { GobNode } from "./gob_node.ts";
import {
  ListNode,
  MapNode,
  MarshalerNode,
  StructNode,
} from "./composite_types.ts";
import type { GobReader } from "./gob_reader.ts";
import type { GobWriter } from "./gob_writer.ts";

/** The ids that every stream knows. */
export const BUILT_IN: Readonly<Record<string, number>> = {
  bool: 1,
  int: 2,
  uint: 3,
  float: 4,
  bytes: 5,
  string: 6,
  complex: 7,
  interface: 8,
};

/** The first id that a definition may have. */
export const FIRST_ID = 65;

/** Bytes of all definitions of a stream, which are kept as long as that lives. */
export const MAX_DEFINED: number = 1 << 20;

/** What a stream is refused for that defines more. */
export function tooManyDefined(): RangeError {
  return new RangeError(
    `Cannot decode gob: definitions of types take more than ${MAX_DEFINED} bytes`,
  );
}

/** A type that was defined, whose parts are ids. */
export type WireType =
  | { readonly kind: "array"; readonly item: number; readonly length: number }
  | { readonly kind: "slice"; readonly item: number }
  | { readonly kind: "map"; readonly key: number; readonly item: number }
  | {
    readonly kind: "struct";
    readonly fields: readonly { readonly name: string; readonly id: number }[];
  }
  | { readonly kind: "marshaler"; readonly name: string };

/** Which field of a definition a kind is, from 0. */
const MARSHALERS = { gob: 4, binary: 5, text: 6 } as const;

/**
 * Writes the definition of a type.
 *
 * @param idOf The id of a type that it refers to.
 * @param name Its name.
 */
export function writeWireType(
  out: GobWriter,
  node: GobNode,
  idOf: (node: GobNode) => number,
  name: string,
): void {
  const id = idOf(node);
  if (node instanceof ListNode) {
    out.uint(node.length === undefined ? 2 : 1);
    writeCommon(out, name, id);
    writeInt(out, 1, idOf(node.item));
    if (node.length) writeInt(out, 1, node.length);
  } else if (node instanceof MapNode) {
    out.uint(4);
    writeCommon(out, name, id);
    writeInt(out, 1, idOf(node.key));
    writeInt(out, 1, idOf(node.item));
  } else if (node instanceof StructNode) {
    out.uint(3);
    writeCommon(out, name, id);
    writeFields(out, node, idOf);
  } else if (node instanceof MarshalerNode) {
    out.uint(MARSHALERS[node.by] + 1);
    writeCommon(out, name, id);
  }
  // The end of the one that is set, and of the definition.
  out.byte(0);
  out.byte(0);
}

function writeInt(out: GobWriter, delta: number, value: number): void {
  out.uint(delta);
  out.int(value);
}

/** The name, if there is one, and the id: field 0 of each. */
function writeCommon(out: GobWriter, name: string, id: number): void {
  out.byte(1);
  if (name !== "") {
    out.byte(1);
    out.name(name);
  }
  writeInt(out, name === "" ? 2 : 1, id);
  out.byte(0);
}

function writeFields(
  out: GobWriter,
  { fields }: StructNode,
  idOf: (node: GobNode) => number,
): void {
  if (fields.length === 0) return;
  out.byte(1);
  out.uint(fields.length);
  for (const { name, type } of fields) {
    out.byte(1);
    out.name(name);
    writeInt(out, 1, idOf(type));
    out.byte(0);
  }
}

/** Reads the fields of a struct, each by what is given for its number. */
function readStruct(
  reader: GobReader,
  fields: readonly ((reader: GobReader) => void)[],
): void {
  let index = -1;
  for (;;) {
    const delta = reader.small();
    if (delta === 0) return;
    index += delta;
    const read = fields[index];
    if (read === undefined) {
      throw new SyntaxError(
        `Cannot decode gob: a type definition has a field ${index}`,
      );
    }
    read(reader);
  }
}

function readId(reader: GobReader): number {
  const id = reader.int();
  if (typeof id === "number" && id > 0) return id;
  throw new SyntaxError(`Cannot decode gob: ${id} is no type`);
}

/** What a definition may say, whatever it defines. */
interface Draft {
  name: string;
  item: number;
  key: number;
  length: number;
  fields: { name: string; id: number }[];
}

/** Reads one definition. */
export function readWireType(reader: GobReader): WireType {
  let type: WireType | undefined;
  const one = (
    read: (draft: Draft) => readonly ((reader: GobReader) => void)[],
    toType: (draft: Draft) => WireType,
  ) =>
  (reader: GobReader) => {
    if (type !== undefined) {
      throw new SyntaxError("Cannot decode gob: a type is defined as two");
    }
    const draft: Draft = { name: "", item: 0, key: 0, length: 0, fields: [] };
    readStruct(reader, [(reader) => readCommon(reader, draft), ...read(draft)]);
    type = toType(draft);
  };
  const item = (draft: Draft) => (reader: GobReader) => {
    draft.item = readId(reader);
  };
  const marshaler = one(() => [], ({ name }) => ({ kind: "marshaler", name }));
  readStruct(reader, [
    one(
      (draft) => [item(draft), (reader) => {
        draft.length = Number(reader.int());
      }],
      ({ item, length }) => ({ kind: "array", item, length }),
    ),
    one((draft) => [item(draft)], ({ item }) => ({ kind: "slice", item })),
    one((draft) => [(reader) => {
      draft.fields = readFields(reader);
    }], ({ fields }) => ({ kind: "struct", fields })),
    one(
      (draft) => [(reader) => {
        draft.key = readId(reader);
      }, item(draft)],
      ({ key, item }) => ({ kind: "map", key, item }),
    ),
    marshaler,
    marshaler,
    marshaler,
  ]);
  if (type !== undefined) return type;
  throw new SyntaxError("Cannot decode gob: a type definition defines nothing");
}

function readCommon(reader: GobReader, draft: Draft): void {
  readStruct(reader, [(reader) => {
    draft.name = reader.string();
  }, (reader) => void reader.int()]);
}

function readFields(reader: GobReader): { name: string; id: number }[] {
  const fields: { name: string; id: number }[] = [];
  let count = reader.items();
  // Before they take memory: a field has three bytes at least.
  if (count * 3 > MAX_DEFINED) throw tooManyDefined();
  for (; count > 0; count--) {
    const field = { name: "", id: 0 };
    readStruct(reader, [(reader) => {
      field.name = reader.string();
    }, (reader) => {
      field.id = readId(reader);
    }]);
    fields.push(field);
  }
  return fields;
}
