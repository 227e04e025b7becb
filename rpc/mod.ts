// Copyright 2026 the Gee authors. MIT license.

/**
 * Typed remote calls over TCP, TLS, Unix sockets, WebSockets and HTTP: register an
 * object on one side, call its methods on the other, with any number of calls and
 * streams under way on one connection.
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
 * A connection opens with GeeRPC's option line and goes on in the codec that the
 * option names. Between peers of this module that is {@linkcode frameCodec}:
 * checked frames that carry JSON or bytes as they are, metadata, deadlines,
 * cancellation, errors with a code, and streams.
 *
 * ## Streams
 *
 * A method that returns an async iterable answers with a stream; an async iterable
 * in place of the arguments is one, too. Items are made no faster than they are
 * taken, and `break` ends the maker.
 *
 * ```ts
 * import { dial, Server } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * class Numbers {
 *   async *count(to: number) {
 *     for (let n = 1; n <= to; n++) yield n;
 *   }
 *   async sum(items: AsyncIterable<number>) {
 *     let sum = 0;
 *     for await (const item of items) sum += item;
 *     return sum;
 *   }
 * }
 * const server = new Server();
 * server.register(new Numbers());
 * await using listener = server.listen();
 * await using client = await dial(listener.address);
 * const numbers = client.service<Numbers>("Numbers");
 *
 * const seen: number[] = [];
 * for await (const n of numbers.count(3)) seen.push(n);
 * assertEquals(seen, [1, 2, 3]);
 * assertEquals(await numbers.sum(numbers.count(4)), 10);
 * ```
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
 * ## Connections
 *
 * A client that `dial` made connects again when a call finds its connection
 * ended, with pauses that grow after failures; a call that was sent is never sent
 * again. Both sides ask a silent peer for a sign of life after `keepAlive` (20 s)
 * and give it up after `keepAliveTimeout` (10 s); other codecs than frames cannot
 * ask, so a client leaves a connection on which calls have timed out for as long and
 * nothing came. A server that closes tells its clients, whose next calls go to a new
 * connection, and answers what they had sent before they heard: a rolling restart
 * under an `XClient` loses no call. `tls@host:port` speaks TLS, `http@host:port` asks
 * by CONNECT.
 *
 * ## Over HTTP
 *
 * The same port answers `POST /Service.method` for `curl` and other languages, and
 * so does `server.fetch`, for `Deno.serve` or mounted in an engine: arguments and
 * reply are JSON, a failure is `{ code, message, details }` with the status of its
 * {@linkcode Code}, a stream is a line of JSON for each item, or events
 * where `accept: text/event-stream` asks for them; a stream that fails ends with
 * `{"error":…}` and breaks off. `authorization`, `traceparent` and `x-rpc-*` become
 * metadata, `x-rpc-timeout` is in ms. `http: false` switches it all off.
 *
 * ```ts
 * import { Server } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = new Server({ debug: true, http: { hosts: ["rpc.example.com"] } });
 * server.register({ square: (n: number) => n * n }, { name: "Math" });
 * const { addr } = server.listen();
 * const origin = `http://127.0.0.1:${(addr as Deno.NetAddr).port}`;
 *
 * // curl -H 'content-type: application/json' -d 7 http://127.0.0.1:…/Math.square
 * const reply = await fetch(`${origin}/Math.square`, {
 *   method: "POST",
 *   headers: { "content-type": "application/json" },
 *   body: "7",
 * });
 * assertEquals(await reply.json(), 49);
 *
 * const page = await fetch(`${origin}/debug/rpc?format=json`); // for people without
 * assertEquals((await page.json()).methods["Math.square"].calls, 1);
 * ```
 *
 * Pages of other sites cannot call: their requests are refused, no CORS header is
 * ever sent, and names other than `localhost`, addresses and `hosts` are not
 * answered. A `registry` is offered at `/_geerpc_/registry`, and with `debug` there
 * are `/debug/rpc`, a live page to look and to call methods, and `/debug/geerpc`,
 * the original's, for clients on this machine or whom `authorize` lets through.
 *
 * ## From browsers
 *
 * `server.webSocket` answers, behind `Deno.serve`, what `dial("ws://…")` asks: the
 * same client, streams and all, also in browsers, from pages of the same origin or
 * of `origins`.
 *
 * ```ts
 * import { dial, Server } from "@gee/std/rpc";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = new Server();
 * server.register({ square: (n: number) => n * n }, { name: "Math" });
 * await using web = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   (request, { remoteAddr }) => server.webSocket(request, { peer: remoteAddr }),
 * );
 * await using client = await dial(`ws://127.0.0.1:${web.addr.port}/rpc`);
 * assertEquals(await client.call("Math.square", 7), 49);
 * ```
 *
 * ## What stands around methods
 *
 * Validators, interceptors, authentication, timeouts and limits are put around a
 * method when it is registered; where there are none, it is called as it is. From
 * the outside in: `authenticate`, interceptors of the server (`server.use`) and of
 * the service, limits, validation.
 *
 * ```ts
 * import { type CallContext, RpcError, Server } from "@gee/std/rpc";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const server = new Server({
 *   health: true, // Health.check and Health.watch
 *   reflection: true, // Reflection.services, describe and schema
 *   authenticate: ({ metadata }) =>
 *     metadata.authorization === "Bearer s3cret" ? { name: "Tom" } : undefined,
 * });
 * server.use((call, next) => {
 *   const reply = next(call); // or other arguments: next({ ...call, args })
 *   return reply;
 * });
 * server.register({
 *   greet: (hello: string, { principal }: CallContext<{ name: string }>) =>
 *     `${hello}, ${principal.name}`,
 * }, {
 *   name: "Text",
 *   // schema: { greet: { args: z.string() } }, by Zod, Valibot, ArkType
 *   methodOptions: {
 *     greet: { timeout: 1000, maxConcurrent: 50, rate: { perSecond: 100 } },
 *   },
 * });
 *
 * // As a client would, without a connection: for doors of another kind.
 * const metadata = { authorization: "Bearer s3cret" };
 * assertEquals(await server.invoke("Text.greet", "Hi", { metadata }), "Hi, Tom");
 * const error = await assertRejects(() => server.invoke("Text.greet", "Hi"), RpcError);
 * assertEquals(error.code, "unauthenticated");
 * assertEquals(server.stats().methods["Text.greet"]?.errors, { unauthenticated: 1 });
 * await server.close();
 * ```
 *
 * `server.schema()` describes all methods as an OpenRPC document. When Deno's
 * telemetry is on, each call is a span in the trace of its caller.
 *
 * ## Guarantees
 *
 * - Every call settles exactly once: by its reply, its signal, its timeout (30 s
 *   by default), or the end of the connection.
 * - A method that throws, does not exist, or gets undecodable arguments is an
 *   error reply with the message and a `Code`; the connection lives on.
 * - With frames the timeout of a call reaches the server, and a call that is given
 *   up aborts the `context.signal` of its method.
 * - A garbled byte ends a connection of frames; it never becomes another value.
 * - A method that never settles is answered at the handle timeout (30 s by
 *   default), and its `context.signal` aborts.
 * - Only methods that the registered class itself declares can be called.
 * - No method is called that `authenticate` or a validator refuses; what went
 *   wrong inside of `authenticate` is not told to its caller.
 * - Both sides bound what a connection may take up (`Limits`); a server that is
 *   busy, or whose client does not read, stops reading.
 *
 * ## Limits
 *
 * - Values are what JSON can hold: no `undefined` (it arrives as `null`), no
 *   `bigint`; a `Uint8Array` travels as bytes only as the whole arguments, reply
 *   or item. One of more than 128 KiB is not copied: it must not change afterwards.
 * - The codecs of Go's peers carry no streams, metadata, deadlines, cancellation or
 *   signs of life, and codes only as far as the texts of errors tell them.
 * - JSON lines and gob carry no check: that bytes arrive as they were sent is TCP's
 *   word there.
 * - Large bodies go in parts, between which other messages go; an item of a stream
 *   goes as a whole.
 * - A listener of Deno does not ask for certificates of clients. For mutual TLS give
 *   `Server.serve` the sockets of `node:tls` ({@linkcode streamTransport}).
 * - Limits of methods are those of one server, for all callers together; a method
 *   that was answered at its timeout counts until it ends, a stream only until it
 *   begins.
 * - `stats()` times a call that ends in the turn in which it came by its whole
 *   turn, and forgets: p50 and p99 tell of about the last 100,000 calls.
 * - A peer that ends its sending side has left: its calls under way are aborted.
 * - Whether a call that ended with a `ShutdownError` was carried out is unknown: an
 *   `XClient` repeats it only where its method is said to be idempotent.
 * - Clients of other codecs than frames do not hear that a server closes: a call
 *   on its way at that moment ends with a `ShutdownError`.
 * - A stream of arguments is sent once: it is neither repeated nor broadcast.
 * - An `XClient` knows of the load of servers what it sends them itself.
 * - A registry keeps its list in memory: copies of one list do not tell each other,
 *   so heartbeats go to each of them.
 *
 * Needs `--allow-net`, for Unix sockets `--allow-read` and `--allow-write`; no more.
 *
 * @module
 */

