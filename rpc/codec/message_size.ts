// Copyright 2026 the Gee authors. MIT license.

import { LimitError } from "../errors.ts";
import type { CodecSide, Message } from "./codec.ts";

/** Whatever the limit is, an error that says so has to fit. */
const ALWAYS_BYTES = 1024;

const encoder = new TextEncoder();

/**
 * Whether a text is longer than so many bytes of UTF-8. Most are so much shorter
 * that their characters tell.
 */
export function isLonger(text: string, most: number): boolean {
  if (text.length * 3 <= most) return false;
  return text.length > most || encoder.encode(text).length > most;
}

/** Bytes that one message may take on its way out, by the limit for those that come. */
export function sendableBytes(maxMessageBytes: number): number {
  return Math.max(maxMessageBytes, ALWAYS_BYTES);
}

/** What a message fails with that is too long: the peer would end the connection for it. */
export function tooLong(
  side: CodecSide,
  most: number,
  message?: Pick<Message, "serviceMethod">,
): LimitError {
  const action = message === undefined
    ? "send an item"
    : `${side === "client" ? "call" : "answer"} "${message.serviceMethod}"`;
  return new LimitError(
    `Cannot ${action}: the message is longer than ${most} bytes`,
  );
}
