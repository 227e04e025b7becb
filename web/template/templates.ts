// Copyright 2026 the Gee authors. MIT license.
import { didYouMean } from "../nearest.ts";
import { BUILTINS, type TemplateFunction } from "./builtins.ts";
import type { Render } from "./body_compiler.ts";
import { Compiler } from "./compiler.ts";
import { FolderReader } from "./folder_reader.ts";
import { Frame } from "./frame.ts";
import { isFunctionName } from "./expression_parser.ts";
import { parseTemplate } from "./parser.ts";
import { Source } from "./source.ts";

/** Options of {@linkcode Templates}. */
export interface TemplatesOptions {
  /**
   * Functions that the templates may call, by name.
   *
   * @default {{}}
   */
  readonly functions?: Readonly<Record<string, TemplateFunction>>;
  /**
   * How deep templates may call each other, from 1.
   *
   * @default {100}
   */
  readonly maxDepth?: number;
  /**
   * Which files of a folder are templates, by the end of their names.
   *
   * @default {[".html", ".tmpl"]}
   */
  readonly extensions?: readonly string[];
  /**
   * Whether the folder is looked at before each rendering, and read again when
   * a file has changed. For development.
   *
   * @default {false}
   */
  readonly reload?: boolean;
}

/** The words that the language itself has as functions. */
const LOGIC = ["and", "or", "not"];
const DEFAULT_EXTENSIONS = [".html", ".tmpl"];

