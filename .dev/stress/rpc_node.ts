// Copyright 2026 the Gee authors. MIT license.
// One server of a cluster, in a process of its own. Its argument says which; it
// prints a line when it listens, writes down each call before it runs, closes
// gracefully on the line "close", and ends when its standard input does, so that it
// cannot outlive the driver.
import { Heartbeat, Server } from "../../rpc/mod.ts";
import { sleep } from "./report.ts";

/** Which server this is. */
export interface RpcNodeConfig {
  readonly port: number;
  readonly registry: string;
  /** Where its calls are written down. */
  readonly log: string;
}

class Work {
  readonly #log: Deno.FsFile;
  readonly #encoder = new TextEncoder();

  constructor(log: Deno.FsFile) {
    this.#log = log;
  }

  /** A third of the calls take a while. */
  do({ id }: { id: number }): number | Promise<number> {
    // At once, for a process that is killed takes nothing back.
    this.#log.writeSync(this.#encoder.encode(`${id}\n`));
    return id % 3 === 0 ? sleep(id % 20).then(() => id * 2) : id * 2;
  }
}

async function main({ port, registry, log }: RpcNodeConfig): Promise<void> {
  const file = Deno.openSync(log, { append: true, create: true });
  const server = new Server({ keepAlive: 500, keepAliveTimeout: 1000 });
  server.register(new Work(file));
  const { address } = server.listen({ port });
  const heartbeat = new Heartbeat(registry, address, { period: 500 });
  await heartbeat.listed;
  console.log("ready");
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const line of lines) {
    if (!line.includes("close")) continue;
    await heartbeat.close();
    await server.close();
    break;
  }
  Deno.exit();
}

if (import.meta.main) await main(JSON.parse(Deno.args[0] ?? "{}"));
