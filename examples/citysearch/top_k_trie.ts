// Copyright 2026 the Gee authors. MIT license.

/** Options of a look-up. */
export interface SuggestOptions {
  /** How many ranks are wanted. */
  readonly limit: number;
  /** Whether a rank may be shown; asked at every look-up, so that it works at once. */
  readonly accept?: (rank: number) => boolean;
}

/** How large a trie is. */
export interface TrieStats {
  readonly entries: number;
  readonly nodes: number;
  readonly bytes: number;
}

/** Ranks a node keeps, and entries an interval needs to be worth a node. */
const KEPT = 16;
const NONE = 0xffff_ffff;

/** The entries with a common prefix of `depth` units: those from `low` up to `high`. */
interface Node {
  readonly depth: number;
  readonly low: number;
  readonly high: number;
  readonly children: readonly Node[];
  /** Where its best ranks begin. */
  readonly best: number;
}

/**
 * A path-compressed trie whose every node keeps the 16 best ranks below it.
 *
 * Its keys are sorted, and a node is an interval of them: the shared prefixes of
 * neighbors tell where one begins and ends. An interval of 16 entries or fewer
 * needs no node, since reading it is no slower than reading a list of the best.
 * So a look-up costs the length of the prefix (and a binary search among the
 * siblings), never the number of entries below it, and there are a few nodes for
 * every hundred keys.
 *
 * Ranks are distinct numbers, smaller is better: the order is always the same.
 */
export class TopKTrie {
  readonly #keys: readonly string[];
  readonly #ranks: Uint32Array;
  readonly #nodes: Node[] = [];
  readonly #best: Uint32Array;
  // Counted once: the panel asks every second, and there are 200,000 keys.
  readonly #stats: TrieStats;

