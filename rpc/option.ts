// Copyright 2026 the Gee authors. MIT license.

import { ObjectScanner } from "./codec/object_scanner.ts";
import { WireError } from "./errors.ts";

/** Marks a GeeRPC connection, first field of the option. */
export const MAGIC_NUMBER = 0x3bef5c;

/** The codec of this module's own frames. */
export const FRAMES_TYPE = "application/x-gee-frames";
/** The only version of them so far. */
export const FRAMES_VERSION = 1;

/** Bytes an option may take before the server gives the connection up. */
export const MAX_OPTION_BYTES = 4096;

// The original reads the option through a buffering JSON decoder, whose first
// read takes 512 bytes and loses what follows the object. A line of exactly 512
// bytes is consumed whole and nothing after it, so the first request may share
// its write.
const LINE_BYTES = 512;
const NANOSECONDS = 1_000_000;
const NEWLINE = 0x0a;
const SPACE = 0x20;

/** What the client says about its connection before the first message. */
export interface Option {
  /** The codec of everything that follows, such as `application/json`. */
  readonly codecType: string;
  /** How long connecting may take, in ms; 0 is no limit. Informs the server only. */
  readonly connectTimeout: number;
  /** How long the server may take to handle one call, in ms; 0 is no limit of the client's. */
  readonly handleTimeout: number;
  /** The version of frames. Peers that do not know this field ignore it. */
  readonly version?: number;
  /** How long the caller waits for replies unless a call says otherwise, in ms; 0 is for ever. */
  readonly callTimeout?: number;
}

/** The option as the line that opens a connection. */
export function encodeOption(option: Option): Uint8Array<ArrayBuffer> {
  const json = JSON.stringify({
    MagicNumber: MAGIC_NUMBER,
    CodecType: option.codecType,
    ConnectTimeout: Math.ceil(option.connectTimeout * NANOSECONDS),
    HandleTimeout: Math.ceil(option.handleTimeout * NANOSECONDS),
    ...(option.version !== undefined && { Version: option.version }),
    ...(option.callTimeout !== undefined &&
      { CallTimeout: Math.ceil(option.callTimeout * NANOSECONDS) }),
  });
  return new TextEncoder().encode(`${json.padStart(LINE_BYTES - 1)}\n`);
}

/**
 * Reads the option at the start of what a client sent.
 *
 * @returns the option and how many bytes it took (the object and at most one
 * newline: the next byte may already belong to a message), or undefined when
 * more bytes are needed, at least the one behind the object.
 * @throws {WireError} when the bytes cannot become an option.
 */
export function decodeOption(
  bytes: Uint8Array,
): { readonly option: Option; readonly length: number } | undefined {
  let start = 0;
  while (bytes[start] === SPACE) start++;
  if (start < bytes.length && bytes[start] !== 0x7b) {
    throw new WireError(
      `Cannot read the option: got byte ${bytes[start]}, "{" is wanted`,
    );
  }
  const end = new ObjectScanner().endOf(bytes, start);
  // Only the byte behind the object tells whether a newline belongs to it.
  if (end === undefined || end === bytes.length) {
    if (bytes.length < MAX_OPTION_BYTES) return undefined;
    throw new WireError(
      `Cannot read the option: it is longer than ${MAX_OPTION_BYTES} bytes`,
    );
  }
  const option = parseOption(
    new TextDecoder().decode(bytes.subarray(start, end)),
  );
  return { option, length: bytes[end] === NEWLINE ? end + 1 : end };
}

function parseOption(json: string): Option {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new WireError("Cannot read the option: it is not JSON", { cause });
  }
  // Go matches field names without regard to case and leaves what is missing zero.
  const fields = new Map<string, unknown>();
  for (const [name, field] of Object.entries(value as object)) {
    fields.set(name.toLowerCase(), field);
  }
  const number = (name: string) => {
    const field = fields.get(name) ?? 0;
    // JSON has numbers beyond all, as 1e999 is: no timer takes such a time.
    if (typeof field === "number" && field >= 0 && field < Infinity) {
      return field;
    }
    throw new WireError(
      `Cannot read the option: "${name}" is not a number from 0`,
    );
  };
  const magic = number("magicnumber");
  if (magic !== MAGIC_NUMBER) {
    throw new WireError(
      `Cannot read the option: magic number ${magic.toString(16)} is wrong`,
    );
  }
  const codecType = fields.get("codectype") ?? "";
  if (typeof codecType !== "string") {
    throw new WireError('Cannot read the option: "codectype" is not text');
  }
  return {
    codecType,
    connectTimeout: number("connecttimeout") / NANOSECONDS,
    handleTimeout: number("handletimeout") / NANOSECONDS,
    ...(fields.has("version") && { version: number("version") }),
    ...(fields.has("calltimeout") &&
      { callTimeout: number("calltimeout") / NANOSECONDS }),
  };
}

/**
 * Refuses frames of a version that is not spoken here.
 *
 * @throws {WireError} when it is another one.
 */
export function checkVersion(type: string, option: Option | undefined): void {
  if (type !== FRAMES_TYPE || option?.version === FRAMES_VERSION) return;
  throw new WireError(
    `Cannot serve frames of version ${
      option?.version ?? 0
    }: version ${FRAMES_VERSION} is wanted`,
  );
}
