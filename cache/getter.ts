// Copyright 2026 the Gee authors. MIT license.

import type { Input } from "./codec.ts";

/** What a getter is given beside the key, and may say of its value. */
export interface GetterContext {
  /** Aborted when nobody waits for the value any more. */
  readonly signal: AbortSignal;
  /**
   * Set by the getter: how long this value is fresh in ms, in place of the
   * `ttl` of the group; 0 for a value that is not to be kept.
   */
  ttl?: number;
  /**
   * Set by the getter: what `removeTag` of the group will find this value by.
   */
  tags?: readonly string[];
}

/**
 * Asks the source for a value. It returns the value, or `undefined` when the
 * source has none, and throws when it could not find out: the two must not be
 * confused, since the first is remembered and the second is tried again. A getter
 * that gets its own key of its own group waits for itself.
 *
 * @typeParam T The values of the group.
 */
export type GetterFunction<T> = (
  key: string,
  context: GetterContext,
) => Input<T> | undefined | Promise<Input<T> | undefined>;

/**
 * A source as an object.
 *
 * @typeParam T The values of the group.
 */
export interface Getter<T> {
  /**
   * Asks the source for a value, as a {@linkcode GetterFunction} does.
   *
   * @param key The key.
   * @param context A signal to stop at.
   * @returns The value, or `undefined` when the source has none.
   */
  get(
    key: string,
    context: GetterContext,
  ): Input<T> | undefined | Promise<Input<T> | undefined>;
}
