// Copyright 2026 the Gee authors. MIT license.

import { answerBatch } from "./answer_batch.ts";
import { answerInTime } from "./answer_in_time.ts";
import { FRAMES_TYPE } from "./batch_headers.ts";
import type { HttpAnswerSettings } from "./http_answer_settings.ts";
import type { Answer } from "./link.ts";
import {
  ANSWER_HEADER,
  HOP_HEADER,
  parsePeerPath,
  type PeerAnswer,
} from "./peer_path.ts";
import { encodeResponse } from "./protobuf.ts";
import { refuse } from "./refuse.ts";

/**
 * Answers a request of a peer: a batch of questions, or the GET of the original
 * in the words of the original where it has some.
 *
 * @param request The request.
 * @param settings Limits, and who knows the answers.
 * @returns The response; it never rejects.
 */
export async function answerHttp(
  request: Request,
  settings: HttpAnswerSettings,
): Promise<Response> {
  const { basePath, secret } = settings;
  if (isBatch(request, basePath)) return await answerBatch(request, settings);
  let question;
  try {
    question = parsePeerPath(request.url, basePath);
  } catch {
    return refuse(400, "bad request");
  }
  if (question === undefined) return refuse(404, "not found");
  // A signed answer has no form here, and Go nodes cannot sign.
  if (secret !== undefined) return refuse(401, "unauthorized");
  if (request.method !== "GET") {
    return refuse(405, "method not allowed", { allow: "GET" });
  }
  const isForwarded = request.headers.has(HOP_HEADER);
  return await answerGet(question.group, question.key, isForwarded, settings);
}

/** A batch goes to the path itself, where the original has only "bad request". */
function isBatch({ method, url, headers }: Request, basePath: string): boolean {
  return method === "POST" && headers.get("content-type") === FRAMES_TYPE &&
    url.endsWith(basePath) && parsePath(url) === basePath;
}

function parsePath(url: string): string {
  return url.slice(url.indexOf("/", url.indexOf("://") + 3));
}

async function answerGet(
  group: string,
  key: string,
  isForwarded: boolean,
  { answer, timeout }: HttpAnswerSettings,
): Promise<Response> {
  // The original looks for the group first; the empty key is never loaded.
  const mode = key === "" ? "held" : "load";
  const question = { kind: "get", group, key, mode, isForwarded } as const;
  const given = await answerInTime(answer, question, timeout);
  if (given.kind === "unknownGroup") {
    return refuse(404, `no such group: ${group}`);
  }
  if (key === "") return refuse(500, "key is required");
  return responseOf(given);
}

function responseOf(answer: Answer): Response {
  switch (answer.kind) {
    case "value":
      return new Response(encodeResponse(answer.view), {
        headers: { "content-type": "application/octet-stream" },
      });
    case "missing":
      return fail(404, "no such key", "missing");
    default:
      return answer.kind === "failed" && answer.isBusy
        ? fail(503, "try again later", "failed")
        : fail(500, "load failed", "failed");
  }
}

function fail(status: number, text: string, answer: PeerAnswer): Response {
  return refuse(status, text, { [ANSWER_HEADER]: answer });
}
