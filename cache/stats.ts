// Copyright 2026 the Gee authors. MIT license.

/** What a group counted since it was made, and how it stands now. */
export interface GroupStats {
  /** Calls of `get`, `getMany` (each key) and `getBytes`. */
  readonly gets: number;
  /** Those answered from memory, a remembered "there is none" included. */
  readonly hits: number;
  /** Calls of the getter. */
  readonly loads: number;
  /** Those that failed; an abandoned load counts as neither. */
  readonly loadFailures: number;
  /** Questions to the owner of a key. */
  readonly peerLoads: number;
  /** Those without a usable answer. */
  readonly peerFailures: number;
  /** Calls refused because their key had failed a moment before. */
  readonly backoffs: number;
  /** Loads refused because too many were waiting. */
  readonly overloads: number;
  /** Keys that `mayHave` ruled out, for which nobody was asked. */
  readonly filtered: number;
  /** Values loaded anew while they were served. */
  readonly refreshes: number;
  /** Stale values served because loading them anew failed. */
  readonly fallbacks: number;
  /** Entries that left to make room. */
  readonly evictions: number;
  /** Entries held. */
  readonly entries: number;
  /** Their cost in bytes. */
  readonly bytes: number;
  /** Calls of the getter that run. */
  readonly running: number;
  /** Calls of the getter that wait for their turn. */
  readonly waiting: number;
}

/** The counting half of {@linkcode GroupStats}. */
export class Counters {
  gets = 0;
  hits = 0;
  loads = 0;
  loadFailures = 0;
  peerLoads = 0;
  peerFailures = 0;
  backoffs = 0;
  overloads = 0;
  filtered = 0;
  refreshes = 0;
  fallbacks = 0;
  evictions = 0;
}
