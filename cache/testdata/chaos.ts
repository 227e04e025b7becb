// Copyright 2026 the Gee authors. MIT license.
// Seeded runs of a few nodes on a network that loses and delays questions, while
// their list changes and values do.

import { assert } from "@std/assert";
import type { FakeTime } from "@std/testing/time";
import type { PooledGroup } from "../pool/peer_pool.ts";
import { LocalNetwork, LocalPool } from "./local_transport.ts";

/** Steps of a run. */
const STEPS = 40;

/** A group of versions: numbers, of which the source has the newest. */
export interface ChaosNode extends PooledGroup {
  /** Reads a version. */
  read(key: string): Promise<number>;
  /** Makes a new version; gives who could not be told. */
  write(key: string): Promise<readonly string[]>;
  /** Makes new versions of all keys at once; gives who could not be told. */
  reset(keys: readonly string[]): Promise<readonly string[]>;
}

/** Makes a node over the source that all of them share. */
export type MakeChaosNode = (
  source: Map<string, number>,
  random: () => number,
) => ChaosNode;

/** Mulberry32: small, and the same on every machine. */
function randomOf(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b_79f5 | 0;
    let mixed = Math.imul(seed ^ seed >>> 15, 1 | seed);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

/** Lets promises run their reactions for some turns. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

/** One run of four nodes; what it finds wrong is thrown. */
export class ChaosRun {
  readonly #names = ["a", "b", "c", "d"];
  readonly #keys = Array.from({ length: 6 }, (_, key) => `key ${key}`);
  readonly #network = new LocalNetwork();
  readonly #pools = new Map<string, LocalPool>();
  readonly #groups = new Map<string, ChaosNode>();
  readonly #source = new Map<string, number>();
  readonly #cuts = new Set<string>();
  readonly #random: () => number;
  readonly #seed: number;
  /** How often something was checked, and how often a change missed a node. */
  checks = 0;
  misses = 0;

  constructor(seed: number, makeNode: MakeChaosNode) {
    const random = randomOf(seed);
    this.#seed = seed;
    this.#random = random;
    this.#network.delay = () => turns(random() * 6);
    for (const name of this.#names) {
      const pool = new LocalPool(name, this.#network, {
        ring: "crc32x50",
        random,
      });
      const group = makeNode(this.#source, random);
      pool.register(group);
      this.#pools.set(name, pool);
      this.#groups.set(name, group);
    }
    for (const pool of this.#pools.values()) pool.set(...this.#names);
  }

  async go(time: FakeTime): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      const dice = this.#random();
      if (dice < 0.25) this.#changeLinks();
      else if (dice < 0.35) this.#changeList();
      else if (dice < 0.5) {
        // Now and then so long that who left is forgotten.
        const span = this.#random() < 0.2 ? 25_000 : 1500;
        await time.tickAsync(this.#random() * span);
      } else await this.#change(time);
      await this.#checkAll();
    }
    // At the end all is well again, and so is every value.
    for (const way of [...this.#cuts]) {
      const [one = "", other = ""] = way.split(" ");
      this.#heal(one, other);
    }
    for (const pool of this.#pools.values()) pool.set(...this.#names);
    await time.tickAsync(30_000);
    for (const name of this.#names) {
      for (const key of this.#keys) await this.#check(name, key);
    }
    for (const pool of this.#pools.values()) await pool.close();
    assert(!time.next(), `seed ${this.#seed}: a timer is left`);
  }

  async #change(time: FakeTime): Promise<void> {
    const origin = this.#pick(this.#names);
    const key = this.#pick(this.#keys);
    // Reads that run at the same time must leave nothing old behind.
    const reads = Array.from(
      { length: 6 },
      () => this.#group(this.#pick(this.#names)).read(key),
    );
    const isReset = this.#random() < 0.15;
    const change = isReset
      ? this.#group(origin).reset(this.#keys)
      : this.#group(origin).write(key);
    await time.tickAsync(0);
    const missed = await change;
    await Promise.all(reads);
    if (missed.length > 0) this.misses++;
    const { peers } = this.#pool(origin);
    for (const name of this.#names) {
      // One outside of the list is asked by nobody, and keeps nothing.
      const isTold = name === origin ||
        peers.includes(name) && !missed.includes(name);
      if (isTold) await this.#check(name, key);
    }
  }

  /** Whom nobody owes anything has heard of every change. */
  async #checkAll(): Promise<void> {
    for (const name of this.#names) {
      const pools = [...this.#pools.values()];
      const isOwed = pools.some((pool) => pool.stats().peers[name]?.pending);
      if (isOwed || !this.#pool(name).peers.includes(name)) continue;
      await this.#check(name, this.#pick(this.#keys));
    }
  }

  async #check(name: string, key: string): Promise<void> {
    this.checks++;
    const version = await this.#group(name).read(key);
    const wanted = this.#source.get(key) ?? 0;
    assert(
      version === wanted,
      `seed ${this.#seed}: ${name} reads ${version} of "${key}", want ${wanted}`,
    );
  }

  /** One link fails or heals, the network falls in two, or a node is back. */
  #changeLinks(): void {
    const kind = this.#random();
    const node = this.#pick(this.#names);
    const side = new Set(this.#names.filter(() => this.#random() < 0.5));
    for (const one of this.#names) {
      for (const other of this.#names) {
        if (one >= other) continue;
        const isAtNode = one === node || other === node;
        if (kind < 0.4) {
          if (isAtNode && this.#random() < 0.4) this.#toggle(one, other);
        } else if (kind < 0.7) {
          if (side.has(one) !== side.has(other)) this.#cut(one, other);
        } else if (isAtNode) this.#heal(one, other);
      }
    }
  }

  #toggle(one: string, other: string): void {
    if (this.#cuts.has(`${one} ${other}`)) this.#heal(one, other);
    else this.#cut(one, other);
  }

  #cut(one: string, other: string): void {
    this.#cuts.add(`${one} ${other}`);
    this.#network.between(one, other, "cut");
  }

  #heal(one: string, other: string): void {
    this.#cuts.delete(`${one} ${other}`);
    this.#network.between(one, other, "none");
  }

  #changeList(): void {
    const list = this.#names.filter(() => this.#random() < 0.8);
    for (const pool of this.#pools.values()) pool.set(...list);
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T; // below it
  }

  #group(name: string): ChaosNode {
    return this.#groups.get(name) as ChaosNode; // there is one per name
  }

  #pool(name: string): LocalPool {
    return this.#pools.get(name) as LocalPool; // there is one per name
  }
}
