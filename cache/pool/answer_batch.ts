// Copyright 2026 the Gee authors. MIT license.

import { answerInTime } from "./answer_in_time.ts";
import { AnswerStream } from "./answer_stream.ts";
import { withDeadline } from "../deadline.ts";
import { decodeQuestion } from "./frame.ts";
import { FrameReader, malformed } from "./frame_reader.ts";
import { AUTH_HEADER, FRAMES_TYPE } from "./batch_headers.ts";
import type { HttpAnswerSettings } from "./http_answer_settings.ts";
import type { Question } from "./link.ts";
import { readBody } from "./read_body.ts";
import { refuse } from "./refuse.ts";

/** What a batch may have beside its longest question. */
const SLACK = 2 << 20;
const MAX_BYTES = 64 << 20;
const UNKNOWN = "unauthorized";

/** A question with its number. */
type Numbered = readonly [id: number, question: Question];

/** A batch that may be answered. */
interface Accepted {
  readonly questions: readonly Numbered[];
  /** That of the signature. */
  readonly nonce: string;
}

/** Answers a batch of questions; it never rejects. */
export async function answerBatch(
  request: Request,
  settings: HttpAnswerSettings,
): Promise<Response> {
  const { answer, timeout, secret, maxQuestionBytes = MAX_BYTES } = settings;
  const accepted = await accept(request, settings);
  if (accepted instanceof Response) return accepted;
  const { questions, nonce } = accepted;
  const stream = new AnswerStream({
    maxBytes: maxQuestionBytes,
    secret,
    nonce,
  });
  for (const [id, question] of questions) {
    stream.add(id, answerInTime(answer, question, timeout));
  }
  return new Response(await stream.body(), {
    headers: { "content-type": FRAMES_TYPE },
  });
}

/** Reads and checks a batch; gives the refusal where it has to be refused. */
async function accept(
  request: Request,
  settings: HttpAnswerSettings,
): Promise<Accepted | Response> {
  const { self, basePath, timeout, secret } = settings;
  const { maxQuestionBytes = MAX_BYTES, maxQuestions = 1024 } = settings;
  const header = request.headers.get(AUTH_HEADER);
  // Not a byte is read of who does not even try.
  if (secret !== undefined && header === null) return refuse(401, UNKNOWN);
  const body = await receive(request, maxQuestionBytes + SLACK, timeout);
  if (body instanceof Response) return body;
  const signed = { method: "POST", name: self, path: basePath, body };
  const nonce = secret === undefined ? "" : await secret.check(header, signed);
  if (nonce === undefined) return refuse(401, UNKNOWN);
  try {
    const questions = decodeAll(body, maxQuestionBytes, maxQuestions);
    return { questions, nonce };
  } catch {
    // Not the words of a Go node, for which the peer would take us.
    return refuse(400, "bad frames");
  }
}

/** The body, in time and bounds. */
async function receive(
  request: Request,
  limit: number,
  timeout: number,
): Promise<Uint8Array<ArrayBuffer> | Response> {
  try {
    return await withDeadline(
      timeout,
      [],
      (signal) => readBody(request, limit, signal),
    );
  } catch (error) {
    return error instanceof RangeError
      ? refuse(413, "too large")
      : refuse(408, "too slow");
  }
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
