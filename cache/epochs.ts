// Copyright 2026 the Gee authors. MIT license.

/** More tags than this are not remembered one by one. */
const MAX_TAGS = 10_000;

/**
 * Ends many values at once without looking for them. A counter goes up with
 * every reset and every removal of a tag; a value remembers the count at which
 * its load began, and is out of date when its group or one of its tags was
 * ended after that. So a load that ran meanwhile is out of date as well.
 */
export class Epochs {
  #now = 0;
  /** Values from before this count are gone. */
  #groupEnd = 0;
  /** The same for values that have a tag which is not remembered any more. */
  #forgottenEnd = 0;
  /** The count at which each tag was ended last. */
  readonly #tagEnds = new Map<string, number>();

  /** The count for a value whose load begins now. */
  get now(): number {
    return this.#now;
  }

  /** Ends every value there is. */
  endAll(): void {
    this.#groupEnd = ++this.#now;
    this.#tagEnds.clear();
    this.#forgottenEnd = 0;
  }

  /** Ends every value with a tag. */
  endTag(tag: string): void {
    this.#tagEnds.delete(tag);
    this.#tagEnds.set(tag, ++this.#now);
    if (this.#tagEnds.size <= MAX_TAGS) return;
    // Of the oldest only the count is kept, which ends some values too many.
    const [[oldest, end] = ["", 0]] = this.#tagEnds;
    this.#tagEnds.delete(oldest);
    this.#forgottenEnd = Math.max(this.#forgottenEnd, end);
  }

  /** Whether a value is out of date. */
  isOver(epoch: number, tags: readonly string[] | undefined): boolean {
    if (epoch < this.#groupEnd) return true;
    if (tags === undefined) return false;
    return epoch < this.#forgottenEnd ||
      tags.some((tag) => epoch < (this.#tagEnds.get(tag) ?? 0));
  }
}
