// Copyright 2026 the Gee authors. MIT license.
// What nodes in touch with one another promise together: after a change nobody
// reads what was before, whatever node was told and whatever node is asked.

import { assert, assertEquals } from "@std/assert";
import { Group } from "./group.ts";
import { HttpPool } from "./pool/http_pool.ts";

/** A node on loopback. */
interface Node extends AsyncDisposable {
  readonly url: string;
  readonly pool: HttpPool;
  readonly group: Group;
}

/** The source of all nodes: versions by key, each key with one of two tags. */
class Versions {
  readonly #versions = new Map<string, number>();

  tagOf(key: string): string {
    return `tag ${key.length % 2}`;
  }

  get(key: string): number {
    return this.#versions.get(key) ?? 0;
  }

  raise(key: string): number {
    const version = this.get(key) + 1;
    this.#versions.set(key, version);
    return version;
  }
}

function start(source: Versions): Node {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request): Promise<Response> => pool.fetch(request),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const pool: HttpPool = new HttpPool(url);
  const group = new Group("versions", async (key, context) => {
    context.tags = [source.tagOf(key)];
    const version = String(source.get(key));
    await Promise.resolve();
    return version;
  });
  pool.register(group);
  const dispose = async () => {
    await pool.close();
    await group.close();
    await server.shutdown();
  };
  return { url, pool, group, [Symbol.asyncDispose]: dispose };
}

async function cluster(
  size: number,
  source: Versions,
): Promise<Node[] & AsyncDisposable> {
  const nodes = Array.from({ length: size }, () => start(source));
  const urls = nodes.map(({ url }) => url);
  for (const { pool } of nodes) await pool.set(...urls);
  const dispose = async () => {
    for (const node of nodes) await node[Symbol.asyncDispose]();
  };
  return Object.assign(nodes, { [Symbol.asyncDispose]: dispose });
}

/** What every node gives for every key. */
async function readAll(
  nodes: readonly Node[],
  keys: readonly string[],
): Promise<string[]> {
  const reads = nodes.flatMap(({ group }) =>
    keys.map(async (key) => `${key}: ${await group.get(key)}`)
  );
  return await Promise.all(reads);
}

/** What they should give. */
function expected(
  nodes: readonly Node[],
  keys: readonly string[],
  source: Versions,
): string[] {
  return nodes.flatMap(() => keys.map((key) => `${key}: ${source.get(key)}`));
}

const CHANGES: Record<
  string,
  (group: Group, key: string, source: Versions) => Promise<unknown>
> = {
  set: async (group, key, source) =>
    await group.set(key, String(source.get(key)), {
      tags: [source.tagOf(key)],
    }),
  remove: async (group, key) => await group.remove(key),
  removeMany: async (group, key) => await group.removeMany([key]),
  removeTag: async (group, key, source) =>
    await group.removeTag(source.tagOf(key)),
  reset: async (group) => await group.reset(),
};
const keys = Array.from({ length: 12 }, (_, index) => `key ${index}`);

for (const [name, change] of Object.entries(CHANGES)) {
  Deno.test(`Group.${name}() at any node is seen at every node`, async () => {
    const source = new Versions();
    await using nodes = await cluster(3, source);
    for (const [at, { group }] of [...nodes, ...nodes].entries()) {
      // Often enough that what others own is copied.
      for (let round = 0; round < 12; round++) await readAll(nodes, keys);
      const key = keys[at] ?? "";
      source.raise(key);
      await change(group, key, source);
      assertEquals(
        await readAll(nodes, keys),
        expected(nodes, keys, source),
        `change ${at}`,
      );
    }
  });

  Deno.test(`Group.${name}() reaches the copies of keys that no URL carries`, async () => {
    const source = new Versions();
    await using nodes = await cluster(2, source);
    // Every node loads these for itself, so every node has to hear of them.
    const strange = [".", "..", "\ud800", "\udc00", "a\ud800"];
    for (const key of strange) {
      for (const { group } of nodes) {
        await readAll(nodes, strange);
        source.raise(key);
        await change(group, key, source);
        assertEquals(
          await readAll(nodes, strange),
          expected(nodes, strange, source),
          JSON.stringify(key),
        );
      }
    }
  });
}

