// Copyright 2026 the Gee authors. MIT license.

/**
 * HTML that is safe as it is: {@linkcode html} makes it from parts,
 * {@linkcode rawHtml} from text that you vouch for. In a text position it is
 * put out unchanged; anywhere else it is escaped like any other text.
 *
 * @example Html is not escaped again
 * ```ts
 * import { Html, html } from "@gee/std/web";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const bold = html`<b>${"<Tom>"}</b>`;
 * assert(bold instanceof Html);
 * assertEquals(String(html`<p>${bold}</p>`), "<p><b>&lt;Tom&gt;</b></p>");
 * ```
 */
export class Html {
  readonly #text: string;

  /**
   * Vouches for text.
   *
   * @param text Markup that is safe.
   */
  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The markup.
   *
   * @returns The text as it is sent.
   */
  toString(): string {
    return this.#text;
  }

  /**
   * What JSON and script positions hold.
   *
   * @returns The markup as a string.
   */
  toJSON(): string {
    return this.#text;
  }
}

/**
 * Vouches for markup that did not come from {@linkcode html}, such as the
 * output of a sanitizer. Text of a user given to this function is a hole.
 *
 * @param text Markup that is safe.
 * @returns The same, not escaped anywhere a text may stand.
 *
 * @example Put the output of a sanitizer into a page
 * ```ts
 * import { html, rawHtml } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const page = html`<article>${rawHtml("<p>clean</p>")}</article>`;
 * assertEquals(String(page), "<article><p>clean</p></article>");
 * ```
 */
export function rawHtml(text: string): Html {
  return new Html(text);
}