/**
 * A set of HTML templates in the language of Go's `html/template`, as Gee's
 * `LoadHTMLGlob` reads them, without the parts that need Go.
 *
 * Everything is parsed and compiled once, when the set is made; rendering joins
 * strings. A rendering that fails throws and leaves nothing behind.
 *
 * @example A page in a layout, with a function
 * ```ts
 * import { Templates } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const templates = new Templates({
 *   "layout.html": `<h1>{{ block "title" . }}Gee{{ end }}</h1>` +
 *     `{{ block "content" . }}{{ end }}`,
 *   "students.html": `{{ extends "layout.html" }}
 *     {{ define "title" }}{{ .title | upper }}{{ end }}
 *     {{ define "content" -}}
 *       {{ range $i, $student := .students -}}
 *         <p>{{ $i }}: {{ .name }} is {{ .age }}</p>
 *       {{- else }}<p>Nobody</p>{{ end }}
 *     {{- end }}`,
 * }, { functions: { upper: (text: string) => text.toUpperCase() } });
 *
 * const data = { title: "new", students: [{ name: "<Tom>", age: 20 }] };
 * assertEquals(
 *   templates.render("students.html", data),
 *   "<h1>NEW</h1><p>0: &lt;Tom&gt; is 20</p>",
 * );
 * ```
 *
 * ## Values
 *
 * | written | means |
 * |---|---|
 * | `.` | the data: of the page, of the item in `range`, of the value in `with` |
 * | `.user.name` | a field; of null or undefined it is undefined |
 * | `$`, `$x` | the data that the template was given; a variable |
 * | `"a\n"`, `` `a` ``, `-1.5`, `true`, `null`, `nil` | literals |
 * | `fn .a "b"` | a call; in parentheses where another value stands beside it |
 * | `.a \| fn "b"` | the same as `fn "b" .a`: the piped value comes last |
 *
 * A field is an own property, an entry of a Map, or a getter of a class; methods
 * and `__proto__`, `constructor` and `prototype` are not. A field that the data
 * does not have is an error, except where it is only tested: in `if` and `with`,
 * and as argument of `and`, `or` and `not`. So `{{ or .title "Gee" }}` is a
 * default. False are `false`, `0`, `""`, null, undefined, NaN, and empty
 * arrays, Maps and Sets.
 *
 * Put out, null and undefined are nothing, a Date is ISO 8601, an object of a
 * class with a `toString` of its own is that text; a list, a plain object, a
 * function or a promise is an error.
 *
 * ## Actions
 *
 * | written | means |
 * |---|---|
 * | `{{ .name }}` | the value, escaped for its place |
 * | `{{ $x := .a }}` | declares a variable, up to the end of its block |
 * | `{{ if .a }} {{ else if .b }} {{ else }} {{ end }}` | one of them |
 * | `{{ with .a }} {{ else }} {{ end }}` | the same, with `.a` as `.` |
 * | `{{ range .list }} {{ else }} {{ end }}` | each item as `.`, or none |
 * | `{{ range $key, $item := .map }} {{ end }}` | arrays, Maps, iterables, plain objects |
 * | `{{ template "card.html" .user }}` | another template; its data is `.` when left out |
 * | `{{ define "x" }} {{ end }}` | a template of this file |
 * | `{{ block "x" . }} {{ end }}` | `define` and `template` in one |
 * | `{{ extends "layout.html" }}` | first in a page: see below |
 * | `{{/* note *\/}}` | nothing |
 * | `{{- ` and ` -}}` | cut the white space before or after |
 *
 * Functions: `eq` (one of several), `ne`, `lt`, `le`, `gt`, `ge`, `and`, `or`,
 * `not`, `len`, `index .list 0`, and `dict "key" .value …`, which passes several
 * values to one template.
 *
 * ## Layouts
 *
 * A page that extends a layout holds nothing but `define`s; rendered, it is the
 * layout with these in place of the layout's `block`s and `define`s of the same
 * names. So every page has its own `"content"`: unlike in Go, a `define` belongs
 * to its file. A layout may extend another one. Every file is a template by its
 * name and must be whole by itself; names in `template` are looked for in the
 * page, its layouts, and then the files. A `define` that nothing calls is an
 * error.
 *
 * ## Escaping
 *
 * A value is escaped for where it stands, which is found as the browser would:
 *
 * - text, attributes, `title`, `textarea`: as text; {@linkcode Html} is markup
 *   between tags only. Attributes without quotes get them.
 * - URLs (`href`, `src`, `action`, …): at the start only `http`, `https`,
 *   `mailto`, `tel` or no scheme, else `about:invalid`; in the path what is no
 *   part of a URL is percent-encoded, in the query all that has a meaning. Where
 *   code is loaded (`script`, `embed`, `object`, `base`) a value must stay on
 *   its own origin: the author writes another one as text.
 * - `script`, `on…`, and what Vue, Alpine and htmx run: JSON, or the inside of a
 *   string or template literal.
 * - `style`: words, numbers and colors, else `blocked`; strings and `url()`.
 * - `srcset`, `srcdoc`: each URL; text of a document.
 *
 * Refused when compiled, with file and line: values in names of tags and
 * attributes, in comments, regular expressions, behind `javascript:` or
 * `data:`, in scripts that are neither JavaScript nor JSON, and branches that
 * end in different contexts. Authors of templates are trusted, data is not.
 */
export class Templates {
  readonly #functions: ReadonlyMap<string, (...args: unknown[]) => unknown>;
  readonly #maxDepth: number;
  #pages: ReadonlyMap<string, Render>;
  #folder: FolderReader | undefined;
  #stamp = "";

