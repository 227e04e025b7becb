// Copyright 2026 the Gee authors. MIT license.
import type { Source } from "./source.ts";

/** A word of a template. */
export interface Token {
  readonly kind:
    | "text"
    | "open"
    | "close"
    | "word"
    | "field"
    | "dot"
    | "variable"
    | "string"
    | "number"
    | "mark"
    | "end";
  /** The text, the name without `.` or `$`, or the content of a string. */
  readonly text: string;
  readonly at: number;
  /** Whether white space stood before it: `.a.b` is one value, `.a .b` two. */
  readonly isSpaced: boolean;
}

const WORD = /[A-Za-z_]\w*/y;
const NUMBER = /[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const SPACE = /[ \t\r\n]/;
const ESCAPES: Readonly<Record<string, string>> = {
  "n": "\n",
  "r": "\r",
  "t": "\t",
  '"': '"',
  "\\": "\\",
};

/**
 * Cuts a template into tokens, one call each. Every character is looked at a
 * bounded number of times: there is no regular expression that can look back.
 */
export class Lexer {
  readonly #source: Source;
  readonly #text: string;
  #at = 0;
  #isInAction = false;
  #trimsNext = false;

  constructor(source: Source) {
    this.#source = source;
    this.#text = source.text;
  }

  next(): Token {
    while (!this.#isInAction) {
      const token = this.#textOrOpen();
      if (token !== undefined) return token;
    }
    return this.#inAction();
  }

  #fail(problem: string, at = this.#at): never {
    throw this.#source.parseError(problem, at);
  }

  #token(kind: Token["kind"], text: string, at: number, isSpaced = false) {
    return { kind, text, at, isSpaced };
  }

  /** Text up to the next action, or its opening; nothing after a comment. */
  #textOrOpen(): Token | undefined {
    const start = this.#at;
    const open = this.#text.indexOf("{{", start);
    const end = open === -1 ? this.#text.length : open;
    if (end > start) {
      this.#at = end;
      return this.#textToken(start, end);
    }
    if (open === -1) return this.#token("end", "", end);
    this.#trimsNext = false;
    this.#at = open + 2;
    if (this.#opensWithTrim(open)) this.#at++;
    const content = this.#afterSpace(this.#at);
    if (!this.#text.startsWith("/*", content)) {
      this.#isInAction = true;
      return this.#token("open", "{{", open);
    }
    const close = this.#text.indexOf("*/", content + 2);
    if (close === -1) this.#fail('"/*" has no "*/"', content);
    this.#at = close + 2;
    if (!this.#close()) this.#fail('"}}" must follow "*/"');
    return undefined;
  }

  #textToken(start: number, end: number): Token | undefined {
    const text = this.#text.slice(start, end);
    const left = this.#trimsNext ? text.trimStart() : text;
    this.#trimsNext = false;
    const trimmed = this.#opensWithTrim(end) ? left.trimEnd() : left;
    if (trimmed === "") return undefined;
    return this.#token("text", trimmed, start + text.length - left.length);
  }

  /** `{{- ` trims; `{{-3}}` is a number. */
  #opensWithTrim(open: number): boolean {
    return this.#text[open + 2] === "-" &&
      SPACE.test(this.#text[open + 3] ?? "");
  }

  #afterSpace(at: number): number {
    while (SPACE.test(this.#text[at] ?? "")) at++;
    return at;
  }

  /** Passes `}}` or ` -}}` when one stands here. */
  #close(): boolean {
    const at = this.#afterSpace(this.#at);
    this.#trimsNext = at > this.#at && this.#text.startsWith("-}}", at);
    if (!this.#trimsNext && !this.#text.startsWith("}}", at)) return false;
    this.#at = at + (this.#trimsNext ? 3 : 2);
    this.#isInAction = false;
    return true;
  }

  #inAction(): Token {
    const start = this.#at;
    const closeAt = this.#afterSpace(start);
    if (this.#close()) return this.#token("close", "}}", closeAt);
    this.#at = closeAt;
    const at = closeAt;
    const isSpaced = at > start;
    const char = this.#text[at];
    if (char === undefined) this.#fail('"{{" has no "}}"');
    if (char === ".") return this.#name("field", "dot", isSpaced);
    if (char === "$") return this.#name("variable", "variable", isSpaced);
    if (char === '"') {
      return this.#token("string", this.#string(), at, isSpaced);
    }
    if (char === "`") return this.#token("string", this.#raw(), at, isSpaced);
    const word = this.#match(WORD);
    if (word !== undefined) return this.#token("word", word, at, isSpaced);
    const number = this.#match(NUMBER);
    if (number !== undefined) return this.#number(number, at, isSpaced);
    const mark = this.#text.startsWith(":=", at) ? ":=" : char;
    if (!"|(),".includes(char) && mark !== ":=") {
      this.#fail(`"${char}" is not understood`, at);
    }
    this.#at += mark.length;
    return this.#token("mark", mark, at, isSpaced);
  }

  #match(pattern: RegExp, at = this.#at): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at = at + found.length;
    return found;
  }

  #name(named: Token["kind"], bare: Token["kind"], isSpaced: boolean): Token {
    const at = this.#at++;
    const name = this.#match(WORD);
    return this.#token(
      name === undefined ? bare : named,
      name ?? "",
      at,
      isSpaced,
    );
  }

  #number(text: string, at: number, isSpaced: boolean): Token {
    if (/\w/.test(this.#text[this.#at] ?? "")) {
      this.#fail(`"${text}${this.#text[this.#at]}" is not a number`, at);
    }
    return this.#token("number", text, at, isSpaced);
  }

  #raw(): string {
    const start = this.#at + 1;
    const end = this.#text.indexOf("`", start);
    if (end === -1) this.#fail("a string has no end");
    this.#at = end + 1;
    return this.#text.slice(start, end);
  }

  #string(): string {
    const start = this.#at;
    let value = "";
    for (let at = start + 1;; at++) {
      const char = this.#text[at];
      if (char === undefined || char === "\n") {
        this.#fail("a string has no end", start);
      }
      if (char === '"') {
        this.#at = at + 1;
        return value;
      }
      if (char !== "\\") {
        value += char;
        continue;
      }
      const escape = this.#text[++at] ?? "";
      const hex = this.#text.slice(at + 1, at + 5);
      const isUnicode = escape === "u" && /^[0-9a-fA-F]{4}$/.test(hex);
      const plain = isUnicode
        ? String.fromCharCode(parseInt(hex, 16))
        : ESCAPES[escape];
      if (plain === undefined) {
        this.#fail(`"\\${escape}" is not an escape`, at - 1);
      }
      value += plain;
      if (isUnicode) at += 4;
    }
  }
}
