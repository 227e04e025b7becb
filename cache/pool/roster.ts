// Copyright 2026 the Gee authors. MIT license.

import type { Change } from "../change.ts";
import type { PeerSource } from "../peer.ts";
import { ChangeCounter } from "./change_ids.ts";
import { ChangeLog } from "./change_log.ts";
import type { Link } from "./link.ts";
import { isSameList, type Members } from "./member.ts";
import type { PoolSettings } from "./pool_options.ts";
import type { MissedChange } from "./outbox.ts";
import { type PeerHost, RemotePeer } from "./remote_peer.ts";
import { RingView } from "./ring_view.ts";
import { Turns } from "./turns.ts";
import { unrefTimer } from "./unref_timer.ts";

const RESET: Change = { kind: "reset" };

/** What a {@linkcode Roster} needs of its pool. */
export interface RosterOptions {
  /** The name of this node. */
  readonly self: string;
  /** The ring and the limits. */
  readonly settings: PoolSettings;
  /** Makes the way to a node. */
  readonly link: (name: string) => Link;
  /** Tells of an error. */
  readonly report: (error: unknown) => void;
  /** The groups by name. */
  readonly groups: ReadonlyMap<string, PeerSource>;
}

/**
 * The nodes: which are in the list, which left it a short while ago, which are
 * up, and so who owns which key.
 */
export class Roster implements PeerHost {
  /** The name of this node. */
  readonly self: string;
  /** The limits. */
  readonly settings: PoolSettings;
  /** Who owns which key. */
  readonly rings: RingView;
  /** Tells of an error. */
  readonly report: (error: unknown) => void;
  /** Whose turn it is to be told what it missed. */
  readonly turns: Turns;
  /** What this node changed of late. */
  readonly changes: ChangeLog;
  /** Numbers what it tells. */
  readonly counter: ChangeCounter = new ChangeCounter();
  readonly #link: (name: string) => Link;
  readonly #groups: ReadonlyMap<string, PeerSource>;
  /** The others in the list, and those that left it a short while ago. */
  readonly #peers = new Map<string, RemotePeer>();
  #members: Members = new Map();
  #askable: ReadonlyMap<string, RemotePeer> = new Map();
  #others: readonly RemotePeer[] = [];
  /** Those that left so long ago that they are told of nothing. */
  readonly #gone = new Set<string>();
  /** Runs after this node left, until it has to forget what it holds. */
  #leaving: ReturnType<typeof setTimeout> | undefined;
  #isWarned = false;

  /**
   * Makes it without nodes.
   *
   * @param options Those of the pool.
   */
  constructor(options: RosterOptions) {
    const { self, settings, link, report, groups } = options;
    const { makeRing, grace, maxProbe, now } = settings;
    this.self = self;
    this.settings = settings;
    this.rings = new RingView({ self, makeRing, grace, now });
    this.changes = new ChangeLog(grace, now, this.counter);
    this.turns = new Turns(maxProbe);
    this.report = report;
    this.#link = link;
    this.#groups = groups;
  }

  /** The list: the weights by name. */
  get members(): Members {
    return this.#members;
  }

  /** Whether this node is in the list, so that others tell it of changes. */
  get isMember(): boolean {
    return this.#members.has(this.self);
  }

  /** The peers that can be asked now. */
  get others(): readonly RemotePeer[] {
    return this.#others;
  }

  /**
   * Finds a peer that can be asked now.
   *
   * @param name Its name.
   * @returns The peer; `undefined` when it is down or there is none.
   */
  askable(name: string): RemotePeer | undefined {
    return this.#askable.get(name);
  }

