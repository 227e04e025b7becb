// Copyright 2026 the Gee authors. MIT license.
// A real etcd for the tests of its discovery.

import { until } from "./until.ts";

const PATH = "/usr/bin/etcd";

// Where the server is known to be installed its absence is a failure.
const isRequired = Deno.env.get("REQUIRE_ETCD") !== undefined;

/** Whether tests that need it are left out. */
export const isSkipped: boolean = !isRequired && !isFile(PATH);

/** The name of a test, which says so when it is left out. */
export function titled(name: string): string {
  if (!isSkipped) return name;
  return `${name} (skipped: no etcd found, Debian's package etcd-server has it)`;
}

/** An etcd of one member. */
export interface Etcd extends AsyncDisposable {
  readonly url: string;
  /** Kills it, and starts it again at the same place, with its data or without. */
  restart(options: { readonly keepsData: boolean }): Promise<void>;
}

/** Starts one on a free port. */
export async function launchEtcd(): Promise<Etcd> {
  const url = `http://127.0.0.1:${freePort()}`;
  let directory = await Deno.makeTempDir();
  let child = spawn(url, directory);
  const stop = async () => {
    child.kill("SIGKILL");
    await child.status;
  };
  await answering(url);
  return {
    url,
    async restart({ keepsData }) {
      await stop();
      if (!keepsData) {
        await Deno.remove(directory, { recursive: true });
        directory = await Deno.makeTempDir();
      }
      child = spawn(url, directory);
      await answering(url);
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function spawn(url: string, directory: string): Deno.ChildProcess {
  return new Deno.Command(PATH, {
    args: [
      ["--data-dir", directory],
      ["--listen-client-urls", url],
      ["--advertise-client-urls", url],
      ["--listen-peer-urls", "http://127.0.0.1:0"],
      ["--heartbeat-interval", "10", "--election-timeout", "100"],
      ["--unsafe-no-fsync"],
    ].flat(),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

function answering(url: string): Promise<void> {
  return until("etcd does not answer", async () => {
    try {
      const response = await fetch(`${url}/v3/kv/range`, {
        method: "POST",
        body: JSON.stringify({ key: btoa("a") }),
        signal: AbortSignal.timeout(1000),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  });
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
