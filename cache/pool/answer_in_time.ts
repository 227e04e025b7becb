// Copyright 2026 the Gee authors. MIT license.

import type { Answer, AnswerQuestion, Question } from "./link.ts";

const BUSY: Answer = { kind: "failed", isBusy: true };
const FAILED: Answer = { kind: "failed", isBusy: false };

/**
 * Asks for an answer and bounds the wait: a getter that never settles must not
 * keep a socket. There is no timer where the answer is there at once.
 *
 * @returns The answer; "busy" when it took too long.
 */
export function answerInTime(
  answer: AnswerQuestion,
  question: Question,
  timeout: number,
): Answer | Promise<Answer> {
  let given;
  try {
    given = answer(question);
  } catch {
    return FAILED; // it must not, but a server has to go on
  }
  if (!(given instanceof Promise)) return given;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(BUSY), timeout);
    given.catch(() => FAILED).then((answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}
