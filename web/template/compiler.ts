// Copyright 2026 the Gee authors. MIT license.
import { didYouMean } from "../nearest.ts";
import {
  BodyCompiler,
  type BodySettings,
  type Callees,
  type Compiled,
  type Render,
} from "./body_compiler.ts";
import { HtmlReader } from "./html_reader.ts";
import type { Definition, TemplateFile } from "./syntax.ts";

/** Templates call each other this deep at most while they are compiled. */
const MAX_CALLS = 500;

/** What all templates of a set share. */
export interface CompilerSettings extends BodySettings {
  readonly files: ReadonlyMap<string, TemplateFile>;
}

/** Compiles pages, each with the layout that it extends. */
export class Compiler {
  readonly #settings: CompilerSettings;
  readonly #pages = new Map<string, Page>();
  #calls = 0;

  constructor(settings: CompilerSettings) {
    this.#settings = settings;
  }

  /** A whole document or fragment, from text to text. */
  page(file: TemplateFile): Render {
    const { render, end } = this.call(file, new HtmlReader());
    if (end.isText) return render;
    const { source } = file.main;
    throw source.parseError(
      `it ends inside ${end.position}`,
      source.text.length,
    );
  }

  /** A file as it is in the context of `reader`. */
  call(file: TemplateFile, reader: HtmlReader): Compiled {
    const { name } = file.main;
    let page = this.#pages.get(name);
    if (page === undefined) {
      page = new Page(this, this.#settings, file);
      this.#pages.set(name, page);
    }
    return page.main(reader);
  }

  /** Runs `compile` one call deeper: long chains never meet the stack. */
  nested<T>({ source, at }: Definition, compile: () => T): T {
    if (++this.#calls > MAX_CALLS) {
      throw source.parseError(
        `templates call each other ${MAX_CALLS} deep`,
        at,
      );
    }
    const value = compile();
    this.#calls--;
    return value;
  }
}

/** A file and its layouts: the names that its templates can call. */
class Page implements Callees {
  readonly #compiler: Compiler;
  readonly #settings: CompilerSettings;
  readonly #main: Definition;
  readonly #definitions = new Map<string, Definition>();
  readonly #compiled = new Map<string, Compiled>();

  constructor(
    compiler: Compiler,
    settings: CompilerSettings,
    file: TemplateFile,
  ) {
    this.#compiler = compiler;
    this.#settings = settings;
    const chain = layoutsOf(file, settings.files);
    // The layout at the end of the chain is what is rendered.
    this.#main = (chain.at(-1) ?? file).main;
    for (const { definitions } of chain) {
      for (const [defined, definition] of definitions) {
        // A page comes before its layout.
        if (this.#definitions.has(defined)) continue;
        this.#definitions.set(defined, definition);
      }
    }
    checkUses(chain, settings.files);
  }

  main(reader: HtmlReader): Compiled {
    return this.#definition(this.#main, reader);
  }

  /** What `{{ template name }}` calls in the context of `reader`. */
  call(name: string, reader: HtmlReader): Compiled | undefined {
    const definition = this.#definitions.get(name);
    if (definition !== undefined) return this.#definition(definition, reader);
    const file = this.#settings.files.get(name);
    return file === undefined ? undefined : this.#compiler.call(file, reader);
  }

  /** All names, for suggestions. */
  get names(): string[] {
    return [...this.#definitions.keys(), ...this.#settings.files.keys()];
  }

  #definition(definition: Definition, reader: HtmlReader): Compiled {
    const key = `${definition.source.name} ${definition.name} ${reader.key()}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) {
      known.isRecursive ||= !known.isReady;
      return known;
    }
    const compiled: Compiled = {
      render: () => "",
      end: reader.clone(),
      isReady: false,
      isRecursive: false,
    };
    this.#compiled.set(key, compiled);
    const end = reader.clone();
    const body = new BodyCompiler(this, this.#settings, definition.source);
    compiled.render = this.#compiler.nested(
      definition,
      () => body.nodes(definition.body, end),
    );
    if (compiled.isRecursive && end.key() !== compiled.end.key()) {
      throw definition.source.parseError(
        `"${definition.name}" calls itself and ends inside ${end.position}`,
        definition.at,
      );
    }
    compiled.end = end;
    compiled.isReady = true;
    return compiled;
  }
}

/** The file and the layouts above it. */
function layoutsOf(
  page: TemplateFile,
  files: ReadonlyMap<string, TemplateFile>,
): TemplateFile[] {
  const chain = [page];
  for (let file = page; file.layout !== undefined;) {
    const { layout, main } = file;
    const next = files.get(layout.name);
    if (next === undefined) {
      throw main.source.parseError(
        `no layout is named "${layout.name}"` +
          didYouMean(layout.name, files.keys()),
        layout.at,
      );
    }
    if (chain.includes(next)) {
      throw main.source.parseError("layouts extend each other", layout.at);
    }
    chain.push(next);
    file = next;
  }
  return chain;
}

/** A definition that nothing calls is a misspelled one. */
function checkUses(
  chain: readonly TemplateFile[],
  files: ReadonlyMap<string, TemplateFile>,
): void {
  const [page] = chain;
  if (page === undefined) return;
  const isLayout = [...files.values()].some(({ layout }) =>
    layout?.name === page.main.name
  );
  if (isLayout) return;
  const called = new Set(chain.flatMap((file) => [...file.called]));
  for (const { name, source, at } of page.definitions.values()) {
    if (called.has(name)) continue;
    throw source.parseError(
      `nothing calls "${name}"${didYouMean(name, called)}`,
      at,
    );
  }
}
