// Copyright 2026 the Gee authors. MIT license.

/** A method and a pattern, or a method and a path. */
export type Pair = readonly [method: string, path: string];

/** The route set of Hono's own benchmark. */
export const HONO_ROUTES: readonly Pair[] = [
  ["GET", "/user"],
  ["GET", "/user/comments"],
  ["GET", "/user/avatar"],
  ["GET", "/user/lookup/username/:username"],
  ["GET", "/user/lookup/email/:address"],
  ["GET", "/event/:id"],
  ["GET", "/event/:id/comments"],
  ["POST", "/event/:id/comment"],
  ["GET", "/map/:location/events"],
  ["GET", "/status"],
  ["GET", "/very/deeply/nested/route/hello/there"],
  ["GET", "/static/*"],
];

/** What Hono's own benchmark asks for. */
export const HONO_REQUESTS: readonly Pair[] = [
  ["GET", "/user"],
  ["GET", "/user/comments"],
  ["GET", "/user/lookup/username/hey"],
  ["GET", "/event/abcd1234/comments"],
  ["POST", "/event/abcd1234/comment"],
  ["GET", "/very/deeply/nested/route/hello/there"],
  ["GET", "/static/index.html"],
];

/** The 203 routes of the GitHub API, a usual set of router benchmarks. */
export function githubRoutes(): readonly Pair[] {
  return JSON.parse(
    Deno.readTextFileSync(
      new URL("./testdata/github_routes.json", import.meta.url),
    ),
  ) as Pair[];
}

/** One request per route, each parameter filled in. */
export function requestsFor(routes: readonly Pair[]): readonly Pair[] {
  return routes.map(([method, pattern]) =>
    [method, pattern.replaceAll(/:(\w+)/g, "$1-12345")] as const
  );
}

/** As many routes as asked for, a third of them with a parameter. */
export function grownRoutes(count: number): readonly Pair[] {
  return Array.from({ length: count }, (_, index) => {
    const tail = ["", "/detail", "/:id"][index % 3] ?? "";
    return ["GET", `/area${index % 97}/resource${index}${tail}`] as const;
  });
}
