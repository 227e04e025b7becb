// Copyright 2026 the Gee authors. MIT license.
// Seeded runs of a few nodes on a network that loses and delays questions: once
// a change has resolved, nobody who was told of it reads an older value.

import { assert } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ByteView } from "../byte_view.ts";
import type { Change } from "../change.ts";
import { PeerError } from "../errors.ts";
import type {
  PeerPicker,
  PeerSource,
  PeerSourceOptions,
  PeerValue,
} from "../peer.ts";
import { LocalNetwork, LocalPool } from "../testdata/local_transport.ts";

const GROUP = "g";
const SEEDS = 150;
const STEPS = 40;

/** Mulberry32: small, and the same on every machine. */
function randomOf(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b_79f5 | 0;
    let mixed = Math.imul(seed ^ seed >>> 15, 1 | seed);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

/** A group that is no more than the rules of coherence; copies never end. */
class TinyGroup implements PeerSource {
  readonly name = GROUP;
  readonly #memory = new Map<string, number>();
  readonly #fences = new Map<string, number>();
  /** When a key, or any, changed last: old values may be about for a while. */
  readonly #changedAt = new Map<string, number>();
  #allAt = -Infinity;
  readonly #source: Map<string, number>;
  readonly #random: () => number;
  #resets = 0;
  #picker: PeerPicker | undefined;

  constructor(source: Map<string, number>, random: () => number) {
    this.#source = source;
    this.#random = random;
  }

  get peerSource(): PeerSource {
    return this;
  }

  get picker(): PeerPicker {
    assert(this.#picker !== undefined);
    return this.#picker;
  }

  /** Reads a version: from memory, the owner, who had it before, the source. */
  async read(key: string): Promise<number> {
    const held = this.#memory.get(key);
    if (held !== undefined) return held;
    const owner = this.picker.pickPeer(key);
    if (owner === undefined) return await this.#load(key);
    const isFenced = this.#fence(key);
    try {
      const value = await owner.get(GROUP, key);
      const version = Number(value?.view);
      if (value?.ttl !== undefined && !isFenced()) {
        this.#memory.set(key, version);
      }
      return version;
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      return this.#source.get(key) ?? 0;
    }
  }

  /** Changes a key: the owner agrees first, then all others drop it. */
  async write(key: string): Promise<readonly string[]> {
    this.#source.set(key, (this.#source.get(key) ?? 0) + 1);
    for (let attempt = 0; attempt < 4; attempt++) {
      const owner = this.picker.pickPeer(key);
      const isTold = await owner?.tell(GROUP, { kind: "remove", keys: [key] })
        .then(() => true, () => false);
      if (isTold === false) continue;
      this.apply({ kind: "drop", keys: [key] });
      return await this.picker.tellOthers(
        GROUP,
        { kind: "drop", keys: [key] },
        owner,
      );
    }
    throw new Error("Cannot find an owner");
  }

  /** Drops everything everywhere. */
  async reset(keys: readonly string[]): Promise<readonly string[]> {
    for (const key of keys) {
      this.#source.set(key, (this.#source.get(key) ?? 0) + 1);
    }
    for (const isCopies of [false, true]) {
      this.apply({ kind: "reset", isCopies });
      await this.picker.tellOthers(GROUP, { kind: "reset", isCopies });
    }
    return await this.picker.tellOthers(GROUP, { kind: "reset" });
  }

  answer(
    key: string,
    { mode }: PeerSourceOptions,
  ): PeerValue | undefined | Promise<PeerValue | undefined> {
    const held = this.#memory.get(key);
    if (held !== undefined) return toValue(held);
    if (mode === "held") return undefined;
    return this.#load(key).then(toValue);
  }

  apply(change: Change): void {
    if (change.kind === "reset") {
      this.#resets++;
      this.#allAt = Date.now();
      this.#memory.clear();
      return;
    }
    assert("keys" in change);
    for (const key of change.keys) {
      this.#fences.set(key, (this.#fences.get(key) ?? 0) + 1);
      this.#memory.delete(key);
      this.#changedAt.set(key, Date.now());
    }
  }

  handOver(): Uint8Array {
    return new Uint8Array();
  }

  registerPeers(picker: PeerPicker): void {
    this.#picker = picker;
  }

  stats(): Readonly<Record<string, number>> {
    return {};
  }

  explain(): Readonly<Record<string, unknown>> {
    return {};
  }

  /** Loads as the owner: who had the key before is asked first. */
  async #load(key: string): Promise<number> {
    const isFenced = this.#fence(key);
    const changedAt = Math.max(this.#allAt, this.#changedAt.get(key) ?? 0);
    const isInFlux = Date.now() - changedAt < this.picker.spreadTime;
    const former = isInFlux ? undefined : this.picker.pickPrevious(key);
    const held = await former?.get(GROUP, key, { mode: "held" })
      .catch(() => undefined);
    let version = held && Number(held.view);
    if (version === undefined) {
      version = this.#source.get(key) ?? 0;
      await turns(this.#random() * 5);
    }
    if (!isFenced()) this.#memory.set(key, version);
    return version;
  }

  #fence(key: string): () => boolean {
    const resets = this.#resets;
    const fence = this.#fences.get(key);
    return () => resets !== this.#resets || fence !== this.#fences.get(key);
  }
}

function toValue(version: number): PeerValue {
  return { view: new ByteView(`${version}`), ttl: 1000 };
}

/** One run. */
class Run {
  readonly #names = ["a", "b", "c", "d"];
  readonly #keys = Array.from({ length: 6 }, (_, key) => `key ${key}`);
  readonly #network = new LocalNetwork();
  readonly #pools = new Map<string, LocalPool>();
  readonly #groups = new Map<string, TinyGroup>();
  readonly #source = new Map<string, number>();
  readonly #cuts = new Set<string>();
  readonly #random: () => number;
  readonly #seed: number;
  /** How often something was checked, and how often a change missed a node. */
  checks = 0;
  misses = 0;

  constructor(seed: number) {
    const random = randomOf(seed);
    this.#seed = seed;
    this.#random = random;
    this.#network.delay = () => turns(random() * 6);
    for (const name of this.#names) {
      const pool = new LocalPool(name, this.#network, {
        ring: "crc32x50",
        random,
      });
      const group = new TinyGroup(this.#source, random);
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

  #group(name: string): TinyGroup {
    return this.#groups.get(name) as TinyGroup; // there is one per name
  }

  #pool(name: string): LocalPool {
    return this.#pools.get(name) as LocalPool; // there is one per name
  }
}

Deno.test("PeerPool lets nobody who was told of a change read an older value, whatever the network does", async () => {
  let checks = 0;
  let misses = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    using time = new FakeTime();
    const run = new Run(seed);
    await run.go(time);
    checks += run.checks;
    misses += run.misses;
  }
  // Or the runs were too kind.
  assert(checks > SEEDS * 50 && misses > SEEDS, `${checks} ${misses}`);
});
