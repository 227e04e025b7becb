// Copyright 2026 the Gee authors. MIT license.
// Our gob in one stream, warm, as connections have it.

import { gobCodec } from "../../rpc/codec/gob_codec.ts";
import { Inference } from "../../rpc/gob/infer.ts";
import * as gob from "../../rpc/gob/mod.ts";
import type { Writer } from "../../rpc/wire/writer.ts";
import { ARGS, args, type Case } from "./cases.ts";

/** What is measured: one value at a time. */
export type Run = () => void;

/** Encodes with the type, or with the one that is found each time. */
export function geeEncode({ value, type }: Case, isTyped: boolean): Run {
  const encoder = new gob.GobEncoder();
  const inference = new Inference();
  return isTyped
    ? () => void encoder.encodeShared(type, value)
    : () => void encoder.encodeShared(inference.of(value), value);
}

/** Encodes with the type into an array of its own. */
export function geeEncodeNew({ value, type }: Case): Run {
  const encoder = new gob.GobEncoder();
  return () => void encoder.encode(type, value);
}

/** Decodes with the type, or as the stream says. */
export function geeDecode({ value, type }: Case, isTyped: boolean): Run {
  const encoder = new gob.GobEncoder();
  const decoder = new gob.GobDecoder();
  const read = isTyped ? type : undefined;
  decoder.push(encoder.encode(type, value));
  decoder.next(read);
  const bytes = encoder.encode(type, value);
  return () => {
    decoder.push(bytes);
    if (decoder.next(read) === undefined) throw new Error("Cannot decode");
  };
}

const MESSAGE = {
  serviceMethod: "Arith.Sum",
  seq: 1234,
  error: "",
  body: ARGS,
};

function clientCodec(isTyped: boolean) {
  const methods = isTyped ? { "Arith.Sum": { args, reply: gob.int } } : {};
  return gobCodec({ methods });
}

/** What of a writer the codec uses. */
function writerTo(take: (bytes: Uint8Array) => void): Writer {
  return { writeBytes: take } as unknown as Writer;
}

/** Encodes a request as the codec of a client does. */
export function geeEncodeCall(isTyped: boolean): Run {
  const codec = clientCodec(isTyped).create("client");
  const writer = writerTo(() => {});
  return () => codec.encode(MESSAGE, writer);
}

/** Decodes a request as the codec of a server does. */
export function geeDecodeCall(isTyped: boolean): Run {
  const client = clientCodec(true).create("client");
  const server = clientCodec(isTyped).create("server");
  let bytes = new Uint8Array();
  const writer = writerTo((from) => bytes = from.slice());
  let count = 0;
  const receive = () => void count++;
  client.encode(MESSAGE, writer);
  server.decode(bytes, receive);
  client.encode(MESSAGE, writer);
  return () => {
    server.decode(bytes, receive);
    if (count === 0) throw new Error("Cannot decode");
  };
}
