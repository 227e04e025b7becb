// Copyright 2026 the Gee authors. MIT license.

import type { Secret } from "./auth.ts";
import { beginFrame, endFrame, SEALED } from "./frame.ts";
import { FrameReader, malformed } from "./frame_reader.ts";
import { OutBuffer } from "./out_buffer.ts";

const MAC_BYTES = 32;
const LABEL = "answer";

/**
 * Puts frames of an answer under a signature, over the question they answer and
 * their place, so that none can be changed, repeated or moved.
 *
 * @param nonce That of the question.
 * @param index How many came before.
 */
export async function seal(
  secret: Secret,
  nonce: string,
  index: number,
  frames: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const out = new OutBuffer();
  beginFrame(out, index, SEALED);
  out.raw(await secret.sign(LABEL, nonce, String(index), frames));
  out.raw(frames);
  endFrame(out, 0, Infinity);
  return out.take();
}

/**
 * Verifies the sealed frames a reader is at.
 *
 * @returns A reader of the frames.
 * @throws {SyntaxError} When they are not sealed, or the signature is wrong.
 */
export async function unseal(
  secret: Secret,
  nonce: string,
  index: number,
  reader: FrameReader,
): Promise<FrameReader> {
  if (reader.kind !== SEALED || reader.id !== index) {
    throw malformed("it is not signed");
  }
  const sealed = reader.rest();
  const mac = sealed.slice(0, MAC_BYTES);
  const frames = sealed.subarray(MAC_BYTES);
  if (!await secret.verify(mac, LABEL, nonce, String(index), frames)) {
    throw malformed("its signature is wrong");
  }
  return new FrameReader(frames.length, frames);
}
