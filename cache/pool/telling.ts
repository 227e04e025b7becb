// Copyright 2026 the Gee authors. MIT license.

import { asRemoval } from "./outbox.ts";
import type { RemotePeer, Telling } from "./remote_peer.ts";

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
  const failed = new Set<RemotePeer>();
  let missed: Set<string>;
  let lost: readonly RemotePeer[];
  // Again when somebody was lost: all the others have to hear of that, also who
  // has come back or gone down meanwhile, and whoever has told them already. Each
  // is lost once at most.
  do {
    const { hearers, beyond } = sides(peers, telling, failed);
    const first = failed.size === 0 ? except : undefined;
    const isNews = isNewTo(hearers, telling);
    const round = hearers.filter((peer) =>
      peer !== first && (isNews || !hasHeard(peer, telling, beyond))
    );
    ({ missed, lost } = await tellRound(round, telling, beyond));
    for (const peer of lost) failed.add(peer);
  } while (lost.length > 0);
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
  { group, change, ids, hops = 0 }: Telling,
  limit: number,
): Promise<Set<string>> {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => controller.abort(), limit);
  // They may own the keys, as they see it.
  const passed = { ids, hops: hops + 1, inStead: signal };
  const telling = { group, change: asRemoval(change), ...passed };
  const able = peers.filter(({ isGo }) => !isGo);
  const wasDeaf = new Set(able.filter(({ health }) => health.isDeaf));
  let missed;
  try {
    missed = await tellAll(peers, telling);
  } finally {
    clearTimeout(timer);
  }
  // Only now: whom it may ask by then has heard of it before.
  const down = peers.filter(({ health }) => health.isDown);
  const beyond = new Set(down.map(({ name }) => name));
  for (const peer of able) {
    if (!wasDeaf.has(peer) && !peer.health.isDeaf) continue;
    if (hasHeard(peer, telling, beyond)) continue;
    if (peer.health.isDown) peer.note(telling);
    else peer.owe([telling]);
  }
  return missed;
}

/**
 * Whether all are to be told: one has not been, and so the others may have asked
 * that one for an old value since they were.
 */
function isNewTo(
  peers: readonly RemotePeer[],
  { ids, inStead }: Telling,
): boolean {
  return inStead === undefined ||
    peers.some(({ heard }) => !heard.has(ids, []));
}

/** Whether a peer knows of a change, and of those that nobody is to ask. */
function hasHeard(
  { name, heard }: RemotePeer,
  { ids }: Telling,
  beyond: ReadonlySet<string>,
): boolean {
  return heard.has(ids, [...beyond].filter((other) => other !== name));
}

/** Who is told now, and the names of those that nobody is to ask. */
function sides(
  peers: readonly RemotePeer[],
  telling: Telling,
  failed: ReadonlySet<RemotePeer>,
): { hearers: RemotePeer[]; beyond: Set<string> } {
  const hearers: RemotePeer[] = [];
  const beyond = new Set<string>();
  for (const peer of peers) {
    if (peer.isGo) continue;
    const { health, name } = peer;
    if (failed.has(peer) && !health.isDown) {
      // Back already, it does not know of those that were lost only now.
      peer.owe([telling]);
    } else if (failed.has(peer) || health.isDeaf) {
      if (telling.inStead === undefined) peer.note(telling);
    } else hearers.push(peer);
    if (health.isDown) beyond.add(name);
  }
  return { hearers, beyond };
}

/** One question to each; gives whom nobody told, and who failed. */
async function tellRound(
  peers: readonly RemotePeer[],
  telling: Telling,
  beyond: ReadonlySet<string>,
): Promise<{ missed: Set<string>; lost: RemotePeer[] }> {
  const missed = new Set(beyond);
  const lost: RemotePeer[] = [];
  await Promise.all(peers.map(async (peer) => {
    const { name } = peer;
    const names = [...beyond].filter((one) => one !== name);
    const left = await peer.pass(telling, names);
    // Only such a telling comes back by another way.
    const isEcho = names.length > 0 || telling.inStead !== undefined;
    if (left !== undefined && isEcho) peer.heard.add(telling.ids, names);
    // Of one that is down all others hear in any case. It counts for nothing: it
    // and those it told have still missed what was before this one change.
    if (beyond.has(name)) return;
    if (left === undefined && !peer.isGo) lost.push(peer);
    const still = new Set(left ?? names);
    for (const one of names) if (!still.has(one)) missed.delete(one);
  }));
  return { missed, lost };
}
