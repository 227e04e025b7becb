// Copyright 2026 the Gee authors. MIT license.
// From what was typed to what is shown: the cache in front, behind it one call
// to every shard, and their answers merged.

import { Group, type GroupStats } from "../../cache/mod.ts";
import { type Discovery, XClient } from "../../rpc/mod.ts";
import { fold } from "./fold.ts";
import { Latency, Slowest } from "./latency.ts";
import type { ShardAnswer, ShardStatus, Suggestion } from "./shard.ts";

/** What browsers get. */
export interface Answer {
  /** The version of the tries. */
  readonly version: number;
  /** Whether a shard did not answer, so that some cities are missing. */
  readonly isPartial: boolean;
  readonly suggestions: readonly Suggestion[];
}

/** An answer and how it came about. */
export interface Served {
  /** The answer as JSON. */
  readonly json: string;
  /** Whether the cache had it. */
  readonly isHit: boolean;
  /** Time of the slowest shard and of the slowest trie, in ms; 0 on a hit. */
  readonly timing: Timing;
}

interface Timing {
  readonly rpc: number;
  readonly trie: number;
}

/** A shard as the panel shows it. */
export interface ShardReport extends ShardStatus {
  readonly server: string;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
}

/** Options of a `Gateway`. */
export interface GatewayOptions {
  /** How many shards there are. */
  readonly shards: number;
  /** How long an answer is kept, in ms. */
  readonly ttl?: number;
}

/** An answer that lacks the cities of some shards: shown, but never kept. */
class PartialAnswer extends Error {
  override readonly name = "PartialAnswer";
  readonly json: string;

  constructor(json: string) {
    super("Cannot ask every shard");
    this.json = json;
  }
}

const SHARD_TIMEOUT = 2000;
const NO_TIME: Timing = { rpc: 0, trie: 0 };

/** Asks the shards on behalf of browsers. */
export class Gateway implements AsyncDisposable {
  readonly #shards: number;
  readonly #client: XClient;
  readonly #group: Group;
  readonly #latencies = new Map<string, Latency>();
  readonly #slowest = new Slowest(5);
  readonly #timings = new Map<string, Timing>();
  // In every key of the cache: what belongs to an older one is never read again.
  #generation = 0;
  #inFlight = 0;

  /**
   * @param discovery What knows the shards' servers.
   * @param options How many there are, and how long answers are kept.
   */
  constructor(discovery: Discovery, { shards, ttl = 30_000 }: GatewayOptions) {
    this.#shards = shards;
    this.#client = new XClient(discovery, { timeout: SHARD_TIMEOUT });
    this.#group = new Group(
      "suggest",
      (key, { signal }) => this.#load(key, signal),
      {
        maxBytes: 32 << 20,
        ttl,
      },
    );
  }

  /** Suggestions for what was typed. */
  async suggest(
    query: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<Served> {
    const key = `${this.#generation}/${limit}/${fold(query)}`;
    const kept = this.#group.peek(key);
    this.#inFlight++;
    try {
      const view = await this.#group.get(key, { signal });
      const timing = this.#timings.get(key) ?? NO_TIME;
      return { json: String(view), isHit: kept !== undefined, timing };
    } catch (error) {
      if (!(error instanceof PartialAnswer)) throw error;
      return {
        json: error.json,
        isHit: false,
        timing: this.#timings.get(key) ?? NO_TIME,
      };
    } finally {
      this.#timings.delete(key);
      this.#inFlight--;
    }
  }

  /** Builds all tries anew; the old ones serve meanwhile. */
  async rebuild(): Promise<number> {
    const results = await this.#client.broadcast<ShardStatus>(
      "CityShard.rebuild",
      null,
      {
        timeout: 60_000,
      },
    );
    this.#generation++;
    const versions = results.map((result) => {
      if ("error" in result) throw result.error;
      return result.reply.version;
    });
    return Math.min(...versions);
  }

  /** Lets all shards read the deny list; the next answer heeds it. */
  async reloadDenied(): Promise<void> {
    const results = await this.#client.broadcast("CityShard.reloadDenied");
    this.#generation++;
    for (const result of results) if ("error" in result) throw result.error;
  }

  /** How the shards stand, in their order; one that does not answer is left out. */
  async shards(): Promise<ShardReport[]> {
    const results = await this.#client.inform<ShardStatus>("CityShard.status");
    const reports = results.flatMap((result) => {
      if ("error" in result) return [];
      const { count, p50, p99 } = this.#latency(result.server).summary();
      return [{
        ...result.reply,
        server: result.server,
        calls: count,
        p50,
        p99,
      }];
    });
    return reports.sort((a, b) => a.shard - b.shard);
  }

  /** Counts of this moment. */
  stats(): {
    readonly cache: GroupStats;
    readonly inFlight: number;
    readonly slowest: ReturnType<Slowest["list"]>;
  } {
    return {
      cache: this.#group.stats(),
      inFlight: this.#inFlight,
      slowest: this.#slowest.list(),
    };
  }

  /** Ends the connections to the shards. */
  async close(): Promise<void> {
    await this.#group.close();
    await this.#client.close();
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #load(key: string, signal: AbortSignal): Promise<string> {
    const [, limit = "", query = ""] = key.match(/^\d+\/(\d+)\/(.*)$/s) ?? [];
    const start = performance.now();
    const args = { query, limit: Number(limit) };
    const results = await this.#client.inform<ShardAnswer>(
      "CityShard.suggest",
      args,
      {
        signal,
      },
    );
    // Nobody waits any longer: no timing to leave behind, no failure to note.
    signal.throwIfAborted();
    const replies = results.flatMap((result) => {
      if ("error" in result) return [];
      this.#latency(result.server).add(result.duration);
      return [result.reply];
    });
    const rpc = performance.now() - start;
    this.#timings.set(key, {
      rpc,
      trie: Math.max(0, ...replies.map(({ ms }) => ms)),
    });
    this.#slowest.add(query, rpc);
    if (replies.length === 0) {
      throw new Error("Cannot suggest: no shard answered");
    }
    const json = JSON.stringify(this.#merge(replies, Number(limit)));
    if (replies.length < this.#shards) throw new PartialAnswer(json);
    return json;
  }

  #merge(replies: readonly ShardAnswer[], limit: number): Answer {
    const suggestions = replies.flatMap(({ suggestions }) => suggestions);
    suggestions.sort((a, b) => a.rank - b.rank);
    return {
      version: Math.min(...replies.map(({ version }) => version)),
      isPartial: replies.length < this.#shards,
      suggestions: tellApart(suggestions.slice(0, limit)),
    };
  }

  #latency(server: string): Latency {
    let latency = this.#latencies.get(server);
    if (latency === undefined) {
      this.#latencies.set(server, latency = new Latency());
    }
    return latency;
  }
}

/** Cities of one name in one region get their coordinates behind it. */
function tellApart(suggestions: readonly Suggestion[]): Suggestion[] {
  const place = ({ name, region, country }: Suggestion) =>
    `${name}\n${region}\n${country}`;
  const counts = new Map<string, number>();
  for (const each of suggestions) {
    counts.set(place(each), (counts.get(place(each)) ?? 0) + 1);
  }
  return suggestions.map((each) => {
    if (counts.get(place(each)) === 1) return each;
    const { lat, lon } = each;
    const where = `${Math.abs(lat).toFixed(2)}°${lat < 0 ? "S" : "N"} ${
      Math.abs(lon).toFixed(2)
    }°${lon < 0 ? "W" : "E"}`;
    return {
      ...each,
      region: each.region === "" ? where : `${each.region}, ${where}`,
    };
  });
}
