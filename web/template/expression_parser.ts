// Copyright 2026 the Gee authors. MIT license.
import { didYouMean } from "../nearest.ts";
import type { Cursor } from "./cursor.ts";
import type { Token } from "./lexer.ts";
import type { Expression } from "./syntax.ts";

const KEYWORDS = new Set([
  "if",
  "else",
  "end",
  "range",
  "with",
  "template",
  "block",
  "define",
  "extends",
  "true",
  "false",
  "nil",
  "null",
]);

/** Whether a function of the user may have this name. */
export function isFunctionName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name);
}

/** Fields that lead to a prototype; no data has a use for them. */
const FORBIDDEN_FIELDS = new Set(["__proto__", "constructor", "prototype"]);

/** Parses values, and knows which variables there are. */
export class ExpressionParser {
  readonly #cursor: Cursor;
  readonly #functions: ReadonlySet<string>;
  /** Names of variables to slots, the innermost block last; slot 0 is `$`. */
  #scopes: Map<string, number>[] = [];
  #slots = 1;

  constructor(cursor: Cursor, functions: ReadonlySet<string>) {
    this.#cursor = cursor;
    this.#functions = functions;
  }

  /** Runs `parse` for a body with variables of its own. */
  fresh<T>(parse: () => T): T {
    const outer = { scopes: this.#scopes, slots: this.#slots };
    this.#scopes = [new Map([["", 0]])];
    this.#slots = 1;
    const value = parse();
    this.#scopes = outer.scopes;
    this.#slots = outer.slots;
    return value;
  }

  openScope(): void {
    this.#scopes.push(new Map());
  }

  closeScope(): void {
    this.#scopes.pop();
  }

  /** `$x :=` when the action begins with it. */
  declaration(): Token | undefined {
    if (this.#cursor.token.kind !== "variable") return undefined;
    const ahead = this.#cursor.ahead(this.#cursor.token.text.length + 20);
    if (!/^\$\w+[ \t\r\n]*:=/.test(ahead)) return undefined;
    const variable = this.#cursor.advance();
    this.#cursor.advance();
    return variable;
  }

  /** `$item :=` or `$key, $item :=`. */
  loopVariables(): Token[] {
    const only = this.declaration();
    if (only !== undefined) return [only];
    const isPair = this.#cursor.token.kind === "variable" &&
      /^\$\w+[ \t\r\n]*,/.test(this.#cursor.ahead(100));
    if (!isPair) return [];
    const key = this.#cursor.advance();
    this.#cursor.advance();
    const item = this.declaration();
    if (item === undefined) this.#cursor.fail('"$item :=" must follow "$key,"');
    return [key, item];
  }

  /** A slot for a variable of the innermost block. */
  declare({ text }: Token): number {
    this.#scopes.at(-1)?.set(text, this.#slots);
    return this.#slots++;
  }

  pipeline(): Expression {
    let value = this.#command();
    while (this.#cursor.isMark("|")) {
      this.#cursor.advance();
      const { at } = this.#cursor.token;
      const isCall = this.#cursor.token.kind === "word";
      const next = this.#command();
      if (!isCall || next.kind !== "call") {
        this.#cursor.fail('a function must follow "|"', at);
      }
      value = { ...next, args: [...next.args, value] };
    }
    return value;
  }

  #command(): Expression {
    const first = this.#operand();
    if (first === undefined) this.#cursor.fail("a value is missing");
    const args: Expression[] = [];
    for (;;) {
      const { at, isSpaced } = this.#cursor.token;
      const argument = this.#operand();
      if (argument === undefined) break;
      if (!isSpaced) {
        this.#cursor.fail("white space must stand between values", at);
      }
      args.push(argument);
    }
    if (args.length === 0) return first;
    if (first.kind !== "call" || first.args.length > 0) {
      this.#cursor.fail("only a function takes arguments", first.at);
    }
    return { ...first, args };
  }

  /** A value with the fields that stick to it; undefined when none begins. */
  #operand(): Expression | undefined {
    let value = this.#simple();
    while (
      value !== undefined && this.#cursor.token.kind === "field" &&
      !this.#cursor.token.isSpaced
    ) value = this.#field(value);
    return value;
  }

  #field(of: Expression): Expression {
    const { text: name, at } = this.#cursor.advance();
    if (FORBIDDEN_FIELDS.has(name)) {
      this.#cursor.fail(`".${name}" is forbidden`, at);
    }
    return { kind: "field", of, name, at };
  }

  #simple(): Expression | undefined {
    const { kind, text, at } = this.#cursor.token;
    switch (kind) {
      case "dot":
        this.#cursor.advance();
        return { kind: "dot", at };
      case "field":
        return this.#field({ kind: "dot", at });
      case "variable":
        this.#cursor.advance();
        return { kind: "variable", slot: this.#slotOf(text, at), at };
      case "string":
        this.#cursor.advance();
        return { kind: "literal", value: text, at };
      case "number":
        this.#cursor.advance();
        return { kind: "literal", value: Number(text), at };
      case "word":
        return this.#word();
      default:
        return this.#cursor.isMark("(") ? this.#parenthesis() : undefined;
    }
  }

  #parenthesis(): Expression {
    const { at } = this.#cursor.advance();
    return this.#cursor.nested(at, () => {
      const value = this.pipeline();
      if (!this.#cursor.isMark(")")) this.#cursor.fail('")" is missing');
      this.#cursor.advance();
      // A call in parentheses is a finished value and takes no arguments.
      return value.kind === "call" && value.args.length === 0
        ? { kind: "call", name: "and", args: [value], at }
        : value;
    });
  }

  #word(): Expression {
    const { text, at } = this.#cursor.advance();
    if (text === "true" || text === "false") {
      return { kind: "literal", value: text === "true", at };
    }
    if (text === "nil" || text === "null") {
      return { kind: "literal", value: null, at };
    }
    if (KEYWORDS.has(text)) this.#cursor.fail(`"${text}" must come first`, at);
    if (!this.#functions.has(text)) {
      this.#cursor.fail(
        `no function is named "${text}"${didYouMean(text, this.#functions)};` +
          ` a field is written ".${text}"`,
        at,
      );
    }
    return { kind: "call", name: text, args: [], at };
  }

  #slotOf(name: string, at: number): number {
    for (let depth = this.#scopes.length - 1; depth >= 0; depth--) {
      const slot = this.#scopes[depth]?.get(name);
      if (slot !== undefined) return slot;
    }
    const known = this.#scopes.flatMap((scope) => [...scope.keys()])
      .map((key) => `$${key}`);
    this.#cursor.fail(
      `"$${name}" is not declared${didYouMean(`$${name}`, known)}`,
      at,
    );
  }
}
