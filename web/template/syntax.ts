// Copyright 2026 the Gee authors. MIT license.
import type { Source } from "./source.ts";

/** An expression; `at` is its offset in the source. */
export type Expression =
  | { readonly kind: "literal"; readonly value: unknown; readonly at: number }
  | { readonly kind: "dot"; readonly at: number }
  | { readonly kind: "variable"; readonly slot: number; readonly at: number }
  | {
    readonly kind: "field";
    readonly of: Expression;
    readonly name: string;
    readonly at: number;
  }
  | {
    readonly kind: "call";
    readonly name: string;
    readonly args: readonly Expression[];
    readonly at: number;
  };

/** A piece of a template. */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string; readonly at: number }
  | { readonly kind: "print"; readonly value: Expression; readonly at: number }
  | {
    readonly kind: "declare";
    readonly slot: number;
    readonly value: Expression;
    readonly at: number;
  }
  | Branch
  | Loop
  | {
    readonly kind: "template";
    readonly name: string;
    readonly argument: Expression;
    readonly at: number;
  };

/** `if` or, when it sets the dot, `with`. */
export interface Branch {
  readonly kind: "if" | "with";
  readonly slot: number | undefined;
  readonly test: Expression;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
  readonly at: number;
}

/** `range`. */
export interface Loop {
  readonly kind: "range";
  readonly keySlot: number | undefined;
  readonly itemSlot: number | undefined;
  readonly list: Expression;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
  readonly at: number;
}

/** What `define` and `block` make, and the file itself. */
export interface Definition {
  readonly name: string;
  readonly source: Source;
  readonly body: readonly TemplateNode[];
  readonly at: number;
}

/** One parsed file. */
export interface TemplateFile {
  readonly main: Definition;
  readonly layout: { readonly name: string; readonly at: number } | undefined;
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Names that `template` and `block` call. */
  readonly called: ReadonlySet<string>;
}