export { type Address, formatAddress, parseAddress } from "./address.ts";
export type { Authenticate } from "./authenticate.ts";
export * from "./balance/mod.ts";
export { Call, type CallOptions } from "./call.ts";
export { Client, type ClientOptions, type ClientStats } from "./client.ts";
export * from "./codec/codec.ts";
export * from "./codec/frame_codec.ts";
export {
  gobCodec,
  type GobCodecOptions,
  type GobMethod,
  netRpcCodec,
} from "./codec/gob_codec.ts";
export { jsonCodec } from "./codec/json_codec.ts";
export { jsonRpcCodec } from "./codec/json_rpc.ts";
export type { Code } from "./code.ts";
export type { TlsOptions } from "./connect.ts";
export type { CallContext } from "./context.ts";
export { dial, type DialOptions } from "./dial.ts";
export * from "./discovery/mod.ts";
export * from "./errors.ts";
export type { GobLimits } from "./gob/gob_decoder.ts";
export type { GobKind, GobType } from "./gob/gob_node.ts";
export type {
  Health,
  HealthReply,
  HealthRequest,
  HealthStatus,
} from "./health.ts";
export { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
export type {
  DebugOptions,
  FetchInfo,
  HttpOptions,
} from "./http/http_options.ts";
export type { HttpAnswer } from "./http/http_answer.ts";
export type { InterceptedCall, Interceptor } from "./interceptor.ts";
export type { InvokeOptions } from "./invoker.ts";
export type { Limits } from "./limits.ts";
export type { ListenOptions } from "./listen.ts";
export type { Metadata } from "./metadata.ts";
export type { Method } from "./method.ts";
export type { MethodStats } from "./method_counter.ts";
export type {
  JsonSchema,
  OpenRpcContent,
  OpenRpcDocument,
  OpenRpcInfo,
  OpenRpcMethod,
} from "./open_rpc.ts";
export type * from "./reflection.ts";
export type { MethodOptions } from "./registered_method.ts";
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
export * from "./server.ts";
export type { ArgumentsOf, MethodName, RegisterOptions } from "./service.ts";
export type {
  Caller,
  RemoteParameters,
  RemoteReply,
  ServiceClient,
} from "./service_client.ts";
export type * from "./standard_schema.ts";
export type { ThrottleOptions } from "./throttle/throttle.ts";
export type { Rate } from "./throttle/token_bucket.ts";
export type { AdaptiveOptions } from "./throttle/vegas.ts";
export type { ArgumentIssue, MethodSchema } from "./validate.ts";
export type { WebSocketDoorOptions } from "./web_socket_door.ts";
export type { KeepAliveOptions } from "./wire/keep_alive.ts";
export { type StreamPair, streamTransport } from "./wire/stream_transport.ts";
export type { Transport } from "./wire/transport.ts";
export type { Room, Writer, WriterSource } from "./wire/writer.ts";
export { type ServiceBroadcast, XClient } from "./x_client.ts";
export type * from "./x_client_options.ts";
