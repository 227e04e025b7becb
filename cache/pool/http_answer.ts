// Copyright 2026 the Gee authors. MIT license.

import { OverloadError } from "../errors.ts";
import type { PeerSource } from "../peer.ts";
import { withDeadline } from "./deadline.ts";
import {
  ANSWER_HEADER,
  HOP_HEADER,
  parsePeerPath,
  type PeerAnswer,
} from "./peer_path.ts";
import { encodeResponse } from "./protobuf.ts";

/** What a pool answers with. */
export interface AnswerSettings {
  /** The path of the pool. */
  readonly basePath: string;
  /** The most ms a value may take. */
  readonly timeout: number;
  /** Told why a load failed; the peer is not. */
  readonly onError: ((error: unknown) => void) | undefined;
  /** The groups by name. */
  readonly groups: ReadonlyMap<string, PeerSource>;
}

/**
 * Answers a request of a peer, in the words of the Go original where it has
 * some.
 *
 * @param request The request.
 * @param settings Those of the pool.
 * @returns The response; it never rejects.
 */
export async function answerPeer(
  request: Request,
  settings: AnswerSettings,
): Promise<Response> {
  let question;
  try {
    question = parsePeerPath(request.url, settings.basePath);
  } catch {
    return refuse(400, "bad request");
  }
  if (question === undefined) return refuse(404, "not found");
  if (request.method !== "GET") {
    return refuse(405, "method not allowed", { allow: "GET" });
  }
  const { group: name, key } = question;
  const group = settings.groups.get(name);
  if (group === undefined) return refuse(404, `no such group: ${name}`);
  if (key === "") return refuse(500, "key is required");
  return await answerKey(
    group,
    key,
    request.headers.has(HOP_HEADER),
    settings,
  );
}

/**
 * Makes an error response as Go's `http.Error` does.
 *
 * @param status The status.
 * @param text The body, without the line end it gets.
 * @param headers Further headers.
 * @returns The response.
 */
export function refuse(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${text}\n`, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

async function answerKey(
  group: PeerSource,
  key: string,
  isForwarded: boolean,
  { timeout, onError }: AnswerSettings,
): Promise<Response> {
  try {
    // Not the signal of the request: it also aborts after a success, and a
    // deadline frees the socket of a getter that never settles all the same.
    const view = await withDeadline(
      timeout,
      [],
      (signal) => group.getBytes(key, { signal, isForwarded }),
    );
    if (view === undefined) return fail(404, "no such key", "missing");
    return new Response(encodeResponse(view), {
      headers: { "content-type": "application/octet-stream" },
    });
  } catch (error) {
    onError?.(error);
    const isBusy = error instanceof OverloadError ||
      error instanceof DOMException && error.name === "TimeoutError";
    // The text of the error stays here: it may tell what is nobody's business.
    return isBusy
      ? fail(503, "try again later", "failed")
      : fail(500, "load failed", "failed");
  }
}

function fail(status: number, text: string, answer: PeerAnswer): Response {
  return refuse(status, text, { [ANSWER_HEADER]: answer });
}
