// Copyright 2026 the Gee authors. MIT license.

/**
 * Typed remote calls over TCP streams and Unix sockets: register an object on
 * one side, call its methods on the other, with any number of calls under way
 * on one connection.
 *
 * ```ts
 * import { dial, Server } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * class Arith {
 *   sum({ a, b }: { a: number; b: number }) {
 *     return a + b;
 *   }
 * }
 *
 * const server = new Server();
 * server.register(new Arith());
 * await using listener = server.listen(); // 127.0.0.1, a free port
 *
 * await using client = await dial(listener.address);
 * assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
 *
 * const arith = client.service<Arith>("Arith"); // the same, typed
 * assertEquals(await arith.sum({ a: 3, b: 4 }), 7);
 *
 * const call = client.go("Arith.sum", { a: 5, b: 6 }); // asynchronous
 * assertEquals((await call.done).reply, 11);
 * ```
 *
 * A connection opens with GeeRPC's option line and goes on with pairs of header
 * and body in the codec that the option names, `application/json` by default.
 *
 * ## Many servers
 *
 * A `Registry` lists servers over HTTP, a `Heartbeat` keeps one listed, a
 * `RegistryDiscovery` reads the list, and an `XClient` chooses a server for each
 * call. Their wire is GeeRPC's, so Go servers and registries can take part.
 *
 * ```ts
 * import { Heartbeat, Registry, RegistryDiscovery, Server, XClient } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * class Arith {
 *   sum({ a, b }: { a: number; b: number }) {
 *     return a + b;
 *   }
 * }
 * const registry = new Registry();
 * await using web = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   registry.fetch,
 * );
 * const url = `http://127.0.0.1:${web.addr.port}/_geerpc_/registry`;
 *
 * const server = new Server();
 * server.register(new Arith());
 * await using listener = server.listen();
 * await using heartbeat = new Heartbeat(url, listener.address);
 * await heartbeat.listed;
 *
 * await using client = new XClient(new RegistryDiscovery(url));
 * assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
 * ```
 *
 * Servers come from a fixed list, registries, etcd, DNS, or any async iterable of
 * lists (`Discovery`), each with weight, tags and priority (`Endpoint`). A
 * `Selector` chooses by chance, in turn, by weight, by calls under way, by latency
 * (`p2c`) or by a hash key. What fails goes on as the policy says:
 *
 * | policy | a call that did not run | a call that may have run |
 * | --- | --- | --- |
 * | `failover` | goes to the next server at once | idempotent: is repeated on another server |
 * | `failfast` | rejects | rejects |
 * | `failtry` | is repeated on the same server | idempotent: is repeated on the same server |
 * | `failbackup` | as `failover` | as `failover`; idempotent and slow: a second server is asked, too |
 *
 * Repetitions wait (50 ms to 1 s, with jitter), are at most 2 a call, and come out
 * of a budget of one call in ten and ten a second. A server that cannot be reached,
 * or that fails more than the others, is passed over for a while. `broadcast` and
 * `inform` call all servers, `fork` takes the first success.
 *
 * ```ts
 * import { FixedDiscovery, Server, XClient } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new Server();
 * server.register({ square: (n: number) => n * n }, { name: "Math" });
 * await using one = server.listen();
 * await using two = server.listen();
 *
 * await using client = new XClient(
 *   new FixedDiscovery([{ address: one.address, weight: 2 }, two.address]),
 *   { selector: "p2c", policy: "failbackup", idempotent: ["Math.square"] },
 * );
 * assertEquals(await client.call("Math.square", 7), 49);
 * ```
 *
 * Go programs take part: a server tells by the first bytes whether a client speaks
 * GeeRPC in JSON ({@linkcode jsonCodec}) or gob ({@linkcode gobCodec}), or is one
 * of Go's `net/rpc` ({@linkcode netRpcCodec}) or `net/rpc/jsonrpc`
 * ({@linkcode jsonRpcCodec}); a client dials with the codec that its server
 * speaks. What a value is in Go is said by types of `@gee/std/rpc/gob`.
 *
 * ## Guarantees
 *
 * - Every call settles exactly once: by its reply, its signal, its timeout (30 s
 *   by default), or the end of the connection.
 * - A method that throws, does not exist, or gets undecodable arguments is an
 *   error reply with the message alone; the connection lives on.
 * - A method that never settles is answered at the handle timeout (30 s by
 *   default), and its `context.signal` aborts.
 * - Only methods that the registered class itself declares can be called.
 * - Both sides bound what a connection may take up (`Limits`); a server that is
 *   busy, or whose client does not read, stops reading.
 *
 * ## Limits
 *
 * - Between peers of this module the codec is JSON unless told: no `undefined` (it
 *   arrives as `null`), no `bigint`, no bytes. Frames, streams, TLS, CONNECT and
 *   cancellation on the wire are to come.
 * - JSON carries no check: that bytes arrive as they were sent is TCP's word. What
 *   is no message any more ends the connection; a digit that became another one
 *   goes unnoticed.
 * - A peer that ends its sending side has left: its calls under way are aborted.
 * - Whether a call that ended with a `ShutdownError` was carried out is unknown: an
 *   `XClient` repeats it only where its method is said to be idempotent.
 * - An `XClient` knows of the load of servers what it sends them itself.
 * - A registry keeps its list in memory: copies of one list do not tell each other,
 *   so heartbeats go to each of them.
 *
 * Needs `--allow-net` for the addresses it dials and listens on; nothing else.
 *
 * @module
 */

