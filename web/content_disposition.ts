// Copyright 2026 the Gee authors. MIT license.

/** Names longer than this are cut: no file system takes more than 255 bytes. */
const MAX_NAME = 200;

/**
 * The value of a `content-disposition` header: whether an answer is shown or
 * saved, and under which name (RFC 6266).
 *
 * The name may be any text, such as one that a user chose. Only what follows
 * its last slash or backslash counts, control characters become "_", and one
 * that is not ASCII is sent both as RFC 8187 has it and, for old clients, with
 * "_" for what they cannot read.
 *
 * @param type "attachment" to save, "inline" to show.
 * @param filename The name to save under; left out, the client finds one.
 * @returns The value, printable ASCII.
 * @throws {TypeError} When the type is another.
 *
 * @example Any name
 * ```ts
 * import { contentDisposition } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   contentDisposition("attachment", "report 1.pdf"),
 *   'attachment; filename="report 1.pdf"',
 * );
 * assertEquals(
 *   contentDisposition("inline", "../été.txt"),
 *   `inline; filename="_t_.txt"; filename*=UTF-8''%C3%A9t%C3%A9.txt`,
 * );
 * ```
 */
export function contentDisposition(
  type: "attachment" | "inline",
  filename?: string,
): string {
  // Checked, because a value from outside would reach the header as it is.
  if (type !== "attachment" && type !== "inline") {
    throw new TypeError(
      `Cannot make a content-disposition: got type ${
        JSON.stringify(type)
      }, want "attachment" or "inline"`,
    );
  }
  const name = filename === undefined ? "" : baseName(filename);
  if (name === "") return type;
  const plain = name.replaceAll(/[^\x20-\x7e]/gu, "_");
  const quoted = plain.replaceAll(/["\\]/g, "\\$&");
  const header = `${type}; filename="${quoted}"`;
  // Some clients decode "%41" in the quoted form, others do not: say it again.
  const isPlain = plain === name && !/["\\%]/.test(name);
  return isPlain ? header : `${header}; filename*=UTF-8''${encoded(name)}`;
}

/** What follows the last separator, without what could hide or redirect it. */
function baseName(filename: string): string {
  const base = filename.slice(
    Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1,
  );
  // Controls, and the marks that turn the direction of text around: with one
  // "exe.txt" can be shown for "txt.exe".
  const shown = base.toWellFormed()
    .replaceAll(
      /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
      "_",
    )
    .trim();
  if (/^\.*$/.test(shown)) return "";
  return [...shown].slice(0, MAX_NAME).join("");
}

/** RFC 8187, section 3.2.1: what is no attr-char is a UTF-8 byte in hex. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
