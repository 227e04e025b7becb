// Copyright 2026 the Gee authors. MIT license.
// Nodes that share a real Redis: they lose nothing when it is down.

import { assert, assertEquals } from "@std/assert";
import {
  connectRedis,
  isSkipped,
  launchRedis,
  redisTier,
  titled,
} from "../.dev/testing/redis.ts";
import { Group } from "./group.ts";

Deno.test({
  name: titled("Group shares a Redis with other nodes and outlives its end"),
  ignore: isSkipped,
  fn: async () => {
    let server = await launchRedis();
    const clients = [
      await connectRedis(server.port),
      await connectRedis(server.port),
    ];
    try {
      let loads = 0;
      const version = new Map<string, number>();
      const [one, two] = clients.map((client) =>
        new Group("scores", (key) => {
          loads++;
          return `${key} ${version.get(key) ?? 0}`;
        }, { secondTier: redisTier(client), ttl: 60_000, maxBytes: 0 })
      );
      assert(one !== undefined && two !== undefined);
      const keys = Array.from({ length: 50 }, (_, index) => `k${index}`);
      await one.getMany(keys);
      // What is written behind the caller's back is there when it is read.
      while ((await clients[0]?.dbSize() ?? 0) < keys.length + 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assertEquals((await two.getMany(keys)).size, 50);
      assertEquals(loads, 50);

      await two.set("k1", new Uint8Array([0, 255, 1, 128]));
      assertEquals([...(await one.get("k1"))?.bytes() ?? []], [0, 255, 1, 128]);
      version.set("k2", 1);
      await one.remove("k2");
      assertEquals(String(await two.get("k2")), "k2 1");

      await server.stop();
      const before = loads;
      const values = await one.getMany(keys);
      assertEquals([values.size, loads], [50, before + 50]);
      assertEquals(String(values.get("k3")), "k3 0");

      server = await launchRedis(server.port);
      const { tierHits } = two.stats();
      while (two.stats().tierHits === tierHits) {
        await two.get("k4");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assertEquals(String(await two.get("k4")), "k4 0");
    } finally {
      for (const client of clients) client.destroy();
      await server.stop();
    }
  },
});
