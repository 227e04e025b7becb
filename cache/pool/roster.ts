// Copyright 2026 the Gee authors. MIT license.

import type { Link } from "./link.ts";
import { isSameList, type Members } from "./member.ts";
import type { PoolSettings } from "./pool_options.ts";
import { type PeerHost, RemotePeer } from "./remote_peer.ts";
import { RingView } from "./ring_view.ts";

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
  readonly #link: (name: string) => Link;
  /** The others in the list, and those that left it a short while ago. */
  readonly #peers = new Map<string, RemotePeer>();
  #members: Members = new Map();
  #askable: ReadonlyMap<string, RemotePeer> = new Map();
  #others: readonly RemotePeer[] = [];
  #isWarned = false;

  /**
   * Makes it without nodes.
   *
   * @param options Those of the pool.
   */
  constructor(options: RosterOptions) {
    const { self, settings, link, report } = options;
    const { makeRing, grace, now } = settings;
    this.self = self;
    this.settings = settings;
    this.rings = new RingView({ self, makeRing, grace, now });
    this.report = report;
    this.#link = link;
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
    for (const name of members.keys()) {
      if (name === this.self || this.#peers.has(name)) continue;
      this.#peers.set(name, new RemotePeer(name, this.#link(name), this));
    }
    this.#members = members;
    this.#arrange();
  }

  /**
   * The others, those included that left a short while ago and are still told of
   * changes.
   *
   * @returns Them.
   */
  known(): ReadonlyMap<string, RemotePeer> {
    for (const [name, peer] of this.#peers) {
      if (!this.#hasLeft(peer, 2)) continue;
      this.#peers.delete(name);
      peer.close();
    }
    return this.#peers;
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
   * @param peer The peer.
   */
  met(peer: RemotePeer): void {
    if (!peer.isGo || !this.settings.isForeignToGo || this.#isWarned) return;
    this.#isWarned = true;
    this.report(
      new TypeError(
        `Cannot share the ring with "${peer.name}": it is a Go node, which wants ring "crc32x50", got "balanced"`,
      ),
    );
  }

  /** Called when a peer went down and when it is back. */
  changed(peer: RemotePeer): void {
    if (peer.leftAt === undefined) this.#arrange();
    // A peer that left is tried no longer than it is told of changes.
    this.known();
  }

  /** Ends what is under way with all of them; nobody can be asked any more. */
  close(): void {
    this.#askable = new Map();
    this.#others = [];
    for (const peer of this.#peers.values()) peer.close();
  }

  /** Whether a peer left at least so many grace periods ago. */
  #hasLeft({ leftAt }: RemotePeer, graces: number): boolean {
    if (leftAt === undefined) return false;
    const { grace, now } = this.settings;
    const age = now() - leftAt;
    // After a step back of the clock nothing is known of the age.
    return age < 0 || age >= grace * graces;
  }

  /** Puts on the ring who is up. */
  #arrange(): void {
    const askable = new Map<string, RemotePeer>();
    const weights = new Map<string, number>();
    for (const [name, weight] of this.#members) {
      const peer = this.#peers.get(name);
      if (peer?.health.isDown) continue;
      weights.set(name, weight);
      if (peer !== undefined) askable.set(name, peer);
    }
    this.rings.set(weights);
    this.#askable = askable;
    this.#others = Object.freeze([...askable.values()]);
  }
}
