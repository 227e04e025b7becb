// Copyright 2026 the Gee authors. MIT license.
import { callSite } from "./call_site.ts";
import type { Handler, Route } from "./context.ts";
import { covers, parsePattern, type PatternSegment } from "./pattern.ts";
import type { RouteMatch } from "./route_match.ts";
import { pathEnd } from "./path.ts";
import { Router, type RouterOptions } from "./router.ts";
import { scannerOf } from "./scanner.ts";

/** What `engine.routes()` tells of a route. */
export interface RouteInfo {
  /** The method, `*` for any. */
  readonly method: string;
  /** The pattern as registered, the group's prefix included. */
  readonly pattern: string;
  /** The prefix of the group it was registered on. */
  readonly group: string;
  /** The names of the middleware around it, from the outside in. */
  readonly middleware: readonly string[];
  /** Where it was registered: file, line and column. */
  readonly place: string;
}

/** What a slash at the end of a path means. */
export interface TableOptions extends RouterOptions {
  /**
   * What becomes of a path that fits no route, but would with a slash more or
   * less at its end: nothing, a redirect (308) there, or the route answers.
   *
   * @default {"strict"}
   */
  readonly trailingSlash?: "strict" | "redirect" | "lax";
}

interface TableRoute extends Route {
  readonly method: string;
  readonly pattern: string;
  readonly group: string;
  readonly handlers: readonly Handler[];
  readonly trace: Error;
  readonly isFallback: boolean;
  chain: readonly Handler[];
  aliases?: ReadonlyMap<string, string> | undefined;
}

interface Group {
  readonly prefix: string;
  readonly segments: readonly PatternSegment[];
  readonly middleware: Handler[];
}

/**
 * All routes and groups of an engine. A chain is what the groups that cover
 * its pattern use, from the shortest prefix to the longest, and the route's
 * own handlers; in which order routes and groups were made has no part in it.
 */
export class RouteTable {
  readonly #options: TableOptions;
  readonly #router: Router<TableRoute>;
  readonly #routes: TableRoute[] = [];
  readonly #groups = new Map<string, Group>();
  readonly #missing: Handler;
  /** What runs where no route fits, by the prefixes of the groups. */
  #fallbacks: Router<TableRoute>;
  /** Fallbacks are never in conflict, so where they were made is never told. */
  readonly #fallbackTrace = new Error();
  #isStale = true;

  /** `missing` answers where no route fits, inside the groups' middleware. */
  constructor(missing: Handler, options: TableOptions = {}) {
    this.#missing = missing;
    this.#options = options;
    this.#router = new Router(options);
    this.#fallbacks = new Router(options);
    this.addGroup("");
  }

