// Copyright 2026 the Gee authors. MIT license.

import { WireError } from "../errors.ts";
import { decodeOption, MAX_OPTION_BYTES, type Option } from "../option.ts";
import type { TimerWheel } from "./timer_wheel.ts";
import { closeQuietly, type Transport } from "./transport.ts";

/** How a connection begins, and the bytes of messages that came with that. */
export interface Handshake {
  /** What the client said about its connection; nothing where gobs come at once. */
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
): Promise<Handshake> {
  if (timeout === 0) return await read(transport);
  let isLate = false;
  const deadline = wheel.set(timeout, () => {
    isLate = true;
    closeQuietly(transport);
  });
  try {
    return await read(transport);
  } catch (cause) {
    if (!isLate) throw cause;
    const message = `Cannot read the option: none came within ${timeout} ms`;
    throw new WireError(message, { cause });
  } finally {
    wheel.clear(deadline);
  }
}

/**
 * Whether a stream of gobs begins here, with the definition of a type: a length of
 * one byte and an id of -64 or less.
 */
function isGob([length = 0, id]: Uint8Array): boolean {
  return length > 0 && length < 128 && id === 0xff;
}

async function read(transport: Transport): Promise<Handshake> {
  const buffer = new Uint8Array(MAX_OPTION_BYTES);
  for (let length = 0;;) {
    const count = await transport.read(buffer.subarray(length));
    if (count === null) {
      throw new WireError("Cannot read the option: the connection has ended");
    }
    length += count;
    if (length === 1) continue;
    if (isGob(buffer)) {
      return { option: undefined, early: buffer.subarray(0, length) };
    }
    const decoded = decodeOption(buffer.subarray(0, length));
    if (decoded === undefined) continue;
    return {
      option: decoded.option,
      early: buffer.subarray(decoded.length, length),
    };
  }
}
