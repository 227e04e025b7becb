// Copyright 2026 the Gee authors. MIT license.

import { ConsistentHashSelector } from "./consistent_hash.ts";
import { LeastPendingSelector } from "./least_pending.ts";
import { P2cSelector } from "./p2c.ts";
import { RandomSelector } from "./random.ts";
import { RoundRobinSelector } from "./round_robin.ts";
import type { Selector } from "./selector.ts";
import { WeightedSelector } from "./weighted.ts";

/** The selectors that have a name. */
export type SelectorName =
  | "random"
  | "roundRobin"
  | "weighted"
  | "leastPending"
  | "p2c"
  | "consistentHash";

const SELECTORS: Readonly<Record<SelectorName, () => Selector>> = {
  random: () => new RandomSelector(),
  roundRobin: () => new RoundRobinSelector(),
  weighted: () => new WeightedSelector(),
  leastPending: () => new LeastPendingSelector(),
  p2c: () => new P2cSelector(),
  consistentHash: () => new ConsistentHashSelector(),
};

/**
 * A selector by its name.
 *
 * @throws {TypeError} when there is none of that name.
 */
export function createSelector(name: SelectorName): Selector {
  if (!Object.hasOwn(SELECTORS, name)) {
    throw new TypeError(
      `Cannot use selector "${name}": one of "${
        Object.keys(SELECTORS).join('", "')
      }" is wanted`,
    );
  }
  return SELECTORS[name]();
}
