// Copyright 2026 the Gee authors. MIT license.

import type { Change } from "../change.ts";
import type { RemotePeer } from "./remote_peer.ts";

/**
 * Tells peers of a change. Those that cannot be reached are told by those that
 * can, and else when they are back.
 *
 * @param peers Whom to tell.
 * @param group The name of the group.
 * @param change The change.
 * @returns The names of those nobody could tell, Go nodes included.
 */
export async function tellAll(
  peers: Iterable<RemotePeer>,
  group: string,
  change: Change,
): Promise<Set<string>> {
  const deaf = new Set<string>();
  const missed = new Set<string>();
  const reachable: RemotePeer[] = [];
  for (const peer of peers) {
    if (peer.isGo) deaf.add(peer.name);
    else if (!peer.health.isDown) reachable.push(peer);
    else {
      missed.add(peer.name);
      peer.note(group, change);
    }
  }
  const failed = await tellRound(reachable, group, change, missed);
  for (const peer of failed) {
    if (peer.isGo) deaf.add(peer.name);
  }
  const lost = failed.filter((peer) => !peer.isGo);
  if (lost.length > 0) {
    // Who agreed a moment ago tells those that did not.
    const names = new Set(lost.map(({ name }) => name));
    const others = reachable.filter((peer) => !failed.includes(peer));
    const late = await tellRound(others, group, change, names);
    for (const { name } of late) names.add(name);
    for (const name of names) missed.add(name);
  }
  return missed.union(deaf);
}

/**
 * Tells nodes of a change in the stead of one that cannot reach them.
 *
 * @param peers Whom to tell.
 * @param group The name of the group.
 * @param change The change.
 * @param limit How long to wait for all of them, in ms.
 * @returns The names of those that could not be told.
 */
export async function tellInStead(
  peers: readonly RemotePeer[],
  group: string,
  change: Change,
  limit: number,
): Promise<string[]> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limit);
  const failed: string[] = [];
  await Promise.all(peers.map(async (peer) => {
    const done = await peer.pass(group, change, [], controller.signal);
    if (done === undefined) failed.push(peer.name);
  }));
  clearTimeout(timer);
  return failed;
}

/**
 * One question to each; takes from `missed` whom somebody told.
 *
 * @returns Those that failed.
 */
async function tellRound(
  peers: readonly RemotePeer[],
  group: string,
  change: Change,
  missed: Set<string>,
): Promise<RemotePeer[]> {
  const names = [...missed];
  const failed: RemotePeer[] = [];
  await Promise.all(peers.map(async (peer) => {
    const left = await peer.pass(group, change, names);
    if (left === undefined) failed.push(peer);
    const still = new Set(left ?? names);
    for (const name of names) {
      if (!still.has(name)) missed.delete(name);
    }
  }));
  return failed;
}
