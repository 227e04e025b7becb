// Copyright 2026 the Gee authors. MIT license.

import type { Candidate } from "../balance/selector.ts";

/** A server as selectors see it, which tests may change. */
export interface TestCandidate extends Candidate {
  weight: number;
  pending: number;
  latency: number;
}

/** Servers with one letter each for an address, of weight 1, idle and unknown. */
export function candidates(letters: string): TestCandidate[] {
  return Array.from(letters, (address) => ({
    address,
    weight: 1,
    tags: [],
    pending: 0,
    latency: 0,
  }));
}

/** How often each server was chosen. */
export function tally(picked: Iterable<Candidate>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { address } of picked) {
    counts[address] = (counts[address] ?? 0) + 1;
  }
  return counts;
}
