// Copyright 2026 the Gee authors. MIT license.
// Three nodes that share one cache in front of a slow source, and an API server
// that asks one of them: each key is loaded once, by the node that owns it.
//
//   deno run --allow-net=127.0.0.1 examples/cache_scores.ts
//
// Then open http://127.0.0.1:9999/api?key=Tom. With --port 8001 a process is only
// the node of that port (8001, 8002 or 8003), with --api the API server as well.
import { parseArgs } from "node:util";
import { Group, HttpPool } from "../cache/mod.ts";

const HOST = "127.0.0.1";
const scores = new Map([["Tom", "630"], ["Jack", "589"], ["Sam", "567"]]);

const { values, positionals } = parseArgs({
  options: { port: { type: "string" }, api: { type: "boolean" } },
  allowPositionals: true,
});
// A first argument moves the ports: 0 takes free ones.
const first = Number(positionals[0] ?? 8001);
const ports = [first, first && first + 1, first && first + 2];

/** Starts a node at a port. */
function startNode(port: number) {
  const server = Deno.serve(
    { hostname: HOST, port, onListen() {} },
    (request): Promise<Response> => pool.fetch(request),
  );
  const self = `http://${HOST}:${server.addr.port}`;
  const pool: HttpPool = new HttpPool(self);
  const group = new Group("scores", (key) => {
    console.log(`[SlowDB] ${self} searches key ${key}`);
    return scores.get(key);
  }, { maxBytes: 2 << 20 });
  pool.register(group);
  console.log(`geecache is running at ${server.addr.port} for its peers`);
  return { self, pool, group, server };
}

/** Starts the server that people ask, in front of a node. */
function startApi({ group }: ReturnType<typeof startNode>) {
  return Deno.serve({
    hostname: HOST,
    port: first && 9999,
    onListen({ port }) {
      console.log(`frontend server is running at http://${HOST}:${port}`);
    },
  }, async (request) => {
    const key = new URL(request.url).searchParams.get("key");
    if (!key) return new Response("key is required\n", { status: 400 });
    const view = await group.get(key);
    if (view !== undefined) return new Response(view.bytes());
    return new Response(`${key} does not exist\n`, { status: 404 });
  });
}

const isAlone = values.port !== undefined;
const nodes = (isAlone ? [Number(values.port)] : ports).map(startNode);
const names = isAlone
  ? ports.map((port) => `http://${HOST}:${port}`)
  : nodes.map(({ self }) => self);
for (const { pool } of nodes) pool.set(...names);
const [node] = nodes;
const api = node && (values.api || !isAlone) ? startApi(node) : undefined;

Deno.addSignalListener("SIGINT", async () => {
  await api?.shutdown();
  for (const { pool, group, server } of nodes) {
    await pool.close();
    await group.close();
    await server.shutdown();
  }
  Deno.exit();
});
