// Copyright 2026 the Gee authors. MIT license.
import type { Handler, Route } from "./context.ts";
import { covers, parsePattern, type PatternSegment } from "./pattern.ts";
import type { RouteMatch } from "./route_match.ts";
import { Router } from "./router.ts";

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
}

interface TableRoute extends Route {
  readonly method: string;
  readonly pattern: string;
  readonly group: string;
  readonly handlers: readonly Handler[];
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
  readonly #router = new Router<TableRoute>();
  readonly #routes: TableRoute[] = [];
  readonly #groups = new Map<string, Group>();
  readonly #missing: Handler;
  /** What runs where no route fits, by the prefixes of the groups. */
  #fallbacks = new Router<TableRoute>();
  #isStale = true;

  /** `missing` answers where no route fits, inside the groups' middleware. */
  constructor(missing: Handler) {
    this.#missing = missing;
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
    const route = { method, pattern: group + pattern || "/", group, handlers };
    const added: TableRoute = { ...route, chain: [] };
    this.#router.add(method, added.pattern, added);
    this.#routes.push(added);
    this.#isStale = true;
  }

  match(
    method: string,
    url: string,
    start: number,
  ): RouteMatch<Route> | undefined {
    if (this.#isStale) this.#compose();
    return this.#router.match(method, url, start);
  }

  /** The match of the group whose prefix fits best; one always does. */
  fallback(url: string, start: number): RouteMatch<Route> | undefined {
    return this.#fallbacks.match("*", url, start);
  }

  /** The methods with a route for a path. */
  allowed(url: string, start: number): string[] {
    return this.#router.allowed(url, start);
  }

  routes(): RouteInfo[] {
    return this.#routes.map(({ method, pattern, group, handlers }) => {
      const chain = [...this.#middlewareOf(pattern), ...handlers.slice(0, -1)];
      const middleware = chain.map(({ name }) => name || "anonymous");
      return { method, pattern, group, middleware };
    });
  }

  #compose(): void {
    for (const route of this.#routes) this.#composeRoute(route);
    this.#fallbacks = new Router();
    const shapes = new Set<string>();
    for (const { prefix, segments } of this.#groups.values()) {
      const shape = segments.map(({ kind, text }) =>
        kind === "static" ? `/${text}` : "/:"
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
    const fallback = { method: "*", pattern, group, handlers, chain: [] };
    this.#composeRoute(fallback);
    this.#fallbacks.add("*", pattern, fallback);
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
