// Copyright 2026 the Gee authors. MIT license.

import type { Change } from "../change.ts";
import { ClosedError } from "../errors.ts";
import type { PeerGetter, PeerPicker, PeerSource } from "../peer.ts";
import { Answering } from "./answering.ts";
import { readIds } from "./change_ids.ts";
import { follow, type FollowOptions, type MemberSource } from "./follow.ts";
import type { AnswerQuestion, TellQuestion, Transport } from "./link.ts";
import { type Member, readMembers } from "./member.ts";
import { type PoolOptions, readPoolOptions } from "./pool_options.ts";
import { type PoolStats, poolStats } from "./pool_stats.ts";
import type { RemotePeer } from "./remote_peer.ts";
import { Roster } from "./roster.ts";
import { tellAll, tellInStead } from "./telling.ts";

/** What a pool can be given; `Group` is one. */
export interface PooledGroup {
  /** What answers peers for it. */
  readonly peerSource: PeerSource;
}

/**
 * What all pools have in common: the list of nodes, who owns which key, which
 * peers are up, and how changes reach them. The transport says how nodes talk.
 *
 * While a list of nodes spreads, a change made by a node that does not know of a
 * new one yet reaches that one only when it does.
 *
 * @example A pool over a transport of one's own
 * ```ts
 * import { type AnswerQuestion, PeerPool } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const nodes = new Map<string, AnswerQuestion>();
 * class LocalPool extends PeerPool {
 *   constructor(self: string) {
 *     super(self, {}, {
 *       checkName() {},
 *       carries: (key) => key !== "",
 *       link: (name) => ({
 *         isGo: false,
 *         async send(question) {
 *           const answer = nodes.get(name);
 *           if (answer === undefined) throw new Error(`Cannot reach "${name}"`);
 *           return await answer(question);
 *         },
 *         close() {},
 *       }),
 *     });
 *     nodes.set(self, this.answer);
 *   }
 * }
 * await using one = new LocalPool("one");
 * await using two = new LocalPool("two");
 * for (const pool of [one, two]) pool.set("one", { name: "two", weight: 2 });
 * assertEquals(one.owner("Tom"), two.owner("Tom"));
 * assertEquals(one.stats().peers.two?.state, "up");
 * one.remove("two");
 * assertEquals(one.owner("Tom"), "one");
 * ```
 */
export abstract class PeerPool implements PeerPicker, AsyncDisposable {
  /** The name of this node, as it stands in the lists of all nodes. */
  readonly self: string;
  readonly #transport: Transport;
  readonly #roster: Roster;
  readonly #answering: Answering;
  readonly #closing = new AbortController();
  readonly #groups = new Map<string, PeerSource>();
  readonly #onError: ((error: unknown) => void) | undefined;

