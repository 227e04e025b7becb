// Copyright 2026 the Gee authors. MIT license.

import type { Secret } from "./auth.ts";
import { decodeAnswer } from "./frame.ts";
import { FrameReader, malformed } from "./frame_reader.ts";
import { AUTH_HEADER, FRAMES_TYPE } from "./batch_headers.ts";
import type { FetchUrl } from "./http_go.ts";
import type { Answer } from "./link.ts";
import { knownLength, readBody } from "./read_body.ts";
import { unseal } from "./seal.ts";

/** What the words of a Go node to a batch are, whatever is in it. */
const GO_WORDS = "bad request\n";
const MAX_WORDS = 1024;
/** A seal, and the frames under it before the longest one. */
const SEAL_BYTES = 1 << 20;

/** Settings of {@linkcode sendBatch}. */
export interface BatchSettings {
  /** The name of the peer: its URL. */
  readonly name: string;
  /** The path of the pool. */
  readonly basePath: string;
  /** The most bytes of an answer. */
  readonly maxAnswerBytes: number;
  /** Signs and verifies. */
  readonly secret: Secret | undefined;
  /** Sends requests. */
  readonly fetch: FetchUrl;
}

/** A batch of questions on its way. */
export interface Batch {
  /** The questions as frames. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** How many there are. */
  readonly count: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told when the peer has begun to answer. */
  readonly onBegin: () => void;
  /** Told of each answer. */
  readonly onAnswer: (id: number, answer: Answer) => void;
}

/**
 * Sends questions in one request, and passes the answers on as they come.
 *
 * @returns Whether the peer understood; `false` means that it is a Go node.
 * @throws {Error} When the answer cannot be used.
 */
export async function sendBatch(
  batch: Batch,
  settings: BatchSettings,
): Promise<boolean> {
  const { name, basePath, secret, fetch } = settings;
  const { body, signal } = batch;
  const headers: Record<string, string> = { "content-type": FRAMES_TYPE };
  const stamp = await secret?.stamp({
    method: "POST",
    name,
    path: basePath,
    body,
  });
  if (stamp !== undefined) headers[AUTH_HEADER] = stamp.header;
  // A redirect would send the questions wherever a hostile peer likes.
  const redirect = "manual";
  const init: RequestInit = { method: "POST", headers, body, redirect, signal };
  const response = await fetch(name + basePath, init);
  batch.onBegin();
  const type = response.headers.get("content-type");
  if (response.status === 200 && type === FRAMES_TYPE) {
    await readAnswers(response, batch, settings, stamp?.nonce ?? "");
    return true;
  }
  // Who can change the answers could else have us ask without a signature.
  if (secret === undefined && await isGoAnswer(response)) return false;
  if (!response.bodyUsed) await response.body?.cancel();
  throw new Error(
    `Cannot use the answer: want status 200 and frames, got ${response.status}`,
  );
}

async function isGoAnswer(response: Response): Promise<boolean> {
  if (response.status !== 400) return false;
  const body = await readBody(response, MAX_WORDS);
  return new TextDecoder().decode(body) === GO_WORDS;
}

async function readAnswers(
  response: Response,
  batch: Batch,
  { maxAnswerBytes, secret }: BatchSettings,
  nonce: string,
): Promise<void> {
  let count = 0;
  let index = 0;
  const receive = (reader: FrameReader) => {
    if (++count > batch.count) throw malformed("there are more than questions");
    batch.onAnswer(reader.id, decodeAnswer(reader));
  };
  const receiveAll = async (reader: FrameReader) => {
    while (reader.next()) {
      if (secret === undefined) receive(reader);
      else {
        const frames = await unseal(secret, nonce, index++, reader);
        while (frames.next()) receive(frames);
      }
    }
  };
  const limit = maxAnswerBytes + (secret === undefined ? 0 : SEAL_BYTES);
  const length = knownLength(response);
  if (length !== undefined && length <= maxAnswerBytes) {
    await receiveAll(new FrameReader(limit, await response.bytes()));
    return;
  }
  const reader = new FrameReader(limit);
  for await (const chunk of response.body ?? []) {
    reader.push(chunk);
    await receiveAll(reader);
  }
}
