// Copyright 2026 the Gee authors. MIT license.

import type { MaybePromise } from "./driver.ts";

/** Rows that are read at once, one by one. */
export async function* each<T>(
  read: () => MaybePromise<readonly T[]>,
): AsyncGenerator<T> {
  yield* await read();
}
