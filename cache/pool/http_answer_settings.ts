// Copyright 2026 the Gee authors. MIT license.

import type { Secret } from "./auth.ts";
import type { AnswerQuestion } from "./link.ts";

/** What requests of peers are answered with. */
export interface HttpAnswerSettings {
  /** The name of this node in the list of all nodes: peers sign for it. */
  readonly self: string;
  /** The path of the pool. */
  readonly basePath: string;
  /** The most ms an answer may take, and the body of a request. */
  readonly timeout: number;
  /** Answers questions. */
  readonly answer: AnswerQuestion;
  /**
   * The most bytes of a question or an answer in a batch.
   *
   * @default {67108864}
   */
  readonly maxQuestionBytes?: number;
  /**
   * The most questions in a batch.
   *
   * @default {1024}
   */
  readonly maxQuestions?: number;
  /**
   * What a peer has to sign with; Go nodes cannot, so they get 401.
   *
   * @default {undefined}
   */
  readonly secret?: Secret | undefined;
}
