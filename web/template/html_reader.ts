// Copyright 2026 the Gee authors. MIT license.
import { AttributeReader } from "./attribute_reader.ts";
import { CommentReader } from "./comment_reader.ts";
import type { Escape } from "./content.ts";
import { escapeText } from "./escape.ts";
import { Problem } from "./problem.ts";
import { isRawElement, RawReader } from "./raw_reader.ts";

/** The tokenizer states of the HTML Standard (section 13.2.5) that matter. */
type State =
  | "text"
  | "tagOpen"
  | "endTagOpen"
  | "comment"
  | "tagName"
  | "tag"
  | "attributeName"
  | "afterName"
  | "beforeValue"
  | "value"
  | "raw";

/** Positions where no value is safe, with what to do instead. */
const REFUSALS: Partial<Record<State, string>> = {
  tagOpen: 'a value must not follow "<": write "&lt;" for the character',
  endTagOpen: "a value must not name a tag",
  comment: "a value must not stand in a comment: use {{/* */}}",
  tagName: "a value must not name a tag",
  tag: "a value must not name an attribute",
  attributeName: "a value must not name an attribute",
  afterName: "a value must not name an attribute",
};

const META_REFUSAL =
  'a value must not stand in "content" beside "http-equiv": send a header';

/** Longer names of tags and attributes are refused. */
const MAX_NAME = 100;

/**
 * Reads what the author wrote as a browser does, so that at every value its
 * context is known. It runs when a template is compiled, never when one is
 * rendered.
 */
export class HtmlReader {
  #state: State = "text";
  #element = "";
  #isEndTag = false;
  #attribute = "";
  /** The attribute's name depends on a branch. */
  #isUnclearName = false;
  /** The value of the attribute, from its "=" on. */
  #value = new AttributeReader("", "");
  #comment = new CommentReader({ isBogus: true });
  /** The content of a raw element, such as a script. */
  #raw = new RawReader("", { isScript: false });
  /** Whether the type of a script is one of JavaScript or JSON. */
  #isScript = true;
  /** Whether a meta element has `http-equiv`, or a value in `content`. */
  #meta = "";
  #isSelfClosing = false;
  /** Offset of the character being read, in the text of the last `read()`. */
  offset = 0;

  /**
   * Reads text of the author.
   *
   * @returns The text to put out: values of attributes get quotes.
   * @throws {Problem} At `offset`, when it cannot be understood.
   */
  read(text: string): string {
    let output = "";
    let start = 0;
    for (this.offset = 0; this.offset < text.length; this.offset++) {
      if (this.#state === "text") {
        const open = text.indexOf("<", this.offset);
        if (open === -1) break;
        this.offset = open;
      }
      const inserted = this.#readChar(text.charAt(this.offset));
      if (inserted === undefined) continue;
      output += text.slice(start, this.offset) + inserted;
      // A quote in a value without quotes was replaced by its entity.
      start = this.offset + (inserted.startsWith("&") ? 1 : 0);
    }
    this.offset = 0;
    return output + text.slice(start);
  }

  /** Reads one character; returns what must be put out before it. */
  #readChar(char: string): string | undefined {
    switch (this.#state) {
      case "text":
        this.#state = "tagOpen";
        return;
      case "tagOpen":
      case "endTagOpen":
        return void this.#readTagOpen(char);
      case "comment":
        if (this.#comment.read(char)) this.#state = "text";
        return;
      case "tagName":
        return void this.#readTagName(char);
      case "tag":
      case "attributeName":
      case "afterName":
        return void this.#readAttributeName(char);
      case "beforeValue":
        return this.#readBeforeValue(char);
      case "value":
        return this.#readValue(char);
      case "raw":
        return void this.#readRaw(char);
    }
  }

