// Copyright 2026 the Gee authors. MIT license.

/**
 * A store behind the memory of a group, slower and larger, which its nodes may
 * share: Redis, a database, a folder. Its owner loads a key from there before it
 * asks the source.
 *
 * The group bounds each call in time and takes every failure for "it is down":
 * a store that is down costs calls of the source, never an error.
 *
 * @example Anything with three methods
 * ```ts
 * import { Group, type SecondTier } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const disk = new Map<string, Uint8Array>();
 * const secondTier: SecondTier = {
 *   get: (key) => Promise.resolve(disk.get(key)),
 *   set: (key, bytes) => Promise.resolve(disk.set(key, bytes)),
 *   delete: (key) => Promise.resolve(disk.delete(key)),
 * };
 * let loads = 0;
 * const load = () => String(++loads);
 * await using first = new Group("scores", load, { secondTier });
 * assertEquals(String(await first.get("Tom")), "1");
 * await first.close();
 *
 * await using next = new Group("scores", load, { secondTier });
 * assertEquals(String(await next.get("Tom")), "1");
 * ```
 */
export interface SecondTier {
  /**
   * Reads the bytes of a key.
   *
   * @param key The key; it begins with the name of the group.
   * @param options Ends the wait, where the store can.
   * @returns The bytes, or `undefined` or `null` when there are none.
   */
  get(
    key: string,
    options: { readonly signal: AbortSignal },
  ): Promise<Uint8Array | undefined | null>;
  /**
   * Stores bytes.
   *
   * @param key The key.
   * @param bytes The bytes, which nobody changes later.
   * @param options How long they are of use in ms, and what ends the wait.
   * @returns When they are stored.
   */
  set(
    key: string,
    bytes: Uint8Array<ArrayBuffer>,
    options: { readonly ttl: number; readonly signal: AbortSignal },
  ): Promise<unknown>;
  /**
   * Deletes a key, where it is there.
   *
   * @param key The key.
   * @param options Ends the wait, where the store can.
   * @returns When it is gone.
   */
  delete(
    key: string,
    options: { readonly signal: AbortSignal },
  ): Promise<unknown>;
}