  /**
   * Replaces the list.
   *
   * @param members The weights by name.
   */
  replace(members: Members): void {
    if (isSameList(members, this.#members)) return;
    this.rings.keep();
    const now = this.settings.now();
    for (const [name, peer] of this.#peers) {
      if (members.has(name)) peer.leftAt = undefined;
      else peer.leftAt ??= now;
    }
    const added = [...members.keys()].filter((name) =>
      name !== this.self && !this.#peers.has(name)
    ).map((name) => new RemotePeer(name, this.#link(name), this));
    for (const peer of added) this.#peers.set(peer.name, peer);
    const wasMember = this.isMember;
    this.#members = members;
    this.rings.set(members);
    this.#arrange();
    for (const peer of added) peer.owe(this.#missedBy(peer.name));
    if (wasMember !== this.isMember) this.#leave();
  }

  /**
   * The others, those included that left a short while ago and are still told of
   * changes.
   *
   * @returns Them.
   */
  known(): ReadonlyMap<string, RemotePeer> {
    this.sweep();
    return this.#peers;
  }

  /**
   * Finds who misses what changes now.
   *
   * @param except The name of one that is not meant.
   * @returns The names of the others that are down.
   */
  unreachable(except: string): readonly string[] {
    return [...this.#peers.values()].filter((peer) =>
      peer.health.isDown && !peer.isGo && peer.name !== except
    ).map(({ name }) => name);
  }

  /** Forgets peers that left so long ago that nobody asks them any more. */
  sweep(): void {
    for (const [name, peer] of this.#peers) {
      if (!this.#hasLeft(peer, 2)) continue;
      this.#peers.delete(name);
      peer.close();
      this.#gone.add(name);
      const [oldest = ""] = this.#gone;
      if (this.#gone.size > this.settings.maxPeers) this.#gone.delete(oldest);
    }
  }

  /**
   * Finds the peer that owned a key of this node before the list changed.
   *
   * @param key The key.
   * @returns The peer; `undefined` when there is none that can be asked.
   */
  former(key: string): RemotePeer | undefined {
    const name = this.rings.formerOwner(key);
    if (name === undefined || name === this.self) return undefined;
    // Another peer owns it now, and so looks for it itself.
    if (this.rings.owner(key) !== this.self) return undefined;
    const peer = this.#peers.get(name);
    if (peer === undefined || peer.isGo || peer.health.isDown) return undefined;
    return this.#hasLeft(peer, 1) ? undefined : peer;
  }

  /**
   * Finds who owns a key where one peer is of no use.
   *
   * @param key The key.
   * @param peer The one.
   * @returns Another peer; `undefined` when it is this node, or nobody.
   */
  next(key: string, peer: RemotePeer): RemotePeer | undefined {
    return this.#askable.get(this.rings.ownerBeside(key, peer.name) ?? "");
  }

  /**
   * Called after the first answer of a peer.
   *
   * @param name Its name.
   * @param isGo Whether it is a Go node.
   */
  met(name: string, isGo: boolean): void {
    if (!isGo || !this.settings.isForeignToGo || this.#isWarned) return;
    this.#isWarned = true;
    this.report(
      new TypeError(
        `Cannot share the ring with "${name}": it is a Go node, which wants ring "crc32x50", got "balanced"`,
      ),
    );
  }

  /** Called when a peer went down and when it is back. */
  changed(peer: RemotePeer): void {
    if (peer.leftAt === undefined) this.#arrange();
  }

  /** Ends what is under way with all of them; nobody can be asked any more. */
  close(): void {
    clearTimeout(this.#leaving);
    this.#askable = new Map();
    this.#others = [];
    for (const peer of this.#peers.values()) peer.close();
  }

  /** What a node that is new in the list may have missed. */
  #missedBy(name: string): MissedChange[] {
    if (!this.#gone.delete(name)) return this.changes.all();
    // It is back after a time in which nobody told it anything.
    return Array.from(this.#groups.keys(), (group) => {
      return { group, change: RESET, ids: this.counter.next() };
    });
  }

  /**
   * Nobody tells this node of changes when it is out of the list for long. Before
   * that it is asked for what it holds.
   */
  #leave(): void {
    clearTimeout(this.#leaving);
    if (this.isMember) return;
    this.#leaving = setTimeout(() => this.#forget(), this.settings.grace);
    unrefTimer(this.#leaving);
  }

  /** Drops what this node holds. */
  #forget(): void {
    for (const group of this.#groups.values()) {
      // In a promise, for what is thrown as well.
      Promise.try(() => group.apply(RESET)).catch(this.report);
    }
  }

  /** Whether a peer left at least so many grace periods ago. */
  #hasLeft({ leftAt }: RemotePeer, graces: number): boolean {
    if (leftAt === undefined) return false;
    const { grace, now } = this.settings;
    const age = now() - leftAt;
    // After a step back of the clock nothing is known of the age.
    return age < 0 || age >= grace * graces;
  }

  /** Parts the list into those who are up and those who are down. */
  #arrange(): void {
    const askable = new Map<string, RemotePeer>();
    const down = new Set<string>();
    for (const name of this.#members.keys()) {
      const peer = this.#peers.get(name);
      if (peer?.health.isDown) down.add(name);
      else if (peer !== undefined) askable.set(name, peer);
    }
    this.rings.setDown(down);
    const wasAlone = this.#askable.size === 0;
    this.#askable = askable;
    // Outside of the list it kept values only while there was nobody to be asked.
    if (wasAlone && askable.size > 0 && !this.isMember) this.#forget();
    this.#others = Object.freeze([...askable.values()]);
  }
}
