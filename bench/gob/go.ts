// Copyright 2026 the Gee authors. MIT license.
// Go's side: programs that print how many values or calls a second there are.

import type { Measure } from "../suite.ts";

/** Whether Go is there. */
export async function hasGo(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("go", { args: ["version"] })
      .output();
    return success;
  } catch {
    return false;
  }
}

/** Uses a program of this folder, which is built before. */
async function withGo<T>(
  program: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/${program}`;
  try {
    await output(["go", "build", "-o", path, `${program}.go`]);
    return await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function output([command = "", ...args]: string[]): Promise<string> {
  const { stdout, success } = await new Deno.Command(command, {
    args,
    cwd: new URL(".", import.meta.url),
    stderr: "inherit",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`Cannot run "${command}": it failed`);
}

/** Values per second that Go encodes or decodes. */
export function goValues(kind: string, name: string, ms: number): Measure {
  return () =>
    withGo(
      "values",
      async (path) => Number(await output([path, kind, name, `${ms}`])),
    );
}

/** Which sides of a connection are Go. */
export interface Sides {
  readonly isGoServer: boolean;
  readonly isGoClient: boolean;
}

/** Calls per second between two processes. */
export function calls(sides: Sides, callers: number, ms: number): Measure {
  const { isGoServer, isGoClient } = sides;
  const deno = [Deno.execPath(), "run", "-A", "--no-check", "echo.ts"];
  return () =>
    withGo("echo", async (path) => {
      const side = (isGo: boolean) => isGo ? [path] : deno;
      const [command = "", ...args] = [...side(isGoServer), "serve"];
      await using server = new Deno.Command(command, {
        args,
        cwd: new URL(".", import.meta.url),
        stdout: "piped",
      }).spawn();
      const reader = server.stdout.pipeThrough(new TextDecoderStream())
        .getReader();
      const address = ((await reader.read()).value ?? "").trim();
      const client = [...side(isGoClient), "call", address];
      const speed = Number(await output([...client, `${callers}`, `${ms}`]));
      server.kill("SIGKILL");
      await reader.cancel();
      return speed;
    });
}
