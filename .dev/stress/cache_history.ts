// Copyright 2026 the Gee authors. MIT license.
// The model that checks every read of a cluster: what a node may give at the
// least. A change counts for all nodes that heard of it, once it has resolved;
// for those in `missed`, and for nodes that started since, when all of the missed
// ones have been back for a stated time.

/** What became of one change. */
export interface Attempt {
  readonly keys: readonly number[];
  readonly versions: readonly number[];
  readonly isSet: boolean;
  readonly began: number;
}

/** A change that some nodes missed. */
interface Unsettled {
  readonly attempt: Attempt;
  readonly missed: Set<string>;
  /** When it resolved. */
  readonly since: number;
  /** Whether a list of nodes spread meanwhile. */
  readonly isSpread: boolean;
}

/** Settings of a {@linkcode History}. */
export interface HistoryOptions {
  readonly keys: number;
  readonly nodes: readonly string[];
  /** How long after its return a node has been told what it missed, in ms. */
  readonly bound: number;
  /** Since when a node is back, or in order; `Infinity` while it is not. */
  readonly backSince: (node: string) => number;
  /**
   * Whether all others take a node for one that was told everything; where that
   * is known a busy machine may take longer than `bound`.
   */
  readonly isTold?: (node: string) => boolean;
}

/** Versions of each key: at the source, and those each node must not fall behind. */
export class History {
  /** What reads were wrong. */
  readonly errors: string[] = [];
  /** The version of each key at the source. */
  readonly versions: number[];
  readonly #options: HistoryOptions;
  /** What every node knows. */
  readonly #base: number[];
  readonly #floors = new Map<string, number[]>();
  readonly #bornAt = new Map<string, number>();
  /** Changes of each key under way; below 0 for a `set`, which is alone. */
  readonly #changing: number[];
  /** Until when a key is left alone: its last `set` may be still on its way. */
  readonly #lockedUntil: number[];
  /** The longest a node was back before it was told what it missed, in ms. */
  longest = 0;
  /** Changes that were missed, and then heard of by all. */
  madeUp = 0;
  #unsettled: Unsettled[] = [];
  #spreadingSince = Infinity;
  #spreadAt = -Infinity;

  constructor(options: HistoryOptions) {
    const zeros = Array.from({ length: options.keys }, () => 0);
    this.#options = options;
    this.versions = [...zeros];
    this.#base = [...zeros];
    this.#changing = [...zeros];
    this.#lockedUntil = [...zeros];
    for (const node of options.nodes) this.born(node);
  }

  /** A node started, with nothing in its memory. */
  born(node: string): void {
    this.settle();
    this.#floors.set(node, [...this.#base]);
    this.#bornAt.set(node, performance.now());
  }

  /** A node ended, and so holds nothing old any more. */
  died(node: string): void {
    for (const { missed } of this.#unsettled) missed.delete(node);
    this.#floors.delete(node);
  }

  /** Nodes get a new list, one after the other. */
  spreadBegins(): void {
    this.#spreadingSince = performance.now();
  }

  /** All nodes have the new list. */
  spreadEnds(): void {
    this.#spreadingSince = Infinity;
    this.#spreadAt = performance.now();
  }

  /**
   * Raises the version of some keys, as a writer does before it tells the cache.
   * Two who set one key at once do not agree on the order, and must not.
   *
   * @returns What to hand to `resolved` or `failed`; nothing where keys are busy.
   */
  raise(keys: readonly number[], isSet: boolean): Attempt | undefined {
    const now = performance.now();
    const isBusy = keys.some((key) =>
      now < this.#lockedUntil[key]! ||
      (isSet ? this.#changing[key] !== 0 : this.#changing[key]! < 0)
    );
    if (isBusy) return undefined;
    const versions = keys.map((key) => {
      this.#changing[key]! += isSet ? -1 : 1;
      return ++this.versions[key]!;
    });
    return { keys, versions, isSet, began: now };
  }

  /** A change has resolved. */
  resolved(attempt: Attempt, missed: readonly string[]): void {
    this.#release(attempt);
    const now = performance.now();
    const { backSince } = this.#options;
    const all = new Set(missed.filter((node) => this.#floors.has(node)));
    for (const node of this.#floors.keys()) {
      // Who is not in the list is told, but nobody waits for it.
      if (backSince(node) === Infinity) all.add(node);
    }
    // While a list spreads a node may not know yet whom to tell.
    const isSpread = this.#spreadingSince <= now ||
      this.#spreadAt > attempt.began;
    if (!isSpread) {
      for (const [node, floors] of this.#floors) {
        const isNew = this.#bornAt.get(node)! > attempt.began;
        if (!all.has(node) && !isNew) lift(floors, attempt);
      }
    }
    this.#unsettled.push({ attempt, missed: all, since: now, isSpread });
    this.settle();
  }

  /** A change broke off: some nodes may have made it, or will yet. */
  failed(attempt: Attempt): void {
    this.#release(attempt);
    if (!attempt.isSet) return;
    for (const key of attempt.keys) {
      this.#lockedUntil[key] = performance.now() + this.#options.bound * 4;
    }
  }

  /** Looks which changes all nodes have heard of by now. */
  settle(): void {
    const now = performance.now();
    const { backSince, bound, isTold = () => true } = this.#options;
    const isSpreading = this.#spreadingSince <= now ||
      now < this.#spreadAt + bound;
    this.#unsettled = this.#unsettled.filter((unsettled) => {
      const { attempt, missed, since, isSpread } = unsettled;
      if (isSpread && isSpreading) return true;
      for (const node of missed) {
        const wait = now - Math.max(since, backSince(node));
        if (wait < bound) return true;
        if (!isTold(node)) {
          this.longest = Math.max(this.longest, wait);
          return true;
        }
      }
      lift(this.#base, attempt);
      for (const floors of this.#floors.values()) lift(floors, attempt);
      this.madeUp += Number(missed.size > 0);
      return false;
    });
  }

  /** All nodes know everything. */
  end(): void {
    this.#unsettled = [];
    for (const floors of this.#floors.values()) {
      floors.splice(0, floors.length, ...this.versions);
    }
  }

  /** The oldest version a read may give that begins now. */
  floor(node: string, key: number): number {
    return this.#floors.get(node)?.[key] ?? 0;
  }

  /** Judges what a read gave. */
  judge(node: string, key: number, floor: number, text: string): void {
    const [, name, version] = /^(\d+):(\d+)$/.exec(text) ?? [];
    const isRight = Number(name) === key && Number(version) >= floor &&
      Number(version) <= this.versions[key]!;
    if (isRight) return;
    this.errors.push(
      `Key ${key} at ${node}: got "${text}", want "${key}:${floor}" or later`,
    );
  }

  /** The text of a version of a key. */
  value(key: number, version = this.versions[key]): string {
    return `${key}:${version}`;
  }

  #release({ keys, isSet }: Attempt): void {
    for (const key of keys) this.#changing[key]! -= isSet ? -1 : 1;
  }
}

function lift(floors: number[], { keys, versions }: Attempt): void {
  for (const [at, key] of keys.entries()) {
    floors[key] = Math.max(floors[key]!, versions[at]!);
  }
}
