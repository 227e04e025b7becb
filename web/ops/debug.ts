// Copyright 2026 the Gee authors. MIT license.
import type { ConnectionInfo } from "../incoming.ts";
import { canonicalPath } from "../path.ts";
import type { RouteInfo } from "../route_table.ts";
import type { Fetch } from "../router_group.ts";
import { html } from "../template/html.ts";
import type { Html } from "../template/html_value.ts";
import { isForeignWrite, refusal } from "./local_only.ts";
import { pageResponse } from "./page.ts";

/** What can be looked at: a pool, a server, an engine of a database. */
export interface DebugPage {
  /** Answers below the name of the page. */
  readonly fetch?: Fetch;
  /** What it has counted, as plain data. */
  stats?(): unknown;
}

/** Options of {@linkcode debug}. */
export interface DebugOptions {
  /**
   * The pages, by the names below which they appear.
   *
   * @default {{}}
   */
  readonly pages?: Readonly<Record<string, DebugPage>>;
  /** The routes to list: `() => app.routes()`. */
  readonly routes?: () => readonly RouteInfo[];
  /**
   * Says who may look. Without it only clients on this machine may, who ask for
   * it by a local name.
   */
  readonly authorize?: (
    request: Request,
    info: ConnectionInfo | undefined,
  ) => boolean | Promise<boolean>;
}

/**
 * An index of everything in a program that can be looked at: what each part has
 * counted, links to the pages they have, the routes. Mount it where you like.
 *
 * It is for people on this machine: the client must be local, must ask for a
 * local name, so that no page of another site can read it, and must not come by
 * a proxy. A proxy on this machine that hides the client lets everybody in: use
 * `authorize` behind one. Nobody may write from another site.
 *
 * @param options What to show, and to whom.
 * @returns What answers, for `app.mount`. Below the path of a page its own
 * `fetch` answers; `stats.json` is all of it as JSON.
 *
 * @example Mount the index
 * ```ts
 * import { debug, Engine } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const cache = {
 *   stats: () => ({ hits: 7 }),
 *   fetch: () => new Response("the page of the cache"),
 * };
 * const app = new Engine();
 * app.mount("/debug", debug({ pages: { cache }, routes: () => app.routes() }));
 * const page = await app.request("/debug/cache/keys");
 * assertEquals(await page.text(), "the page of the cache");
 * const stats = await app.request("/debug/stats.json");
 * assertEquals((await stats.json()).cache, { hits: 7 });
 * const foreign = await app.request("http://example.com/debug/");
 * assertEquals(foreign.status, 403);
 * ```
 */
export function debug(options: DebugOptions = {}): Fetch {
  const { pages = {}, routes, authorize } = options;
  return async (request, info) => {
    const reason = authorize === undefined
      ? refusal(request, info)
      : await isAllowed(authorize, request, info);
    if (reason !== undefined) {
      return Response.json({ message: `Refused: ${reason}` }, { status: 403 });
    }
    const { pathname } = new URL(request.url);
    if (pathname === "/stats.json") return statsResponse(pages);
    if (pathname === "/") {
      const base = info?.mountPath ?? "";
      return pageResponse("Debug", index(base, pages, routes?.() ?? []));
    }
    const [, segment = ""] = pathname.split("/");
    const name = canonicalPath(segment) ?? "";
    const page = Object.hasOwn(pages, name) ? pages[name] : undefined;
    if (page?.fetch === undefined) {
      return Response.json({ message: "Not Found" }, { status: 404 });
    }
    return await page.fetch(below(request, segment), {
      get remoteAddr() {
        return info?.remoteAddr;
      },
      mountPath: `${info?.mountPath ?? ""}/${segment}`,
    });
  };
}

async function isAllowed(
  authorize: NonNullable<DebugOptions["authorize"]>,
  request: Request,
  info: ConnectionInfo | undefined,
): Promise<string | undefined> {
  if (isForeignWrite(request)) return "another site must not write";
  return await authorize(request, info) ? undefined : "not authorized";
}

/** The request as it looks from below the path segment of a page. */
function below(request: Request, segment: string): Request {
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(segment.length + 1) || "/";
  return new Request(url, request);
}

function statsOf(page: DebugPage): unknown {
  try {
    return page.stats?.();
  } catch (error) {
    return { error: String(error) };
  }
}

function statsResponse(pages: Readonly<Record<string, DebugPage>>): Response {
  const all = Object.entries(pages).map((
    [name, page],
  ) => [name, statsOf(page)]);
  return new Response(encoded(Object.fromEntries(all)), {
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
    },
  });
}

/** JSON for people; counts beyond the safe integers are text. */
function encoded(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, inner) => typeof inner === "bigint" ? String(inner) : inner,
    2,
  );
  return text ?? "";
}

function index(
  base: string,
  pages: Readonly<Record<string, DebugPage>>,
  routes: readonly RouteInfo[],
): Html {
  const parts = Object.entries(pages).map(([name, page]) => {
    const link = `${base}/${encodeURIComponent(name)}/`;
    const title = page.fetch === undefined
      ? name
      : html`<a href="${link}">${name}</a>`;
    const stats = page.stats === undefined
      ? ""
      : html`<pre>${encoded(statsOf(page))}</pre>`;
    return html`<h2>${title}</h2>${stats}`;
  });
  return html`<p><a href="${`${base}/stats.json`}">stats.json</a></p>${parts}${
    routes.length === 0 ? "" : routeTable(routes)
  }`;
}

function routeTable(routes: readonly RouteInfo[]): Html {
  return html`
    <h2>Routes</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col">Pattern</th>
          <th scope="col">Middleware</th>
          <th scope="col">Registered at</th>
        </tr>
      </thead>
      <tbody>${routes.map(({ method, pattern, middleware, place }) =>
        html`
          <tr>
            <td>${method}</td>
            <td><code>${pattern}</code></td>
            <td>${middleware.join(", ")}</td>
            <td>${place}</td>
          </tr>
        `
      )}</tbody>
    </table>
  `;
}
