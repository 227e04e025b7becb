// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "./byte_view.ts";
import type { Change } from "./change.ts";

/** A value on its way from one node to another. */
export interface PeerValue {
  /** The bytes. */
  readonly view: ByteView;
  /**
   * How long it is still fresh in ms. Where it is absent the value must not be
   * copied: nobody would tell of its changes.
   */
  readonly ttl?: number;
  /** What it is also removed by. */
  readonly tags?: readonly string[];
}

/**
 * What a peer is to do for a key: `"load"` it when it does not hold it; give it
 * only where it is `"held"`; `"refresh"` it, whatever it holds.
 */
export type PeerMode = "load" | "held" | "refresh";

/** What {@linkcode PeerGetter.get} may be told. */
export interface PeerGetOptions {
  /**
   * Ends the wait; the call then rejects with its reason.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
  /**
   * What the peer is to do.
   *
   * @default {"load"}
   */
  readonly mode?: PeerMode;
}

/** What {@linkcode PeerGetter.handOver} may be told. */
export interface HandOverOptions {
  /** The most bytes of values to be given. */
  readonly maxBytes: number;
  /**
   * Ends the wait; the call then rejects with its reason.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
}

/** The seam to one peer: the transports implement it, groups call it. */
export interface PeerGetter {
  /** Its name in the list of all nodes. */
  readonly name: string;
  /**
   * Asks the peer for a value. Every wait is bounded by the transport.
   *
   * There are four ends: a value, which the caller may keep; `undefined`, when
   * the owner knows that there is none; a rejection with `LoadError`, when the
   * owner failed to load the value; and any other rejection, when the peer is
   * of no use and the caller should ask the source.
   *
   * @param group The name of the group.
   * @param key The key.
   * @param options A signal to end the wait, and what to do.
   * @returns The value, or `undefined` when there is none.
   */
  get(
    group: string,
    key: string,
    options?: PeerGetOptions,
  ): Promise<PeerValue | undefined>;
  /**
   * Tells the peer, as the owner of its keys, of a change. Where that fails the
   * peer is not picked again before it has been told.
   *
   * @param group The name of the group.
   * @param change The change.
   * @returns When the peer has agreed; it rejects when it could not be told.
   */
  tell(group: string, change: Change): Promise<void>;
  /**
   * Asks the peer for what it holds of the keys this node owns, the most useful
   * first.
   *
   * @param group The name of the group.
   * @param options How much.
   * @returns A snapshot whose times count from its making.
   */
  handOver(group: string, options: HandOverOptions): Promise<Uint8Array>;
}

/** The seam to all peers: says who owns a key. */
export interface PeerPicker {
  /** The name of this node in the list of all nodes. */
  readonly self: string;
  /**
   * Picks the peer that owns a key.
   *
   * @param key The key.
   * @returns The peer, or `undefined` when this node should load the key: it
   * owns it, there are no peers, or the transport cannot carry the key.
   */
  pickPeer(key: string): PeerGetter | undefined;
  /**
   * Picks the peer that owned a key of this node until a short while ago, when
   * the list of nodes changed: it may still hold the value.
   *
   * @param key The key.
   * @returns The peer, or `undefined` when there is none to be asked.
   */
  pickPrevious(key: string): PeerGetter | undefined;
  /**
   * The most ms between the first and the last node to hear of a change: who is
   * not told within it is not asked either.
   */
  readonly spreadTime: number;
  /** The peers that can be asked now. */
  readonly others: readonly PeerGetter[];
  /**
   * Tells every other node of a change, those included that left a short while
   * ago; who cannot be reached from here is told by others, and else when it is
   * back.
   *
   * @param group The name of the group.
   * @param change The change.
   * @param except A peer that knows of it already.
   * @returns The names of those that could not be told by anybody, when all
   * others have agreed; it does not reject.
   */
  tellOthers(
    group: string,
    change: Change,
    except?: PeerGetter,
  ): Promise<readonly string[]>;
}

/** What {@linkcode PeerSource.answer} may be told. */
export interface PeerSourceOptions {
  /**
   * Ends the wait; the call then rejects with its reason.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
  /**
   * What the peer wants.
   *
   * @default {"load"}
   */
  readonly mode?: PeerMode;
  /**
   * Whether a peer of ours forwarded the question, which then goes to no other
   * peer: two nodes that disagree about an owner must not send it in circles.
   *
   * @default {false}
   */
  readonly isForwarded?: boolean;
}

/** What a pool needs of a group to answer for it: `Group.peerSource`. */
export interface PeerSource {
  /** The name peers ask for. */
  readonly name: string;
  /**
   * Gives the value of a key to a peer: at once where nothing has to be loaded.
   *
   * @param key The key.
   * @param options See {@linkcode PeerSourceOptions}.
   * @returns The value, or `undefined` when there is none.
   */
  answer(
    key: string,
    options: PeerSourceOptions,
  ): PeerValue | undefined | Promise<PeerValue | undefined>;
  /**
   * Does what a peer told: on this node alone.
   *
   * @param change The change.
   * @returns When it is done; nothing where it is done at once.
   */
  apply(change: Change): void | Promise<void>;
  /**
   * Gives what this node holds of some keys, the most useful first.
   *
   * @param isWanted Whether a key is among them.
   * @param maxBytes The most bytes of values.
   * @returns A snapshot whose times count from its making.
   */
  handOver(
    isWanted: (key: string) => boolean,
    maxBytes: number,
  ): Uint8Array;
  /**
   * Tells the group whom to ask for the keys of others.
   *
   * @param picker The peers.
   */
  registerPeers(picker: PeerPicker): void;
  /**
   * What the group counted, for the metrics of a pool.
   *
   * @returns Numbers by name.
   */
  stats(): object;
  /**
   * Where a key is and why, for the metrics of a pool.
   *
   * @param key The key.
   * @returns Facts by name.
   */
  explain(key: string): object;
}
