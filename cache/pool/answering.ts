// Copyright 2026 the Gee authors. MIT license.

import { ClosedError, OverloadError } from "../errors.ts";
import type {
  PeerMode,
  PeerSource,
  PeerSourceOptions,
  PeerValue,
} from "../peer.ts";
import type {
  Answer,
  GetQuestion,
  HandOverQuestion,
  Question,
  TellQuestion,
} from "./link.ts";

const DONE: Answer = { kind: "done", missed: [] };
const MISSING: Answer = { kind: "missing" };
const UNKNOWN_GROUP: Answer = { kind: "unknownGroup" };
const BUSY: Answer = { kind: "failed", isBusy: true };

/** What answering needs of a pool. */
export interface AnsweringHost {
  /** The groups by name. */
  readonly groups: ReadonlyMap<string, PeerSource>;
  /** The most ms an answer may take. */
  readonly timeout: number;
  /** The most bytes of an answer, whatever a peer asks for. */
  readonly maxAnswerBytes: number;
  /** Tells nodes in the stead of another; gives those that could not be told. */
  relay(question: TellQuestion): Promise<readonly string[]>;
  /**
   * Finds which keys a node owns; nothing where it is none, or is down and does
   * not come back.
   */
  keysOf(name: string): Promise<((key: string) => boolean) | undefined>;
  /** Called when a peer asks for a key that this node does not hold. */
  sought(key: string): void;
  /** Tells of an error, which the peer does not get to see. */
  report(error: unknown): void;
}

/** Answers the questions of peers: at once where nothing has to be waited for. */
export class Answering {
  readonly #host: AnsweringHost;
  readonly #waits = new Set<Wait>();
  #isClosed = false;
  #questions = 0;

  /**
   * Makes it.
   *
   * @param host The pool.
   */
  constructor(host: AnsweringHost) {
    this.#host = host;
  }

  /** Questions of peers so far. */
  get questions(): number {
    return this.#questions;
  }

  /**
   * Answers a question.
   *
   * @param question The question.
   * @returns The answer; it does not reject.
   */
  answer(question: Question): Answer | Promise<Answer> {
    this.#questions++;
    if (this.#isClosed) return this.#refuse(question);
    if (question.kind === "ping") return DONE;
    const group = this.#host.groups.get(question.group);
    if (group === undefined) return UNKNOWN_GROUP;
    try {
      if (question.kind === "get") return this.#get(group, question);
      if (question.kind === "tell") return this.#tell(group, question);
      return this.#until(question, this.#handOver(group, question));
    } catch (error) {
      return this.#failed(question, error);
    }
  }

  /** Ends what is being answered, and refuses further questions. */
  close(): void {
    this.#isClosed = true;
    for (const wait of this.#waits) {
      wait.end(new ClosedError("Cannot answer a peer: the pool is closed"));
    }
  }

  /** Another node is asked then; but who tells of a change has not been heard. */
  #refuse({ kind }: Question): Answer {
    return kind === "get" ? UNKNOWN_GROUP : BUSY;
  }

  #get(group: PeerSource, question: GetQuestion): Answer | Promise<Answer> {
    const wait = new Wait(question.mode, question.isForwarded);
    const value = group.answer(question.key, wait);
    if (!(value instanceof Promise)) return toAnswer(value);
    if (question.isForwarded) this.#host.sought(question.key);
    return this.#until(question, value.then(toAnswer), wait);
  }

  #tell(group: PeerSource, question: TellQuestion): Answer | Promise<Answer> {
    if (question.missed.length > 0) {
      return this.#until(question, this.#relay(group, question));
    }
    const done = group.apply(question.change);
    if (done === undefined) return DONE;
    return this.#until(question, done.then(() => DONE));
  }

  /**
   * The others first: this node may have asked one of them for the old value,
   * and dropping it only then is dropping it for good.
   */
  async #relay(group: PeerSource, question: TellQuestion): Promise<Answer> {
    const missed = await this.#host.relay(question);
    await group.apply(question.change);
    return { kind: "done", missed };
  }

  async #handOver(
    group: PeerSource,
    { name, maxBytes }: HandOverQuestion,
  ): Promise<Answer> {
    const isWanted = await this.#host.keysOf(name);
    // As one that is not here yet: the lists of nodes differ for a moment.
    if (isWanted === undefined) return BUSY;
    const limit = Math.min(maxBytes, this.#host.maxAnswerBytes);
    return { kind: "snapshot", bytes: group.handOver(isWanted, limit) };
  }

  /** Waits for an answer, but no longer than the time limit. */
  #until(
    question: Question,
    answer: Promise<Answer>,
    wait: Wait = new Wait(),
  ): Promise<Answer> {
    const { timeout } = this.#host;
    this.#waits.add(wait);
    const timer = setTimeout(() => {
      wait.end(
        new DOMException(
          `Cannot answer a peer within ${timeout} ms`,
          "TimeoutError",
        ),
      );
    }, timeout);
    return new Promise<Answer>((resolve, reject) => {
      wait.onEnd = reject;
      answer.then(resolve, reject);
    }).catch((error) => this.#failed(question, error)).finally(() => {
      clearTimeout(timer);
      this.#waits.delete(wait);
    });
  }

  #failed(question: Question, error: unknown): Answer {
    // A group that is closed holds nothing, and hears of every change so.
    if (error instanceof ClosedError) {
      if (question.kind !== "tell" || this.#isClosed) {
        return this.#refuse(question);
      }
      // What came of those to be told as well is not known any more.
      return { kind: "done", missed: question.missed };
    }
    this.#host.report(error);
    const isBusy = error instanceof OverloadError ||
      error instanceof DOMException && error.name === "TimeoutError";
    // The text of the error stays here: it may tell what is nobody's business.
    return { kind: "failed", isBusy };
  }
}

/** One question under way, and what its group is told of it. */
class Wait implements PeerSourceOptions {
  readonly mode: PeerMode;
  readonly isForwarded: boolean;
  /** Called at the end of the wait. */
  onEnd: ((reason: unknown) => void) | undefined;
  #controller: AbortController | undefined;

  constructor(mode: PeerMode = "load", isForwarded = true) {
    this.mode = mode;
    this.isForwarded = isForwarded;
  }

  /** Made when it is asked for: an answer from memory needs none. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Ends the wait. */
  end(reason: unknown): void {
    this.onEnd?.(reason);
    this.#controller?.abort(reason);
  }
}

function toAnswer(value: PeerValue | undefined): Answer {
  if (value === undefined) return MISSING;
  const { view, ttl, tags } = value;
  // Spelled out: every value for a peer comes this way.
  if (tags === undefined && ttl !== undefined) {
    return { kind: "value", view, ttl };
  }
  return {
    kind: "value",
    view,
    ...ttl !== undefined && { ttl },
    ...tags !== undefined && { tags },
  };
}
