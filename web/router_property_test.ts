// Copyright 2026 the Gee authors. MIT license.
// Random route sets against a matcher that is slow and plain, and chains whose
// order of registration is shuffled.
import fc from "npm:fast-check@4.10.2";
import { assert, assertEquals } from "@std/assert";
import { Engine } from "./engine.ts";
import { readable } from "./path.ts";
import { parsePattern, type PatternSegment } from "./pattern.ts";
import { Router } from "./router.ts";
import { type ParamValue, scannerOf } from "./scanner.ts";

interface Route {
  readonly method: string;
  readonly pattern: string;
}

const METHODS = ["GET", "POST", "HEAD", "*"];
const segments = fc.constantFrom(
  "a",
  "ab",
  "abc",
  "b",
  "7",
  "%25",
  ":x",
  ":y",
  ":n{int}",
  ":w{alpha}",
  ":c{a|b}",
);
const patterns = fc.tuple(
  fc.array(segments, { maxLength: 4 }),
  fc.constantFrom("", "/", "/*", "/*rest"),
).map(([pieces, end]) =>
  (pieces.map((one, at) => `/${one.replace(/^:./, `$&${at}`)}`).join("") +
    end) || "/"
);
const routeSets = fc.array(
  fc.record({ method: fc.constantFrom(...METHODS), pattern: patterns }),
  { maxLength: 12 },
);
const paths = fc.array(
  fc.constantFrom(
    "a",
    "ab",
    "abc",
    "b",
    "7",
    "-3",
    "%25",
    "%41",
    "a%2Fb",
    "x%20y",
    "\u00e9",
    "",
  ),
  { minLength: 1, maxLength: 5 },
).map((pieces) => `/${pieces.join("/")}`);

/** What makes two routes one: the pattern without the names of its values. */
function shape({ method, pattern }: Route): string {
  const parts = parsePattern(pattern).map(({ kind, text, scanner = "" }) =>
    kind === "static" ? text : `${kind}{${scanner}}`
  );
  return [method, ...parts].join("/");
}

function withoutTwins(routes: readonly Route[]): Route[] {
  return [...new Map(routes.map((route) => [shape(route), route])).values()];
}

type Values = Record<string, ParamValue>;

/** The values a pattern takes from a path, by trying segment by segment. */
function valuesOf(pattern: string, path: string): Values | undefined {
  const wanted = parsePattern(pattern);
  const given = path.slice(1).split("/");
  const values: Values = {};
  for (const [index, segment] of wanted.entries()) {
    const piece = given[index];
    if (piece === undefined) return undefined;
    if (segment.kind === "wildcard") {
      const rest = given.slice(index);
      if (rest.join("/") === "") return undefined;
      if (segment.text !== "") {
        values[segment.text] = rest.map(decodeURIComponent).join("/");
      }
      return values;
    }
    const text = decodeURIComponent(piece);
    if (!takes(segment, text)) return undefined;
    if (segment.kind === "param") {
      values[segment.text] = segment.scanner === "int" ? Number(text) : text;
    }
  }
  return wanted.length === given.length ? values : undefined;
}

function takes(segment: PatternSegment, text: string): boolean {
  if (segment.kind === "static") return readable(segment.text) === text;
  const { scanner } = segment;
  return text !== "" &&
    (scanner === undefined || scannerOf(scanner, {}, "").test(text));
}

