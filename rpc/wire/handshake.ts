// Copyright 2026 the Gee authors. MIT license.

import { NET_RPC_TYPE } from "../codec/gob_codec.ts";
import { JSON_RPC_TYPE } from "../codec/json_rpc.ts";
import { WireError } from "../errors.ts";
import { decodeOption, MAX_OPTION_BYTES, type Option } from "../option.ts";
import type { TimerWheel } from "./timer_wheel.ts";
import { closeQuietly, type Transport } from "./transport.ts";

/** How a connection begins, and the bytes of messages that came with that. */
export interface Handshake {
  /** The name of the codec. */
  readonly codecType: string;
  /** What the client said about its connection; nothing where messages come at once. */
  readonly option: Option | undefined;
  /** What was read behind it; the first messages must not be lost. */
  readonly early: Uint8Array;
}

/**
 * Reads what opens a connection, for at most `timeout` ms; 0 is no limit.
 *
 * @throws {WireError} when something else comes, the end, or nothing in time.
 */
export async function readOption(
  transport: Transport,
  wheel: TimerWheel,
  timeout: number,
  early: Uint8Array = new Uint8Array(),
): Promise<Handshake> {
  if (timeout === 0) return await read(transport, early);
  let isLate = false;
  const deadline = wheel.set(timeout, () => {
    isLate = true;
    closeQuietly(transport);
  });
  try {
    return await read(transport, early);
  } catch (cause) {
    if (!isLate) throw cause;
    const message = `Cannot read the option: none came within ${timeout} ms`;
    throw new WireError(message, { cause });
  } finally {
    wheel.clear(deadline);
  }
}

/** In place of a codec's name where an option begins, or nothing that is known. */
const OPTION = "";
/** The first key of a request of JSON-RPC, and how much it takes to tell. */
const JSON_RPC = /^\s*\{\s*"(method|params|id)"/;
const MIN_JSON = 10;
/** In place of a codec's name where a request of HTTP begins. */
export const HTTP_TYPE = "http";
/** How it begins: the longest method that is known has 16 letters or fewer. */
const HTTP_METHOD = /^[A-Z]{1,16} /;
const HTTP_METHOD_BEGIN = /^[A-Z]{1,16}$/;

/** The codec that begins here without an option; `undefined` for too few bytes. */
function bareType(bytes: Uint8Array): string | undefined {
  const [length = 0, id] = bytes;
  if (bytes.length < 2) return undefined;
  // The definition of a type: a length of one byte and an id of -64 or less.
  if (length > 0 && length < 128 && id === 0xff) return NET_RPC_TYPE;
  const text = new TextDecoder().decode(bytes).trimStart();
  if (HTTP_METHOD.test(text)) return HTTP_TYPE;
  if (HTTP_METHOD_BEGIN.test(text)) return undefined;
  if (text.startsWith("{") && text.length < MIN_JSON) return undefined;
  return JSON_RPC.test(text) ? JSON_RPC_TYPE : OPTION;
}

async function read(
  transport: Transport,
  early: Uint8Array,
): Promise<Handshake> {
  const buffer = new Uint8Array(Math.max(MAX_OPTION_BYTES, early.length));
  buffer.set(early);
  for (let length = early.length;;) {
    const handshake = begun(buffer.subarray(0, length));
    if (handshake !== undefined) return handshake;
    // A read into no room at all would come back at once, for ever.
    if (length === buffer.length) {
      throw new WireError(
        `Cannot read the option: it is longer than ${MAX_OPTION_BYTES} bytes`,
      );
    }
    const count = await transport.read(buffer.subarray(length));
    if (count === null) {
      throw new WireError("Cannot read the option: the connection has ended");
    }
    length += count;
  }
}

/** How a connection begins with these bytes; undefined when more are needed. */
function begun(bytes: Uint8Array): Handshake | undefined {
  const bare = bareType(bytes);
  if (bare === undefined) return undefined;
  if (bare !== OPTION) {
    return { codecType: bare, option: undefined, early: bytes };
  }
  const decoded = decodeOption(bytes);
  if (decoded === undefined) return undefined;
  const { option, length } = decoded;
  return { codecType: option.codecType, option, early: bytes.subarray(length) };
}
