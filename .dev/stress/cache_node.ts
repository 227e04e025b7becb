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
  /** A snapshot to begin with. */
  readonly restore?: string;
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
  /** Leaves the cluster first, so that what it misses is known to the others. */
  | { readonly op: "snapshot"; readonly path: string }
  | { readonly op: "reset" | "stats" | "warmUp" };

function makePool({ kind, self, peers, pool: options }: NodeConfig) {
  const pool = kind === "tcp"
    ? new TcpPool(self, options)
    : new HttpPool(self, options);
  pool.set(...peers);
  return pool;
}

function listen(pool: HttpPool | TcpPool): void {
  if (pool instanceof TcpPool) return void pool.listen();
  const { hostname, port } = new URL(pool.self);
  Deno.serve({ hostname, port: Number(port), onListen() {} }, pool.fetch);
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
      await pool.close();
      const file = await Deno.create(order.path);
      return await group.snapshot(file.writable);
    }
    case "stats":
      return { group: group.stats(), pool: pool.stats(), heap: heap() };
  }
}

function makeGroup({ source, group: options }: NodeConfig): Group {
  return new Group("cluster", async (key, context) => {
    const { signal } = context;
    const response = await fetch(source, { method: "POST", body: key, signal });
    if (!response.ok) throw new Error("Cannot reach the source");
    context.tags = response.headers.get("x-tags")?.split(",") ?? [];
    return await response.text();
  }, options);
}

/** Prints its port when the node is ready. */
function control(group: Group, pool: HttpPool | TcpPool): void {
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
  const pool = makePool(config);
  const group = makeGroup(config);
  pool.register(group);
  if (config.restore !== undefined) {
    const file = await Deno.open(config.restore);
    await group.restore(file.readable);
  }
  listen(pool);
  control(group, pool);
  for await (const _ of Deno.stdin.readable);
  Deno.exit();
}
