// Copyright 2026 the Gee authors. MIT license.
import type { RouteInfo } from "./route_table.ts";

/**
 * Writes routes as a table for people, one a line: method, pattern, the names
 * of the middleware around it, and where it was registered.
 *
 * @param routes What `engine.routes()` tells.
 * @returns The lines, without a break at the end.
 *
 * @example Print the routes at start-up
 * ```ts
 * import { Engine, formatRoutes } from "@gee/std/web";
 * import { assertMatch } from "@std/assert";
 *
 * const app = new Engine();
 * app.use(function guard(c) {
 *   return c.next();
 * });
 * app.get("/hello/:name", (c) => c.string(`Hello ${c.param("name")}`));
 * const text = formatRoutes(app.routes());
 * assertMatch(text, /^GET {2}\/hello\/:name {2}guard {2}\S+$/);
 * ```
 */
export function formatRoutes(routes: readonly RouteInfo[]): string {
  const rows = routes.map(({ method, pattern, middleware, place }) => [
    method,
    pattern,
    middleware.join(" > ") || "-",
    place.replace(/^.*\/(?=[^/]*$)/, ""),
  ]);
  const widths = [0, 1, 2].map((column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) =>
    row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ")
  ).join("\n");
}
