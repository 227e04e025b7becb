// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";
import { decodeOption, MAX_OPTION_BYTES, type Option } from "../option.ts";
import type { Transport } from "./transport.ts";

/** An option and the bytes of messages that came with it. */
export interface Handshake {
  /** What the client said about its connection. */
  readonly option: Option;
  /** What was read behind it; the first messages must not be lost. */
  readonly early: Uint8Array;
}

/**
 * Reads the option that opens a connection.
 *
 * @throws {WireError} when something else comes, or the end.
 */
export async function readOption(transport: Transport): Promise<Handshake> {
  const buffer = new Uint8Array(MAX_OPTION_BYTES);
  for (let length = 0;;) {
    const count = await transport.read(buffer.subarray(length));
    if (count === null) {
      throw new WireError("Cannot read the option: the connection has ended");
    }
    length += count;
    const decoded = decodeOption(buffer.subarray(0, length));
    if (decoded === undefined) continue;
    return {
      option: decoded.option,
      early: buffer.subarray(decoded.length, length),
    };
  }
}
