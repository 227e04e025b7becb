// Copyright 2026 the Gee authors. MIT license.
import { Problem } from "./problem.ts";

/** Turns a value into text that is inert at one position. */
export type Escape = (value: unknown) => string;

/**
 * The language of a piece of a document (script, CSS, URL): it reads what the
 * author wrote and knows how a value must be escaped at this point.
 */
export interface Content {
  /** Reads one character, entities decoded. */
  read(char: string): void;
  /**
   * The escaping of a value here; the content then stands behind it.
   *
   * @throws {Problem} When no value can be safe here.
   */
  value(): Escape;
  /** An independent copy. */
  clone(): Content;
  /** The state as text: with the same key, everything after is read alike. */
  key(): string;
  /** Continues after two branches; false when they ended too differently. */
  join(other: Content): boolean;
}

/** Content with one state, whatever is read. */
export class PlainContent implements Content {
  readonly #name: string;
  readonly #escape: Escape | string;

  /** With a text in place of the escape, values are refused for that reason. */
  constructor(name: string, escape: Escape | string) {
    this.#name = name;
    this.#escape = escape;
  }

  read(): void {}

  value(): Escape {
    if (typeof this.#escape !== "string") return this.#escape;
    throw new Problem(this.#escape);
  }

  clone(): Content {
    return this;
  }

  key(): string {
    return this.#name;
  }

  join(other: Content): boolean {
    return this.key() === other.key();
  }
}