  /**
   * Makes a pool without peers: until `set` is called this node owns every key.
   *
   * @param self The name of this node, as it stands in the lists of all nodes.
   * @param options The ring, limits and times.
   * @param transport How nodes talk.
   * @throws {TypeError} When the name has another form, or there is no such ring.
   * @throws {RangeError} When a number is out of bounds.
   */
  constructor(self: string, options: PoolOptions, transport: Transport) {
    const settings = readPoolOptions(options);
    transport.checkName(self);
    const report = (error: unknown) => this.#report(error);
    this.self = self;
    this.#transport = transport;
    this.#onError = settings.onError;
    const link = (name: string) => transport.link(name);
    const groups = this.#groups;
    this.#roster = new Roster({ self, settings, link, report, groups });
    this.#answering = new Answering({
      groups,
      timeout: settings.timeout,
      maxAnswerBytes: settings.maxAnswerBytes,
      relay: (question) => this.#relay(question),
      keysOf: (name) => this.#keysOf(name),
      sought: (key) => this.#sought(key),
      report,
    });
  }

  /** The nodes in the list, sorted, this one included if it is there. */
  get peers(): readonly string[] {
    return [...this.#roster.members.keys()].sort();
  }

  /** The peers that can be asked now. */
  get others(): readonly PeerGetter[] {
    return this.#roster.others;
  }

  /**
   * The most ms between the first and the last node to hear of a change: the
   * owner, all others, and those that are told in the stead of this node.
   */
  get spreadTime(): number {
    return this.#roster.settings.timeout * 3;
  }

  /** The groups by name. */
  get groups(): ReadonlyMap<string, PeerSource> {
    return this.#groups;
  }

  /**
   * Answers a question of a peer: what the server of a transport is given.
   *
   * @param question The question.
   * @returns The answer, at once where nothing has to be waited for; it does not
   * reject.
   */
  readonly answer: AnswerQuestion = (question) =>
    this.#answering.answer(question);

  /**
   * Replaces the list of nodes. Give each node the same list, itself included;
   * a node that is not in it owns no key and only asks.
   *
   * @param peers All nodes; a wrong list changes nothing.
   * @throws {TypeError} When a name has another form.
   * @throws {RangeError} When a node is there twice, there are more than
   * `maxPeers`, or a weight is out of bounds.
   * @throws {ClosedError} When the pool is closed.
   */
  set(...peers: Member[]): void {
    this.#check("set peers");
    this.#roster.replace(this.#read(peers));
  }

  /**
   * Adds a node to the list, or changes its weight. Only the keys it gains move.
   *
   * @param peer The node.
   * @throws As `set` does.
   */
  add(peer: Member): void {
    this.#check("add a peer");
    const [added] = this.#read([peer]);
    const members = new Map(this.#roster.members);
    if (added !== undefined) members.set(...added);
    // Again as a whole, for their number.
    const list = Array.from(members, ([name, weight]) => ({ name, weight }));
    this.#roster.replace(this.#read(list));
  }

  /**
   * Removes a node from the list. Only its keys move.
   *
   * @param name Its name.
   * @returns Whether it was there.
   * @throws {ClosedError} When the pool is closed.
   */
  remove(name: string): boolean {
    this.#check("remove a peer");
    const members = new Map(this.#roster.members);
    if (!members.delete(name)) return false;
    this.#roster.replace(members);
    return true;
  }

  /**
   * Keeps the list of nodes as something else says it is: a list, a function
   * that is called now and then, or lists that come. A list that cannot be used,
   * the empty one included, is reported to `onError` and changes nothing.
   *
   * @param members Where the lists come from.
   * @param options A signal to end it, and how often to call.
   * @returns When there are no more lists, the signal is aborted, or the pool is
   * closed; it does not reject.
   * @throws {RangeError} When `interval` is not above 0, or above 2^31 - 1.
   * @throws {ClosedError} When the pool is closed.
   */
  follow(members: MemberSource, options: FollowOptions = {}): Promise<void> {
    this.#check("follow members");
    return follow(members, options, {
      closing: this.#closing.signal,
      apply: (list) => this.#roster.replace(this.#read(list)),
      report: (error) => this.#report(error),
    });
  }

  /**
   * Answers peers for a group, and has the group ask them.
   *
   * @param group The group.
   * @throws {TypeError} When a group of this name is registered, the group has
   * peers already, or the transport cannot carry its name.
   * @throws {ClosedError} When the pool is closed.
   */
  register({ peerSource: group }: PooledGroup): void {
    const { name } = group;
    this.#check(`register group "${name}"`);
    if (this.#groups.has(name)) {
      throw new TypeError(
        `Cannot register group "${name}": there is one of this name already`,
      );
    }
    if (name === "" || !this.#transport.carries(name)) {
      throw new TypeError(
        `Cannot register group "${name}": peers cannot be asked for this name`,
      );
    }
    group.registerPeers(this);
    this.#groups.set(name, group);
  }

  /**
   * Says who owns a key now.
   *
   * @param key The key.
   * @returns The name of the node; that of this one when there is no list.
   */
  owner(key: string): string {
    return this.#roster.rings.owner(key) ?? this.self;
  }

  /**
   * Picks the peer that owns a key.
   *
   * @param key The key.
   * @returns The peer; `undefined` when this node owns the key, there are no
   * peers, the pool is closed, or the transport cannot carry the key.
   */
  pickPeer(key: string): PeerGetter | undefined {
    const owner = this.#roster.rings.owner(key);
    if (owner === undefined || owner === this.self) return undefined;
    const peer = this.#roster.askable(owner);
    return this.#transport.carries(key) ? peer : undefined;
  }

  /**
   * Picks the peer that owned a key of this node before the list changed, within
   * the grace period.
   *
   * @param key The key.
   * @returns The peer; `undefined` when there is none that can be asked.
   */
  pickPrevious(key: string): PeerGetter | undefined {
    const peer = this.#roster.former(key);
    return peer && this.#transport.carries(key) ? peer : undefined;
  }

  /**
   * Tells every other node of a change, those included that left a short while
   * ago. Who cannot be reached from here is told by others, and else when it is
   * back.
   *
   * @param group The name of the group.
   * @param change The change.
   * @param except A peer that knows of it already.
   * @returns The names of those in the list that nobody could tell, sorted, when
   * all others have agreed; it does not reject.
   */
  async tellOthers(
    group: string,
    change: Change,
    except?: PeerGetter,
  ): Promise<readonly string[]> {
    const { members, changes, counter } = this.#roster;
    const telling = { group, change, ids: counter.next() };
    changes.note(telling);
    const peers = [...this.#roster.known().values()];
    const missed = this.#closing.signal.aborted
      ? peers.map(({ name }) => name)
      : await tellAll(peers, telling, except);
    // One that left is nobody's to wait for.
    return [...missed].filter((name) => members.has(name)).sort();
  }

  /**
   * Says how the pool and its peers stand.
   *
   * @returns A snapshot; it does not change later.
   */
  stats(): PoolStats {
    return poolStats(this.#roster, this.#answering.questions);
  }

  /**
   * Ends the questions to peers and what is being answered, and refuses further
   * questions. The groups stay open and load for themselves. Calling it again
   * does nothing.
   *
   * @returns When that is done.
   */
  close(): Promise<void> {
    this.#closing.abort(new ClosedError("Cannot go on: the pool is closed"));
    this.#answering.close();
    this.#roster.close();
    return Promise.resolve();
  }

  /**
   * Closes the pool, for `await using`.
   *
   * @returns As `close` does.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #read(list: readonly Member[]): Map<string, number> {
    return readMembers(list, {
      maxPeers: this.#roster.settings.maxPeers,
      checkName: (name) => this.#transport.checkName(name),
    });
  }

  #check(action: string): void {
    if (!this.#closing.signal.aborted) return;
    throw new ClosedError(`Cannot ${action}: the pool is closed`);
  }

  #report(error: unknown): void {
    // What ends because the pool does is no news.
    if (!this.#closing.signal.aborted) this.#onError?.(error);
  }

  /**
   * Tells nodes in the stead of another, in half of the time it waits for us, and
   * so on with each that passes it on: else whoever waits would give up just
   * before the one it waits for does, and take it for down.
   */
  async #relay(question: TellQuestion): Promise<readonly string[]> {
    const known = this.#roster.known();
    const deaf: string[] = [];
    const peers: RemotePeer[] = [];
    for (const name of new Set(question.missed)) {
      const peer = known.get(name);
      if (peer === undefined || peer.isGo) deaf.push(name);
      else peers.push(peer);
    }
    const { changes, counter, settings } = this.#roster;
    const limit = settings.timeout / 2 ** (question.hops + 1);
    const telling = {
      ...question,
      ids: readIds(question.ids) ?? counter.next(),
    };
    // Who is not in the list here is told before it is asked, when it is.
    if (deaf.some((name) => !known.has(name))) changes.note(telling);
    const missed = await tellInStead(peers, telling, limit);
    return [...deaf, ...missed];
  }

  /** Somebody takes this node for the owner: the one it knows may be down. */
  #sought(key: string): void {
    const owner = this.#roster.rings.owner(key);
    if (owner === undefined || owner === this.self) return;
    void this.#roster.askable(owner)?.health.doubt();
  }

  async #keysOf(name: string): Promise<((key: string) => boolean) | undefined> {
    // One that asks is there again, whatever this node thought of it.
    await this.#roster.known().get(name)?.health.retry();
    if (this.#roster.askable(name) === undefined) return undefined;
    const { rings } = this.#roster;
    return (key) => rings.owner(key) === name;
  }
}
