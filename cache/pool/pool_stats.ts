// Copyright 2026 the Gee authors. MIT license.

import type { RemotePeer } from "./remote_peer.ts";
import type { Roster } from "./roster.ts";

/** How a pool stands now. */
export interface PoolStats {
  /** The name of this node. */
  readonly self: string;
  /** The part of all keys that this node owns, from 0 to 1, by sampling. */
  readonly share: number;
  /** Questions of peers so far. */
  readonly answered: number;
  /** The other nodes by name. */
  readonly peers: Readonly<Record<string, PeerStats>>;
}

/** How a peer stands now, as this node sees it. */
export interface PeerStats {
  /**
   * `"up"`, `"down"`, `"leaving"` when it is not in the list any more and is
   * still told of changes, `"go"` when it is a Go node that is up.
   */
  readonly state: "up" | "down" | "leaving" | "go";
  /** Failures in a row. */
  readonly failures: number;
  /** Changes it has not been told of. */
  readonly pending: number;
  /** Questions sent to it so far. */
  readonly questions: number;
  /** The part of all keys that it owns, from 0 to 1, by sampling. */
  readonly share: number;
}

/**
 * Says how a pool and its peers stand.
 *
 * @param roster The nodes.
 * @param answered Questions of peers so far.
 * @returns A snapshot; it does not change later.
 */
export function poolStats(roster: Roster, answered: number): PoolStats {
  const { self, rings } = roster;
  const peers = Array.from(
    roster.known().values(),
    (peer) => [peer.name, statsOf(peer, rings.shareOf(peer.name))] as const,
  ).sort(([one], [other]) => one < other ? -1 : 1);
  return Object.freeze({
    self,
    share: rings.shareOf(self),
    answered,
    peers: Object.freeze(Object.fromEntries(peers)),
  });
}

function statsOf(peer: RemotePeer, share: number): PeerStats {
  const { health, pending, questions } = peer;
  const { failures } = health;
  const state = stateOf(peer);
  return Object.freeze({ state, failures, pending, questions, share });
}

function stateOf({ leftAt, health, isGo }: RemotePeer): PeerStats["state"] {
  if (leftAt !== undefined) return "leaving";
  if (health.isDown) return "down";
  return isGo ? "go" : "up";
}
