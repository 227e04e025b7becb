// Copyright 2026 the Gee authors. MIT license.
// Nodes on sockets of this machine, over either transport, for tests.

import type { ByteView } from "../byte_view.ts";
import type { GetterFunction } from "../getter.ts";
import { Group } from "../group.ts";
import type { GroupOptions } from "../group_options.ts";
import { HttpPool } from "../pool/http_pool.ts";
import type { PeerPool } from "../pool/peer_pool.ts";
import type { PoolOptions } from "../pool/pool_options.ts";
import { TcpPool } from "../pool/tcp_pool.ts";

/** Which pool joins the nodes. */
export type Kind = "http" | "tcp";

/** Both. */
export const KINDS: readonly Kind[] = ["http", "tcp"];

/** Settings of a {@linkcode Cluster}. */
export interface ClusterOptions {
  readonly kind: Kind;
  readonly group?: GroupOptions<ByteView>;
  readonly pool?: PoolOptions & {
    readonly secret?: string;
    readonly maxAnswerBytes?: number;
  };
  /** What nodes answer from; by default `"value of <key>"`. */
  readonly getter?: (node: string) => GetterFunction<ByteView>;
}

/** A node. */
export interface ClusterNode {
  readonly name: string;
  readonly pool: PeerPool;
  readonly group: Group;
  /** The keys it has loaded, in order. */
  readonly loads: string[];
  /** Ends its server, its connections and its pool, as a crash would. */
  crash(): Promise<void>;
}

/** Nodes that know one another. */
export class Cluster implements AsyncDisposable {
  readonly nodes: ClusterNode[] = [];
  readonly #options: ClusterOptions;

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  /** Starts some nodes and gives each the list. */
  static async start(
    count: number,
    options: ClusterOptions,
  ): Promise<Cluster> {
    const cluster = new Cluster(options);
    for (let index = 0; index < count; index++) await cluster.add();
    cluster.meet();
    return cluster;
  }

  /** The names of all nodes. */
  get names(): string[] {
    return this.nodes.map(({ name }) => name);
  }

  /** Gives each node the list of all. */
  meet(): void {
    for (const { pool } of this.nodes) pool.set(...this.names);
  }

  /** Starts a node that nobody knows yet. */
  async add(port = 0): Promise<ClusterNode> {
    const { kind, group: options = {} } = this.#options;
    const loads: string[] = [];
    const { pool, stop } = kind === "http"
      ? await this.#http(port)
      : await this.#tcp(port);
    const getter = this.#options.getter?.(pool.self) ??
      ((key: string) => `value of ${key}`);
    const group = new Group("scores", (key, context) => {
      loads.push(key);
      return getter(key, context);
    }, options);
    pool.register(group);
    const crash = async () => {
      await pool.close();
      await stop();
      await group.close();
    };
    const node = { name: pool.self, pool, group, loads, crash };
    this.nodes.push(node);
    return node;
  }

  /** The node that owns a key. */
  ownerOf(key: string): ClusterNode {
    const name = this.at(0).pool.owner(key);
    const node = this.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`There is no node "${name}"`);
    return node;
  }

  /** A node that does not own a key, the n-th of them. */
  otherOf(key: string, n = 0): ClusterNode {
    const owner = this.ownerOf(key);
    const others = this.nodes.filter((one) => one !== owner);
    const node = others[n];
    if (node === undefined) throw new Error("There are not so many nodes");
    return node;
  }

  /** The n-th node. */
  at(n: number): ClusterNode {
    const node = this.nodes[n];
    if (node === undefined) throw new Error(`There is no node ${n}`);
    return node;
  }

  /** Keys that a node owns. */
  keysOf(node: ClusterNode, count: number): string[] {
    const keys: string[] = [];
    for (let index = 0; keys.length < count; index++) {
      const key = `key ${index}`;
      if (this.at(0).pool.owner(key) === node.name) keys.push(key);
    }
    return keys;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.crash()));
  }

  async #http(port: number) {
    const started = Promise.withResolvers<number>();
    // Its name is known when its port is, and then it has a pool.
    const server = Deno.serve({
      hostname: "127.0.0.1",
      port,
      onListen: ({ port }) => started.resolve(port),
    }, (request): Promise<Response> => pool.fetch(request));
    const self = `http://127.0.0.1:${await started.promise}`;
    const pool: HttpPool = new HttpPool(self, this.#options.pool);
    return { pool, stop: () => server.shutdown() };
  }

  async #tcp(port: number) {
    const self = `127.0.0.1:${port === 0 ? freePort() : port}`;
    const pool = new TcpPool(self, this.#options.pool);
    pool.listen();
    await Promise.resolve();
    return { pool, stop: () => Promise.resolve() };
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
