// Copyright 2026 the Gee authors. MIT license.
// A Redis as the second tier: values outlive a restart, and no node asks the
// source for what another one has loaded. When Redis is down all goes on.
//
//   deno run --allow-net=127.0.0.1 --allow-env --allow-sys examples/cache_redis.ts
//
// It wants a Redis at 127.0.0.1:6379; an argument names another port.
import { Buffer } from "node:buffer";
import { createClient, RESP_TYPES } from "npm:redis@6.3.1";
import { Group, type SecondTier, textCodec } from "../cache/mod.ts";

const client = createClient({
  socket: { host: "127.0.0.1", port: Number(Deno.args[0] ?? 6379) },
  // While it is down calls fail at once, and the group goes on without it.
  disableOfflineQueue: true,
});
client.on("error", () => {});
await client.connect();
const redis = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });

const secondTier: SecondTier = {
  get: (key) => redis.get(key),
  set: (key, bytes, { ttl }) => {
    const expiration = { type: "PX", value: Math.ceil(ttl) } as const;
    const options = ttl === Infinity ? {} : { expiration };
    return redis.set(key, Buffer.from(bytes.buffer), options);
  },
  delete: (key) => redis.del(key),
};

/** What a process begins with: an empty memory, and the same Redis. */
function startProcess(name: string): Group<string> {
  return new Group("scores", (key, context) => {
    console.log(`${name} asks the slow source for ${key}`);
    context.tags = ["scores of today"];
    return `${key.length * 100}`;
  }, { codec: textCodec(), secondTier, ttl: 60_000 });
}

const first = startProcess("The first process");
await first.reset(); // what an earlier run of this program left
console.log("Tom has", await first.get("Tom"));
await first.close(); // Redis has it now

const second = startProcess("The second process");
console.log("Tom has", await second.get("Tom"), "after the restart");
console.log("from Redis:", second.stats().tierHits);

await second.removeTag("scores of today");
console.log("Tom has", await second.get("Tom"), "after his tag was removed");
await second.close();
client.destroy();
