// Copyright 2026 the Gee authors. MIT license.
import type { Context, Middleware } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import { isDevelopment, refusal } from "../ops/local_only.ts";

/** Options of {@linkcode liveReload}. */
export interface LiveReloadOptions {
  /**
   * Where the script and its stream of events are.
   *
   * @default {"/_reload"}
   */
  readonly path?: string;
  /**
   * Whether it does anything at all. Left out, only while the environment says
   * `DENO_ENV=development`. Even then only for clients on this machine.
   */
  readonly enabled?: boolean;
}

type AnyContext = Context<AnyParams, object>;

/** Larger pages are sent as they are. */
const MAX_BYTES = 4 << 20;

/**
 * Loads pages in the browser again when the program comes back, so that with
 * `deno run --watch` or `deno serve --watch-hmr` what was saved is seen at once.
 *
 * It adds a script to the HTML pages it sees. The script keeps a stream of
 * events open, whose first event names this run of the program.
 *
 * @param options Where and when.
 * @returns The middleware; use it on the engine itself.
 *
 * @example In development
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { liveReload } from "@gee/std/web/middleware";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const app = new Engine().use(liveReload({ enabled: true }));
 * app.get("/", (c) => c.html("<h1>Hello</h1>"));
 * const page = await (await app.request("/")).text();
 * assertStringIncludes(page, '<script src="/_reload.js" defer></script>');
 * ```
 */
export function liveReload(options: LiveReloadOptions = {}): Middleware {
  const { path = "/_reload", enabled = isDevelopment() } = options;
  if (!/^\/[\w./-]*$/.test(path)) {
    throw new SyntaxError(
      `Cannot reload pages by "${path}": want a path of letters, digits and "_./-"`,
    );
  }
  if (!enabled) return (c) => c.next();
  const run = crypto.randomUUID();
  return async function liveReload(c) {
    if (refusal(c.request, c.connection) !== undefined) {
      return await c.next();
    }
    if (c.path === `${path}.js`) return script(path);
    if (c.path === path) return c.sse(events(run));
    return await withScript(c, await c.next(), path);
  };
}

/** One event, and then silence until the program ends. */
async function* events(
  run: string,
): AsyncGenerator<{ data: string; retry: number }> {
  yield { data: run, retry: 300 };
  await new Promise(() => {}); // the stream lets go of it when it ends
}

function script(path: string): Response {
  const text = `let run;
new EventSource(${JSON.stringify(path)}).onmessage = ({ data }) => {
  if (run !== undefined && run !== data) location.reload();
  run = data;
};
`;
  return new Response(text, {
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "no-store",
    },
  });
}

async function withScript(
  c: AnyContext,
  response: Response,
  path: string,
): Promise<Response> {
  const { headers, body } = response;
  const isPage = headers.get("content-type")?.startsWith("text/html") === true;
  const isPlain = !headers.has("content-encoding") && response.status !== 206;
  const length = Number(headers.get("content-length") ?? 0);
  if (!isPage || !isPlain || body === null || length > MAX_BYTES) {
    return response;
  }
  if (c.method === "HEAD") return response;
  const page = await response.text() +
    `\n<script src="${path}.js" defer></script>\n`;
  const changed = new Headers(headers);
  for (const name of ["content-length", "etag"]) changed.delete(name);
  return new Response(page, { status: response.status, headers: changed });
}
