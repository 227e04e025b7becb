// Copyright 2026 the Gee authors. MIT license.
// The demo of the original as one node, without its network.

import { ByteView } from "../../byte_view.ts";
import { answerHttp } from "../http_answer.ts";
import type { HttpAnswerSettings } from "../http_answer_settings.ts";
import type { Answer, AnswerQuestion, Question } from "../link.ts";

export const SELF = "http://127.0.0.1:1";
export const BYTES = "application/octet-stream";
export const TEXT = "text/plain; charset=utf-8";
export const BUSY: Answer = { kind: "failed", isBusy: true };
export const FAILED: Answer = { kind: "failed", isBusy: false };

/** The values of the demo of the original. */
export const SCORES = new Map([["Tom", "630"], ["a+b", "plus"], [
  "a b",
  "space",
]]);
for (
  const [key, value] of [
    ["x/y", "slash"],
    ["empty", ""],
    ["..", "dots"],
    ["100%", "pct"],
    ["üñ", "utf8"],
  ] as const
) SCORES.set(key, value);

export function demo(question: Question): Answer {
  if (question.kind !== "get") return { kind: "done", missed: [] };
  if (question.group !== "scores") return { kind: "unknownGroup" };
  if (question.key === "") return FAILED;
  const value = SCORES.get(question.key);
  if (value === undefined) return { kind: "missing" };
  return { kind: "value", view: new ByteView(value), ttl: 1000 };
}

export function settingsOf(
  answer: AnswerQuestion = demo,
  options: Partial<HttpAnswerSettings> = {},
): HttpAnswerSettings {
  const basePath = "/_geecache/";
  return { self: SELF, basePath, timeout: 60_000, answer, ...options };
}

/** Status, content type and body of the answer to a GET. */
export async function ask(path: string, settings = settingsOf(), init = {}) {
  const response = await answerHttp(new Request(SELF + path, init), settings);
  const type = response.headers.get("content-type");
  return [response.status, type, await response.text()];
}
