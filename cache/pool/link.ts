// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "../byte_view.ts";
import type { Change } from "../change.ts";
import type { PeerMode } from "../peer.ts";
import type { ChangeIds } from "./change_ids.ts";

/** What one node asks another. */
export type Question =
  | GetQuestion
  | TellQuestion
  | HandOverQuestion
  | PingQuestion;

/** Give me a value. */
export interface GetQuestion {
  /** Which question it is. */
  readonly kind: "get";
  /** The name of the group. */
  readonly group: string;
  /** The key. */
  readonly key: string;
  /** What is to be done for it. */
  readonly mode: PeerMode;
  /** False only for a question of a Go node, which may be passed on. */
  readonly isForwarded: boolean;
}

/** A value changed. */
export interface TellQuestion {
  /** Which question it is. */
  readonly kind: "tell";
  /** The name of the group. */
  readonly group: string;
  /** The change. */
  readonly change: Change;
  /** Nodes the teller could not reach: tell them in its stead. */
  readonly missed: readonly string[];
  /** Which tellings it stands for; unknown of a part of one. */
  readonly ids: ChangeIds | undefined;
  /** How often it was passed on in the stead of others, from 0. */
  readonly hops: number;
}

/** Give me what you hold of the keys that are mine. */
export interface HandOverQuestion {
  /** Which question it is. */
  readonly kind: "handOver";
  /** The name of the group. */
  readonly group: string;
  /** The name of the node that asks. */
  readonly name: string;
  /** The most bytes of keys and values. */
  readonly maxBytes: number;
}

/** Are you there? */
export interface PingQuestion {
  /** Which question it is. */
  readonly kind: "ping";
}

/** What the other node says. */
export type Answer =
  | ValueAnswer
  | MissingAnswer
  | FailedAnswer
  | UnknownGroupAnswer
  | DoneAnswer
  | SnapshotAnswer;

/** A value. */
export interface ValueAnswer {
  /** Which answer it is. */
  readonly kind: "value";
  /** The bytes. */
  readonly view: ByteView;
  /** How long it is still fresh in ms; absent from a Go node. */
  readonly ttl?: number;
  /** What it is also removed by. */
  readonly tags?: readonly string[];
}

/** The owner knows that there is no value. */
export interface MissingAnswer {
  /** Which answer it is. */
  readonly kind: "missing";
}

/** The node is well but its source is not, or it has no room for the load. */
export interface FailedAnswer {
  /** Which answer it is. */
  readonly kind: "failed";
  /** Whether asking again later helps. */
  readonly isBusy: boolean;
}

/** There is no group of this name. */
export interface UnknownGroupAnswer {
  /** Which answer it is. */
  readonly kind: "unknownGroup";
}

/** The change was made, or I am here. */
export interface DoneAnswer {
  /** Which answer it is. */
  readonly kind: "done";
  /** Of `missed`, those that could not be told from here either. */
  readonly missed: readonly string[];
}

/** A snapshot for the node that asked. */
export interface SnapshotAnswer {
  /** Which answer it is. */
  readonly kind: "snapshot";
  /** The snapshot, whose times count from its making. */
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
