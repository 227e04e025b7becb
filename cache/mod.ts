// Copyright 2026 the Gee authors. MIT license.

/**
 * A read-through cache for one process or many: memory in front of a slow
 * source, shared with peers so that each key is loaded once and kept by one
 * node.
 *
 * A {@linkcode Group} is a named cache with a getter that asks the source. A
 * pool joins the groups of several nodes: {@linkcode HttpPool}, among whose nodes
 * may be some of the Go original GeeCache, or {@linkcode TcpPool}, which is
 * faster.
 *
 * ```ts
 * import { Group, HttpPool } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const database = new Map([["Tom", "630"]]);
 * await using scores = new Group("scores", (key) => database.get(key), {
 *   maxBytes: 64 << 20,
 *   ttl: 60_000,
 * });
 *
 * // A node: the same list of peers on each, its own URL first in the pool.
 * await using pool = new HttpPool("http://127.0.0.1:8001");
 * pool.set("http://127.0.0.1:8001");
 * pool.register(scores);
 * await using server = Deno.serve({
 *   hostname: "127.0.0.1",
 *   port: 0,
 *   onListen() {},
 * }, pool.fetch);
 *
 * assertEquals(String(await scores.get("Tom")), "630");
 * assertEquals(await scores.get("Sam"), undefined);
 *
 * // The data has changed: every node drops what it holds.
 * database.set("Tom", "631");
 * const { missed } = await scores.remove("Tom");
 * assertEquals(missed, []); // nobody is out of reach
 * assertEquals(String(await scores.get("Tom")), "631");
 * ```
 *
 * ## Guarantees
 *
 * - One load per key runs at a time, however many ask; it has a signal of its
 *   own, which is aborted when the last of them has left.
 * - "There is none" (`undefined`) is an answer and is remembered for
 *   `negativeTtl`; a failure is an error, is not remembered as a value, and
 *   leaves its key alone for `retryAfter`.
 * - A load that was running when `set`, `remove`, `removeTag` or `reset` came does
 *   not overwrite what they did, on any node.
 * - Times are shortened by chance (`ttlJitter`), so that values loaded together
 *   do not end together. A stale value is served only where
 *   `staleWhileRevalidate` or `staleIfError` allow it, and never one that was
 *   dropped.
 * - Values cannot be changed by those who read them.
 * - Memory stays under `maxBytes` by an exact count, at most `maxLoads` calls of
 *   the getter run, and every wait for a peer ends after `timeout`.
 * - A peer that is down costs a call of the source, never an error; a value got
 *   so is not kept. After `maxFailures` it leaves the ring and others own its
 *   keys; it is tried again within `maxProbe`, told what it missed, and then back.
 *   A key the owner knows to be missing is not asked for again.
 * - A store behind memory (`secondTier`) that is down costs calls of the source,
 *   never an error, and brings nothing back that was dropped meanwhile.
 * - No timer runs while nothing is being loaded and no peer is down or leaving.
 *
 * ## How changes reach every node
 *
 * `set`, `remove`, `removeMany`, `removeTag` and `reset` may be called on any
 * node. The owner of a key agrees first, then all others drop what they hold, and
 * the promise resolves when all have agreed. So a `get` that begins after that,
 * on any node that could be reached, gives nothing older than the change.
 *
 * A node that cannot be reached is told by those that can, and stands in `missed`
 * if nobody can. Whoever knows of that does not ask it before it has been told,
 * which is within `maxProbe` (after silence `timeout`) and a round trip of its
 * return. What such a node answers its own callers may be old until then; a `ttl`
 * bounds it in any case.
 *
 * Copies of keys that are asked for all the time (`copies`) are dropped in the
 * same way, and live for a second at most. When the list of nodes changes, the
 * new owner of a key asks the former one before the source during `grace`.
 *
 * ## Limits
 *
 * - Nodes that lag behind half of `maxProbe` or of `timeout`, as on a machine with
 *   too much to do, take one another for down for as long as that lasts: they serve
 *   from their sources, and changes name them in `missed`.
 * - A node that starts does not know who missed a change before: until such a node
 *   has been told it may take an old value from it, and one that ends owes nothing
 *   any more. A `ttl` bounds both.
 * - It is a cache, not a database: a value that was only `set` is lost when its
 *   owner ends, and two writers of one key at a time are ordered by its owner.
 * - A snapshot is of one node, and is neither encrypted nor signed: keep it where
 *   nobody else can write. Restore it before the pool is served: what changed
 *   long before is not known to be old.
 * - Without a `secret` peers are not authenticated: keep the port in a private
 *   network. With one, requests over HTTP are signed but not encrypted, and over
 *   TCP only the connection is proved: use `https` names or `tls` where the wire
 *   is not trusted.
 * - Go nodes cannot be told of changes and cannot sign. They have a ring of their
 *   own, `ring: "crc32x50"`; on it keys that no URL carries (`"."`, `".."`, text
 *   with a lone surrogate) are loaded by every node for itself.
 * - Nodes that share a second tier without a pool do not hear of each other's
 *   changes: memory then holds old values until their `ttl`.
 *
 * @module
 */

