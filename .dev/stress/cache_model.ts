// Copyright 2026 the Gee authors. MIT license.
// Short schedules of reads, loads and changes in random order, checked by a
// model: a read that began after a change was done never gives what was before.
import { type ByteView, Group, type GroupOptions } from "../../cache/mod.ts";
import { randomOf, type Report } from "./report.ts";

const KEYS = 4;
const STEPS = 16;
/** After so many turns of the event loop nobody can still wait. */
const MAX_TURNS = 10_000;

/** What the model knows of a key. */
interface Key {
  readonly name: string;
  readonly tag: string;
  /** The version the source has. */
  version: number;
  /** Whether the source has no value at that version. */
  isNone: boolean;
  /** The newest version at which it had none. */
  lastNone: number;
  /** The newest version of a change that is done. */
  done: number;
}

/** One schedule: a group of its own, a source of versions, and what to do. */
class Schedule {
  readonly errors: string[] = [];
  readonly #random: (below: number) => number;
  readonly #keys: Key[];
  readonly #group: Group;
  /** Loads that have read the source and have not answered yet. */
  readonly #loads: (() => void)[] = [];
  readonly #pending: Promise<unknown>[] = [];
  #now = 0;

  constructor(random: () => number) {
    this.#random = (below) => Math.floor(random() * below);
    this.#keys = Array.from({ length: KEYS }, (_, index) => ({
      name: `key ${index}`,
      tag: `tag ${index % 2}`,
      version: 0,
      isNone: false,
      lastNone: -1,
      done: 0,
    }));
    this.#group = new Group("model", (name, context) => {
      const key = this.#keys.find((one) => one.name === name);
      if (key === undefined) throw new Error("Cannot be");
      context.tags = [key.tag];
      // What is read now is answered later: the oldest it may be.
      const value = key.isNone ? undefined : String(key.version);
      return new Promise<string | undefined>((resolve, reject) => {
        const isFailure = this.#random(10) === 0;
        this.#loads.push(() =>
          isFailure ? reject(new Error("Cannot load")) : resolve(value)
        );
      });
    }, this.#options());
  }

  /** Does all steps, then lets everything end. */
  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      this.#step();
      for (let turns = this.#random(4); turns > 0; turns--) {
        await Promise.resolve();
      }
    }
    await this.#drain();
    for (const key of this.#keys) this.#read(key, "get");
    await this.#drain();
    await this.#group.close();
  }

  /** Ends loads until nobody waits for anything any more. */
  async #drain(): Promise<void> {
    let isOver = false;
    void Promise.all(this.#pending.splice(0)).then(() => isOver = true);
    for (let turn = 0; !isOver || this.#isLoading; turn++) {
      this.#finish();
      await Promise.resolve();
      if (turn < MAX_TURNS) continue;
      this.errors.push("somebody waits for ever");
      return;
    }
  }

  /** Refreshes run for nobody, so that no answer tells when they end. */
  get #isLoading(): boolean {
    const { running, waiting } = this.#group.stats();
    return running + waiting > 0;
  }

  /** All that time and memory may do, in some of the schedules. */
  #options(): GroupOptions<ByteView> {
    const some = <T extends object>(option: T) =>
      this.#random(2) === 0 ? option : {};
    return {
      now: () => this.#now,
      policy: (["s3fifo", "lru", "gdsf", "adaptive"] as const)[
        this.#random(4)
      ]!, // below four
      retryAfter: this.#random(2) * 50,
      ...some({ maxBytes: 1200 }),
      ...some({ maxLoads: 2 }),
      ...some({ ttl: 100 }),
      ...some({ staleWhileRevalidate: 1000 }),
      ...some({ staleIfError: 1000 }),
    };
  }

  #step(): void {
    const key = this.#keys[this.#random(KEYS)]!; // below their number
    switch (this.#random(12)) {
      case 0:
      case 1:
        return this.#change(
          [key],
          () =>
            key.isNone
              ? this.#group.remove(key.name)
              : this.#group.set(key.name, String(key.version), {
                tags: [key.tag],
              }),
        );
      case 2:
        return this.#change([key], () => this.#group.remove(key.name));
      case 3: {
        const { tag } = key;
        const tagged = this.#keys.filter((one) => one.tag === tag);
        return this.#change(tagged, () => this.#group.removeTag(tag));
      }
      case 4:
        return this.#change(this.#keys, () => this.#group.reset());
      case 5:
        return this.#read(key, "refresh");
      case 6:
        this.#now += this.#random(150);
        return;
      case 7:
      case 8:
        return this.#finish();
      default:
        return this.#read(key, "get");
    }
  }

  /** The source changes first, then the cache hears of it. */
  #change(keys: readonly Key[], tell: () => unknown): void {
    for (const key of keys) {
      key.version++;
      key.isNone = this.#random(4) === 0;
      if (key.isNone) key.lastNone = key.version;
    }
    const versions = keys.map((key) => [key, key.version] as const);
    const done = () => {
      for (const [key, version] of versions) {
        key.done = Math.max(key.done, version);
      }
    };
    const told = tell();
    if (told instanceof Promise) this.#pending.push(told.then(done));
    else done();
  }

  #read(key: Key, how: "get" | "refresh"): void {
    const oldest = key.done;
    const check = (view: ByteView | undefined) => {
      // Of "there is none" the version is unknown, so the newest counts.
      const got = view === undefined ? key.lastNone : Number(String(view));
      if (got >= oldest) return;
      this.errors.push(`${how} of "${key.name}": ${got}, want ${oldest}`);
    };
    const failed = () => {};
    this.#pending.push(this.#group[how](key.name).then(check, failed));
  }

  /** Ends one of the loads. */
  #finish(): void {
    const { length } = this.#loads;
    if (length > 0) this.#loads.splice(this.#random(length), 1)[0]?.();
  }
}

/** Many schedules; the number of one that failed repeats it with the seed. */
export async function model(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(`model: ${count} schedules of ${STEPS} steps, seed ${seed}`);
  const start = performance.now();
  let stale = 0;
  for (let index = 0; index < count; index++) {
    const schedule = new Schedule(randomOf(seed + index));
    await schedule.run();
    if (schedule.errors.length === 0) continue;
    stale++;
    if (stale <= 3) {
      report.note(`--seed ${seed + index}: ${schedule.errors.join("; ")}`);
    }
  }
  report.count("schedules with a stale value", stale, 0);
  report.figure("took", (performance.now() - start) / 1000, "s");
}
