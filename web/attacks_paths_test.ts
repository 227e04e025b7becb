// Copyright 2026 the Gee authors. MIT license.
// One path for all who look at it (CWE-174, CWE-22): the router, a middleware
// that compares `c.path`, and the static files.
import { assert, assertEquals } from "@std/assert";
import { Engine } from "./engine.ts";
import { Router } from "./router.ts";
import { withFolder } from "./static/testdata/with_folder.ts";

const SEED = 20260117;
const PATHS = 100_000;
const PIECES = [
  "a",
  "admin",
  "%61dmin",
  "..",
  ".",
  "%2e%2e",
  "%2E.",
  "%252e%252e",
  "%252E",
  "%25252e",
  "%2f",
  "%2F",
  "%252F",
  "%5c",
  "\\",
  "%3f",
  "%23",
  "%25",
  "%00",
  "%zz",
  "%c3%a9",
  "\u00e9",
  "%ff",
  "%20",
  ";",
  "@",
  ":",
  "*",
  "",
];

/** Random numbers below a limit that the seed repeats (mulberry32). */
function randomOf(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function randomPath(random: (limit: number) => number): string {
  let path = "";
  for (let left = random(5); left >= 0; left--) {
    path += "/";
    for (let more = random(3); more > 0; more--) {
      path += PIECES[random(PIECES.length)];
    }
  }
  return path;
}

/** A request with a path as it came, which `new Request()` would tidy up. */
function rawRequest(path: string): Request {
  const url = `http://localhost${path}`;
  return Object.defineProperty(new Request("http://localhost/"), "url", {
    value: url,
  });
}

/** The reference: split on raw slashes, then decode each piece once. */
function segmentsOf(path: string): string[] | undefined {
  try {
    const segments = path.slice(1).split("/").map(decodeURIComponent);
    return segments.some((one) => one.includes("\0")) ? undefined : segments;
  } catch {
    return undefined;
  }
}

Deno.test(`Router, c.path and c.segments() see the same segments of ${PATHS} paths`, async () => {
  const router = new Router<null>();
  router.add("GET", "/*all", null);
  const app = new Engine();
  const seen: string[][] = [];
  app.use((c) => {
    seen.push(c.path.slice(1).split("/").map(decodeURIComponent));
    return c.next();
  });
  app.get("/*all", (c) => void seen.push(c.segments("all")));
  const random = randomOf(SEED);
  let refused = 0;
  let escaped = 0;
  for (let left = PATHS; left > 0; left--) {
    const path = randomPath(random);
    const wanted = segmentsOf(path);
    seen.length = 0;
    const { status } = await app.fetch(rawRequest(path));
    const match = router.match("GET", path);
    if (wanted === undefined) {
      refused++;
      assertEquals([status, seen, match], [400, [], undefined], path);
      continue;
    }
    const isRoot = path === "/";
    assertEquals(status, isRoot ? 404 : 200, path);
    assertEquals(seen, isRoot ? [wanted] : [wanted, wanted], path);
    if (!isRoot) assertEquals(match?.segments("all"), wanted, path);
    if (/%25/.test(path)) escaped++;
  }
  // Else it would say nothing about these.
  assert(refused > 1000 && escaped > 1000);
});

Deno.test("A guard by c.path stands before every path of a route", async () => {
  const app = new Engine();
  app.use((c) => c.path === "/admin/x" ? c.fail(403, "No") : c.next());
  app.get("/admin/:page", (c) => c.string(c.param("page")));
  const random = randomOf(SEED + 1);
  const spelled = (text: string) =>
    [...text].map((one) => {
      const code = one.charCodeAt(0).toString(16);
      return [one, one, `%${code}`, `%${code.toUpperCase()}`][random(4)];
    }).join("");
  for (let left = 1000; left > 0; left--) {
    const path = `/${spelled("admin")}/${spelled("x")}`;
    assertEquals((await app.fetch(rawRequest(path))).status, 403, path);
  }
  assertEquals((await app.fetch(rawRequest("/admin/y"))).status, 200);
});

Deno.test("What is encoded twice names a file with an escape, never another folder", async () => {
  const files = {
    "%2e%2e": "dots",
    "a/%2e%2e": "dots in a",
    "%2f": "slash",
    "a/b%2fc": "slash in a",
    "../secret": "secret",
    "../%2e%2e": "secret",
  };
  await withFolder(files, async (folder) => {
    const app = new Engine().static("/s", folder);
    const ask = async (path: string) => {
      const response = await app.fetch(rawRequest(`/s/${path}`));
      const text = await response.text();
      return response.ok ? text : response.status;
    };
    assertEquals(await ask("%252e%252e"), "dots");
    assertEquals(await ask("a/%252e%252e"), "dots in a");
    assertEquals(await ask("%252f"), "slash");
    assertEquals(await ask("a/b%252fc"), "slash in a");
    for (
      const path of [
        "%252e%252e/secret",
        "%252e%252e%252fsecret",
        "a/%252e%252e/%252e%252e/secret",
        "%25252e%25252e/secret",
        "%2e%2e/secret",
        "..%2fsecret",
        "%2e%2e%2fsecret",
      ]
    ) assertEquals(await ask(path), 404, path);
  });
});
