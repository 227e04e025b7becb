// Copyright 2026 the Gee authors. MIT license.

import { answerInTime } from "./answer_in_time.ts";
import { AnswerStream } from "./answer_stream.ts";
import type { Secret } from "./auth.ts";
import { withDeadline } from "../deadline.ts";
import { decodeQuestion } from "./frame.ts";
import { FrameReader, malformed } from "./frame_reader.ts";
import { AUTH_HEADER, FRAMES_TYPE } from "./frames_type.ts";
import type { AnswerQuestion, Question } from "./link.ts";
import { readBody } from "./read_body.ts";
import { refuse } from "./refuse.ts";

/** What a batch may have beside its longest question. */
const SLACK = 2 << 20;

/** What a batch is answered with. */
export interface BatchAnswerSettings {
  /** The path of the pool. */
  readonly basePath: string;
  /** The most ms an answer may take, and the body of the request. */
  readonly timeout: number;
  /** Answers questions. */
  readonly answer: AnswerQuestion;
  /** The most bytes of a question or an answer. */
  readonly maxQuestionBytes?: number;
  /** The most questions. */
  readonly maxQuestions?: number;
  /** What the peer has to sign with. */
  readonly secret?: Secret | undefined;
}

/** A question with its number. */
type Numbered = readonly [id: number, question: Question];

/** Answers a batch of questions; it never rejects. */
export async function answerBatch(
  request: Request,
  settings: BatchAnswerSettings,
): Promise<Response> {
  const { basePath, timeout, secret } = settings;
  const { maxQuestionBytes = 64 << 20, maxQuestions = 1024 } = settings;
  let body;
  try {
    body = await withDeadline(timeout, [], (signal) => {
      return readBody(request, maxQuestionBytes + SLACK, signal);
    });
  } catch (error) {
    if (error instanceof RangeError) return refuse(413, "too large");
    return refuse(408, "too slow");
  }
  const nonce = await secret?.check(
    request.headers.get(AUTH_HEADER),
    { method: "POST", path: basePath, body },
  );
  if (secret !== undefined && nonce === undefined) {
    return refuse(401, "unauthorized");
  }
  let questions;
  try {
    questions = decodeAll(body, maxQuestionBytes, maxQuestions);
  } catch {
    // Not the words of a Go node, for which the peer would take us.
    return refuse(400, "bad frames");
  }
  const stream = new AnswerStream({
    maxBytes: maxQuestionBytes,
    secret,
    nonce: nonce ?? "",
  });
  for (const [id, question] of questions) {
    stream.add(id, answerInTime(settings.answer, question, timeout));
  }
  return new Response(await stream.body(), {
    headers: { "content-type": FRAMES_TYPE },
  });
}

/** All of them before the first is answered: a torn batch does nothing. */
function decodeAll(
  body: Uint8Array,
  maxBytes: number,
  maxQuestions: number,
): Numbered[] {
  const reader = new FrameReader(maxBytes, body);
  const questions: Numbered[] = [];
  while (reader.next()) {
    if (questions.length >= maxQuestions) throw malformed("there are too many");
    questions.push([reader.id, decodeQuestion(reader)]);
  }
  if (!reader.isEmpty) throw malformed("the last one is cut short");
  return questions;
}
