// Copyright 2026 the Gee authors. MIT license.

/**
 * A read-through cache for one process or many: memory in front of a slow
 * source, shared with peers so that each key is loaded once and kept by one
 * node.
 *
 * A {@linkcode Group} is a named cache with a getter that asks the source. An
 * {@linkcode HttpPool} joins the groups of several nodes; nodes of the Go
 * original GeeCache may be among them.
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
 * assertEquals(scores.peek("Tom") !== undefined, true);
 * ```
 *
 * ## What it guarantees
 *
 * - One load per key runs at a time, however many ask; it has a signal of its
 *   own, which is aborted when the last of them has left.
 * - "There is none" (`undefined`) is an answer and is remembered for
 *   `negativeTtl`; a failure is an error, is not remembered as a value, and
 *   leaves its key alone for `retryAfter`.
 * - A load that was running when `set`, `remove`, `removeTag` or `reset` came does
 *   not overwrite what they did.
 * - Times are shortened by chance (`ttlJitter`), so that values loaded together
 *   do not end together. A stale value is served only where
 *   `staleWhileRevalidate` or `staleIfError` allow it, and never one that was
 *   dropped.
 * - Values cannot be changed by those who read them.
 * - Memory stays under `maxBytes` by an exact count, at most `maxLoads` calls of
 *   the getter run, and every wait for a peer ends after `timeout`.
 * - A peer that is down costs a call of the source, never an error; a value got
 *   so is not kept. A key the owner knows to be missing is not asked for again.
 * - No timer runs while nothing is being loaded.
 *
 * ## What it does not do
 *
 * - `set`, `remove`, `removeTag` and `reset` reach this node only, and values of
 *   other nodes are not copied: every `get` of such a key asks its owner.
 * - A snapshot is of one node, and is neither encrypted nor signed: keep it where
 *   nobody else can write.
 * - A pool has the ring of Go nodes; `BalancedRing` stands for itself so far.
 * - Peers are not authenticated: keep the port of a pool in a private network.
 * - Keys `"."` and `".."` and keys with lone surrogates do not pass through a
 *   URL: every node loads them for itself.
 * - The list of peers is what `set` was given last; a peer that is down stays on
 *   the ring.
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
