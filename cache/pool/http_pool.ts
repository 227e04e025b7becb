// Copyright 2026 the Gee authors. MIT license.

import { Secret } from "./auth.ts";
import { answerHttp } from "./http_answer.ts";
import type { HttpAnswerSettings } from "./http_answer_settings.ts";
import { HttpTransport, type HttpTransportOptions } from "./http_transport.ts";
import {
  type MetricsInfo,
  type MetricsPage,
  metricsPage,
} from "./metrics_page.ts";
import { PeerPool } from "./peer_pool.ts";
import type { PoolOptions } from "./pool_options.ts";
import { refuse } from "./refuse.ts";

/** Settings of an {@linkcode HttpPool}. */
export interface HttpPoolOptions extends PoolOptions, HttpTransportOptions {}

/**
 * Joins the groups of several nodes over HTTP: each key has one owner, and nodes
 * ask the owner instead of the source. Concurrent questions to one peer share a
 * request. Nodes of the Go original may be among them: then give `ring:
 * "crc32x50"`, which is theirs.
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
export class HttpPool extends PeerPool {
  readonly #settings: HttpAnswerSettings;
  readonly #metrics: MetricsPage;
  #isClosed = false;

  /**
   * Makes a pool without peers: until `set` is called this node owns every key.
   *
   * @param self The URL of this node, without a trailing slash, as it stands in
   * the lists of all nodes.
   * @param options The ring, limits, times and the path.
   * @throws {TypeError} When the URL or the path has another form.
   * @throws {RangeError} When a number is out of bounds, or the secret too short.
   */
  constructor(self: string, options: HttpPoolOptions = {}) {
    super(
      self,
      options,
      new HttpTransport(options, options.ring === "crc32x50"),
    );
    this.#metrics = metricsPage(this, options);
    const { basePath = "/_geecache/", timeout = 5000, secret } = options;
    const { maxAnswerBytes = 64 << 20, now = Date.now } = options;
    this.#settings = {
      self,
      basePath,
      timeout,
      answer: this.answer,
      maxQuestionBytes: maxAnswerBytes,
      secret: secret === undefined ? undefined : new Secret(secret, { now }),
    };
  }

  /**
   * Answers a request of a peer, and shows the metrics page where there is one;
   * bound, so that it can be handed to `Deno.serve` as it is.
   *
   * @param request The request.
   * @param info Where it came from, for the metrics page.
   * @returns The response: for a GET 200 with the value as protobuf, 404 outside
   * of the path, for an unknown group and for a key that is not there, 405 for
   * other methods, 400 for a malformed path, 401 where a secret is set, 500 when
   * the load failed, 503 when there was no time or room for it. Nodes of this
   * package ask by a POST of their own.
   */
  readonly fetch = (
    request: Request,
    info?: MetricsInfo,
  ): Promise<Response> => {
    if (this.#isClosed) return Promise.resolve(refuse(503, "closed"));
    return this.#metrics(request, info) ?? answerHttp(request, this.#settings);
  };

  /**
   * Ends the requests to peers and answers further ones with 503. The groups
   * stay open and load for themselves. Calling it again does nothing.
   *
   * @returns When that is done.
   */
  override close(): Promise<void> {
    this.#isClosed = true;
    return super.close();
  }
}
