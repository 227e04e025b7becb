// Copyright 2026 the Gee authors. MIT license.
// A real Redis for the tests of the second tier.
import { Buffer } from "node:buffer";
import { createClient, RESP_TYPES } from "npm:redis@6.3.1";
import type { SecondTier } from "../../cache/second_tier.ts";

const PATH = "/usr/bin/redis-server";

// Where the server is known to be installed its absence is a failure.
const isRequired = Deno.env.get("REQUIRE_REDIS") !== undefined;

/** Whether tests that need it are left out. */
export const isSkipped: boolean = !isRequired && !isFile(PATH);

/** The name of a test, which says so when it is left out. */
export function titled(name: string): string {
  if (!isSkipped) return name;
  return `${name} (skipped: no Redis found, Debian's package redis-server has it)`;
}

/** A running server. */
export interface Redis extends AsyncDisposable {
  readonly port: number;
  /** Ends it at once; what it held is lost. */
  stop(): Promise<void>;
}

/** Starts one on a free port, or on the one of a server that has ended. */
export async function launchRedis(port: number = freePort()): Promise<Redis> {
  const child = new Deno.Command(PATH, {
    args: ["--bind", "127.0.0.1", "--port", `${port}`, "--save", ""],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isRunning = true;
  const stop = async () => {
    if (!isRunning) return;
    isRunning = false;
    child.kill("SIGKILL");
    await child.status;
  };
  await answering(port);
  return { port, stop, [Symbol.asyncDispose]: stop };
}

/** Waits until somebody listens. */
async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    try {
      using _ = await Deno.connect({ hostname: "127.0.0.1", port });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  throw new Error(`Cannot start Redis: nobody listens on port ${port}`);
}

/** A client whose calls fail at once where nobody answers. */
export async function connectRedis(port: number) {
  const client = createClient({
    socket: { host: "127.0.0.1", port, reconnectStrategy: 10 },
    disableOfflineQueue: true,
  });
  // Without a listener an error would end the process.
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Redis as a second tier. */
export function redisTier(
  client: Awaited<ReturnType<typeof connectRedis>>,
): SecondTier {
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  return {
    get: (key) => bytes.get(key),
    set: (key, value, { ttl }) =>
      bytes.set(key, Buffer.from(value.buffer), {
        ...ttl !== Infinity && {
          expiration: { type: "PX", value: Math.ceil(ttl) },
        },
      }),
    delete: (key) => bytes.del(key),
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
