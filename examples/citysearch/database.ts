// Copyright 2026 the Gee authors. MIT license.
// The tables of citysearch, and how they are opened and read.

import {
  blob,
  Engine,
  integer,
  real,
  type Session,
  table,
  text,
} from "../../orm/mod.ts";
import { libsql } from "../../orm/libsql.ts";

/** A city; its rank is its place in the order of population, then of name. */
export interface City {
  readonly id: number;
  readonly rank: number;
  readonly name: string;
  /** Other names, one a line. */
  readonly names: string;
  /** ISO 3166-1 code. */
  readonly country: string;
  readonly region: string;
  readonly population: number;
  readonly lat: number;
  readonly lon: number;
}

export const cities = table("cities", {
  // The key, so that reading all in this order runs through the file once.
  rank: integer().primaryKey(),
  id: integer().unique(),
  name: text(),
  names: text(),
  country: text(),
  region: text(),
  population: integer(),
  lat: real(),
  lon: real(),
});

/**
 * The folded names of all cities, sorted once at the import: sorting 600,000 of
 * them at every start would cost a second.
 */
export const chunks = table("chunks", {
  id: integer().primaryKey(),
  /** Folded names, one a line, ascending within and across chunks. */
  keys: text(),
  /** The rank of each name's city, as little-endian 32-bit numbers. */
  ranks: blob(),
});

/** Patterns of names that are not to be suggested. */
export const denied = table("denied", { pattern: text().primaryKey() });

/** One row once the import is complete. */
export const imports = table("imports", {
  format: integer().primaryKey(),
  count: integer(),
});

/** Changes whenever the tables do; another one means importing again. */
export const FORMAT = 1;

/** Opens the database in a folder, which is made when it is missing. */
export async function openDatabase(folder: string): Promise<Engine> {
  await Deno.mkdir(folder, { recursive: true });
  const engine = await Engine.open(libsql(`${folder}/cities.db`));
  try {
    const session = engine.session();
    for (const each of [cities, chunks, denied, imports]) {
      if (!await session.hasTable(each)) await session.createTable(each);
    }
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** How many cities are in the database; undefined when the import is missing. */
export async function importedCount(
  session: Session,
): Promise<number | undefined> {
  return (await session.model(imports).where({ format: FORMAT }).first())
    ?.count;
}

/** What the tries are built from. */
export interface Catalog {
  /** All cities; a city's index is its rank. */
  readonly cities: readonly City[];
  /** All folded names, ascending. */
  readonly keys: readonly string[];
  /** The rank of each name's city. */
  readonly ranks: Uint32Array;
}

const CITIES_PER_READ = 10_000;

/** Reads the catalog in small steps, since others are served meanwhile. */
export async function readCatalog(session: Session): Promise<Catalog> {
  const count = await importedCount(session) ?? 0;
  const all: City[] = [];
  for (let rank = 0; rank < count; rank += CITIES_PER_READ) {
    const page = { gte: rank, lt: rank + CITIES_PER_READ };
    const rows = session.model(cities).where({ rank: page }).orderBy("rank");
    for (const city of await rows.find()) all.push(city);
    await nextTurn();
  }
  const keys: string[] = [];
  const ranks: number[] = [];
  for (
    const { id } of await session.model(chunks).select("id").orderBy("id")
      .find()
  ) {
    const chunk = await session.model(chunks).where({ id }).first();
    if (chunk === undefined) continue;
    for (const key of chunk.keys.split("\n")) keys.push(key);
    const { buffer, byteOffset, byteLength } = chunk.ranks;
    const view = new DataView(buffer, byteOffset, byteLength);
    for (let at = 0; at < byteLength; at += 4) {
      ranks.push(view.getUint32(at, true));
    }
    await nextTurn();
  }
  return { cities: all, keys, ranks: Uint32Array.from(ranks) };
}

/** Lets the event loop serve others. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
