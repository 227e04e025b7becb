// Copyright 2026 the Gee authors. MIT license.

/** A larger weight is a mistake: `HashRing` has as many points for it. */
const MAX_WEIGHT = 100;

/** A node in the list of all nodes: its name alone, or with its weight. */
export type Member = string | WeightedMember;

/** A node and its share of the keys. */
export interface WeightedMember {
  /** Its name, spelled alike on all nodes. */
  readonly name: string;
  /**
   * Its share beside that of the others: with 2 it owns twice as many keys as a
   * node with 1. The same on all nodes.
   *
   * @default {1}
   */
  readonly weight?: number;
}

/** The weights of nodes by name. */
export type Members = ReadonlyMap<string, number>;

/** What a list of nodes must keep to. */
export interface MemberRules {
  /** The most nodes. */
  readonly maxPeers: number;
  /** Throws where a name is none. */
  readonly checkName: (name: string) => void;
}

/**
 * Reads a list of nodes, which may come from anywhere.
 *
 * @param list The list.
 * @param rules What it must keep to.
 * @returns The weights by name.
 * @throws {TypeError} When it is no list, or a name or node has another form.
 * @throws {RangeError} When it is too long, a node is there twice, or a weight
 * is out of bounds.
 */
export function readMembers(
  list: readonly Member[],
  { maxPeers, checkName }: MemberRules,
): Map<string, number> {
  if (!Array.isArray(list)) {
    throw new TypeError(`Cannot set peers: want a list, got ${typeof list}`);
  }
  if (list.length > maxPeers) {
    throw new RangeError(
      `Cannot set ${list.length} peers: want at most ${maxPeers}`,
    );
  }
  const members = new Map<string, number>();
  // Not `list.map`: that would skip the holes of a sparse list.
  for (const item of list) {
    const { name, weight } = readMember(item);
    checkName(name);
    if (members.has(name)) {
      throw new RangeError(`Cannot set peers: "${name}" is there twice`);
    }
    members.set(name, weight);
  }
  return members;
}

/**
 * Says whether two lists are the same.
 *
 * @param one A list.
 * @param other Another.
 * @returns Whether they have the same names with the same weights.
 */
export function isSameList(one: Members, other: Members): boolean {
  if (one.size !== other.size) return false;
  for (const [name, weight] of one) {
    if (other.get(name) !== weight) return false;
  }
  return true;
}

function readMember(item: unknown): { name: string; weight: number } {
  const { name, weight = 1 }: { name?: unknown; weight?: unknown } =
    typeof item === "string" ? { name: item } : Object(item);
  if (typeof name !== "string" || name === "") {
    throw new TypeError("Cannot set peers: each needs a name");
  }
  if (typeof weight === "number" && weight > 0 && weight <= MAX_WEIGHT) {
    return { name, weight };
  }
  throw new RangeError(
    `Cannot set peer "${name}" with weight ${
      String(weight)
    }: want a number above 0 and up to ${MAX_WEIGHT}`,
  );
}