Deno.test("Group.get() copies a value of another node that is asked for all the time", async () => {
  const source = new Versions();
  await using nodes = await cluster(2, source);
  for (const { group, pool } of nodes) {
    const key = keys.find((one) => pool.pickPeer(one) !== undefined);
    assert(key !== undefined);
    for (let round = 0; round < 200; round++) {
      assertEquals(String(await group.get(key)), "0");
    }
    const { peerLoads } = group.stats();
    assert(peerLoads > 0 && peerLoads < 50, `${peerLoads} questions`);
  }
});

Deno.test("Group never serves what a change made old, with changes and reads at all nodes at once", async () => {
  const source = new Versions();
  await using nodes = await cluster(3, source);
  let seed = 17;
  const random = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
  /** The newest version of each key whose change is done. */
  const done = new Map<string, number>();
  const wrong: string[] = [];
  const few = keys.slice(0, 4);
  const kinds = Object.entries(CHANGES).filter(([name]) => name !== "set");
  const step = async () => {
    const { group } = nodes[random(nodes.length)] as Node; // below the length
    const key = few[random(few.length)] as string; // below the length
    if (random(4) > 0) {
      const oldest = done.get(key) ?? 0;
      const version = Number(String(await group.get(key)));
      if (version < oldest) wrong.push(`${key}: ${version}, not ${oldest}`);
      return;
    }
    const version = source.raise(key);
    const [, change] = kinds[random(kinds.length)] ?? [];
    await change?.(group, key, source);
    done.set(key, Math.max(done.get(key) ?? 0, version));
  };
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let count = 0; count < 150; count++) await step();
  }));
  assertEquals(wrong, []);
});

Deno.test("Group.remove() is not undone by a former owner that hears of it last", async () => {
  const key = "Tom";
  const pools = new Map<string, HttpPool>();
  const groups = new Map<string, Group>();
  let version = 1;
  let now = 0;
  let late = Promise.resolve();
  const answered = new Map<string, PromiseWithResolvers<void>>();
  const urls = ["a", "b", "c"].map((name) => `http://${name}:1`);
  for (const url of urls) {
    const pool = new HttpPool(url, {
      now: () => now,
      fetch: async (request) => {
        const { origin } = new URL(request.url);
        if (url === teller && origin === former) await late;
        const response = await pools.get(origin)?.fetch(request);
        answered.get(`${url} ${origin}`)?.resolve();
        return response ?? Response.error();
      },
    });
    const group = new Group("versions", () => String(version));
    pool.register(group);
    pools.set(url, pool);
    groups.set(url, group);
  }
  const ownerOf = () =>
    urls.find((url) => pools.get(url)?.pickPeer(key) === undefined) ?? "";
  const setAll = (list: readonly string[]) => {
    for (const pool of pools.values()) pool.set(...list);
  };
  let [former, teller] = ["", ""];
  setAll(urls);
  former = ownerOf();
  await groups.get(former)?.get(key);
  now = 60_000; // The nodes have been together for long.
  const left = urls.filter((url) => url !== former);
  setAll(left);
  const owner = left.find((url) => pools.get(url)?.pickPeer(key) === undefined);
  teller = left.find((url) => url !== owner) ?? "";
  assert(owner !== undefined && owner !== teller);

  version = 2;
  const gate = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  late = gate.promise;
  answered.set(`${teller} ${owner}`, told);
  const change = groups.get(teller)?.remove(key);
  await told.promise;
  // It may still give the old value: the change is not done.
  await groups.get(owner)?.get(key);
  gate.resolve();
  await change;
  assertEquals(String(await groups.get(owner)?.get(key)), "2");
  for (const pool of pools.values()) await pool.close();
  for (const group of groups.values()) await group.close();
});