export { BloomFilter, type BloomFilterOptions } from "./bloom_filter.ts";
export { ByteView } from "./byte_view.ts";
export type {
  Change,
  ChangeResult,
  DropChange,
  RemoveChange,
  RemoveTagChange,
  ResetChange,
  SetChange,
} from "./change.ts";
export { type Codec, type Input, jsonCodec, textCodec } from "./codec.ts";
export type { CopyOptions } from "./copies.ts";
export { ClosedError, LoadError, OverloadError, PeerError } from "./errors.ts";
export type { Explanation } from "./explain.ts";
export { type FreshnessOptions } from "./freshness.ts";
export type { Getter, GetterContext, GetterFunction } from "./getter.ts";
export { Group } from "./group.ts";
export type {
  ChangeOptions,
  GetOptions,
  GroupOptions,
  SetOptions,
  WarmUpOptions,
} from "./group_options.ts";
export { GROUP_ENTRY_OVERHEAD } from "./memory.ts";
export type { Miss, MissReason } from "./miss_log.ts";
export type {
  HandOverOptions,
  PeerGetOptions,
  PeerGetter,
  PeerMode,
  PeerPicker,
  PeerSource,
  PeerSourceOptions,
  PeerValue,
} from "./peer.ts";
export { byteLength, ENTRY_OVERHEAD, utf8Length } from "./policy/cost.ts";
export { AdaptiveCache } from "./policy/adaptive.ts";
export { createPolicy } from "./policy/create_policy.ts";
export { GdsfCache } from "./policy/gdsf.ts";
export { LruCache } from "./policy/lru.ts";
export type { Order, OrderEntries } from "./policy/order.ts";
export type {
  EvictionReason,
  Policy,
  PolicyLimits,
  PolicyName,
  PolicyOptions,
  PolicyStats,
} from "./policy/policy.ts";
export { S3FifoCache } from "./policy/s3_fifo.ts";
export { type MakeOrder, SlotPolicy } from "./policy/slot_policy.ts";
export type { ChangeIds } from "./pool/change_ids.ts";
export type {
  FollowOptions,
  MemberDiscovery,
  MemberSource,
} from "./pool/follow.ts";
export { HttpPool, type HttpPoolOptions } from "./pool/http_pool.ts";
export type { HttpTransportOptions } from "./pool/http_transport.ts";
export type {
  Answer,
  AnswerQuestion,
  DoneAnswer,
  FailedAnswer,
  GetQuestion,
  HandOverQuestion,
  Link,
  MissingAnswer,
  PingQuestion,
  Question,
  SendOptions,
  SnapshotAnswer,
  TellQuestion,
  Transport,
  UnknownGroupAnswer,
  ValueAnswer,
} from "./pool/link.ts";
export type { MetricsOptions } from "./pool/metrics_options.ts";
export type { MetricsInfo } from "./pool/metrics_page.ts";
export type { Member, WeightedMember } from "./pool/member.ts";
export { PeerPool, type PooledGroup } from "./pool/peer_pool.ts";
export type { PoolOptions } from "./pool/pool_options.ts";
export type { PeerStats, PoolStats } from "./pool/pool_stats.ts";
export type { TcpAddress } from "./pool/tcp_address.ts";
export {
  type TcpListenOptions,
  TcpPool,
  type TcpPoolOptions,
} from "./pool/tcp_pool.ts";
export { TcpServer, type TcpServerOptions } from "./pool/tcp_server.ts";
export type {
  TcpTlsOptions,
  TcpTransportOptions,
} from "./pool/tcp_transport.ts";
export { BalancedRing } from "./ring/balanced_ring.ts";
export { crc32 } from "./ring/hash.ts";
export { HashRing, type HashRingOptions } from "./ring/hash_ring.ts";
export {
  boundedOwner,
  type BoundedOwnerOptions,
  type NodeOptions,
  type Ring,
} from "./ring/ring.ts";
export {
  type Flight,
  SingleFlight,
  type SingleFlightOptions,
} from "./single_flight.ts";
export type { SecondTier } from "./second_tier.ts";
export type { RestoreResult } from "./snapshot.ts";
export type { GroupStats } from "./stats.ts";