/** Smaller goes first: per segment static, scanners by rank, param, wildcard. */
function compare(a: Route, b: Route): number {
  const left = ranks(a.pattern);
  const right = ranks(b.pattern);
  for (let index = 0; index < left.length; index++) {
    const order = (left[index] ?? "").localeCompare(right[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

function ranks(pattern: string): string[] {
  return parsePattern(pattern).map(({ kind, scanner }) => {
    if (kind === "static") return "0";
    if (kind === "wildcard") return "9";
    return scanner === undefined
      ? "8"
      : String(1 + scannerOf(scanner, {}, "").rank);
  });
}

function naiveMatch(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; values: Values } | undefined {
  const found = routes.flatMap((route) => {
    const values = valuesOf(route.pattern, path);
    return values === undefined ? [] : [{ route, values }];
  }).sort((a, b) => compare(a.route, b.route));
  const groups = Map.groupBy(
    found,
    ({ route }) => shape({ ...route, method: "" }),
  );
  for (const group of groups.values()) {
    const by = (name: string) =>
      group.find(({ route }) => route.method === name);
    const best = by(method) ?? (method === "HEAD" ? by("GET") : undefined) ??
      by("*");
    if (best !== undefined) return best;
  }
  return undefined;
}

Deno.test("Router.match() agrees with a naive matcher, in any order", () => {
  fc.assert(
    fc.property(
      routeSets,
      fc.array(paths, { minLength: 1, maxLength: 8 }),
      fc.constantFrom("GET", "POST", "HEAD", "PUT"),
      fc.infiniteStream(fc.nat()),
      (set, targets, method, shuffle) => {
        const routes = withoutTwins(set);
        const shuffled = routes.map((route) =>
          [shuffle.next().value, route] as const
        ).sort(([a], [b]) => a - b).map(([, route]) => route);
        const router = new Router<string>();
        for (const route of shuffled) {
          router.add(route.method, route.pattern, shape(route));
        }
        for (const path of targets) {
          const wanted = naiveMatch(routes, method, path);
          const match = router.match(method, `http://h${path}?q=/x`, 8);
          assertEquals(match?.value, wanted && shape(wanted.route), path);
          for (const [name, value] of Object.entries(wanted?.values ?? {})) {
            assertEquals(match?.param(name), value, `${name} of ${path}`);
          }
        }
      },
    ),
    { numRuns: 1500 },
  );
});

Deno.test("Router.allowed() tells the methods that match, and no others", () => {
  fc.assert(
    fc.property(routeSets, paths, (set, path) => {
      const routes = withoutTwins(set);
      const router = new Router<string>();
      for (const { method, pattern } of routes) router.add(method, pattern, "");
      const wanted = new Set(
        routes.filter(({ pattern }) => valuesOf(pattern, path) !== undefined)
          .map(({ method }) => method),
      );
      assertEquals(router.allowed(path), [...wanted].sort());
    }),
    { numRuns: 500 },
  );
});

const prefixes = fc.constantFrom("", "/a", "/a/b", "/:x", "/:n{int}", "/a/:y");

Deno.test("Engine composes the same chains in any order of registration", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(prefixes, { maxLength: 5 }),
      routeSets,
      fc.array(paths, { minLength: 1, maxLength: 5 }),
      fc.infiniteStream(fc.nat()),
      async (groups, set, targets, shuffle) => {
        const steps = [
          ...groups.map((prefix) => (app: Engine) => {
            app.group(prefix).use((c) => {
              c.appendHeader("x-chain", prefix || "/");
              return c.next();
            });
          }),
          ...withoutTwins(set).map((route) => (app: Engine) => {
            app.handle(
              route.method,
              route.pattern,
              (c) => c.string(shape(route)),
            );
          }),
        ];
        const first = new Engine();
        const second = new Engine();
        for (const step of steps) step(first);
        const shuffled = steps.map((step) =>
          [shuffle.next().value, step] as const
        ).sort(([a], [b]) => a - b);
        for (const [, step] of shuffled) step(second);
        for (const path of targets) {
          const [one, two] = [
            await first.request(path),
            await second.request(path),
          ];
          const chain = one.headers.get("x-chain");
          assertEquals(two.headers.get("x-chain"), chain, path);
          assertEquals(two.status, one.status);
          assertEquals(await two.text(), await one.text());
          const outer = chain?.split(", ").map((prefix) =>
            prefix === "/" ? 0 : parsePattern(prefix).length
          ) ?? [];
          assert(outer.every((depth, at) =>
            at === 0 || depth >= outer[at - 1]!
          ));
        }
      },
    ),
    { numRuns: 150 },
  );
});
