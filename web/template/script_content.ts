// Copyright 2026 the Gee authors. MIT license.
import type { Content, Escape } from "./content.ts";
import { escapeScriptString, escapeScriptValue } from "./escape.ts";
import { Problem } from "./problem.ts";

type State =
  | "code"
  | "string"
  | "template"
  | "regexp"
  | "class"
  | "lineComment"
  | "blockComment";

/** What a slash would begin here. */
type Slash = "regexp" | "divide" | "unknown";

/** Words that end before an expression, so that a slash begins a regexp. */
const OPERATOR_WORDS = new Set(
  "await break case continue delete do else finally in instanceof new of return throw try typeof void yield"
    .split(" "),
);
const MAX_TEMPLATES = 16;
const LINE_END = /[\n\r\u2028\u2029]/;

/**
 * JavaScript of a `script` element or a handler: finds its strings, template
 * literals, comments and regular expressions (ECMA-262, section 12). Whether a
 * slash divides is told from the token before it, which is right but for rare
 * code such as `if (x) /re/`; escaping does not rely on it alone.
 */
export class ScriptContent implements Content {
  #state: State = "code";
  #quote = "";
  #isEscaped = false;
  #slash: Slash = "regexp";
  /** The word that is being read. */
  #word = "";
  /** The character before this one, where pairs have a meaning. */
  #before = "";
  /** Open braces of each `${`, the innermost last. */
  #braces: number[] = [];

  read(char: string): void {
    if (this.#isEscaped) {
      this.#isEscaped = false;
      return;
    }
    switch (this.#state) {
      case "code":
        return this.#readCode(char);
      case "string":
        return this.#readString(char);
      case "template":
        return this.#readTemplate(char);
      case "regexp":
      case "class":
        return this.#readRegexp(char);
      case "lineComment":
        if (LINE_END.test(char)) this.#leave(this.#slash);
        return;
      case "blockComment":
        if (this.#before === "*" && char === "/") {
          return this.#leave(this.#slash);
        }
        this.#before = char;
    }
  }

  /** Back to code. */
  #leave(slash: Slash): void {
    this.#state = "code";
    this.#slash = slash;
    this.#before = "";
  }

  #enter(state: State): void {
    this.#state = state;
    this.#before = "";
  }

  #readCode(char: string): void {
    if (this.#before === "/") {
      this.#before = "";
      if (char === "/") return this.#enter("lineComment");
      if (char === "*") return this.#enter("blockComment");
      this.#settleSlash();
      if (this.#state === "regexp") return this.#readRegexp(char);
    }
    if (/[\w$\u0080-\uffff]/.test(char) && !LINE_END.test(char)) {
      this.#before = char;
      if (this.#word.length < 12) this.#word += char;
      return;
    }
    this.#endWord();
    if (char === "/") {
      this.#before = "/";
      return;
    }
    if (char === '"' || char === "'") {
      this.#quote = char;
      return this.#enter("string");
    }
    if (char === "`") return this.#enter("template");
    this.#readMark(char);
  }

  #endWord(): void {
    if (this.#word === "") return;
    this.#slash = OPERATOR_WORDS.has(this.#word) ? "regexp" : "divide";
    this.#word = "";
  }

  /** A slash that began no comment. */
  #settleSlash(): void {
    if (this.#slash === "unknown") {
      throw new Problem("branches before this slash make it unclear");
    }
    if (this.#slash === "regexp") return this.#enter("regexp");
    this.#slash = "regexp";
  }

  #readMark(char: string): void {
    const before = this.#before;
    this.#before = char;
    if (char <= " ") return;
    const depth = this.#braces.length - 1;
    if (char === "{" && depth >= 0) {
      this.#braces[depth] = (this.#braces[depth] ?? 0) + 1;
    }
    if (char === "}" && depth >= 0) {
      const open = this.#braces[depth] ?? 0;
      if (open === 0) {
        this.#braces.pop();
        return this.#enter("template");
      }
      this.#braces[depth] = open - 1;
    }
    if ((char === "+" || char === "-") && char === before) {
      // `x++ / 2` divides, `x + + /re/` does not occur.
      this.#slash = "divide";
      return;
    }
    this.#slash = char === ")" || char === "]" ? "divide" : "regexp";
  }

  #readString(char: string): void {
    if (char === "\\") this.#isEscaped = true;
    else if (char === this.#quote) this.#leave("divide");
    else if (char === "\n" || char === "\r") {
      throw new Problem("a string of JavaScript must end on its line");
    }
  }

  #readTemplate(char: string): void {
    const before = this.#before;
    this.#before = char;
    if (char === "\\") {
      this.#isEscaped = true;
      this.#before = "";
    } else if (char === "`") this.#leave("divide");
    else if (before === "$" && char === "{") {
      if (this.#braces.length === MAX_TEMPLATES) {
        throw new Problem("template literals nest too deep");
      }
      this.#braces.push(0);
      this.#leave("regexp");
    }
  }

  #readRegexp(char: string): void {
    if (LINE_END.test(char)) {
      throw new Problem("a regular expression must end on its line");
    }
    if (char === "\\") this.#isEscaped = true;
    else if (char === "[") this.#state = "class";
    else if (char === "]") this.#state = "regexp";
    else if (char === "/" && this.#state === "regexp") this.#leave("divide");
  }

  value(): Escape {
    if (this.#isEscaped) {
      throw new Problem("a value must not follow a backslash");
    }
    if (this.#state === "code") {
      if (this.#before === "/") this.#settleSlash();
      this.#endWord();
      this.#before = "";
    }
    switch (this.#state) {
      case "code":
        this.#slash = "divide";
        return escapeScriptValue;
      case "string":
      case "template":
        this.#before = "";
        return escapeScriptString;
      case "regexp":
      case "class":
        throw new Problem(
          "a value must not stand in a regular expression: use new RegExp()",
        );
      default:
        throw new Problem("a value must not stand in a comment");
    }
  }

  clone(): ScriptContent {
    const copy = new ScriptContent();
    copy.#state = this.#state;
    copy.#quote = this.#quote;
    copy.#isEscaped = this.#isEscaped;
    copy.#slash = this.#slash;
    copy.#word = this.#word;
    copy.#before = this.#before;
    copy.#braces = [...this.#braces];
    return copy;
  }

  #hardKey(): string {
    const quote = this.#state === "string" ? this.#quote : "";
    const pending = this.#before === "/" || this.#state !== "code"
      ? this.#before
      : "";
    return `script ${this.#state} ${quote} ${this.#isEscaped} ${pending} ${this.#braces}`;
  }

  key(): string {
    return `${this.#hardKey()} ${this.#slash} ${this.#word} ${this.#before}`;
  }

  join(other: Content): boolean {
    if (!(other instanceof ScriptContent)) return false;
    if (this.key() === other.key()) return true;
    const right = other.clone();
    if (this.#state === "code") {
      this.#endWord();
      right.#endWord();
    }
    if (this.#hardKey() !== right.#hardKey()) return false;
    if (this.#slash !== right.#slash) this.#slash = "unknown";
    if (this.#state === "code" && this.#before !== "/") this.#before = "";
    return true;
  }
}
