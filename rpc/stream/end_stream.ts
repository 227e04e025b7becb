// Copyright 2026 the Gee authors. MIT license.

/**
 * Ends what makes the items of a stream. Not awaited: it may hang, and whatever
 * ending it brings about concerns nobody any more.
 */
export function endIterator(
  iterator: AsyncIterator<unknown> | undefined,
): void {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  promise.catch(() => {});
  try {
    resolve(iterator?.return?.());
  } catch { /* As above. */ }
}

/** Ends a stream that nobody has begun to read, and what it holds: a file, a body. */
export function endUnread(items: AsyncIterable<unknown>): void {
  try {
    endIterator(items[Symbol.asyncIterator]());
  } catch { /* Somebody reads it after all. */ }
}
