// Copyright 2026 the Gee authors. MIT license.

import type { Driver } from "../driver/driver.ts";
import type { Table } from "../schema/table.ts";
import type { Session } from "../session.ts";
import { UsageError } from "./arguments.ts";
import { isRemote } from "./there.ts";

/** A driver by its name, loaded only when it is used. */
export async function loadDriver(
  name: string | undefined,
  location = "",
): Promise<(location: string) => Driver> {
  const wanted = name ?? (isRemote(location) ? "libsql" : "sqlite");
  if (wanted !== "sqlite" && wanted !== "libsql") {
    throw new UsageError(
      `Unknown driver "${wanted}": want "sqlite" or "libsql"`,
    );
  }
  const entry = new URL(`../${wanted}.ts`, import.meta.url);
  // Named by a literal, the library of libsql, 20 MB, would be downloaded with
  // this file.
  // deno-lint-ignore gee/relative-imports -- it is a file of this module
  const module = await import(entry.href);
  return module[wanted];
}

/** The tables that a module exports. */
export async function loadTables(path: string): Promise<Table[]> {
  const tables = Object.values(await load(path)).filter(isTable);
  if (tables.length > 0) return tables;
  throw new Error(`Cannot use schema "${path}": it exports no table`);
}

/** The function `seed` that a module exports. */
export async function loadSeed(
  path: string,
): Promise<(session: Session) => unknown> {
  const { seed } = await load(path);
  if (typeof seed !== "function") {
    throw new Error(
      `Cannot use seeds "${path}": it exports no function "seed"`,
    );
  }
  return (session) => seed(session);
}

async function load(path: string): Promise<Record<string, unknown>> {
  // A URL is taken as it is, a path may have anything in it.
  const isUrl = /^[a-z][a-z+.-]+:/i.test(path);
  const toUrl = (text: string) =>
    encodeURI(text).replaceAll(/[?#]/g, encodeURIComponent);
  const base = new URL(`file://${toUrl(Deno.cwd()).replace(/\/?$/, "/")}`);
  try {
    // deno-lint-ignore gee/relative-imports -- the file of who runs this
    return await import(isUrl ? path : new URL(toUrl(path), base).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot load "${path}": ${reason}`, { cause: error });
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && "name" in value &&
    "columns" in value && "primaryKey" in value && "options" in value;
}
