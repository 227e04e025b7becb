// Copyright 2026 the Gee authors. MIT license.

import { ClosedError } from "../errors.ts";
import {
  type MetricsInfo,
  type MetricsPage,
  metricsPage,
} from "./metrics_page.ts";
import { PeerPool } from "./peer_pool.ts";
import type { PoolOptions } from "./pool_options.ts";
import { refuse } from "./refuse.ts";
import { parseAddress } from "./tcp_address.ts";
import { TcpServer, type TcpServerOptions } from "./tcp_server.ts";
import { TcpTransport, type TcpTransportOptions } from "./tcp_transport.ts";

/** Settings of a {@linkcode TcpPool}. */
export interface TcpPoolOptions
  extends PoolOptions, Omit<TcpTransportOptions, "now"> {}

/** Where and how a {@linkcode TcpPool} listens. */
export type TcpListenOptions = Omit<
  TcpServerOptions,
  "answer" | "timeout" | "maxQuestionBytes" | "secret"
>;

/**
 * Joins the groups of several nodes over framed TCP: as `HttpPool` does, over
 * one connection to each peer, and faster. Go nodes do not speak it.
 *
 * @example Two nodes
 * ```ts
 * import { Group, TcpPool } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * // One that owns every key, and one that is in no list and only asks.
 * await using owner = new TcpPool("127.0.0.1:8001");
 * owner.register(new Group("scores", () => "630"));
 * await using server = owner.listen({ port: 0 });
 *
 * await using asker = new TcpPool("127.0.0.1:8002");
 * await using scores = new Group("scores", () => undefined);
 * asker.register(scores);
 * asker.set(`127.0.0.1:${server.addr.port}`);
 * assertEquals(String(await scores.get("Tom")), "630");
 * ```
 */
export class TcpPool extends PeerPool {
  readonly #options: TcpPoolOptions;
  readonly #metrics: MetricsPage;
  readonly #servers = new Set<TcpServer>();
  #isClosed = false;

  /**
   * Makes a pool without peers: until `set` is called this node owns every key.
   *
   * @param self The address of this node, as "host:port", as it stands in the
   * lists of all nodes.
   * @param options The ring, limits and times.
   * @throws {TypeError} When the address has another form.
   * @throws {RangeError} When a number is out of bounds, or the secret too short.
   */
  constructor(self: string, options: TcpPoolOptions = {}) {
    const { now: _, ...rest } = options;
    super(self, options, new TcpTransport(rest));
    this.#options = options;
    this.#metrics = metricsPage(this, options);
  }

  /**
   * Listens for peers, until it is closed or the pool is.
   *
   * @param options Where, which is the address of this node by default, and
   * limits.
   * @returns What listens.
   * @throws {Error} When the address cannot be had.
   * @throws {RangeError} When a number is out of bounds.
   * @throws {ClosedError} When the pool is closed.
   */
  listen(options: TcpListenOptions = {}): TcpServer {
    if (this.#isClosed) {
      throw new ClosedError("Cannot listen: the pool is closed");
    }
    const { timeout, secret, maxAnswerBytes } = this.#options;
    const server = new TcpServer({
      ...parseAddress(this.self),
      ...options,
      answer: this.answer,
      ...timeout !== undefined && { timeout },
      ...secret !== undefined && { secret },
      ...maxAnswerBytes !== undefined && { maxQuestionBytes: maxAnswerBytes },
    });
    this.#servers.add(server);
    return server;
  }

  /**
   * Shows the metrics page where there is one; bound, so that it can be handed to
   * `Deno.serve` as it is. Peers do not ask here.
   *
   * @param request The request.
   * @param info Where it came from.
   * @returns The response; 404 for everything but the page.
   */
  readonly fetch = (
    request: Request,
    info?: MetricsInfo,
  ): Promise<Response> =>
    this.#metrics(request, info) ??
      Promise.resolve(refuse(404, "not found"));

  /**
   * Ends all connections. The groups stay open and load for themselves. Calling
   * it again does nothing.
   *
   * @returns When that is done.
   */
  override async close(): Promise<void> {
    this.#isClosed = true;
    await super.close();
    await Promise.all([...this.#servers].map((server) => server.close()));
  }
}
