// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "../byte_view.ts";
import type { Change } from "../change.ts";
import type { PeerMode } from "../peer.ts";

/** What one node asks another. */
export type Question =
  | GetQuestion
  | TellQuestion
  | HandOverQuestion
  | PingQuestion;

/** Give me a value. */
export interface GetQuestion {
  readonly kind: "get";
  readonly group: string;
  readonly key: string;
  readonly mode: PeerMode;
  /** False only for a question of a Go node, which may be passed on. */
  readonly isForwarded: boolean;
}

/** A value changed. */
export interface TellQuestion {
  readonly kind: "tell";
  readonly group: string;
  readonly change: Change;
  /** Nodes the teller could not reach: tell them in its stead. */
  readonly missed: readonly string[];
}

/** Give me what you hold of the keys that are mine. */
export interface HandOverQuestion {
  readonly kind: "handOver";
  readonly group: string;
  /** The name of the node that asks. */
  readonly name: string;
  readonly maxBytes: number;
}

/** Are you there? */
export interface PingQuestion {
  readonly kind: "ping";
}

/** What the other node says. */
export type Answer =
  | ValueAnswer
  | { readonly kind: "missing" }
  | FailedAnswer
  | UnknownGroupAnswer
  | DoneAnswer
  | SnapshotAnswer;

/** A value. */
export interface ValueAnswer {
  readonly kind: "value";
  readonly view: ByteView;
  /** How long it is still fresh in ms; absent from a Go node. */
  readonly ttl?: number;
  readonly tags?: readonly string[];
}

/** The node is well but its source is not, or it has no room for the load. */
export interface FailedAnswer {
  readonly kind: "failed";
  readonly isBusy: boolean;
}

/** There is no group of this name. */
export interface UnknownGroupAnswer {
  readonly kind: "unknownGroup";
}

/** The change was made, or I am here. */
export interface DoneAnswer {
  readonly kind: "done";
  /** Of `missed`, those that could not be told from here either. */
  readonly missed: readonly string[];
}

/** A snapshot for the node that asked. */
export interface SnapshotAnswer {
  readonly kind: "snapshot";
  readonly bytes: Uint8Array;
}

/** Answers questions: what a pool gives its servers. It never rejects. */
export type AnswerQuestion = (question: Question) => Answer | Promise<Answer>;

/** What {@linkcode Link.send} may be told. */
export interface SendOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** The way to one peer. */
export interface Link {
  /** Whether the peer is a Go node: it can be asked for values, not be told. */
  readonly isGo: boolean;
  /**
   * Sends a question. Each wait ends after the time limit of the transport.
   *
   * @returns The answer; it rejects when there is none that can be used.
   */
  send(question: Question, options?: SendOptions): Promise<Answer>;
  /** Ends what is under way, with an error for who waits, and frees the way. */
  close(): void;
}

/** A kind of way between nodes: what a pool needs to know of it. */
export interface Transport {
  /** Throws a `TypeError` where a name is none of this transport. */
  checkName(name: string): void;
  /** Whether it can carry a key. */
  carries(key: string): boolean;
  /** Makes the way to a peer; nothing is opened before it is used. */
  link(name: string): Link;
}
