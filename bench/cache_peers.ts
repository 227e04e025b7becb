// Copyright 2026 the Gee authors. MIT license.
// A value from another process on this machine, by callers in a closed loop: from
// a peer with the full path of a group (look up, single flight, ring, pool), from
// a plain server by `fetch`, and from a Redis: deno task bench:cache
//
// Copies of hot keys are turned off: every get crosses the socket.
import { Buffer } from "node:buffer";
import { createClient, RESP_TYPES } from "npm:redis@6.3.1";
import { Redis } from "npm:ioredis@6.0.0";
import { Group, HttpPool, type PeerPool, TcpPool } from "../cache/mod.ts";
import { type Measure, runSuite } from "./suite.ts";

const HOST = "127.0.0.1";
/** A multiple of all numbers of callers, so that each has keys of its own. */
const KEYS = Array.from({ length: 4096 }, (_, index) => `key:${index}`);
const SIZES = { "100 B": 100, "10 KB": 10_240 };
const CALLERS = [1, 64, 256];

type Get = (key: string) => Promise<unknown>;

/** How values get across. */
interface Way {
  /** Serves values of a size; runs in a process of its own. */
  serve(port: number, size: number): unknown;
  /** Makes what asks for them. */
  connect(port: number): Get | Promise<Get>;
}

/** Joins a group of values of a size, or one that only asks, to a pool. */
function join(pool: PeerPool, owner: string, size?: number): Group {
  pool.set(owner);
  const group = new Group("values", () => {
    if (size === undefined) throw new Error("Cannot load here");
    return "x".repeat(size);
  }, { copies: { maxBytes: 0 } });
  pool.register(group);
  return group;
}

const redisServer: Way["serve"] = async (port, size) => {
  const args = ["--port", `${port}`, "--bind", HOST, "--save", ""];
  const child = new Deno.Command("redis-server", { args, stdout: "null" })
    .spawn();
  Deno.addSignalListener("SIGTERM", () => {
    child.kill("SIGKILL");
    Deno.exit();
  });
  const client = createClient({ socket: { host: HOST, port } });
  client.on("error", () => {});
  await client.connect();
  for (const key of KEYS) await client.set(key, "x".repeat(size));
  client.destroy();
};

const ways: Record<string, Way> = {
  fetch: {
    serve(port, size) {
      const value = "x".repeat(size);
      Deno.serve(
        { hostname: HOST, port, onListen() {} },
        () => new Response(value),
      );
    },
    connect: (port) => async (key) =>
      await (await fetch(`http://${HOST}:${port}/${key}`)).bytes(),
  },
  HttpPool: {
    serve(port, size) {
      const self = `http://${HOST}:${port}`;
      const pool = new HttpPool(self);
      join(pool, self, size);
      Deno.serve({ hostname: HOST, port, onListen() {} }, pool.fetch);
    },
    connect(port) {
      const pool = new HttpPool(`http://${HOST}:1`);
      const group = join(pool, `http://${HOST}:${port}`);
      return (key) => group.get(key);
    },
  },
  TcpPool: {
    serve(port, size) {
      const self = `${HOST}:${port}`;
      const pool = new TcpPool(self);
      join(pool, self, size);
      pool.listen();
    },
    connect(port) {
      const group = join(new TcpPool(`${HOST}:1`), `${HOST}:${port}`);
      return (key) => group.get(key);
    },
  },
  "npm:redis": {
    serve: redisServer,
    async connect(port) {
      const client = createClient({ socket: { host: HOST, port } });
      client.on("error", () => {}); // the end of the server
      await client.connect();
      const bytes = client.withTypeMapping({
        [RESP_TYPES.BLOB_STRING]: Buffer,
      });
      return (key) => bytes.get(key);
    },
  },
  "npm:ioredis": {
    serve: redisServer,
    connect(port) {
      const client = new Redis(port, HOST);
      client.on("error", () => {});
      return (key) => client.getBuffer(key);
    },
  },
};

/** Gets per second of callers who each ask again when they have an answer. */
async function getsPerSecond(get: Get, callers: number): Promise<number> {
  const run = async (ms: number) => {
    const start = performance.now();
    let gets = 0;
    await Promise.all(Array.from({ length: callers }, async (_, caller) => {
      // No two ask for one key at a time: single flight would make one of them.
      for (let at = caller; performance.now() - start < ms; at += callers) {
        await get(KEYS[at % KEYS.length] ?? "");
        gets++;
      }
    }));
    return gets / (performance.now() - start) * 1000;
  };
  // The whole path has to be compiled: after 400 ms it is at half of its speed.
  await run(1500);
  return await run(700);
}

async function measure(
  name: string,
  way: Way,
  size: number,
  callers: number,
): Promise<number> {
  using free = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = free.addr;
  free.close();
  await using server = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", import.meta.filename ?? ""],
      ...["--serve", name, `${port}`, `${size}`],
    ],
    stdout: "piped",
  }).spawn();
  const lines = server.stdout.getReader();
  await lines.read();
  const get = await way.connect(port);
  // What comes must be what was asked for, whoever brings it.
  const first = await get(KEYS[0] ?? "") as { readonly length: number };
  if (first.length !== size) throw new Error(`Got ${first.length} bytes`);
  const speed = await getsPerSecond(get, callers);
  server.kill();
  await lines.cancel();
  return speed;
}

const [flag, name = "", port, size] = Deno.args;
if (flag === "--serve") {
  await ways[name]?.serve(Number(port), Number(size));
  console.log("ready");
} else {
  const cells = Object.entries(SIZES).flatMap(([label, size]) =>
    CALLERS.map((callers) => {
      const measures = Object.entries(ways).map(([name, way]) =>
        [name, () => measure(name, way, size, callers)] as [string, Measure]
      );
      return [`${label} x ${callers}`, Object.fromEntries(measures)] as const;
    })
  );
  await runSuite(import.meta, {
    name: "cache_peers",
    title: "A value from a peer, gets per second",
    baseline: "fetch",
    cells: Object.fromEntries(cells),
    command: "deno task bench:cache",
  });
}
