// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "./byte_view.ts";

/** What {@linkcode PeerGetter.get} may be told. */
export interface PeerGetOptions {
  /**
   * Ends the wait; the call then rejects with its reason.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
}

/** The seam to one peer: the transports implement it, groups call it. */
export interface PeerGetter {
  /**
   * Asks the peer for a value. Every wait is bounded by the transport.
   *
   * There are four ends: bytes, which the caller may keep; `undefined`, when
   * the owner knows that there is none; a rejection with `LoadError`, when the
   * owner failed to load the value; and any other rejection, when the peer is
   * of no use and the caller should ask the source.
   *
   * @param group The name of the group.
   * @param key The key.
   * @param options A signal to end the wait.
   * @returns The bytes, or `undefined` when there are none.
   */
  get(
    group: string,
    key: string,
    options?: PeerGetOptions,
  ): Promise<Uint8Array | undefined>;
}

/** The seam to all peers: says who owns a key. */
export interface PeerPicker {
  /**
   * Picks the peer that owns a key.
   *
   * @param key The key.
   * @returns The peer, or `undefined` when this node should load the key: it
   * owns it, there are no peers, or the transport cannot carry the key.
   */
  pickPeer(key: string): PeerGetter | undefined;
}

/** What a pool needs of the groups it answers for; `Group` has it. */
export interface PeerSource {
  /** The name peers ask for. */
  readonly name: string;
  /**
   * Gives the bytes of a key to a peer.
   *
   * @param key The key.
   * @param options See {@linkcode PeerSourceOptions}.
   * @returns The bytes, or `undefined` when there are none.
   */
  getBytes(
    key: string,
    options?: PeerSourceOptions,
  ): Promise<ByteView | undefined>;
  /**
   * Tells the group whom to ask for the keys of others.
   *
   * @param picker The peers.
   */
  registerPeers(picker: PeerPicker): void;
}

/** What {@linkcode PeerSource.getBytes} may be told. */
export interface PeerSourceOptions {
  /**
   * Ends the wait; the call then rejects with its reason.
   *
   * @default {undefined}
   */
  readonly signal?: AbortSignal;
  /**
   * Whether a peer forwarded the question, which then goes to no other peer:
   * two nodes that disagree about an owner must not send it in circles.
   *
   * @default {false}
   */
  readonly isForwarded?: boolean;
}
