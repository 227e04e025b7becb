// Copyright 2026 the Gee authors. MIT license.
// The shards' servers: in this process, or each in one of its own.

import { Heartbeat, Server } from "../../rpc/mod.ts";
import { CityShard, type ShardSource } from "./shard.ts";

/** Where and how shards are listed. */
export interface RegistryAccess {
  readonly url: string;
  readonly token: string;
}

/** Which shard of how many. */
export interface ShardPlace {
  readonly shard: number;
  readonly shards: number;
}

/** The variable that carries the registry's token: arguments can be seen by others. */
export const TOKEN_VARIABLE = "CITYSEARCH_REGISTRY_TOKEN";

/** Builds a shard, serves it on a free port and lists it in the registry. */
export async function startNode(
  { shard, shards }: ShardPlace,
  source: ShardSource,
  registry: RegistryAccess,
): Promise<AsyncDisposable> {
  const server = new Server();
  server.register(await CityShard.open(shard, shards, source));
  const { address } = server.listen();
  const heartbeat = new Heartbeat(registry.url, address, {
    period: 10_000,
    token: registry.token,
  });
  await heartbeat.listed;
  return {
    async [Symbol.asyncDispose]() {
      await heartbeat.close();
      await server.close({ timeout: 500 });
    },
  };
}

/** A shard in a process of its own. */
export interface NodeProcess extends AsyncDisposable {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** Starts a shard in a process of its own; it ends with this one, however that ends. */
export function startProcess(
  { shard, shards }: ShardPlace,
  data: string,
  registry: RegistryAccess,
): NodeProcess {
  const script = new URL("main.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net=127.0.0.1",
      "--allow-read",
      `--allow-write=${data}`,
      "--allow-env",
      "--allow-ffi",
      "--allow-sys",
      script.href,
      ...[
        "--data",
        data,
        "--shard",
        `${shard}/${shards}`,
        "--registry",
        registry.url,
      ],
    ],
    env: { [TOKEN_VARIABLE]: registry.token },
    // The child ends when this closes, which it does even if we are killed.
    stdin: "piped",
  }).spawn();
  return {
    ended: child.status.then(() => {}),
    async [Symbol.asyncDispose]() {
      await child.stdin.close().catch(() => {}); // It may have ended before.
      await child.status;
    },
  };
}
