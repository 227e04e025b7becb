// Copyright 2026 the Gee authors. MIT license.

export * from "./consistent_hash.ts";
export type { SelectorName } from "./create_selector.ts";
export { LeastPendingSelector } from "./least_pending.ts";
export { P2cSelector } from "./p2c.ts";
export { RandomSelector } from "./random.ts";
export { RoundRobinSelector } from "./round_robin.ts";
export type { Candidate, Selector } from "./selector.ts";
export { WeightedSelector } from "./weighted.ts";