  /**
   * Compiles templates.
   *
   * @param sources Their texts by name.
   * @param options Functions and limits; what concerns folders is ignored.
   * @throws {TemplateError} When one of them cannot be parsed.
   * @throws {TypeError} When a function is none, or has a wrong name.
   * @throws {RangeError} When `maxDepth` is not a positive integer.
   */
  constructor(
    sources: Readonly<Record<string, string>>,
    options: TemplatesOptions = {},
  ) {
    this.#maxDepth = options.maxDepth ?? 100;
    if (!Number.isInteger(this.#maxDepth) || this.#maxDepth < 1) {
      throw new RangeError(
        `Cannot use templates: got maxDepth ${this.#maxDepth}, want 1 or more`,
      );
    }
    this.#functions = functionsOf(options.functions ?? {});
    this.#pages = this.#compile(Object.entries(sources));
  }

  /**
   * Reads and compiles the templates of a folder, subfolders included, at once:
   * a mistake shows when the program starts. The name of a template is its path
   * in the folder, with `/` between. Hidden files are left out.
   *
   * @param folder Path or `file:` URL of the folder.
   * @param options Functions, limits, which files, whether they are reloaded.
   * @returns The set.
   * @throws {TemplateError} When one of them cannot be parsed.
   * @throws {Error} When the folder cannot be read or has no template.
   *
   * @example Load a folder
   * ```ts
   * import { Templates } from "@gee/std/web";
   * import { assertEquals } from "@std/assert";
   *
   * const folder = Deno.makeTempDirSync();
   * Deno.writeTextFileSync(`${folder}/hello.html`, "<p>{{ .name }}</p>");
   * const templates = Templates.load(folder);
   * assertEquals(templates.render("hello.html", { name: "Tom" }), "<p>Tom</p>");
   * Deno.removeSync(folder, { recursive: true });
   * ```
   */
  static load(
    folder: string | URL,
    options: TemplatesOptions = {},
  ): Templates {
    const reader = new FolderReader(
      folder,
      options.extensions ?? DEFAULT_EXTENSIONS,
    );
    const { sources, stamp } = reader.read();
    const templates = new Templates(sources, options);
    if (options.reload === true) templates.#folder = reader;
    templates.#stamp = stamp;
    return templates;
  }

  /** The names of all templates, sorted. */
  get names(): string[] {
    return [...this.#pages.keys()].sort();
  }

  /**
   * Renders one template.
   *
   * @param name Its name.
   * @param data What `.` and `$` are; nothing is an object without fields.
   * @returns The whole text.
   * @throws {TemplateError} When the data does not fit, or a function fails;
   * its `cause` is the error of the function.
   * @throws {RangeError} When no template has the name.
   *
   * @example Render a partial by itself
   * ```ts
   * import { Templates } from "@gee/std/web";
   * import { assertEquals } from "@std/assert";
   *
   * const templates = new Templates({ "row.html": "<td>{{ . }}</td>" });
   * assertEquals(templates.render("row.html", "a & b"), "<td>a &amp; b</td>");
   * ```
   */
  render(name: string, data: unknown = {}): string {
    if (this.#folder !== undefined) this.#refresh(this.#folder);
    const page = this.#pages.get(name);
    if (page !== undefined) return page(new Frame(name, data, 1));
    throw new RangeError(
      `Cannot render template "${name}": there is none of this name` +
        didYouMean(name, this.#pages.keys()),
    );
  }

  /** Fails again and again until the mistake in a changed file is mended. */
  #refresh(folder: FolderReader): void {
    if (folder.stamp() === this.#stamp) return;
    const { sources, stamp } = folder.read();
    this.#pages = this.#compile(Object.entries(sources));
    this.#stamp = stamp;
  }

  /** Everything is compiled at once, so that a mistake shows at the start. */
  #compile(sources: readonly [string, string][]): Map<string, Render> {
    const names = new Set([...this.#functions.keys(), ...LOGIC]);
    const files = new Map(
      sources.map(([name, text]) => [
        name,
        parseTemplate(new Source(name, text), names),
      ]),
    );
    const compiler = new Compiler({
      files,
      functions: this.#functions,
      maxDepth: this.#maxDepth,
    });
    return new Map(
      [...files].map(([name, file]) => [name, compiler.page(file)]),
    );
  }
}

function functionsOf(
  own: Readonly<Record<string, TemplateFunction>>,
): Map<string, (...args: unknown[]) => unknown> {
  const functions = new Map(BUILTINS);
  for (const [name, run] of Object.entries(own)) {
    const state = stateOf(name, run);
    if (state !== undefined) {
      throw new TypeError(`Cannot use template function "${name}": ${state}`);
    }
    // Templates pass whatever their data holds; the function's own types hold
    // as far as its template is right, which nothing can check.
    functions.set(name, run as (...args: unknown[]) => unknown);
  }
  return functions;
}

function stateOf(name: string, run: unknown): string | undefined {
  if (typeof run !== "function") return `got ${typeof run}, want a function`;
  if (BUILTINS.has(name) || LOGIC.includes(name)) return "it is built in";
  if (!isFunctionName(name)) return "the name must be a word";
  return undefined;
}
