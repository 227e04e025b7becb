// Copyright 2026 the Gee authors. MIT license.
import { Cursor } from "./cursor.ts";
import { ExpressionParser } from "./expression_parser.ts";
import type { Source } from "./source.ts";
import type {
  Definition,
  Expression,
  TemplateFile,
  TemplateNode,
} from "./syntax.ts";

/** What ended the pieces of a block, and where. */
interface Pieces {
  readonly nodes: readonly TemplateNode[];
  readonly ended: "end" | "else" | "file";
  readonly at: number;
}

/**
 * Parses one file.
 *
 * @param source The file.
 * @param functions Names of all functions.
 * @throws {TemplateError} When it cannot be parsed.
 */
export function parseTemplate(
  source: Source,
  functions: ReadonlySet<string>,
): TemplateFile {
  return new Parser(source, functions).file();
}

class Parser {
  readonly #cursor: Cursor;
  readonly #expressions: ExpressionParser;
  readonly #definitions = new Map<string, Definition>();
  readonly #called = new Set<string>();
  #layout: TemplateFile["layout"];

  constructor(source: Source, functions: ReadonlySet<string>) {
    this.#cursor = new Cursor(source);
    this.#expressions = new ExpressionParser(this.#cursor, functions);
  }

  file(): TemplateFile {
    const main = this.#definition(this.#cursor.source.name, 0, "file");
    if (this.#layout !== undefined) this.#checkPage(main);
    return {
      main,
      layout: this.#layout,
      definitions: this.#definitions,
      called: this.#called,
    };
  }

  /** What a page writes outside of its definitions would silently vanish. */
  #checkPage({ body }: Definition): void {
    const stray = body.find((node) =>
      node.kind !== "text" || node.text.trim() !== ""
    );
    if (stray === undefined) return;
    this.#cursor.fail(
      'a page that extends a layout holds nothing outside of "define"',
      stray.at + (stray.kind === "text" ? stray.text.search(/\S/) : 0),
    );
  }

  /** A body with variables of its own. */
  #definition(name: string, at: number, until: "end" | "file"): Definition {
    const { nodes, ended, at: endedAt } = this.#expressions.fresh(() =>
      this.#pieces()
    );
    if (ended !== until) {
      const problem = ended === "file"
        ? `"${name}" has no "{{ end }}"`
        : `"{{ ${ended} }}" has nothing to ${ended}`;
      this.#cursor.fail(problem, ended === "file" ? at : endedAt);
    }
    return { name, source: this.#cursor.source, body: nodes, at };
  }

  #pieces(): Pieces {
    const nodes: TemplateNode[] = [];
    for (;;) {
      const { kind, text, at } = this.#cursor.advance();
      if (kind === "end") return { nodes, ended: "file", at };
      if (kind === "text") {
        nodes.push({ kind: "text", text, at });
        continue;
      }
      const word = this.#cursor.token.kind === "word"
        ? this.#cursor.token.text
        : "";
      if (word === "else") {
        this.#cursor.advance();
        return { nodes, ended: "else", at };
      }
      if (word === "end") {
        this.#cursor.advance();
        this.#cursor.close('"end"');
        return { nodes, ended: "end", at };
      }
      const isFirst = this.#definitions.size === 0 &&
        nodes.every((node) => node.kind === "text" && node.text.trim() === "");
      const node = this.#action(word, at, isFirst);
      if (node !== undefined) {
        nodes.push(node);
      }
    }
  }

  #action(
    word: string,
    at: number,
    isFirst: boolean,
  ): TemplateNode | undefined {
    if (word === "if" || word === "with" || word === "range") {
      this.#cursor.advance();
      return this.#branch(word, at);
    }
    if (word === "template") return this.#call(at);
    if (word === "block") return this.#block(at);
    if (word === "define") return this.#define(at);
    if (word === "extends") return this.#extends(at, isFirst);
    const declaration = this.#expressions.declaration();
    const value = this.#expressions.pipeline();
    this.#cursor.close("a value");
    if (declaration === undefined) return { kind: "print", value, at };
    return {
      kind: "declare",
      slot: this.#expressions.declare(declaration),
      value,
      at,
    };
  }

  #branch(kind: "if" | "with" | "range", at: number): TemplateNode {
    return this.#cursor.nested(at, () => {
      this.#expressions.openScope();
      const names = kind === "range"
        ? this.#expressions.loopVariables()
        : [this.#expressions.declaration()].filter((name) =>
          name !== undefined
        );
      const value = this.#expressions.pipeline();
      this.#cursor.close(`the value of "${kind}"`);
      const slots = names.map((name) => this.#expressions.declare(name));
      const first = this.#pieces();
      if (first.ended === "file") {
        this.#cursor.fail(`"${kind}" has no "{{ end }}"`, at);
      }
      const otherwise = first.ended === "else" ? this.#otherwise(kind, at) : [];
      this.#expressions.closeScope();
      const { nodes: body } = first;
      if (kind !== "range") {
        return { kind, slot: slots[0], test: value, body, otherwise, at };
      }
      const [keySlot, itemSlot] = slots.length === 2
        ? slots
        : [undefined, slots[0]];
      return { kind, keySlot, itemSlot, list: value, body, otherwise, at };
    });
  }

  /** After `else`: another test, or what is left up to `end`. */
  #otherwise(
    kind: "if" | "with" | "range",
    at: number,
  ): readonly TemplateNode[] {
    const elseAt = this.#cursor.token.at;
    if (this.#cursor.isWord("if") || this.#cursor.isWord("with")) {
      const word = this.#cursor.advance().text === "if" ? "if" : "with";
      return [this.#branch(word, elseAt)];
    }
    this.#cursor.close('"else"');
    const { nodes, ended, at: endedAt } = this.#pieces();
    if (ended === "file") this.#cursor.fail(`"${kind}" has no "{{ end }}"`, at);
    if (ended === "else") this.#cursor.fail('a second "{{ else }}"', endedAt);
    return nodes;
  }

  /** The keyword and the quoted name after it. */
  #named(): string {
    const keyword = this.#cursor.advance().text;
    if (this.#cursor.token.kind !== "string") {
      this.#cursor.fail(`"${keyword}" needs a quoted name`);
    }
    return this.#cursor.advance().text;
  }

  #call(at: number): Extract<TemplateNode, { kind: "template" }> {
    const name = this.#named();
    this.#called.add(name);
    const argument: Expression = this.#cursor.token.kind === "close"
      ? { kind: "dot", at }
      : this.#expressions.pipeline();
    this.#cursor.close(`the data of "${name}"`);
    return { kind: "template", name, argument, at };
  }

  #block(at: number): TemplateNode {
    const call = this.#call(at);
    this.#addDefinition(call.name, at);
    return call;
  }

  #define(at: number): undefined {
    if (this.#cursor.nesting > 0) {
      this.#cursor.fail('"define" must not stand in a block', at);
    }
    const name = this.#named();
    this.#cursor.close(`the name "${name}"`);
    this.#addDefinition(name, at);
  }

  #addDefinition(name: string, at: number): void {
    if (this.#definitions.has(name)) {
      this.#cursor.fail(`"${name}" is defined twice`, at);
    }
    const definition = this.#cursor.nested(
      at,
      () => this.#definition(name, at, "end"),
    );
    // One inside of the body may have taken the name meanwhile.
    if (this.#definitions.has(name)) {
      this.#cursor.fail(`"${name}" is defined twice`, at);
    }
    this.#definitions.set(name, definition);
  }

  #extends(at: number, isFirst: boolean): undefined {
    if (!isFirst || this.#cursor.nesting > 0 || this.#layout !== undefined) {
      this.#cursor.fail('"extends" must come first in the file', at);
    }
    this.#layout = { name: this.#named(), at };
    this.#cursor.close("the name of the layout");
  }
}
