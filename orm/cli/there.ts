// Copyright 2026 the Gee authors. MIT license.

import { isMemory, toPath } from "../driver/location.ts";
import type { CliArguments } from "./arguments.ts";
import { COMMANDS } from "./usage.ts";

/** Whether a location is a server's. */
export function isRemote(location: string): boolean {
  return /^(libsql|https?|wss?):/i.test(location);
}

/** The folder of migrations. */
export function folderOf(args: CliArguments): string {
  return args.get("migrations") ?? "migrations";
}

/**
 * Where the database is that a command works on. SQLite makes what is not there,
 * so that a misspelled path would be an empty database; only `up` may make one.
 */
export async function databaseOf(args: CliArguments): Promise<string> {
  const { command } = args;
  // What is generated comes of migrations alone, not of a database.
  if (command === "generate") return ":memory:";
  const location = args.get("database") ?? "";
  if (isRemote(location)) return location;
  const path = toPath(location);
  if (isMemory(path) || await isThere(path)) return location;
  if (command !== "up") {
    throw new Error(`Cannot open database "${path}": there is no such file`);
  }
  return args.has("dry-run") ? ":memory:" : location;
}

/** Refuses a folder of migrations that is not there: nothing would be pending. */
export async function checkFolder(args: CliArguments): Promise<void> {
  const { command = "" } = args;
  const isRead = COMMANDS[command]?.options.includes("migrations") ?? false;
  if (!isRead || command === "generate") return;
  // A new project has no migrations to list yet.
  if (command === "status" && !args.has("migrations")) return;
  const folder = folderOf(args);
  if (await isThere(folder)) return;
  throw new Error(`Cannot read migrations: there is no folder "${folder}"`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