  #readTagOpen(char: string): void {
    const isEnd = this.#state === "endTagOpen";
    if (/[a-zA-Z]/.test(char)) {
      this.#startTag(char, isEnd);
    } else if (isEnd) {
      if (char === ">") this.#state = "text";
      else this.#startComment({ isBogus: true });
    } else if (char === "/") this.#state = "endTagOpen";
    else if (char === "!") this.#startComment({ isBogus: false });
    else if (char === "?") this.#startComment({ isBogus: true });
    else if (char !== "<") this.#state = "text";
  }

  #startComment(options: { readonly isBogus: boolean }): void {
    this.#state = "comment";
    this.#comment = new CommentReader(options);
  }

  #startTag(char: string, isEndTag: boolean): void {
    this.#state = "tagName";
    this.#element = char.toLowerCase();
    this.#isEndTag = isEndTag;
    this.#isScript = true;
    this.#meta = "";
    this.#isSelfClosing = false;
  }

  #readTagName(char: string): void {
    if (isSpace(char) || char === "/") {
      this.#state = "tag";
      this.#isSelfClosing = char === "/";
    } else if (char === ">") this.#closeTag();
    else this.#element = longer(this.#element, char);
  }

  #closeTag(): void {
    this.#state = "text";
    if (this.#isEndTag || !isRawElement(this.#element)) return;
    if (this.#isSelfClosing) {
      // HTML ignores the slash, SVG does not: nobody knows what follows.
      throw new Problem(
        `write "</${this.#element}>" in place of "/>"`,
      );
    }
    this.#state = "raw";
    this.#raw = new RawReader(this.#element, { isScript: this.#isScript });
  }

  #readAttributeName(char: string): void {
    if (isSpace(char)) {
      if (this.#state === "attributeName") this.#state = "afterName";
    } else if (char === ">") {
      this.#closeTag();
    } else if (char === "/") {
      this.#state = "tag";
      this.#isSelfClosing = true;
    } else if (char === "=" && this.#state !== "tag") {
      this.#startValue();
    } else if (this.#state === "attributeName") {
      if (this.#isUnclearName) this.#refuseName();
      this.#attribute = longer(this.#attribute, char);
    } else {
      this.#state = "attributeName";
      this.#attribute = char.toLowerCase();
      this.#isUnclearName = false;
      this.#isSelfClosing = false;
    }
  }

  #refuseName(): never {
    throw new Problem("branches decide the name of this attribute");
  }

  #startValue(): void {
    if (this.#isUnclearName) this.#refuseName();
    this.#state = "beforeValue";
    this.#value = new AttributeReader(this.#element, this.#attribute);
    if (this.#element !== "meta" || this.#attribute !== "http-equiv") return;
    if (this.#meta === "value") throw new Problem(META_REFUSAL);
    this.#meta = "http-equiv";
  }

  #readBeforeValue(char: string): string | undefined {
    if (isSpace(char)) return;
    if (char === ">") return void this.#closeTag();
    this.#state = "value";
    if (char === '"' || char === "'") {
      this.#value.quote = char;
      return;
    }
    // The author left the quotes out; values may hold anything with them.
    this.#value.read(char);
    return '"';
  }

  #readValue(char: string): string | undefined {
    const { quote } = this.#value;
    const isBare = quote === "";
    if (isBare ? isSpace(char) || char === ">" : char === quote) {
      this.#endValue();
      if (char === ">") this.#closeTag();
      return isBare ? '"' : undefined;
    }
    this.#value.read(char);
    return isBare && char === '"' ? "&quot;" : undefined;
  }

  #endValue(): void {
    this.#state = "tag";
    this.#isSelfClosing = false;
    if (this.#value.decidesScript) this.#isScript = this.#value.isScriptType;
  }

  #readRaw(char: string): void {
    if (!this.#raw.read(char)) return;
    this.#isEndTag = true;
    this.#state = "tagName";
    this.#readTagName(char);
  }

  /**
   * Goes on to where a value or a branch may begin.
   *
   * @returns What must be put out: the quote that the author left out.
   */
  open(): string {
    if (this.#state !== "beforeValue") return "";
    this.#state = "value";
    return '"';
  }

  /**
   * The escaping of a value here.
   *
   * @throws {Problem} When no value can be safe here.
   */
  value(): Escape {
    const refusal = REFUSALS[this.#state];
    if (refusal !== undefined) throw new Problem(refusal);
    if (this.#state === "text") return escapeText;
    if (this.#state === "raw") return this.#raw.value();
    if (this.#element === "meta") this.#checkMeta();
    return this.#value.value();
  }

  /** `http-equiv` makes a command of `content`, such as a redirect. */
  #checkMeta(): void {
    if (this.#attribute === "http-equiv") {
      throw new Problem('a value must not stand in "http-equiv"');
    }
    if (this.#attribute !== "content") return;
    if (this.#meta === "http-equiv") throw new Problem(META_REFUSAL);
    this.#meta = "value";
  }

  /** Why a small page refuses a value here; undefined when it does not. */
  get strictRefusal(): string | undefined {
    if (this.#state === "beforeValue" || this.#state === "value") {
      return this.#value.strictRefusal;
    }
    if (this.#state !== "raw" || this.#raw.isText) return undefined;
    return `a value must not stand in <${this.#element}>`;
  }

  /** Whether a document may end here. */
  get isText(): boolean {
    return this.#state === "text";
  }

  /** Where it stands, for messages. */
  get position(): string {
    if (this.#state === "text") return "text";
    if (this.#state === "raw") return `<${this.#element}>`;
    if (this.#isInValue) return `the attribute "${this.#attribute}"`;
    return this.#state === "comment" ? "a comment" : "a tag";
  }

  /** An independent copy. */
  clone(): HtmlReader {
    const copy = new HtmlReader();
    copy.become(this);
    return copy;
  }

  /** Goes on where another one stands. */
  become(other: HtmlReader): void {
    this.#state = other.#state;
    this.#element = other.#element;
    this.#isEndTag = other.#isEndTag;
    this.#attribute = other.#attribute;
    this.#isUnclearName = other.#isUnclearName;
    this.#comment = other.#comment.clone();
    this.#raw = other.#raw.clone();
    this.#value = other.#value.clone();
    this.#isScript = other.#isScript;
    this.#meta = other.#meta;
    this.#isSelfClosing = other.#isSelfClosing;
  }

  get #isInTag(): boolean {
    return ["tag", "attributeName", "afterName"].includes(this.#state);
  }

  get #isInValue(): boolean {
    return this.#state === "value" || this.#state === "beforeValue";
  }

  /** What two branches must agree on. */
  #hardKey(): string {
    if (this.#state === "text") return "text";
    if (this.#state === "comment") return `comment ${this.#comment.key()}`;
    const element = `${this.#element} ${this.#isEndTag} ${this.#isScript}`;
    if (this.#isInTag) return `in tag ${element}`;
    const rest = this.#isInValue ? ` ${this.#value.hardKey()}` : "";
    return `${this.#state} ${element}${rest}`;
  }

  /** With the same key, everything after is read alike. */
  key(): string {
    if (this.#state === "text") return "text";
    const parts = [this.#hardKey(), this.#meta, this.#isSelfClosing];
    if (this.#isInTag) {
      parts.push(this.#state, this.#attribute, this.#isUnclearName);
    }
    if (this.#isInValue) parts.push(this.#value.key());
    if (this.#state === "raw") parts.push(this.#raw.key());
    return parts.join(" ");
  }

  /**
   * Goes on after two branches.
   *
   * @returns Whether both end in the same context; nothing follows otherwise.
   */
  join(other: HtmlReader): boolean {
    if (this.#hardKey() !== other.#hardKey()) return false;
    if (this.#isInTag) this.#joinNames(other);
    this.#meta ||= other.#meta;
    this.#isSelfClosing ||= other.#isSelfClosing;
    if (this.#isInValue) return this.#value.join(other.#value);
    return this.#state !== "raw" || this.#raw.join(other.#raw);
  }

  /** `<input {{ if .on }}checked{{ end }}>`: a name with or without. */
  #joinNames(other: HtmlReader): void {
    const isSame = this.#state === other.#state &&
      (this.#state === "tag" || this.#attribute === other.#attribute);
    this.#isUnclearName ||= other.#isUnclearName || !isSame;
    if (isSame) return;
    const isInName = [this.#state, other.#state].includes("attributeName");
    this.#state = isInName ? "attributeName" : "afterName";
  }
}

function longer(name: string, char: string): string {
  if (name.length < MAX_NAME) return name + char.toLowerCase();
  throw new Problem(`a name in a tag is longer than ${MAX_NAME} characters`);
}

function isSpace(char: string): boolean {
  return /[\t\n\f\r ]/.test(char);
}
