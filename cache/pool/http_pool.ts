// Copyright 2026 the Gee authors. MIT license.

import { ClosedError } from "../errors.ts";
import type { PeerGetter, PeerPicker, PeerSource } from "../peer.ts";
import { HashRing } from "../ring/hash_ring.ts";
import { answerPeer, refuse } from "./http_answer.ts";
import { HttpPeer, type HttpPeerSettings } from "./http_peer.ts";
import { isAskable } from "./peer_path.ts";

/** A longer list is a mistake, or an attack on the memory of the ring. */
const MAX_PEERS = 1024;
const BASE_PATH = "/_geecache/";

/** Settings of an {@linkcode HttpPool}. */
export interface HttpPoolOptions {
  /**
   * The path under which peers ask each other; the same on all nodes, with a
   * slash at both ends.
   *
   * @default {"/_geecache/"}
   */
  readonly basePath?: string;
  /**
   * How many points a peer has on the ring; the same on all nodes.
   *
   * @default {50}
   */
  readonly replicas?: number;
  /**
   * The most ms to wait for a peer, and for a value a peer asked for.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * The most bytes the answer of a peer may have.
   *
   * @default {67108864}
   */
  readonly maxResponseBytes?: number;
  /**
   * Told what callers do not see: a `PeerError` when a peer was of no use and
   * the source was asked instead, and why a load for a peer failed.
   *
   * @default {undefined}
   */
  readonly onError?: (error: unknown) => void;
  /**
   * Sends the requests to peers.
   *
   * @default {fetch}
   */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * Joins the groups of several nodes over HTTP: each key has one owner, found by
 * consistent hashing, and nodes ask the owner instead of the source. It speaks
 * the protocol of the Go original, whose nodes may be on the same ring.
 *
 * @example A node of a cluster
 * ```ts
 * import { Group, HttpPool } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const self = "http://127.0.0.1:8001";
 * await using pool = new HttpPool(self);
 * pool.set(self, "http://127.0.0.1:8002");
 * await using scores = new Group("scores", () => "630");
 * pool.register(scores);
 *
 * // In a program: Deno.serve({ port: 8001 }, pool.fetch);
 * const response = await pool.fetch(
 *   new Request(`${self}/_geecache/scores/Tom`, {
 *     headers: { "x-geecache-hop": "1" },
 *   }),
 * );
 * assertEquals([...await response.bytes()], [0x0a, 3, 0x36, 0x33, 0x30]);
 * ```
 */
export class HttpPool implements PeerPicker, AsyncDisposable {
  /** The URL of this node, as it stands in the lists of all nodes. */
  readonly self: string;
  readonly #replicas: number;
  readonly #settings: HttpPeerSettings;
  readonly #closing = new AbortController();
  readonly #groups = new Map<string, PeerSource>();
  #peers = new Map<string, HttpPeer>();
  #ring: HashRing;

  /**
   * Makes a pool without peers: until `set` is called this node owns every key.
   *
   * @param self The URL of this node, without a trailing slash, as it stands in
   * the lists of all nodes.
   * @param options Limits and the path.
   * @throws {TypeError} When the URL or the path has another form.
   * @throws {RangeError} When a number is out of bounds.
   */
  constructor(self: string, options: HttpPoolOptions = {}) {
    const {
      basePath = BASE_PATH,
      replicas = 50,
      timeout = 5000,
      maxResponseBytes = 64 << 20,
    } = options;
    checkPeer(self);
    checkPath(basePath);
    checkPositive({ timeout, maxResponseBytes });
    this.self = self;
    this.#replicas = replicas;
    this.#ring = new HashRing({ replicas });
    this.#settings = {
      basePath,
      timeout,
      maxResponseBytes,
      closing: this.#closing.signal,
      fetch: options.fetch ?? ((request) => fetch(request)),
      onError: options.onError,
    };
  }

  /** The peers on the ring, sorted, this node included if it is in the list. */
  get peers(): readonly string[] {
    return this.#ring.names;
  }

