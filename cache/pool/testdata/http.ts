// Copyright 2026 the Gee authors. MIT license.
// What the tests of HTTP have in common.

import { ByteView } from "../../byte_view.ts";
import { encodeAnswer } from "../frame.ts";
import { FRAMES_TYPE } from "../batch_headers.ts";
import { answerHttp } from "../http_answer.ts";
import type { HttpAnswerSettings } from "../http_answer_settings.ts";
import { HttpTransport, type HttpTransportOptions } from "../http_transport.ts";
import type { Answer, GetQuestion, Question } from "../link.ts";
import { OutBuffer } from "../out_buffer.ts";

export const PEER = "http://127.0.0.1:2";
export const SECRET = "sixteen bytes or more";

export type Respond = (request: Request) => Response | Promise<Response>;

export function get(key: string, group = "g"): GetQuestion {
  return { kind: "get", group, key, mode: "load", isForwarded: true };
}

export function echo(question: Question): Answer {
  return question.kind === "get"
    ? { kind: "value", view: new ByteView(`<${question.key}>`), ttl: 1000 }
    : { kind: "done", missed: [] };
}

export function textOf(answer: Answer): string {
  return answer.kind === "value" ? String(answer.view) : answer.kind;
}

/** A link to a peer that answers as the test says. */
export function linkTo(respond: Respond, options: HttpTransportOptions = {}) {
  const requests: Request[] = [];
  const transport = new HttpTransport({
    fetch: async (request) => {
      requests.push(request.clone());
      return await respond(request);
    },
    ...options,
  });
  return { link: transport.link(PEER), requests };
}

/** How one of our nodes answers. */
export function node(
  answer: (question: Question) => Answer | Promise<Answer> = echo,
  options: Partial<HttpAnswerSettings> = {},
): Respond {
  const settings = { basePath: "/_geecache/", timeout: 60_000, self: PEER };
  return (request) => answerHttp(request, { ...settings, answer, ...options });
}

/** How a Go node answers: a batch is a path without group and key to it. */
export function goNode(answer: Respond): Respond {
  return (request) =>
    new URL(request.url).pathname === "/_geecache/"
      ? new Response("bad request\n", { status: 400 })
      : answer(request);
}

export const GO_VALUE = Uint8Array.fromHex("0a03363330");

/** A response of frames. */
export function frames(body: BodyInit): Response {
  return new Response(body, { headers: { "content-type": FRAMES_TYPE } });
}

export function answerFrame(
  id: number,
  answer: Answer,
): Uint8Array<ArrayBuffer> {
  const out = new OutBuffer();
  encodeAnswer(out, id, answer, 1 << 20);
  return out.take();
}
