// Copyright 2026 the Gee authors. MIT license.
// Five processes that share one cache. One is killed: its keys move to the four
// others, which load them once. It comes back and takes its keys over again.
//
//   deno run --allow-net=127.0.0.1 --allow-run examples/cache_cluster.ts
import { Group, TcpPool, textCodec } from "../cache/mod.ts";

const HOST = "127.0.0.1";
const KEYS = Array.from({ length: 1000 }, (_, index) => `key ${index}`);
const [role, name = "", ...list] = Deno.args;

/** Joins the cluster. Each value tells who loaded it, and when. */
function join(self: string, names: readonly string[]) {
  const pool = new TcpPool(self, { probeAfter: 100, maxProbe: 400 });
  pool.set(...names);
  const group = new Group(
    "demo",
    () => `${self} at ${performance.now()}`,
    { codec: textCodec(), copies: { maxBytes: 0 } },
  );
  pool.register(group);
  return { pool, group };
}

if (role === "node") {
  const { pool, group } = join(name, list);
  pool.listen();
  console.log("ready");
  await group.warmUp();
} else {
  await demonstrate();
}

/** Starts a process that is one node, and waits until it listens. */
async function startNode(name: string, names: readonly string[]) {
  const node = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", `--allow-net=${HOST}`, import.meta.filename ?? ""],
      ...["node", name, ...names],
    ],
    stdout: "piped",
  }).spawn();
  await node.stdout.values().next();
  return node;
}

function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done, 20));
}

async function demonstrate(): Promise<void> {
  const listeners = KEYS.slice(0, 5).map(() =>
    Deno.listen({ hostname: HOST, port: 0 })
  );
  const names = listeners.map(({ addr }) => `${HOST}:${addr.port}`);
  for (const listener of listeners) listener.close();
  const nodes = await Promise.all(names.map((one) => startNode(one, names)));
  // Not in the list itself: it owns nothing and only asks.
  const { pool, group } = join(`${HOST}:1`, names);
  let known = new Map<string, string>();
  const read = async () => {
    const values = await group.getMany(KEYS);
    const same = KEYS.filter((key) => values.get(key) === known.get(key));
    known = values;
    return { values, same };
  };
  const readAll = async (when: string) => {
    const { values, same } = await read();
    const { peers } = pool.stats();
    const up = Object.values(peers).filter(({ state }) => state === "up");
    console.log(
      `${when}: ${values.size} values, ${same.length} of them as before, ` +
        `${up.length} nodes up`,
    );
  };
  await readAll("First reading");
  await readAll("Second reading");
  nodes[2]?.kill("SIGKILL");
  await readAll("One node was killed");
  // The other nodes find out by themselves, and then keep what they load.
  while ((await read()).same.length < KEYS.length) await pause();
  await readAll("And again");
  nodes[2] = await startNode(names[2] ?? "", names);
  const isBack = () => pool.stats().peers[names[2] ?? ""]?.state === "up";
  while (!isBack()) await pause();
  await readAll("It is back");
  for (const node of nodes) node.kill("SIGKILL");
  await pool.close();
}