  /**
   * Replaces the list of nodes. Give each node the same list, itself included;
   * a node that is not in it owns no key and only asks.
   *
   * @param peers The URLs of all nodes, without trailing slashes.
   * @throws {TypeError} When a URL has another form.
   * @throws {RangeError} When a peer is there twice, or there are more than 1024.
   */
  set(...peers: string[]): void {
    if (peers.length > MAX_PEERS) {
      throw new RangeError(
        `Cannot set ${peers.length} peers: want at most ${MAX_PEERS}`,
      );
    }
    const next = new Map<string, HttpPeer>();
    for (const peer of peers) {
      checkPeer(peer);
      if (next.has(peer)) {
        throw new RangeError(`Cannot set peers: "${peer}" is there twice`);
      }
      next.set(
        peer,
        this.#peers.get(peer) ?? new HttpPeer(peer, this.#settings),
      );
    }
    const ring = new HashRing({ replicas: this.#replicas });
    ring.add(...peers);
    this.#peers = next;
    this.#ring = ring;
  }

  /**
   * Answers peers for a group, and has the group ask them.
   *
   * @param group The group.
   * @throws {TypeError} When a group of this name is registered, the group has
   * peers already, or a URL cannot carry its name.
   */
  register(group: PeerSource): void {
    const { name } = group;
    if (this.#groups.has(name)) {
      throw new TypeError(
        `Cannot register group "${name}": there is one of this name already`,
      );
    }
    if (!isAskable(name)) {
      throw new TypeError(
        `Cannot register group "${name}": a URL cannot carry this name`,
      );
    }
    group.registerPeers(this);
    this.#groups.set(name, group);
  }

  /**
   * Picks the peer that owns a key.
   *
   * @param key The key.
   * @returns The peer; `undefined` when this node owns the key, there are no
   * peers, the pool is closed, or no URL can carry the key (`"."`, `".."` and
   * text with a lone surrogate, which every node loads for itself).
   */
  pickPeer(key: string): PeerGetter | undefined {
    const owner = this.#ring.owner(key);
    if (owner === undefined || owner === this.self || !isAskable(key)) {
      return undefined;
    }
    return this.#closing.signal.aborted ? undefined : this.#peers.get(owner);
  }

  /**
   * Answers a request of a peer; bound, so that it can be handed to
   * `Deno.serve` as it is.
   *
   * @param request The request.
   * @returns The response: 200 with the value as protobuf, 404 outside of the
   * path, for an unknown group and for a key that is not there, 405 for other
   * methods than GET, 400 for a malformed path, 500 when the load failed, 503
   * when there was no time or room for it.
   */
  readonly fetch = (request: Request): Promise<Response> => {
    const { basePath, timeout, onError } = this.#settings;
    if (this.#closing.signal.aborted) {
      return Promise.resolve(refuse(503, "closed"));
    }
    return answerPeer(request, {
      basePath,
      timeout,
      onError,
      groups: this.#groups,
    });
  };

  /**
   * Ends the requests to peers and answers further ones with 503. The groups
   * stay open and load for themselves. Calling it again does nothing.
   *
   * @returns When that is done.
   */
  close(): Promise<void> {
    this.#closing.abort(
      new ClosedError("Cannot ask a peer: the pool is closed"),
    );
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
}

/** Names are compared as text by every node, so there must be one spelling. */
function checkPeer(peer: string): void {
  const url = URL.parse(peer);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) &&
    url.username === "" && url.password === "" && !/[?#]|\/$/.test(peer);
  if (isPlain) return;
  throw new TypeError(
    `Cannot use peer "${peer}": want an http or https URL without trailing slash, query and fragment`,
  );
}

function checkPath(basePath: string): void {
  if (/^\/([^?#]*\/)?$/.test(basePath)) return;
  throw new TypeError(
    `Cannot use base path "${basePath}": want a slash at both ends`,
  );
}

function checkPositive(numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw new RangeError(
      `Cannot create a pool with ${name} ${value}: want a number above 0`,
    );
  }
}
