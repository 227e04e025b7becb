// Copyright 2026 the Gee authors. MIT license.
import { didYouMean } from "../nearest.ts";
import { fieldNames, isTrue, MISSING, readField } from "./fields.ts";
import type { Frame } from "./frame.ts";
import { Problem } from "./problem.ts";
import type { Source } from "./source.ts";
import type { Expression } from "./syntax.ts";
import type { TemplateError } from "./template_error.ts";

/** A compiled expression. */
export type Evaluate = (frame: Frame) => unknown;

type Functions = ReadonlyMap<string, (...args: unknown[]) => unknown>;

/** Expressions become closures: nothing is looked up by name but fields. */
export class ExpressionCompiler {
  readonly #source: Source;
  readonly #functions: Functions;

  constructor(source: Source, functions: Functions) {
    this.#source = source;
    this.#functions = functions;
  }

  /** A value that is put out, passed on or looped over. */
  value(expression: Expression): Evaluate {
    return this.#compile(expression, { isTested: false });
  }

  /** A value that is only tested: a field of it may be missing. */
  test(expression: Expression): Evaluate {
    return this.#compile(expression, { isTested: true });
  }

  #compile(
    expression: Expression,
    options: { readonly isTested: boolean },
  ): Evaluate {
    switch (expression.kind) {
      case "literal": {
        const { value } = expression;
        return () => value;
      }
      case "dot":
        return (frame) => frame.dot;
      case "variable": {
        const { slot } = expression;
        return (frame) => frame.variables[slot];
      }
      case "field":
        return this.#field(expression, options);
      case "call":
        return this.#call(expression);
    }
  }

  #field(
    expression: Extract<Expression, { kind: "field" }>,
    options: { readonly isTested: boolean },
  ): Evaluate {
    const { name, at } = expression;
    const owner = this.#compile(expression.of, options);
    const { isTested } = options;
    return (frame) => {
      const object = owner(frame);
      if (object === null || object === undefined) return undefined;
      const value = typeof object === "object"
        ? readField(object, name)
        : MISSING;
      if (value !== MISSING) return value;
      if (isTested) return undefined;
      throw this.#missing(object, name, { page: frame.page, offset: at });
    };
  }

  #missing(
    object: unknown,
    name: string,
    place: { readonly page: string; readonly offset: number },
  ): TemplateError {
    if (typeof object !== "object" || object === null) {
      const problem = `a ${typeof object} has no field ".${name}"`;
      return this.#source.renderError(problem, place);
    }
    const known = [...fieldNames(object)].map((field) => `.${field}`);
    const hint = didYouMean(`.${name}`, known);
    return this.#source.renderError(
      `the data has no ".${name}"${hint}`,
      place,
    );
  }

  #call(call: Extract<Expression, { kind: "call" }>): Evaluate {
    const { name, at } = call;
    const count = call.args.length;
    if (name === "and" || name === "or" || name === "not") {
      if (count === 0 || name === "not" && count > 1) {
        throw this.#source.parseError(
          `"${name}" needs ${name === "not" ? "one value" : "values"}`,
          at,
        );
      }
      return logic(name, call.args.map((argument) => this.test(argument)));
    }
    const run = this.#functions.get(name);
    // The parser knows the same names.
    if (run === undefined) throw new Error(`Cannot find function "${name}"`);
    const args = call.args.map((argument) => this.value(argument));
    const [first, second] = args;
    // Without arrays a page that compares once in each row is 1.1 times as fast.
    if (args.length === 2 && first !== undefined && second !== undefined) {
      return (frame) => {
        const left = first(frame);
        const right = second(frame);
        try {
          return run(left, right);
        } catch (cause) {
          throw this.#failure(call, frame, cause);
        }
      };
    }
    return (frame) => {
      const values = args.map((argument) => argument(frame));
      try {
        return run(...values);
      } catch (cause) {
        throw this.#failure(call, frame, cause);
      }
    };
  }

  #failure(
    { name, at }: { readonly name: string; readonly at: number },
    { page }: Frame,
    cause: unknown,
  ): TemplateError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return this.#source.renderError(
      `function "${name}" failed: ${reason}`,
      { page, offset: at },
      cause instanceof Problem ? {} : { cause },
    );
  }
}

/** `and` is the first value that is not true, `or` the first that is. */
function logic(name: "and" | "or" | "not", args: Evaluate[]): Evaluate {
  if (name === "not") return (frame) => !isTrue(args[0]?.(frame));
  const stopsAt = name === "or";
  return (frame) => {
    let value: unknown;
    for (const argument of args) {
      value = argument(frame);
      if (isTrue(value) === stopsAt) return value;
    }
    return value;
  };
}
