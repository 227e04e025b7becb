// Copyright 2026 the Gee authors. MIT license.

/**
 * Does something for each of some items, so many at a time.
 *
 * @param items The items.
 * @param limit The most under way.
 * @param work What to do.
 * @returns The results in the order of the items. It rejects when one does.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const entries = items.entries();
  // They share the iterator, so each takes what no other has.
  const workSome = async () => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  const count = Math.min(items.length, limit);
  await Promise.all(Array.from({ length: count }, workSome));
  return results;
}
