// Copyright 2026 the Gee authors. MIT license.
import type { Content, Escape } from "./content.ts";
import { escapeStyleString, filterStyle } from "./escape.ts";
import { Problem } from "./problem.ts";
import { UrlContent } from "./url_content.ts";

type State = "code" | "string" | "comment" | "urlStart" | "url" | "urlString";

/** CSS of a `style` element or attribute (CSS Syntax Module, section 4). */
export class StyleContent implements Content {
  #state: State = "code";
  /** The quote that ends a string. */
  #quote = "";
  /** The last characters of code in lower case: finds `url(` and `/*`. */
  #tail = "";
  #isEscaped = false;
  /** From `@import` on to its end: its strings are URLs of code. */
  #isImport = false;
  #isBehindValue = false;
  #url = new UrlContent();

  read(char: string): void {
    const isBehindValue = this.#isBehindValue;
    this.#isBehindValue = false;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      return;
    }
    if (char === "\\" && this.#state !== "comment") {
      this.#isEscaped = true;
      return;
    }
    switch (this.#state) {
      case "code":
        if (char === "(" && isBehindValue) {
          throw new Problem("the name of a function must not be a value");
        }
        return this.#readCode(char);
      case "comment":
        if (this.#tail === "*" && char === "/") this.#enter("code");
        this.#tail = char;
        return;
      case "urlStart":
        return this.#readUrlStart(char);
      case "url":
        if (char === ")") return this.#enter("code");
        return this.#url.read(char);
      default:
        return this.#readString(char);
    }
  }

  #enter(state: State): void {
    this.#state = state;
    this.#tail = "";
  }

  #readCode(char: string): void {
    if (char === '"' || char === "'") {
      this.#quote = char;
      return this.#enter("string");
    }
    this.#tail = (this.#tail + char.toLowerCase()).slice(-7);
    if (this.#tail.endsWith("/*")) return this.#enter("comment");
    if (this.#tail.endsWith("@import")) this.#isImport = true;
    if (char === ";" || char === "}") this.#isImport = false;
    if (!/(?:^|[^\w-])url\($/.test(this.#tail)) return;
    this.#url = new UrlContent();
    this.#enter("urlStart");
  }

  #readUrlStart(char: string): void {
    if (char <= " ") return;
    if (char === ")") return this.#enter("code");
    if (char === '"' || char === "'") {
      this.#quote = char;
      return this.#enter("urlString");
    }
    this.#enter("url");
    this.#url.read(char);
  }

  #readString(char: string): void {
    if (char === this.#quote) return this.#enter("code");
    if (char === "\n" || char === "\r" || char === "\f") {
      throw new Problem("a string of CSS must end on its line");
    }
    if (this.#state === "urlString") this.#url.read(char);
  }

  value(): Escape {
    if (this.#isEscaped) {
      throw new Problem("a value must not follow a backslash");
    }
    if (this.#isImport) {
      throw new Problem('a value must not stand in "@import"');
    }
    switch (this.#state) {
      case "code":
        this.#tail = "";
        this.#isBehindValue = true;
        return filterStyle;
      case "string":
        return escapeStyleString;
      case "comment":
        throw new Problem("a value must not stand in a comment");
      case "urlStart":
        this.#enter("url");
    }
    // It encodes quotes, parentheses, backslashes and white space as well.
    return this.#url.value();
  }

  clone(): StyleContent {
    const copy = new StyleContent();
    copy.#state = this.#state;
    copy.#quote = this.#quote;
    copy.#tail = this.#tail;
    copy.#isEscaped = this.#isEscaped;
    copy.#isImport = this.#isImport;
    copy.#isBehindValue = this.#isBehindValue;
    copy.#url = this.#url.clone();
    return copy;
  }

  #hardKey(): string {
    const quote = this.#state.endsWith("tring") ? this.#quote : "";
    return `style ${this.#state} ${quote} ${this.#isEscaped} ${this.#isImport}`;
  }

  key(): string {
    const url = this.#state.startsWith("url") ? this.#url.key() : "";
    return `${this.#hardKey()} ${this.#tail} ${this.#isBehindValue} ${url}`;
  }

  join(other: Content): boolean {
    if (!(other instanceof StyleContent)) return false;
    if (this.#hardKey() !== other.#hardKey()) return false;
    if (this.#tail !== other.#tail) this.#tail = "";
    this.#isBehindValue ||= other.#isBehindValue;
    return !this.#state.startsWith("url") || this.#url.join(other.#url);
  }
}
