// Copyright 2026 the Gee authors. MIT license.

/**
 * How many texts are remembered. The shapes of a program's queries are few; one
 * that makes them up starts over now and then.
 */
export const MAX_TEXTS = 1000;

/**
 * Joined strings by their parts. Where the parts are always the same strings,
 * their hashes are known, and so is that of the result.
 */
export class Texts {
  readonly #byHead = new Map<string, Map<string, string>>();
  #size = 0;

  /** `head`, `glue` and `tail` in one; a head and a tail have one glue only. */
  join(head: string, glue: string, tail: string): string {
    const text = this.#byHead.get(head)?.get(tail);
    return text ?? this.#add(head, tail, `${head}${glue}${tail}`);
  }

  #add(head: string, tail: string, text: string): string {
    if (++this.#size > MAX_TEXTS) {
      this.#byHead.clear();
      this.#size = 1;
    }
    let tails = this.#byHead.get(head);
    if (tails === undefined) {
      tails = new Map();
      this.#byHead.set(head, tails);
    }
    tails.set(tail, text);
    return text;
  }
}
