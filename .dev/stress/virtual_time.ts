// Copyright 2026 the Gee authors. MIT license.
// Time and chance that a seed repeats: timers fire in the order of their virtual
// times, one after the other, each when all that the one before began has come to
// rest. Nothing of it takes real time.
import { setImmediate } from "node:timers";
import { randomOf } from "./report.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  /** Whether somebody waits for it; limits of signals are nobody's business. */
  readonly isOwned: boolean;
  isCleared: boolean;
}

/** Replaces a property of a global object; gives the way back. */
function replace<T extends object, K extends keyof T>(
  target: T,
  key: K,
  value: T[K],
): () => void {
  const had = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    writable: true,
  });
  return () => {
    if (had === undefined) delete target[key];
    else Object.defineProperty(target, key, had);
  };
}

/** The clock and the timers of one run, in place of the real ones until disposed. */
export class VirtualTime implements Disposable {
  /** Virtual ms since the beginning. */
  now = 0;
  /** Timers that fired. */
  steps = 0;
  readonly #heap: Timer[] = [];
  readonly #timers = new Map<number, Timer>();
  readonly #restore: (() => void)[];
  #order = 0;

  /** @param seed Repeats what `Math.random` gives. */
  constructor(seed: number) {
    const set = (run: () => void, ms = 0) => this.after(ms, run) as never;
    this.#restore = [
      replace(globalThis, "setTimeout", set as unknown as typeof setTimeout),
      replace(globalThis, "clearTimeout", (id) => this.clear(Number(id))),
      replace(performance, "now", () => this.now),
      replace(Date, "now", () => this.now),
      replace(Math, "random", randomOf(seed)),
      replace(AbortSignal, "timeout", (ms) => this.#signal(ms)),
    ];
  }

  /** Timers that were set and are still to fire. */
  get pending(): number {
    return [...this.#timers.values()].filter(({ isOwned }) => isOwned).length;
  }

  /** Runs something later. */
  after(ms: number, run: () => void, isOwned = true): number {
    const order = ++this.#order;
    const at = this.now + Math.max(0, ms);
    const timer = { at, order, run, isOwned, isCleared: false };
    this.#timers.set(order, timer);
    this.#push(timer);
    return order;
  }

  /** Forgets what was to run. */
  clear(id: number): void {
    const timer = this.#timers.get(id);
    if (timer === undefined) return;
    timer.isCleared = true;
    this.#timers.delete(id);
  }

  /** Waits in virtual time. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Lets time pass until something has settled; false when it never will, or not by then. */
  async until(work: Promise<unknown>, limit: number): Promise<boolean> {
    let isDone = false;
    const end = () => void (isDone = true);
    work.then(end, end);
    const last = this.now + limit;
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (isDone) return true;
      const timer = this.#pop();
      if (timer === undefined || timer.at > last) return false;
      this.#timers.delete(timer.order);
      this.now = timer.at;
      this.steps++;
      timer.run();
    }
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore) restore();
  }

  #signal(ms: number): AbortSignal {
    const controller = new AbortController();
    const reason = new DOMException("Signal timed out.", "TimeoutError");
    this.after(ms, () => controller.abort(reason), false);
    return controller.signal;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!isBefore(timer, heap[up]!)) break; // above it
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = timer;
  }

  #pop(): Timer | undefined {
    for (;;) {
      const first = this.#heap[0];
      const last = this.#heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (this.#heap.length > 0) this.#sink(last);
      if (!first.isCleared) return first;
    }
  }

  #sink(timer: Timer): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let down = at * 2 + 1;
      if (down >= heap.length) break;
      const right = heap[down + 1];
      if (right !== undefined && isBefore(right, heap[down]!)) down++;
      if (!isBefore(heap[down]!, timer)) break; // it is there
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = timer;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}
