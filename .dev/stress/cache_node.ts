// Copyright 2026 the Gee authors. MIT license.
// One node of a cluster, in a process of its own. Its argument says which; it
// prints the port at which the driver controls it, asks the driver as its source,
// and ends when its standard input does, so that it cannot outlive the driver.
import { Group, HttpPool, TcpPool } from "../../cache/mod.ts";
import type { ByteView, GroupOptions, PoolOptions } from "../../cache/mod.ts";

/** Which node this is. */
export interface NodeConfig {
  readonly kind: "http" | "tcp";
  /** Its name in the list of nodes: an address, or its URL. */
  readonly self: string;
  readonly peers: readonly string[];
  /** The URL of the source. */
  readonly source: string;
  readonly pool: PoolOptions;
  readonly group: GroupOptions<ByteView>;
}

/** What the driver wants of a node. */
export type Order =
  | { readonly op: "get" | "remove"; readonly key: string }
  | {
    readonly op: "set";
    readonly key: string;
    readonly value: string;
    readonly tags: readonly string[];
  }
  | { readonly op: "removeTag"; readonly tag: string }
  | { readonly op: "peers"; readonly peers: readonly string[] }
  | { readonly op: "snapshot" | "restore"; readonly path: string }
  | { readonly op: "reset" | "stats" | "warmUp" };

function startPool(config: NodeConfig): HttpPool | TcpPool {
  const { kind, self, peers } = config;
  if (kind === "tcp") {
    const pool = new TcpPool(self, config.pool);
    pool.set(...peers);
    pool.listen();
    return pool;
  }
  const pool = new HttpPool(self, config.pool);
  pool.set(...peers);
  const { hostname, port } = new URL(self);
  Deno.serve({ hostname, port: Number(port), onListen() {} }, pool.fetch);
  return pool;
}

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

async function obey(
  order: Order,
  group: Group,
  pool: HttpPool | TcpPool,
): Promise<unknown> {
  switch (order.op) {
    case "get":
      return String(await group.get(order.key));
    case "remove":
      return (await group.remove(order.key)).missed;
    case "set": {
      const { key, value, tags } = order;
      return (await group.set(key, value, { tags })).missed;
    }
    case "removeTag":
      return (await group.removeTag(order.tag)).missed;
    case "reset":
      return (await group.reset()).missed;
    case "peers":
      return pool.set(...order.peers);
    case "warmUp":
      return await group.warmUp();
    case "snapshot": {
      const file = await Deno.create(order.path);
      return await group.snapshot(file.writable);
    }
    case "restore": {
      const file = await Deno.open(order.path);
      return await group.restore(file.readable);
    }
    case "stats":
      return { group: group.stats(), pool: pool.stats(), heap: heap() };
  }
}

function control(config: NodeConfig, pool: HttpPool | TcpPool): void {
  const group = new Group("cluster", async (key, context) => {
    const response = await fetch(config.source, {
      method: "POST",
      body: key,
      signal: context.signal,
    });
    if (!response.ok) throw new Error("Cannot reach the source");
    context.tags = response.headers.get("x-tags")?.split(",") ?? [];
    return await response.text();
  }, config.group);
  pool.register(group);
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(port),
  }, async (request) => {
    try {
      const result = await obey(await request.json(), group, pool);
      return Response.json({ result });
    } catch (error) {
      return Response.json({ error: String(error) });
    }
  });
}

if (import.meta.main) {
  const config = JSON.parse(Deno.args[0] ?? "{}") as NodeConfig;
  control(config, startPool(config));
  for await (const _ of Deno.stdin.readable);
  Deno.exit();
}
