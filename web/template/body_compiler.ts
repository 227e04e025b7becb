// Copyright 2026 the Gee authors. MIT license.
import { didYouMean } from "../nearest.ts";
import { ExpressionCompiler } from "./evaluate.ts";
import { entriesOf, isTrue } from "./fields.ts";
import { Frame } from "./frame.ts";
import type { HtmlReader } from "./html_reader.ts";
import { Problem } from "./problem.ts";
import type { Source } from "./source.ts";
import type { Branch, Loop, TemplateNode } from "./syntax.ts";
import { TemplateError } from "./template_error.ts";

/** A compiled template. */
export type Render = (frame: Frame) => string;

/** A definition compiled for the context it is called in. */
export interface Compiled {
  render: Render;
  /** The context at its end; while it is compiled, the one at its start. */
  end: HtmlReader;
  isReady: boolean;
  /** Whether it calls itself, which took the end for granted. */
  isRecursive: boolean;
}

/** The templates that a body can call. */
export interface Callees {
  /** The one of this name in the context of `reader`. */
  call(name: string, reader: HtmlReader): Compiled | undefined;
  /** All names, for suggestions. */
  readonly names: readonly string[];
}

/** What all templates of a set share. */
export interface BodySettings {
  readonly functions: ReadonlyMap<string, (...args: unknown[]) => unknown>;
  readonly maxDepth: number;
}

/** Compiles one body; the reader goes along with the text. */
export class BodyCompiler {
  readonly #callees: Callees;
  readonly #settings: BodySettings;
  readonly #source: Source;
  readonly #expressions: ExpressionCompiler;

  constructor(callees: Callees, settings: BodySettings, source: Source) {
    this.#callees = callees;
    this.#settings = settings;
    this.#source = source;
    this.#expressions = new ExpressionCompiler(source, settings.functions);
  }

  nodes(nodes: readonly TemplateNode[], reader: HtmlReader): Render {
    const parts: (string | Render)[] = [];
    const push = (part: string | Render) => {
      const last = parts.length - 1;
      // Static text is joined once, here.
      if (typeof part === "string" && typeof parts[last] === "string") {
        parts[last] += part;
      } else if (part !== "") parts.push(part);
    };
    for (const node of nodes) {
      if (node.kind === "text") {
        push(this.#text(node, reader));
        continue;
      }
      if (node.kind !== "declare") push(reader.open());
      push(this.#node(node, reader));
    }
    return joined(parts);
  }

  /** Reports problems of the context with their place. */
  #located<T>(at: () => number, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw this.#source.parseError(error.message, at());
    }
  }

