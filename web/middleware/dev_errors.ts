// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import { statusName } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";
import { isDevelopment, refusal } from "../ops/local_only.ts";
import { type NearRoute, nearRoutes } from "../ops/near_routes.ts";
import { pageResponse } from "../ops/page.ts";
import { type Frame, framesOf } from "../ops/source_lines.ts";
import type { RouteInfo } from "../route_table.ts";
import { html } from "../template/html.ts";
import type { Html } from "../template/html_value.ts";

/** Options of {@linkcode devErrors}. */
export interface DevErrorsOptions {
  /**
   * The routes, so that a missing page can tell the nearest ones:
   * `() => app.routes()`.
   */
  readonly routes?: () => readonly RouteInfo[];
  /**
   * Whether it tells anything at all. Left out, only while the environment says
   * `DENO_ENV=development`. Even then clients elsewhere are told nothing.
   */
  readonly enabled?: boolean;
}

type AnyContext = Context<AnyParams, object>;

/** What is known of a failed request. */
interface Failure {
  readonly status: number;
  readonly title: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly frames: readonly Frame[];
  readonly near: readonly NearRoute[];
  readonly request: readonly (readonly [string, string])[];
}

const SECRET = /^(?:authorization|cookie|proxy-authorization|x-api-key)$/i;

/**
 * Tells developers what went wrong: message, hint, the stack with the lines of
 * the source, the request, and for a missing page the nearest routes and why
 * each does not fit. As a page, or as JSON for clients that ask for it.
 *
 * It never runs outside of development unless asked, and never for clients that
 * are not on this machine.
 *
 * @param options When to tell, and the routes.
 * @returns The middleware; use it after the logger and before recovery, which
 * would answer in its place.
 *
 * @example A mistyped path
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { devErrors } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.use(devErrors({ routes: () => app.routes(), enabled: true }));
 * app.get("/users/:id{int}", (c) => c.json(c.param("id")));
 * const response = await app.request("/user/7", {
 *   headers: { accept: "application/json" },
 * });
 * const { near: [route] } = await response.json();
 * assertEquals(route.pattern, "/users/:id{int}");
 * assertEquals(route.reason, '"user" is not "users"');
 * ```
 */
export function devErrors(options: DevErrorsOptions = {}): Middleware {
  const isEnabled = options.enabled ?? isDevelopment();
  if (!isEnabled) return (c) => c.next();
  const { routes = () => [] } = options;
  const told = (c: AnyContext, failure: Failure) =>
    wantsJson(c) ? jsonResponse(failure) : pageOf(failure);
  return async function devErrors(c) {
    if (refusal(c.request, c.connection) !== undefined) {
      return await c.next();
    }
    try {
      const response = await c.next();
      const isMissing = c.pattern === undefined &&
        (response.status === 404 || response.status === 405);
      if (!isMissing) return response;
      await response.body?.cancel();
      return told(c, missing(c, response.status, routes()));
    } catch (error) {
      // Keeps the error for the logger, and its status by the engine's rules.
      const answer = await c.rescue(error);
      await answer.body?.cancel();
      return told(c, await failed(c, answer.status, error));
    }
  };
}

async function failed(
  c: AnyContext,
  status: number,
  error: unknown,
): Promise<Failure> {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  return {
    status,
    title: `${status} ${statusName(status)}`,
    message: String(error),
    hint: cause === undefined ? hintOf(error) : `Caused by ${cause}`,
    frames: await framesOf(error),
    near: [],
    request: about(c),
  };
}

function hintOf(error: unknown): string | undefined {
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno was started without this permission";
  }
  return error instanceof TypeError && /returned nothing/.test(error.message)
    ? "Return what c.json() and its like return"
    : undefined;
}

function missing(
  c: AnyContext,
  status: number,
  routes: readonly RouteInfo[],
): Failure {
  const near = nearRoutes(c.method, c.path, routes);
  return {
    status,
    title: `${status} ${statusName(status)}`,
    message: `No route for ${c.method} ${c.path}`,
    hint: near.length === 0 ? "No route is near to it" : undefined,
    frames: [],
    near,
    request: about(c),
  };
}

/** The request as it came in, without what would open doors. */
function about(c: AnyContext): [string, string][] {
  const headers = [...c.request.headers].map(([name, value]): [
    string,
    string,
  ] => [name, SECRET.test(name) ? "(hidden)" : value]);
  return [
    ["request", `${c.method} ${c.request.url}`],
    ["pattern", c.pattern ?? "none"],
    ...headers,
  ];
}

function wantsJson(c: AnyContext): boolean {
  return c.header("accept")?.includes("json") === true;
}

function jsonResponse(failure: Failure): Response {
  const { status, title, message, hint, frames, near } = failure;
  const stack = frames.map(({ text }) => text);
  return Response.json({ title, status, detail: message, hint, stack, near }, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

function pageOf(failure: Failure): Response {
  const { status, title, message, hint, frames, near, request } = failure;
  return pageResponse(
    title,
    html`<p><strong>${message}</strong></p>${
      hint === undefined ? "" : html`<p>${hint}</p>`
    }${near.length === 0 ? "" : nearTable(near)}${
      frames.length === 0 ? "" : html`<h2>Stack</h2>${frames.map(frameHtml)}`
    }<h2>Request</h2><table>${
      request.map(([name, value]) =>
        html`
          <tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr>
        `
      )
    }</table>`,
    status,
  );
}

function nearTable(near: readonly NearRoute[]): Html {
  return html`
    <h2>Nearest routes</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col">Pattern</th>
          <th scope="col">Why it does not fit</th>
          <th scope="col">Registered at</th>
        </tr>
      </thead>
      <tbody>${near.map(({ method, pattern, reason, place }) =>
        html`
          <tr>
            <td>${method}</td>
            <td><code>${pattern}</code></td>
            <td>${reason}</td>
            <td>${place}</td>
          </tr>
        `
      )}</tbody>
    </table>
  `;
}

function frameHtml({ text, lines }: Frame): Html {
  const shown = lines.map(({ number, text, isHit }) => {
    const line = `${String(number).padStart(5)}  ${text}\n`;
    return isHit ? html`<mark>${line}</mark>` : line;
  });
  return lines.length === 0 ? html`<div><code>${text}</code></div>` : html`
    <div><code>${text}</code></div>
    <pre>${shown}</pre>
  `;
}
