// Copyright 2026 the Gee authors. MIT license.
import { parsePattern } from "../pattern.ts";
import type { RouterGroup } from "../router_group.ts";
import { docsPage } from "./docs_page.ts";
import { DOCS_SCRIPT } from "./docs_script.ts";
import { DOCS_STYLE } from "./docs_style.ts";
import { openApi, type OpenApiOptions } from "./openapi.ts";
import type { Endpoint } from "./route_definition.ts";

/** All that the page needs is its own, next to it. */
const POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * Serves the OpenAPI document of routes and a page that shows it.
 *
 * @typeParam State The state of the engine, of which nothing is needed.
 * @param group Where.
 * @param path The path of the page.
 * @param endpoints The routes.
 * @param options What to say beside them.
 */
export function serveDocs<State extends object>(
  group: RouterGroup<string, State>,
  path: string,
  endpoints: readonly Endpoint[],
  options: OpenApiOptions,
): void {
  const below = path === "/" ? "" : path;
  const whole = group.prefix + below;
  const segments = parsePattern(whole);
  const depth = segments.length;
  const folder = whole.split("/").at(-1) || ".";
  if (depth > 0 && segments.at(-1)?.kind !== "static") {
    throw new SyntaxError(
      `Cannot serve docs at "${whole}": the last segment must be a fixed name`,
    );
  }
  // Relative, so that they are right wherever the engine is mounted.
  const root = "../".repeat(Math.max(depth - 1, 0));
  const server = Array(depth).fill("..").join("/") || ".";
  const described = { prefix: group.prefix, servers: [server], ...options };
  // Made when they are first asked for, and then kept.
  const document = once(() => openApi(endpoints, described));
  const page = once(() => docsPage(document(), { root, folder }));
  const json = once(() => JSON.stringify(document()));

  const serve = (tail: string, type: string, text: () => string) => {
    const headers = {
      "content-type": type,
      "content-security-policy": POLICY,
      "cache-control": "no-cache",
    };
    group.get(`${below}${tail}`, () => new Response(text(), { headers }));
  };
  serve(path === "/" ? "/" : "", "text/html; charset=utf-8", page);
  serve("/openapi.json", "application/json", json);
  serve("/style.css", "text/css; charset=utf-8", () => DOCS_STYLE);
  serve("/page.js", "text/javascript; charset=utf-8", () => DOCS_SCRIPT);
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => made ??= make();
}
