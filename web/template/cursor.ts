// Copyright 2026 the Gee authors. MIT license.
import { Lexer, type Token } from "./lexer.ts";
import type { Source } from "./source.ts";

/** Blocks, parentheses and `else if` nest this deep at most. */
const MAX_NESTING = 100;

/** The tokens of a file, one ahead. */
export class Cursor {
  readonly source: Source;
  readonly #lexer: Lexer;
  /** The token that comes next. */
  token: Token;
  /** How many blocks and parentheses are open. */
  nesting = 0;

  constructor(source: Source) {
    this.source = source;
    this.#lexer = new Lexer(source);
    this.token = this.#lexer.next();
  }

  fail(problem: string, at: number = this.token.at): never {
    throw this.source.parseError(problem, at);
  }

  advance(): Token {
    const token = this.token;
    this.token = this.#lexer.next();
    return token;
  }

  isMark(text: string): boolean {
    return this.token.kind === "mark" && this.token.text === text;
  }

  isWord(text: string): boolean {
    return this.token.kind === "word" && this.token.text === text;
  }

  close(after: string): void {
    if (this.token.kind === "close") return void this.advance();
    this.fail(`"}}" must follow ${after}`);
  }

  /** The text of the source from the next token on. */
  ahead(length: number): string {
    return this.source.text.slice(this.token.at, this.token.at + length);
  }

  /** Runs `parse` one level deeper: hostile nesting never meets the stack. */
  nested<T>(at: number, parse: () => T): T {
    if (++this.nesting > MAX_NESTING) {
      this.fail(`it nests deeper than ${MAX_NESTING} levels`, at);
    }
    const value = parse();
    this.nesting--;
    return value;
  }
}