export { type Address, formatAddress, parseAddress } from "./address.ts";
export {
  type ConsistentHashOptions,
  ConsistentHashSelector,
} from "./balance/consistent_hash.ts";
export type { SelectorName } from "./balance/create_selector.ts";
export { LeastPendingSelector } from "./balance/least_pending.ts";
export { P2cSelector } from "./balance/p2c.ts";
export { RandomSelector } from "./balance/random.ts";
export { RoundRobinSelector } from "./balance/round_robin.ts";
export type { Candidate, Selector } from "./balance/selector.ts";
export { WeightedSelector } from "./balance/weighted.ts";
export { Call, type CallOptions } from "./call.ts";
export { Client, type ClientOptions, type ClientStats } from "./client.ts";
export {
  type Codec,
  type CodecFactory,
  type CodecSide,
  InvalidBody,
  type Message,
} from "./codec/codec.ts";
export {
  gobCodec,
  type GobCodecOptions,
  type GobMethod,
  netRpcCodec,
} from "./codec/gob_codec.ts";
export { jsonCodec } from "./codec/json_codec.ts";
export { jsonRpcCodec } from "./codec/json_rpc.ts";
export type { Code } from "./code.ts";
export type { CallContext } from "./context.ts";
export { dial, type DialOptions } from "./dial.ts";
export type { Discovery, DiscoveryOptions } from "./discovery/discovery.ts";
export {
  DnsDiscovery,
  type DnsDiscoveryOptions,
  type DnsResolver,
  type SrvRecord,
} from "./discovery/dns_discovery.ts";
export type { Endpoint, EndpointList } from "./discovery/endpoint.ts";
export { EtcdDiscovery } from "./discovery/etcd_discovery.ts";
export type { EtcdOptions } from "./discovery/etcd_gateway.ts";
export {
  EtcdHeartbeat,
  type EtcdHeartbeatOptions,
} from "./discovery/etcd_heartbeat.ts";
export { FixedDiscovery } from "./discovery/fixed.ts";
export {
  IterableDiscovery,
  type IterableDiscoveryOptions,
} from "./discovery/iterable_discovery.ts";
export {
  RegistryDiscovery,
  type RegistryDiscoveryOptions,
} from "./discovery/registry_discovery.ts";
export {
  ConnectError,
  LimitError,
  NoServersError,
  RemoteError,
  RpcError,
  type RpcErrorOptions,
  ShutdownError,
  WireError,
} from "./errors.ts";
export type { GobLimits } from "./gob/gob_decoder.ts";
export type { GobKind, GobType } from "./gob/gob_node.ts";
export { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
export type { Limits } from "./limits.ts";
export type { Metadata } from "./metadata.ts";
export { Registry, type RegistryOptions } from "./registry.ts";
export {
  REGISTRY_PATH,
  SERVER_HEADER,
  SERVERS_HEADER,
  SERVICE_HEADER,
  TAGS_HEADER,
  VERSION_HEADER,
  WEIGHT_HEADER,
} from "./registry_wire.ts";
export type {
  CircuitBreakerOptions,
  CircuitState,
} from "./resilience/circuit_breaker.ts";
export type { OutlierOptions } from "./resilience/outlier_detector.ts";
export type { RetryBudgetOptions } from "./resilience/retry_budget.ts";
export type { SubsetOptions } from "./resilience/subset.ts";
export {
  type CloseOptions,
  type ListenOptions,
  Server,
  type ServerListener,
  type ServerOptions,
  type ServerStats,
} from "./server.ts";
export type { Method, RegisterOptions } from "./service.ts";
export type {
  Caller,
  RemoteParameters,
  ServiceClient,
} from "./service_client.ts";
export type { Transport } from "./wire/transport.ts";
export type { Writer } from "./wire/writer.ts";
export { type ServiceBroadcast, XClient } from "./x_client.ts";
export type {
  BroadcastOptions,
  BroadcastResult,
  FailPolicy,
  XClientOptions,
  XClientServerStats,
  XClientStats,
} from "./x_client_options.ts";