  #text(
    node: Extract<TemplateNode, { kind: "text" }>,
    reader: HtmlReader,
  ): string {
    return this.#located(
      () => node.at + reader.offset,
      () => reader.read(node.text),
    );
  }

  #node(
    node: Exclude<TemplateNode, { kind: "text" }>,
    reader: HtmlReader,
  ): Render {
    switch (node.kind) {
      case "print":
        return this.#print(node, reader);
      case "declare": {
        const value = this.#expressions.value(node.value);
        const { slot } = node;
        return this.#guarded(node.at, (frame) => {
          frame.variables[slot] = value(frame);
          return "";
        });
      }
      case "template":
        return this.#template(node, reader);
      case "range":
        return this.#loop(node, reader);
      default:
        return this.#branch(node, reader);
    }
  }

  /** What data throws, such as a getter, is told with its place. */
  #guarded(at: number, render: Render): Render {
    return (frame) => {
      try {
        return render(frame);
      } catch (cause) {
        if (cause instanceof TemplateError) throw cause;
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw this.#source.renderError(
          reason,
          { page: frame.page, offset: at },
          cause instanceof Problem ? {} : { cause },
        );
      }
    };
  }

  #print(
    node: Extract<TemplateNode, { kind: "print" }>,
    reader: HtmlReader,
  ): Render {
    const value = this.#expressions.value(node.value);
    const escape = this.#located(() => node.at, () => reader.value());
    return this.#guarded(node.at, (frame) => escape(value(frame)));
  }

  #template(
    node: Extract<TemplateNode, { kind: "template" }>,
    reader: HtmlReader,
  ): Render {
    const { name, at } = node;
    const target = this.#callees.call(name, reader);
    if (target === undefined) {
      throw this.#source.parseError(
        `no template is named "${name}"${
          didYouMean(name, this.#callees.names)
        }`,
        at,
      );
    }
    reader.become(target.end);
    const argument = this.#expressions.value(node.argument);
    const { maxDepth } = this.#settings;
    return this.#guarded(at, (frame) => {
      if (frame.depth >= maxDepth) {
        throw new Problem(`templates call each other ${maxDepth} deep`);
      }
      const inner = new Frame(frame.page, argument(frame), frame.depth + 1);
      return target.render(inner);
    });
  }

  #join(
    reader: HtmlReader,
    other: HtmlReader,
    { kind, at }: { readonly kind: string; readonly at: number },
  ): void {
    const [left, right] = [reader.position, other.position];
    if (reader.join(other)) return;
    const places = left === right
      ? `differently inside ${left}`
      : `inside ${left} and inside ${right}`;
    throw this.#source.parseError(
      `the branches of "${kind}" end ${places}`,
      at,
    );
  }

  #branch(node: Branch, reader: HtmlReader): Render {
    const test = this.#expressions.test(node.test);
    const other = reader.clone();
    const body = this.nodes(node.body, reader);
    const otherwise = this.nodes(node.otherwise, other);
    this.#join(reader, other, node);
    const { kind, slot } = node;
    return this.#guarded(node.at, (frame) => {
      const value = test(frame);
      if (slot !== undefined) frame.variables[slot] = value;
      if (!isTrue(value)) return otherwise(frame);
      if (kind === "if") return body(frame);
      return withDot(frame, value, body);
    });
  }

  #loop(node: Loop, reader: HtmlReader): Render {
    const list = this.#expressions.value(node.list);
    const other = reader.clone();
    const body = this.#loopBody(node, reader);
    const otherwise = this.nodes(node.otherwise, other);
    this.#join(reader, other, node);
    const { keySlot, itemSlot } = node;
    return this.#guarded(node.at, (frame) => {
      const value = list(frame);
      const entries = entriesOf(value);
      if (entries === undefined) {
        throw new Problem(`a ${typeof value} is not a list`);
      }
      let output = "";
      let isEmpty = true;
      for (const [key, item] of entries) {
        isEmpty = false;
        if (keySlot !== undefined) frame.variables[keySlot] = key;
        if (itemSlot !== undefined) frame.variables[itemSlot] = item;
        output += withDot(frame, item, body);
      }
      return isEmpty ? otherwise(frame) : output;
    });
  }

  /** The body must also be right after itself. */
  #loopBody(node: Loop, reader: HtmlReader): Render {
    const start = reader.clone();
    const body = this.nodes(node.body, reader);
    const again = start.clone();
    this.#join(again, reader, node);
    if (again.key() === start.key()) return body;
    reader.become(again);
    const settled = this.nodes(node.body, reader);
    this.#join(reader, again, node);
    return settled;
  }
}

function joined(parts: readonly (string | Render)[]): Render {
  const [only, second] = parts;
  if (only === undefined) return () => "";
  if (second === undefined) {
    return typeof only === "string" ? () => only : only;
  }
  return (frame) => {
    let output = "";
    for (const part of parts) {
      output += typeof part === "string" ? part : part(frame);
    }
    return output;
  };
}

/** A failed rendering throws its frame away, so nothing is put back then. */
function withDot(frame: Frame, dot: unknown, body: Render): string {
  const outer = frame.dot;
  frame.dot = dot;
  const output = body(frame);
  frame.dot = outer;
  return output;
}
