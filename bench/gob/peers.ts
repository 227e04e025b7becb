// Copyright 2026 the Gee authors. MIT license.
// What else encodes such data in TypeScript; none of it is read by Go's gob.

import * as msgpack from "npm:@msgpack/msgpack@3.1.2";
import protobuf from "npm:protobufjs@7.5.4";
import type { Case } from "./cases.ts";
import type { Run } from "./gee.ts";

const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Args { int32 Num1 = 1; int32 Num2 = 2; }
  message Order {
    int32 ID = 1; string Name = 2; double Price = 3; bool Active = 4;
    uint32 Count = 5; sint32 Level = 6; string Note = 7; bytes Hash = 8;
    float Ratio = 9; repeated string Tags = 10;
  }
  message Floats { map<string, double> Items = 1; }
  message Data { bytes Bytes = 1; }
  message Tree { int32 Value = 1; Tree Left = 2; Tree Right = 3; }
  message Call { string ServiceMethod = 1; uint32 Seq = 2; Args Args = 3; }
`,
  { keepCase: true },
);

const MESSAGES: Readonly<Record<string, string>> = {
  "2 ints": "Args",
  "10 fields, 20 strings": "Order",
  "map of 100 floats": "Floats",
  "64 KB": "Data",
  "tree of 200": "Tree",
  "call": "Call",
};

/** The value as peers have it: no `Map`. */
function plain({ value }: Case): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

/** Encodes with MessagePack. */
export function msgpackEncode(one: Case): Run {
  const encoder = new msgpack.Encoder();
  const value = plain(one);
  return () => void encoder.encode(value);
}

/** Decodes MessagePack. */
export function msgpackDecode(one: Case): Run {
  const bytes = msgpack.encode(plain(one));
  const decoder = new msgpack.Decoder();
  return () => void decoder.decode(bytes);
}

function message(name: string, one: Case) {
  const type = root.lookupType(MESSAGES[name]!);
  const fields = plain(one);
  const isBare = fields instanceof Uint8Array;
  const isMap = one.value instanceof Map;
  const value = isBare ? { Bytes: fields } : isMap ? { Items: fields } : fields;
  return { type, value: value as Record<string, unknown> };
}

/** Encodes with Protocol Buffers, by code made from the schema at run time. */
export function protobufEncode(name: string, one: Case): Run {
  const { type, value } = message(name, one);
  return () => void type.encode(value).finish();
}

/** Decodes Protocol Buffers. */
export function protobufDecode(name: string, one: Case): Run {
  const { type, value } = message(name, one);
  const bytes = type.encode(value).finish();
  return () => void type.decode(bytes);
}

function text(one: Case): string {
  const value = plain(one);
  return JSON.stringify(value instanceof Uint8Array ? value.toBase64() : value);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Encodes as JSON to bytes, bytes in base64. */
export function jsonEncode(one: Case): Run {
  return () => void encoder.encode(text(one));
}

/** Decodes JSON from bytes. */
export function jsonDecode(one: Case): Run {
  const bytes = encoder.encode(text(one));
  const isBytes = one.value instanceof Uint8Array;
  return () => {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    if (isBytes) Uint8Array.fromBase64(value as string);
  };
}
