// Copyright 2026 the Gee authors. MIT license.

import { ByteView } from "../byte_view.ts";
import { withDeadline } from "../deadline.ts";
import type { Answer, GetQuestion } from "./link.ts";
import {
  ANSWER_HEADER,
  formatPeerPath,
  HOP_HEADER,
  isAskable,
  type PeerAnswer,
} from "./peer_path.ts";
import { decodeResponse } from "./protobuf.ts";
import { readBody } from "./read_body.ts";

/** Sends a request; `fetch` is the common one. */
export type FetchUrl = (url: string, init: RequestInit) => Promise<Response>;

/** What is needed to ask a Go node. */
export interface GoSettings {
  /** The path of the pool. */
  readonly basePath: string;
  /** The most ms an answer may take. */
  readonly timeout: number;
  /** The most bytes an answer may have. */
  readonly maxAnswerBytes: number;
  /** Sends requests. */
  readonly fetch: FetchUrl;
}

/**
 * Asks a node that speaks the HTTP of the original for a value: a Go node, or
 * one of ours from before there were batches.
 *
 * @param name The URL of the node.
 * @param signals What ends the wait.
 * @returns The answer; it rejects when there is none that can be used.
 */
export function askGo(
  name: string,
  question: GetQuestion,
  settings: GoSettings,
  signals: readonly (AbortSignal | undefined)[],
): Promise<Answer> {
  const { group, key } = question;
  if (!isAskable(group) || !isAskable(key)) {
    return Promise.reject(
      new TypeError(`Cannot ask a Go node for "${key}": no URL can carry it`),
    );
  }
  return withDeadline(settings.timeout, signals, async (signal) => {
    // A redirect would send the question wherever a hostile peer likes.
    const response = await settings.fetch(
      name + formatPeerPath(settings.basePath, { group, key }),
      { headers: { [HOP_HEADER]: "1" }, redirect: "manual", signal },
    );
    return await readAnswer(response, settings);
  });
}

async function readAnswer(
  response: Response,
  { maxAnswerBytes }: GoSettings,
): Promise<Answer> {
  if (response.status === 200) {
    const message = await readBody(response, maxAnswerBytes);
    return { kind: "value", view: new ByteView(decodeResponse(message)) };
  }
  await response.body?.cancel();
  // Only our nodes send the header.
  const answer = response.headers.get(ANSWER_HEADER) as PeerAnswer | null;
  if (answer === "missing") return { kind: "missing" };
  if (answer === "failed") {
    return { kind: "failed", isBusy: response.status === 503 };
  }
  // The original says so of a group or a key it has not, and of a source that
  // fails. It is no value, but the node is well, and a few keys that are nowhere
  // must not take it off the ring.
  if (response.status === 404 || response.status === 500) {
    return { kind: "unknownGroup" };
  }
  throw new Error(
    `Cannot use the answer: want status 200, got ${response.status}`,
  );
}
