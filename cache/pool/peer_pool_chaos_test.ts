// Copyright 2026 the Gee authors. MIT license.

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
import { type ChaosNode, ChaosRun, turns } from "../testdata/chaos.ts";

const GROUP = "g";
const SEEDS = 40;

/** A group that is no more than the rules of coherence; copies never end. */
class TinyGroup implements ChaosNode, PeerSource {
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

Deno.test("PeerPool lets nobody who was told of a change read an older value, whatever the network does", async () => {
  let checks = 0;
  let misses = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    using time = new FakeTime();
    const run = new ChaosRun(
      seed,
      (source, random) => new TinyGroup(source, random),
    );
    await run.go(time);
    checks += run.checks;
    misses += run.misses;
  }
  // Or the runs were too kind.
  assert(checks > SEEDS * 50 && misses > SEEDS, `${checks} ${misses}`);
});