  /**
   * @param keys Folded names, ascending by UTF-16 units; one may occur again.
   * @param ranks The rank of each entry; one may occur under several keys.
   */
  constructor(keys: readonly string[], ranks: Uint32Array) {
    if (keys.length !== ranks.length) {
      throw new RangeError(
        `Cannot build a trie: ${keys.length} keys, ${ranks.length} ranks`,
      );
    }
    this.#keys = keys;
    this.#ranks = ranks;
    this.#divide();
    this.#best = new Uint32Array(this.#nodes.length * KEPT).fill(NONE);
    // Children come before their parents, so their lists are ready for merging.
    for (const node of this.#nodes) this.#keepBest(node);
    const units = keys.reduce((sum, key) => sum + key.length, 0);
    const [entries, nodes] = [keys.length, this.#nodes.length];
    const bytes = units + entries * (4 + 20) + nodes * (KEPT * 4 + 56);
    this.#stats = Object.freeze({ entries, nodes, bytes });
  }

  /** Entries, nodes, and the bytes of keys, ranks and nodes (56 each, as measured). */
  stats(): TrieStats {
    return this.#stats;
  }

  /** The best ranks whose keys begin with the prefix, best first. */
  suggest(
    prefix: string,
    { limit, accept = () => true }: SuggestOptions,
  ): number[] {
    const found = this.#find(prefix);
    if ("best" in found) {
      const best = this.#best.subarray(found.best, found.best + KEPT);
      const kept = Array.from(best).filter((rank) =>
        rank !== NONE && accept(rank)
      );
      // With fewer than 16 in the list there are no others below the node.
      if (kept.length >= limit || best[KEPT - 1] === NONE) {
        return kept.slice(0, limit);
      }
    }
    return this.#scan(found, limit, accept);
  }

  /** Closes intervals whenever the prefix that neighbors share becomes shorter. */
  #divide(): void {
    const open: { depth: number; low: number; children: Node[] }[] = [];
    const count = this.#keys.length;
    if (count > KEPT) open.push({ depth: 0, low: 0, children: [] });
    for (let i = 1; i <= count; i++) {
      const shared = i === count
        ? -1
        : sharedLength(this.#keys[i - 1]!, this.#keys[i]!);
      let low = i - 1;
      let closed: Node | undefined;
      for (
        let top = open.at(-1);
        top !== undefined && top.depth > shared;
        top = open.at(-1)
      ) {
        open.pop();
        low = top.low;
        const parent = open.at(-1);
        closed = this.#close(top, i);
        if (
          closed === undefined || parent === undefined || parent.depth < shared
        ) continue;
        parent.children.push(closed);
        closed = undefined;
      }
      if (shared <= (open.at(-1)?.depth ?? shared)) continue;
      open.push({
        depth: shared,
        low,
        children: closed === undefined ? [] : [closed],
      });
    }
  }

  #close(
    { depth, low, children }: { depth: number; low: number; children: Node[] },
    high: number,
  ): Node | undefined {
    if (high - low <= KEPT) return undefined;
    const node: Node = {
      depth,
      low,
      high,
      children,
      best: this.#nodes.length * KEPT,
    };
    this.#nodes.push(node);
    return node;
  }

  /** Merges the lists of the children and the entries that are in none of them. */
  #keepBest({ low, high, children, best: at }: Node): void {
    const best: number[] = [];
    let next = low;
    for (const child of children) {
      for (; next < child.low; next++) insert(best, this.#ranks[next]!, KEPT);
      for (let i = child.best; i < child.best + KEPT; i++) {
        insert(best, this.#best[i]!, KEPT);
      }
      next = child.high;
    }
    for (; next < high; next++) insert(best, this.#ranks[next]!, KEPT);
    this.#best.set(best, at);
  }

  /** The node of a prefix, or the interval of its entries when they are few. */
  #find(
    prefix: string,
  ): Node | { readonly low: number; readonly high: number } {
    let node = this.#nodes.at(-1);
    if (node === undefined) return this.#interval(prefix, 0, this.#keys.length);
    while (true) {
      const label = this.#keys[node.low]!; // a node has entries
      const length = Math.min(node.depth, prefix.length);
      if (label.slice(0, length) !== prefix.slice(0, length)) {
        return { low: 0, high: 0 };
      }
      if (node.depth >= prefix.length) return node;
      const child = this.#child(node, prefix.charCodeAt(node.depth));
      if (child === undefined) {
        return this.#interval(prefix, node.low, node.high);
      }
      node = child;
    }
  }

  /** The child whose entries go on with a unit. */
  #child({ children, depth }: Node, unit: number): Node | undefined {
    let [low, high] = [0, children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const child = children[middle]!; // middle < length
      if (this.#keys[child.low]!.charCodeAt(depth) < unit) low = middle + 1;
      else high = middle;
    }
    const child = children[low];
    return child !== undefined &&
        this.#keys[child.low]!.charCodeAt(depth) === unit
      ? child
      : undefined;
  }

  /** The entries within bounds whose keys begin with the prefix. */
  #interval(
    prefix: string,
    low: number,
    high: number,
  ): { low: number; high: number } {
    const first = this.#lowerBound(prefix, low, high);
    // No key holds U+FFFF, so this sorts behind all that begin with the prefix.
    return {
      low: first,
      high: this.#lowerBound(`${prefix}\uffff`, first, high),
    };
  }

  #lowerBound(key: string, low: number, high: number): number {
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** All entries of an interval: a small one, or one whose best were refused. */
  #scan(
    { low, high }: { readonly low: number; readonly high: number },
    limit: number,
    accept: (rank: number) => boolean,
  ): number[] {
    const best: number[] = [];
    for (let i = low; i < high; i++) {
      const rank = this.#ranks[i]!;
      const isWorse = best.length === limit && rank > best[limit - 1]!;
      if (!isWorse && accept(rank)) insert(best, rank, limit);
    }
    return best;
  }
}

/** Puts a rank into a short ascending list once, and cuts the list to the limit. */
function insert(best: number[], rank: number, limit: number): void {
  if (rank === NONE) return;
  let at = best.length;
  while (at > 0 && best[at - 1]! > rank) at--;
  if (at === limit || best[at - 1] === rank) return;
  best.splice(at, 0, rank);
  if (best.length > limit) best.pop();
}

function sharedLength(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}
