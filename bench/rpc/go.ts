// Copyright 2026 the Gee authors. MIT license.
// Go's net/rpc with gob on both sides, built once per run.

const GO = "/usr/bin/go";
const PROGRAM = new URL("../testdata/rpc_echo.go", import.meta.url).pathname;
const BINARY = new URL("../../data/rpc_echo", import.meta.url).pathname;

/** Whether Go is there. */
export function hasGo(): boolean {
  try {
    return Deno.statSync(GO).isFile;
  } catch {
    return false;
  }
}

/** Makes the program, unless it is newer than its source. */
function build(): void {
  const made = mtime(BINARY);
  if (made !== undefined && made > (mtime(PROGRAM) ?? 0)) return;
  const { success, stderr } = new Deno.Command(GO, {
    args: ["build", "-o", BINARY, PROGRAM],
    env: { GO111MODULE: "off", GOTOOLCHAIN: "local" },
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function mtime(path: string): number | undefined {
  try {
    return Deno.statSync(path).mtime?.getTime();
  } catch {
    return undefined;
  }
}

/** Calls per second between two programs in Go. */
export async function goEcho(
  bytes: number,
  callers: number,
  warmup: number,
  ms: number,
): Promise<number> {
  build();
  const server = new Deno.Command(BINARY, { args: ["serve"], stdout: "piped" })
    .spawn();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = ((await reader.read()).value ?? "").trim();
  const numbers = [bytes, callers, warmup, ms].map(String);
  const { stdout } = await new Deno.Command(BINARY, {
    args: ["call", port, ...numbers],
  }).output();
  server.kill("SIGKILL");
  await server.status;
  return Number(new TextDecoder().decode(stdout));
}
