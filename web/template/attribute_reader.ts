// Copyright 2026 the Gee authors. MIT license.
import { contentOfAttribute, decodeEntity } from "./attributes.ts";
import type { Content, Escape } from "./content.ts";
import { escapeAttribute, escapeHtml, textOf } from "./escape.ts";
import { Problem } from "./problem.ts";
import { ScriptContent } from "./script_content.ts";
import { StyleContent } from "./style_content.ts";

/** No entity that means syntax is longer. */
const MAX_ENTITY = 40;
/** Longer than any type of a script. */
const MAX_TYPE = 64;
const SCRIPT_TYPE =
  /^(?:|module|importmap|speculationrules|(?:text|application)\/(?:x-)?(?:java|ecma)script|(?:text|application)\/(?:[\w.-]+\+)?json)$/;

/** The value of one attribute: decodes its entities for its content. */
export class AttributeReader {
  readonly name: string;
  /** What ends the value; "" before it begins, and when there is no quote. */
  quote = "";
  readonly #element: string;
  #content: Content;
  /** An entity as far as it is read. */
  #entity = "";
  /** The value of `type`, which decides what a script is. */
  #type = "";

  /** Both names in lower case. */
  constructor(element: string, name: string) {
    this.#element = element;
    this.name = name;
    this.#content = contentOfAttribute(element, name);
  }

  /** Reads a character of the value, which is not its end. */
  read(char: string): void {
    if (this.decidesScript && this.#type.length < MAX_TYPE) {
      this.#type += char.toLowerCase();
    }
    if (this.#entity !== "") {
      const isPart = /[#\w]/.test(char) && this.#entity.length < MAX_ENTITY;
      if (isPart || char === ";") {
        this.#entity += char;
        if (char === ";") this.#endEntity(char);
        return;
      }
      this.#endEntity(char);
    }
    if (char === "&") this.#entity = "&";
    else this.#content.read(char);
  }

  #endEntity(next: string): void {
    const entity = this.#entity;
    this.#entity = "";
    // "&lt=" is text for the sake of queries such as "?a&lt=1".
    const isText = next === "=" && !entity.startsWith("&#");
    const text = isText || entity === "&" ? entity : decodeEntity(entity);
    for (const char of text) this.#content.read(char);
  }

  /** Whether this is the `type` of a script. */
  get decidesScript(): boolean {
    return this.#element === "script" && this.name === "type";
  }

  /** Whether the type is one of JavaScript or JSON. */
  get isScriptType(): boolean {
    return SCRIPT_TYPE.test(this.#type.split(";")[0]?.trim() ?? "");
  }

  /** Why a small page refuses a value here; undefined when it does not. */
  get strictRefusal(): string | undefined {
    if (this.quote === "") return "a value needs quotes around the attribute";
    if (this.#isCode) return `a value must not stand in "${this.name}"`;
    return undefined;
  }

  get #isCode(): boolean {
    return this.#content instanceof ScriptContent ||
      this.#content instanceof StyleContent;
  }

  /** The escaping of a value here. */
  value(): Escape {
    if (this.decidesScript) {
      throw new Problem("a value must not decide what a script is");
    }
    if (this.#isCode && this.#entity !== "") {
      throw new Problem('a value must not follow "&": put a space between');
    }
    this.#endEntity("");
    const escape = this.#content.value();
    if (escape === textOf) return escapeAttribute;
    return (value) => escapeHtml(escape(value));
  }

  clone(): AttributeReader {
    const copy = new AttributeReader(this.#element, this.name);
    copy.quote = this.quote;
    copy.#content = this.#content.clone();
    copy.#entity = this.#entity;
    copy.#type = this.#type;
    return copy;
  }

  /** What two branches must agree on. */
  hardKey(): string {
    return [this.name, this.quote, this.#entity, this.#type].join(" ");
  }

  /** With the same key, everything after is read alike. */
  key(): string {
    return `${this.hardKey()} ${this.#content.key()}`;
  }

  /** Goes on after two branches whose hard keys are the same. */
  join(other: AttributeReader): boolean {
    return this.#content.join(other.#content);
  }
}
