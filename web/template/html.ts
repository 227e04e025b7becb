// Copyright 2026 the Gee authors. MIT license.
import type { Escape } from "./content.ts";
import { BLOCKED_URL, escapeText } from "./escape.ts";
import { Html } from "./html_value.ts";
import { HtmlReader } from "./html_reader.ts";
import { Problem } from "./problem.ts";

/** What {@linkcode html} takes between its parts. */
export type HtmlValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | URL
  | Html
  | readonly HtmlValue[];

/** One literal of a source, read once. */
const plans = new WeakMap<TemplateStringsArray, readonly Escape[]>();

/**
 * HTML of small pages: a tag for template literals that escapes values for text
 * and quoted attributes, and checks URLs. Lists are joined, {@linkcode Html}
 * stays as it is, and false, null and undefined are nothing.
 *
 * Anything else is refused: names of tags and attributes, attributes without
 * quotes, comments, scripts and CSS. The literal is read once.
 *
 * @param parts The text of the author.
 * @param values What stands between.
 * @returns The markup.
 * @throws {TypeError} When a value stands where none is safe, has no text, or is
 * a URL whose scheme could run code; when the markup ends inside a tag.
 *
 * @example A list with links
 * ```ts
 * import { html } from "@gee/std/web";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const users = [{ name: "Tom & Sam", url: "/users/1?tab=a" }];
 * const list = html`<ul>${
 *   users.map(({ name, url }) => html`<li><a href="${url}">${name}</a></li>`)
 * }</ul>`;
 * assertEquals(
 *   String(list),
 *   '<ul><li><a href="/users/1?tab=a">Tom &amp; Sam</a></li></ul>',
 * );
 * assertThrows(() => html`<a href="${"javascript:alert(1)"}">no</a>`, TypeError);
 * assertThrows(() => html`<script>${"no"}</script>`, TypeError);
 * ```
 */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly HtmlValue[]
): Html {
  let escapes = plans.get(parts);
  if (escapes === undefined) {
    escapes = planOf(parts);
    plans.set(parts, escapes);
  }
  let text = parts[0] ?? "";
  for (let at = 0; at < values.length; at++) {
    text += escaped(values[at], escapes[at]) + (parts[at + 1] ?? "");
  }
  return new Html(text);
}

function escaped(value: unknown, escape: Escape | undefined): string {
  try {
    return escape?.(value) ?? "";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new TypeError(`Cannot make HTML: ${error.message}`);
  }
}

/** The escaping of each value; whatever is not plainly safe is refused. */
function planOf(parts: TemplateStringsArray): Escape[] {
  const reader = new HtmlReader();
  const escapes: Escape[] = [];
  for (const [at, part] of parts.entries()) {
    try {
      reader.read(part);
      if (at === parts.length - 1) break;
      const refusal = reader.strictRefusal;
      if (refusal !== undefined) throw new Problem(refusal);
      escapes.push(strict(reader.value()));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const place = at === parts.length - 1
        ? "in the last part"
        : `at value ${at + 1}`;
      throw new TypeError(`Cannot make HTML: ${error.message} ${place}`);
    }
  }
  if (reader.isText) return escapes;
  throw new TypeError(`Cannot make HTML: it ends inside ${reader.position}`);
}

/** Without a value there is no text, and a URL that runs code is an error. */
function strict(escape: Escape): Escape {
  if (escape === escapeText) return escapeNested;
  return (value) => {
    if (value === false || value === null || value === undefined) return "";
    const text = escape(value);
    if (text === BLOCKED_URL && value !== BLOCKED_URL) {
      throw new Problem(`"${value}" is not a safe URL here`);
    }
    return text;
  };
}

function escapeNested(value: unknown): string {
  if (typeof value === "string") return escapeText(value);
  if (value === false) return "";
  return Array.isArray(value)
    ? value.map(escapeNested).join("")
    : escapeText(value);
}
