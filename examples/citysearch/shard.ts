// Copyright 2026 the Gee authors. MIT license.
// One shard: every N-th city, its trie, and the rpc service over them.

import type { Catalog, City } from "./database.ts";
import { DenyList } from "./deny_list.ts";
import { fold, matchedRange } from "./fold.ts";
import { TopKTrie } from "./top_k_trie.ts";

/** One suggestion, as shards send it and browsers get it. */
export interface Suggestion {
  readonly id: number;
  /** Its place in the order of all cities. */
  readonly rank: number;
  readonly name: string;
  /** What is shown: the name, with the other name that was typed behind it. */
  readonly label: string;
  /** Parts of the label that match, `[start, end)` in UTF-16 units. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
  readonly region: string;
  /** In English. */
  readonly country: string;
  readonly population: number;
  readonly lat: number;
  readonly lon: number;
}

/** The answer of one shard. */
export interface ShardAnswer {
  readonly version: number;
  /** Time the trie took, in ms. */
  readonly ms: number;
  readonly suggestions: readonly Suggestion[];
}

/** What a shard says of itself. */
export interface ShardStatus {
  readonly shard: number;
  readonly version: number;
  readonly cities: number;
  readonly entries: number;
  readonly nodes: number;
  readonly bytes: number;
}

/** Where a shard gets its data from. */
export interface ShardSource {
  /** Reads the catalog anew. */
  readonly catalog: () => Promise<Catalog>;
  /** Reads the patterns of the deny list. */
  readonly denied: () => Promise<readonly string[]>;
}

/** The rpc service `CityShard`. */
export class CityShard {
  readonly #shard: number;
  readonly #count: number;
  readonly #source: ShardSource;
  #cities: readonly City[] = [];
  #trie = new TopKTrie([], new Uint32Array());
  #denied = new DenyList();
  #version = 0;
  #rebuilding: Promise<ShardStatus> | undefined;

  /**
   * @param shard Which shard it is, from 0.
   * @param count How many there are.
   * @param source Where its data comes from.
   */
  constructor(shard: number, count: number, source: ShardSource) {
    this.#shard = shard;
    this.#count = count;
    this.#source = source;
  }

  /** Makes a shard with its trie built. */
  static async open(
    shard: number,
    count: number,
    source: ShardSource,
  ): Promise<CityShard> {
    const self = new CityShard(shard, count, source);
    await self.rebuild();
    await self.reloadDenied();
    return self;
  }

  /** The best cities of this shard for what was typed. */
  suggest({ query, limit }: { query: string; limit: number }): ShardAnswer {
    const start = performance.now();
    const prefix = fold(query);
    const ranks = this.#trie.suggest(prefix, {
      limit: Math.min(limit, 50),
      accept: (rank) => !this.#denied.has(this.#city(rank).name),
    });
    const ms = performance.now() - start;
    const suggestions = ranks.map((rank) =>
      toSuggestion(this.#city(rank), prefix)
    );
    return { version: this.#version, ms, suggestions };
  }

  /**
   * Builds the trie from the database and swaps it in; the old one serves until
   * then. Callers meanwhile share the build.
   */
  rebuild(): Promise<ShardStatus> {
    this.#rebuilding ??= this.#rebuild().finally(() =>
      this.#rebuilding = undefined
    );
    return this.#rebuilding;
  }

  /** Reads the deny list; the next look-up heeds it. */
  async reloadDenied(): Promise<void> {
    this.#denied = new DenyList(await this.#source.denied());
  }

  /** Version and sizes. */
  status(): ShardStatus {
    const { entries, nodes, bytes } = this.#trie.stats();
    const cities = Math.ceil((this.#cities.length - this.#shard) / this.#count);
    return {
      shard: this.#shard,
      version: this.#version,
      cities,
      entries,
      nodes,
      bytes,
    };
  }

  async #rebuild(): Promise<ShardStatus> {
    const { cities, keys, ranks } = await this.#source.catalog();
    const isOwn = (_: unknown, i: number) =>
      (ranks[i] ?? 0) % this.#count === this.#shard;
    const trie = new TopKTrie(keys.filter(isOwn), ranks.filter(isOwn));
    // One assignment after the other without a wait between: no look-up sees half.
    this.#cities = cities;
    this.#trie = trie;
    this.#version++;
    return this.status();
  }

  #city(rank: number): City {
    const city = this.#cities[rank];
    if (city === undefined) throw new RangeError(`Cannot find city ${rank}`);
    return city;
  }
}

function toSuggestion(city: City, prefix: string): Suggestion {
  const { id, rank, name, region, population, lat, lon } = city;
  const country = countryName(city.country);
  const about = { id, rank, name, region, country, population, lat, lon };
  const range = matchedRange(name, prefix);
  if (range !== undefined || prefix === "") {
    return {
      ...about,
      label: name,
      ranges: range === undefined ? [] : [range],
    };
  }
  const other = bestMatch(city.names.split("\n"), prefix);
  const found = other === undefined ? undefined : matchedRange(other, prefix);
  if (found === undefined) return { ...about, label: name, ranges: [] };
  const shift = name.length + 2;
  return {
    ...about,
    label: `${name} (${other})`,
    ranges: [[found[0] + shift, found[1] + shift]],
  };
}

/** Of the names that match, the shortest, and of those the one with its accents. */
function bestMatch(
  names: readonly string[],
  prefix: string,
): string | undefined {
  const isPlain = (name: string) =>
    name.length === new TextEncoder().encode(name).length;
  return names.map((name) => ({ name, key: fold(name) }))
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) =>
      a.key.length - b.key.length ||
      Number(isPlain(a.name)) - Number(isPlain(b.name))
    )[0]?.name;
}

const countryNames = new Intl.DisplayNames("en", { type: "region" });

/** The English name of a country by its ISO 3166-1 code. */
export function countryName(code: string): string {
  return countryNames.of(code) ?? code;
}
