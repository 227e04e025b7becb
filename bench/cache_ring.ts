// Copyright 2026 the Gee authors. MIT license.
// The rings against their peers: how evenly a million keys fall, how many move
// when a node comes or goes, and what a look-up costs, the hash of the key and
// what the ring adds to it.
// Run: deno run -A bench/cache_ring.ts [keys]

import ConsistentHash from "npm:consistent-hash@1.2.2";
import KetamaRing from "npm:hashring@3.2.0";
import { BalancedRing, crc32, HashRing, type Ring } from "../cache/mod.ts";
import { mix32 } from "../cache/ring/hash.ts";
import { opsPerSecond, runSuite } from "./suite.ts";

/** What every candidate offers. */
type Candidate = Pick<Ring, "put" | "remove" | "owner">;

// Of what they export only these are used; they have no types of their own.
const Ketama = KetamaRing as unknown as new (
  servers: string[],
  algorithm: string,
  options: Record<string, number>,
) => {
  add(name: string): void;
  remove(name: string): void;
  get(key: string): string;
};
const Random = ConsistentHash as unknown as new () => {
  add(name: string): void;
  remove(name: string): void;
  get(key: string): string;
};

/** Highest score over all nodes, without anything precomputed but their seeds. */
class RendezvousLoop implements Candidate {
  #nodes: { readonly name: string; readonly seed: number }[] = [];

  put(name: string): void {
    this.#nodes.push({ name, seed: mix32(crc32(name)) });
  }

  remove(name: string): boolean {
    const count = this.#nodes.length;
    this.#nodes = this.#nodes.filter((node) => node.name !== name);
    return this.#nodes.length < count;
  }

  owner(key: string): string | undefined {
    const hash = mix32(crc32(key));
    let owner: string | undefined;
    let best = -1;
    for (const { name, seed } of this.#nodes) {
      const score = mix32(seed ^ hash);
      if (score <= best) continue;
      best = score;
      owner = name;
    }
    return owner;
  }
}

/** Puts a ring of a peer behind our names. */
function peer(ring: {
  add(name: string): void;
  remove(name: string): void;
  get(key: string): string;
}): Candidate {
  return {
    put: (name) => ring.add(name),
    remove(name) {
      ring.remove(name);
      return true;
    },
    owner: (key) => ring.get(key),
  };
}

const CANDIDATES: Record<string, () => Candidate> = {
  // 160 points a node by MD5; it remembers keys it has seen, of which we leave one:
  // what is measured is the ring.
  hashring: () => peer(new Ketama([], "md5", { "max cache size": 1 })),
  // 40 points a node, drawn at random: two processes do not agree.
  "consistent-hash": () => peer(new Random()),
  "rendezvous loop": () => new RendezvousLoop(),
  "gee HashRing, crc32 x 50": () => new HashRing(),
  "gee HashRing, 160 replicas": () => new HashRing({ replicas: 160 }),
  "gee HashRing, 512 replicas": () => new HashRing({ replicas: 512 }),
  // Names of nodes are alike, and CRC-32 puts the points of such names in line.
  "gee HashRing, 160, mixed": () =>
    new HashRing({ replicas: 160, hash: (text) => mix32(crc32(text)) }),
  "gee BalancedRing": () => new BalancedRing(),
};
const SIZES = [10, 100];

function filled(make: () => Candidate, count: number): Candidate {
  const ring = make();
  for (let node = 0; node < count; node++) {
    ring.put(`http://10.0.0.${node}:8001`);
  }
  return ring;
}

/** One line of the table of balance. */
interface Balance {
  readonly candidate: string;
  readonly nodes: number;
  /** Keys of the fullest node over the mean. */
  readonly maxToMean: number;
  /** Keys that move when a node comes, over the ideal of 1 / (n + 1). */
  readonly movedOnAdd: number;
  /** Keys that move when that node goes, over the same ideal. */
  readonly movedOnRemove: number;
  /** Keys that moved between two nodes that were there before and after. */
  readonly movedInVain: number;
  /** A look-up, the hash of the key included. */
  readonly ns: number;
  /** The same without the hash of the key; ours only. */
  readonly nsAboveHash: number | undefined;
}

