// Copyright 2026 the Gee authors. MIT license.

/** What a group counted since it was made, and how it stands now. */
export interface GroupStats {
  /** Calls of `get` and `getMany` (each key), and questions of peers. */
  readonly gets: number;
  /** Those answered from memory, a remembered "there is none" included. */
  readonly hits: number;
  /** Hits on copies of what other nodes own. */
  readonly copyHits: number;
  /** Calls of the getter. */
  readonly loads: number;
  /** Those that failed; an abandoned load counts as neither. */
  readonly loadFailures: number;
  /** Questions to the owner of a key. */
  readonly peerLoads: number;
  /** Those without a usable answer. */
  readonly peerFailures: number;
  /** Values got from their former owner, after the list of nodes changed. */
  readonly handovers: number;
  /** Values got from the second tier. */
  readonly tierHits: number;
  /** Calls of the second tier that failed. */
  readonly tierFailures: number;
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
  /** Entries held of what this node owns. */
  readonly entries: number;
  /** Their cost in bytes. */
  readonly bytes: number;
  /** Copies held of what other nodes own. */
  readonly copies: number;
  /** Their cost in bytes. */
  readonly copyBytes: number;
  /** Calls of the getter that run. */
  readonly running: number;
  /** Calls of the getter that wait for their turn. */
  readonly waiting: number;
}

/** The counting half of {@linkcode GroupStats}. */
export class Counters {
  gets = 0;
  hits = 0;
  copyHits = 0;
  loads = 0;
  loadFailures = 0;
  peerLoads = 0;
  peerFailures = 0;
  handovers = 0;
  tierHits = 0;
  tierFailures = 0;
  backoffs = 0;
  overloads = 0;
  filtered = 0;
  refreshes = 0;
  fallbacks = 0;
  evictions = 0;
}

/** What a group counted, and how it stands. */
export function statsOf(
  { counters, memory, copies }: Counted,
  { running, waiting }: Pick<GroupStats, "running" | "waiting">,
): GroupStats {
  return Object.freeze({
    ...counters,
    entries: memory.size,
    bytes: memory.bytes,
    copies: copies.memory.size,
    copyBytes: copies.memory.bytes,
    running,
    waiting,
  });
}

/** How much a memory holds. */
interface Sized {
  readonly size: number;
  readonly bytes: number;
}

/** What is counted of a group. */
interface Counted {
  readonly counters: Counters;
  readonly memory: Sized;
  readonly copies: { readonly memory: Sized };
}
