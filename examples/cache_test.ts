// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { isSkipped, launchRedis, titled } from "../.dev/testing/redis.ts";
import { runExample, serveExample } from "./testdata/example.ts";

Deno.test("cache_scores.ts answers from three nodes and ends on Ctrl-C", async () => {
  const { origin, end } = await serveExample("cache_scores.ts");
  const ask = async (key: string) => {
    const response = await fetch(`${origin}/api?key=${key}`);
    return [response.status, await response.text()];
  };
  for (let round = 0; round < 2; round++) {
    assertEquals(await ask("Tom"), [200, "630"]);
    assertEquals(await ask("Jack"), [200, "589"]);
    assertEquals(await ask("Sam"), [200, "567"]);
  }
  assertEquals(await ask("Eve"), [404, "Eve does not exist\n"]);
  assertEquals(await ask(""), [400, "key is required\n"]);
  assertEquals(await end(), { code: 0, stderr: "" });
});

Deno.test("cache_cluster.ts loads only what a killed node owned", async () => {
  const lines = (await runExample("cache_cluster.ts")).trim().split("\n");
  const read = lines.map((line) => {
    const [, when, values, same, up] =
      /^(.*): (\d+) values, (\d+) of them as before, (\d) nodes up$/
        .exec(line) ?? [];
    return { when, values, share: Math.round(Number(same) / 100), up };
  });
  assertEquals(read, [
    { when: "First reading", values: "1000", share: 0, up: "5" },
    { when: "Second reading", values: "1000", share: 10, up: "5" },
    { when: "One node was killed", values: "1000", share: 8, up: "4" },
    { when: "And again", values: "1000", share: 10, up: "4" },
    { when: "It is back", values: "1000", share: 10, up: "5" },
  ]);
});

Deno.test({
  name: titled("cache_redis.ts asks the source once for two processes"),
  ignore: isSkipped,
  fn: async () => {
    await using redis = await launchRedis();
    const output = await runExample("cache_redis.ts", [`${redis.port}`]);
    assertEquals(output.trim().split("\n"), [
      "The first process asks the slow source for Tom",
      "Tom has 300",
      "Tom has 300 after the restart",
      "from Redis: 1",
      "The second process asks the slow source for Tom",
      "Tom has 300 after his tag was removed",
    ]);
  },
});