  addGroup(prefix: string): void {
    if (this.#groups.has(prefix)) return;
    const segments = parsePattern(prefix);
    const last = segments.at(-1);
    if (last?.text === "" || last?.kind === "wildcard") {
      throw new SyntaxError(
        `Cannot make group "${prefix}": a prefix must not end with "/" or a wildcard`,
      );
    }
    for (const { scanner } of segments) {
      if (scanner !== undefined) {
        scannerOf(scanner, this.#options.scanners ?? {}, prefix);
      }
    }
    this.#groups.set(prefix, { prefix, segments, middleware: [] });
    this.#isStale = true;
  }

  use(prefix: string, middleware: readonly Handler[]): void {
    this.#groups.get(prefix)?.middleware.push(...middleware);
    this.#isStale = true;
  }

  add(
    method: string,
    group: string,
    pattern: string,
    handlers: readonly Handler[],
  ): void {
    const whole = group + pattern || "/";
    const trace = new Error();
    const added: TableRoute = {
      method,
      pattern: whole,
      group,
      handlers,
      trace,
      isFallback: false,
      chain: [],
    };
    this.#router.add(method, whole, added, trace);
    this.#routes.push(added);
    this.#isStale = true;
  }

  match(
    method: string,
    url: string,
    start: number,
  ): RouteMatch<Route> | undefined {
    if (this.#isStale) this.#compose();
    const match = this.#router.match(method, url, start);
    if (match !== undefined || this.#options.trailingSlash !== "lax") {
      return match;
    }
    return this.#router.match(method, otherSlash(url, start) ?? "");
  }

  /**
   * Where a client that wrote a slash too many or too few is to be sent: the
   * target with its query, or undefined.
   */
  redirect(url: string, start: number): string | undefined {
    if (this.#options.trailingSlash !== "redirect") return undefined;
    const path = otherSlash(url, start);
    if (path === undefined || this.#router.allowed(path).length === 0) {
      return undefined;
    }
    return path + url.slice(pathEnd(url, start)).replace(/#.*$/, "");
  }

  /** The match of the group whose prefix fits best; one always does. */
  fallback(url: string, start: number): RouteMatch<Route> | undefined {
    return this.#fallbacks.match("*", url, start);
  }

  /** The methods with a route for a path. */
  allowed(url: string, start: number): string[] {
    const methods = this.#router.allowed(url, start);
    if (methods.length > 0 || this.#options.trailingSlash !== "lax") {
      return methods;
    }
    return this.#router.allowed(otherSlash(url, start) ?? "");
  }

  routes(): RouteInfo[] {
    return this.#routes.map(({ method, pattern, group, handlers, trace }) => {
      const chain = [...this.#middlewareOf(pattern), ...handlers.slice(0, -1)];
      const middleware = chain.map(({ name }) => name || "anonymous");
      return { method, pattern, group, middleware, place: callSite(trace) };
    });
  }

  #compose(): void {
    for (const route of this.#routes) this.#composeRoute(route);
    this.#fallbacks = new Router(this.#options);
    const shapes = new Set<string>();
    for (const { prefix, segments } of this.#groups.values()) {
      const shape = segments.map(({ kind, text, scanner = "" }) =>
        kind === "static" ? `/${text}` : `/:{${scanner}}`
      ).join("");
      // Groups whose prefixes differ in names alone cover the same paths.
      if (shapes.has(shape)) continue;
      shapes.add(shape);
      for (const pattern of new Set([prefix || "/", `${prefix}/`])) {
        this.#addFallback(prefix, pattern);
      }
      this.#addFallback(prefix, `${prefix}/*`);
    }
    this.#isStale = false;
  }

  #addFallback(group: string, pattern: string): void {
    const handlers = [this.#missing];
    const trace = this.#fallbackTrace;
    const fallback = {
      method: "*",
      pattern,
      group,
      handlers,
      trace,
      isFallback: true,
      chain: [],
    };
    this.#composeRoute(fallback);
    this.#fallbacks.add("*", pattern, fallback, trace);
  }

  #composeRoute(route: TableRoute): void {
    route.chain = [...this.#middlewareOf(route.pattern), ...route.handlers];
    route.aliases = this.#aliasesOf(route.pattern);
  }

  #middlewareOf(pattern: string): Handler[] {
    return this.#groupsOf(pattern).flatMap(({ middleware }) => middleware);
  }

  /** The groups that cover a pattern, the outermost first. */
  #groupsOf(pattern: string): Group[] {
    const segments = parsePattern(pattern);
    return [...this.#groups.values()]
      .filter((group) => covers(group.segments, segments))
      .sort((a, b) =>
        a.segments.length - b.segments.length ||
        (a.prefix < b.prefix ? -1 : 1)
      );
  }

  /** Where a group and a route name one parameter differently, both work. */
  #aliasesOf(pattern: string): ReadonlyMap<string, string> | undefined {
    const own = parsePattern(pattern);
    const names = new Set(own.map(({ text }) => text));
    const aliases = new Map<string, string>();
    for (const { segments } of this.#groupsOf(pattern)) {
      for (const [index, { kind, text }] of segments.entries()) {
        const name = own[index]?.text ?? "";
        if (kind === "param" && !names.has(text)) aliases.set(text, name);
      }
    }
    return aliases.size > 0 ? aliases : undefined;
  }
}

/** The path with a slash more or less at its end; the root has no other. */
function otherSlash(url: string, start: number): string | undefined {
  const path = url.slice(start, pathEnd(url, start));
  if (path.length < 2) return undefined;
  return path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
}
