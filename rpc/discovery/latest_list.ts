// Copyright 2026 the Gee authors. MIT license.

import { abortable } from "../abortable.ts";
import type { Endpoint } from "./endpoint.ts";

/** The last list that something in the background has learned, and those who wait for the first. */
export class LatestList {
  #list: readonly Endpoint[] | undefined;
  #first: PromiseWithResolvers<readonly Endpoint[]> | undefined;
  /** Why no list comes any more. */
  #end: { readonly error: unknown } | undefined;

  /** The list, or a promise of the first one. */
  get(
    signal?: AbortSignal,
  ): readonly Endpoint[] | Promise<readonly Endpoint[]> {
    if (this.#list !== undefined) return this.#list;
    if (this.#end !== undefined) return Promise.reject(this.#end.error);
    if (this.#first === undefined) {
      this.#first = Promise.withResolvers();
      // Everybody who waits may have given up.
      this.#first.promise.catch(() => {});
    }
    return abortable(this.#first.promise, signal);
  }

  /** Takes over a list. */
  set(list: readonly Endpoint[]): void {
    this.#list = list;
    this.#first?.resolve(list);
    this.#first = undefined;
  }

  /** Rejects those who wait for the first list; an older list stays. */
  fail(error: unknown): void {
    this.#first?.reject(error);
    this.#first = undefined;
  }

  /** The same for those who ask from now on: nothing more is learned. */
  end(error: unknown): void {
    this.#end ??= { error };
    this.fail(error);
  }
}
