// Copyright 2026 the Gee authors. MIT license.

import type { Change } from "../change.ts";
import { asRemoval } from "./outbox.ts";
import type { RemotePeer } from "./remote_peer.ts";

/** A change on its way to some peers. */
export interface Telling {
  /** The name of the group. */
  readonly group: string;
  /** The change. */
  readonly change: Change;
  /** Ends the waits, which are failures then. */
  readonly signal?: AbortSignal;
}

/**
 * Tells peers of a change. Those that cannot be reached are told by those that
 * can, and else when they are back. Who can be reached hears of those who cannot,
 * and so does not ask them for an old value.
 *
 * @param peers Whom to tell.
 * @param telling The change.
 * @param except A peer that knows of the change and of who is down.
 * @returns The names of those nobody could tell, Go nodes included.
 */
export async function tellAll(
  peers: readonly RemotePeer[],
  telling: Telling,
  except?: unknown,
): Promise<Set<string>> {
  /** Those that cannot be reached from here. */
  const beyond = new Set<string>();
  for (const peer of peers) {
    if (peer.isGo || !peer.health.isDown) continue;
    peer.note(telling.group, telling.change);
    beyond.add(peer.name);
  }
  let hearers = peers.filter((peer) => isUp(peer) && peer !== except);
  let { missed, lost } = await tellRound(hearers, telling, beyond);
  // Who agreed must also hear of those that were lost only now; and those beyond
  // must, too, whoever has told them already.
  while (lost.length > 0) {
    for (const name of lost) beyond.add(name);
    // Each is lost once at most: those of a pool that is closed never go down.
    hearers = peers.filter((peer) => isUp(peer) && !beyond.has(peer.name));
    ({ missed, lost } = await tellRound(hearers, telling, beyond));
  }
  for (const { name, isGo } of peers) if (isGo) missed.add(name);
  return missed;
}

/**
 * Tells nodes of a change in the stead of one that cannot reach them.
 *
 * @param peers Whom to tell.
 * @param telling The change.
 * @param limit How long to wait for all of them, in ms.
 * @returns The names of those that could not be told.
 */
export async function tellInStead(
  peers: readonly RemotePeer[],
  { group, change }: Telling,
  limit: number,
): Promise<Set<string>> {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => controller.abort(), limit);
  // They may own the keys, as they see it.
  const telling = { group, change: asRemoval(change), signal };
  try {
    return await tellAll(peers, telling);
  } finally {
    clearTimeout(timer);
  }
}

function isUp({ isGo, health }: RemotePeer): boolean {
  return !isGo && !health.isDown;
}

/** One question to each; gives whom nobody told, and who failed. */
async function tellRound(
  peers: readonly RemotePeer[],
  { group, change, signal }: Telling,
  beyond: ReadonlySet<string>,
): Promise<{ missed: Set<string>; lost: string[] }> {
  const names = [...beyond];
  const missed = new Set(names);
  const lost: string[] = [];
  await Promise.all(peers.map(async (peer) => {
    const left = await peer.pass(group, change, names, signal);
    if (left === undefined && !peer.isGo) lost.push(peer.name);
    const still = new Set(left ?? names);
    for (const name of names) if (!still.has(name)) missed.delete(name);
  }));
  return { missed, lost };
}
