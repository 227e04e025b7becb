// Copyright 2026 the Gee authors. MIT license.
import { type Content, type Escape, PlainContent } from "./content.ts";
import { escapeAttribute, textOf } from "./escape.ts";
import { Problem } from "./problem.ts";
import { ScriptContent } from "./script_content.ts";
import { StyleContent } from "./style_content.ts";

const RAW_ELEMENTS = new Set(
  "script style title textarea xmp iframe noembed noframes plaintext"
    .split(" "),
);
const RCDATA = new PlainContent("rcdata", textOf);

/** Whether the content of an element is text, in which a tag is none. */
export function isRawElement(element: string): boolean {
  return RAW_ELEMENTS.has(element);
}

/** The text of a raw element up to its end tag. */
export class RawReader {
  readonly #element: string;
  #content: Content;
  /** What may become the end tag, in lower case. */
  #tail = "";

  /** `isScript`: whether the type of a script is one of JavaScript or JSON. */
  constructor(element: string, options: { readonly isScript: boolean }) {
    this.#element = element;
    this.#content = contentOf(element, options.isScript);
  }

  /** Reads one character; true when it is the one after `</element`. */
  read(char: string): boolean {
    const end = `</${this.#element}`;
    if (this.#tail === end && /[\t\n\f\r />]/.test(char)) return true;
    const tail = this.#tail + char.toLowerCase();
    const isScript = this.#element === "script";
    if (isScript && tail === "<!--") {
      throw new Problem('"<!--" changes how a script ends: leave it out');
    }
    if (this.#content === RCDATA && /^<[a-z]/.test(tail)) {
      // In SVG such an element has children, and they have attributes.
      throw new Problem(`<${this.#element}> holds text: write "&lt;"`);
    }
    const isTail = end.startsWith(tail) || isScript && "<!--".startsWith(tail);
    if (isTail) this.#tail = tail;
    else this.#tail = char === "<" ? "<" : "";
    this.#content.read(char);
    return false;
  }

  value(): Escape {
    // `a <{{ .b }}` is code; anywhere else a value could complete the tag.
    const isCode = this.#content instanceof ScriptContent;
    if (this.#tail !== "" && !(isCode && this.#tail === "<")) {
      throw new Problem('a value must not follow "<"');
    }
    this.#tail = "";
    const escape = this.#content.value();
    return escape === textOf ? escapeAttribute : escape;
  }

  /** Whether its content is text with entities, such as that of a title. */
  get isText(): boolean {
    return this.#content === RCDATA;
  }

  clone(): RawReader {
    const copy = new RawReader(this.#element, { isScript: true });
    copy.#content = this.#content.clone();
    copy.#tail = this.#tail;
    return copy;
  }

  /** With the same key, everything after is read alike. */
  key(): string {
    return `${this.#tail} ${this.#content.key()}`;
  }

  /** Goes on after two branches; false when they ended too differently. */
  join(other: RawReader): boolean {
    return this.#tail === other.#tail && this.#content.join(other.#content);
  }
}

function contentOf(element: string, isScript: boolean): Content {
  if (element === "style") return new StyleContent();
  if (element === "title" || element === "textarea") return RCDATA;
  if (element === "script" && isScript) return new ScriptContent();
  return new PlainContent(
    `raw ${element}`,
    `a value must not stand in <${element}> of this type: it cannot be escaped there`,
  );
}