function balanceOf(candidate: string, nodes: number, keys: number): Balance {
  const make = CANDIDATES[candidate]!; // a name of this table
  const ring = filled(make, nodes);
  const owners = new Map<string | undefined, number>();
  const before: (string | undefined)[] = [];
  for (let key = 0; key < keys; key++) {
    const owner = ring.owner(`user:${key}`);
    before.push(owner);
    owners.set(owner, (owners.get(owner) ?? 0) + 1);
  }
  ring.put("http://10.0.1.1:8001");
  let [added, removed, inVain] = [0, 0, 0];
  const between: (string | undefined)[] = [];
  for (let key = 0; key < keys; key++) {
    const owner = ring.owner(`user:${key}`);
    between.push(owner);
    if (owner === before[key]) continue;
    added++;
    if (owner !== "http://10.0.1.1:8001") inVain++;
  }
  ring.remove("http://10.0.1.1:8001");
  for (let key = 0; key < keys; key++) {
    const owner = ring.owner(`user:${key}`);
    if (owner !== between[key]) removed++;
    if (owner !== before[key]) inVain++;
  }
  const ideal = keys / (nodes + 1);
  const mean = keys / nodes;
  return {
    candidate,
    nodes,
    maxToMean: Math.max(...owners.values()) / mean,
    movedOnAdd: added / ideal,
    movedOnRemove: removed / ideal,
    movedInVain: inVain,
    ...costOf(ring, candidate),
  };
}

const lookUps = Array.from({ length: 1 << 14 }, (_, key) => `user:${key}`);

/** Nanoseconds a call; the sum keeps the calls from being optimized away. */
function nsPerCall(body: (key: string) => number): number {
  const start = performance.now();
  let sum = 0;
  let calls = 0;
  while (performance.now() - start < 20) {
    for (const key of lookUps) sum += body(key);
    calls += lookUps.length;
  }
  if (Number.isNaN(sum)) throw new Error("Cannot be");
  return (performance.now() - start) * 1e6 / calls;
}

/** Medians over rounds in which look-up and hash take turns. */
function costOf(ring: Candidate, candidate: string) {
  const rounds = Array.from({ length: 15 }, () => {
    const ns = nsPerCall((key) => ring.owner(key)?.length ?? 0);
    return { ns, above: ns - nsPerCall(crc32) };
  }).slice(4);
  const median = (values: number[]) =>
    values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
  return {
    ns: median(rounds.map(({ ns }) => ns)),
    // The peers hash otherwise.
    nsAboveHash: candidate.startsWith("gee")
      ? median(rounds.map(({ above }) => above))
      : undefined,
  };
}

function markdown(rows: readonly Balance[], keys: number): string {
  const lines = rows.map((row) =>
    `| ${row.candidate} | ${row.nodes} | ${row.maxToMean.toFixed(3)} | ${
      row.movedOnAdd.toFixed(3)
    } | ${row.movedOnRemove.toFixed(3)} | ${row.movedInVain} | ${
      row.ns.toFixed(0)
    } | ${row.nsAboveHash?.toFixed(0) ?? ""} |`
  );
  return [
    `Shares of ${keys} keys, and what moves when a node comes and goes again (over 1 / (n + 1))`,
    "",
    "| | nodes | max/mean | moved on add | moved on remove | moved in vain | ns | ns above the hash |",
    "|---|--:|--:|--:|--:|--:|--:|--:|",
    ...lines,
    "",
    "Repeat with `deno task bench:cache`.",
    "",
  ].join("\n");
}

if (Deno.args[0] !== "--measure") {
  const keys = Number(Deno.args[0] ?? 1_000_000);
  const rows = SIZES.flatMap((nodes) =>
    Object.keys(CANDIDATES).map((name) => balanceOf(name, nodes, keys))
  );
  const table = markdown(rows, keys);
  console.log(table);
  const folder = new URL("results/", import.meta.url);
  await Deno.writeTextFile(new URL("cache_ring_balance.md", folder), table);
  await Deno.writeTextFile(
    new URL("cache_ring_balance.json", folder),
    `${JSON.stringify({ keys, deno: Deno.version.deno, rows }, null, 2)}\n`,
  );
}

await runSuite(import.meta, {
  name: "cache_ring",
  title: "Owner of a key, look-ups",
  baseline: "hashring",
  cells: Object.fromEntries(
    SIZES.map((nodes) => [
      `${nodes} nodes`,
      Object.fromEntries(
        Object.entries(CANDIDATES).map(([name, make]) => [name, () => {
          const ring = filled(make, nodes);
          return opsPerSecond((count) => {
            for (let index = 0; index < count; index++) {
              ring.owner(lookUps[index & 0x3fff]!); // masked to the length
            }
          }, { count: 1 << 14, warmup: 200, ms: 400 });
        }]),
      ),
    ]),
  ),
  rounds: 3,
  command: "deno task bench:cache",
});
