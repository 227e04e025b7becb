// Copyright 2026 the Gee authors. MIT license.
// Decoders of what has no parts.

import { BoolNode, BytesNode, FloatNode, IntegerNode } from "./basic_types.ts";
import { MarshalerNode } from "./composite_types.ts";
import type { GobKind, GobNode } from "./gob_node.ts";
import type { GobReader } from "./gob_reader.ts";

/** Reads a value. */
export type Decode = (reader: GobReader) => unknown;

/** Reads what the stream says the value is, or passes over it. */
export type Target = GobNode | "untyped" | "skip";

/** The decoder of a built-in type but for interfaces. */
export function basicDecoder(kind: GobKind, target: Target): Decode {
  if (target === "skip") return skipper(kind);
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

/** The decoder of a type that makes its bytes itself. */
export function marshalerDecoder(target: Target): Decode {
  if (target === "skip") return (reader) => reader.skip(reader.items());
  if (!(target instanceof MarshalerNode)) return (reader) => reader.blob();
  return (reader) => target.read(reader.blob());
}

function skipper(kind: GobKind): Decode {
  if (kind === "bytes" || kind === "string") {
    return (reader) => reader.skip(reader.items());
  }
  if (kind !== "complex") return (reader) => void reader.uint();
  return (reader) => {
    reader.uint();
    reader.uint();
  };
}
