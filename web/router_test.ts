// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Router } from "./router.ts";

function routerOf(...patterns: string[]): Router<string> {
  const router = new Router<string>();
  for (const pattern of patterns) router.add("GET", pattern, pattern);
  return router;
}

function found(router: Router<string>, path: string): string | undefined {
  return router.match("GET", path)?.value;
}

Deno.test("Router.match() prefers static, then param, then wildcard in any order", () => {
  const patterns = [
    "/hello/:name",
    "/hello/cool",
    "/hello/*rest",
    "/hello/b/c",
  ];
  for (const order of [patterns, patterns.toReversed()]) {
    const router = routerOf(...order);
    assertEquals(found(router, "/hello/cool"), "/hello/cool");
    assertEquals(found(router, "/hello/cooler"), "/hello/:name");
    assertEquals(found(router, "/hello/b/c"), "/hello/b/c");
    assertEquals(found(router, "/hello/zzz/c"), "/hello/*rest");
  }
});

Deno.test("Router.match() backtracks over every level", () => {
  const router = routerOf("/a/b/c", "/a/:x/d", "/:y/b/:z/e", "/*rest");
  assertEquals(router.match("GET", "/a/b/d")?.param("x"), "b");
  const match = router.match("GET", "/a/b/c/e");
  assertEquals(match?.value, "/:y/b/:z/e");
  assertEquals([match?.param("y"), match?.param("z")], ["a", "c"]);
  assertEquals(router.match("GET", "/a/b/c/f")?.param("rest"), "a/b/c/f");
});

Deno.test("Router.match() goes on when the nearer route lacks the method", () => {
  const router = new Router<string>();
  router.add("GET", "/users/new", "form");
  router.add("POST", "/users/:id", "update");
  assertEquals(router.match("POST", "/users/new")?.param("id"), "new");
  assertEquals(router.match("PUT", "/users/new"), undefined);
});

Deno.test("Router.match() keeps two names at one position apart", () => {
  const router = new Router<string>();
  router.add("GET", "/u/:id", "one");
  router.add("POST", "/u/:uid", "two");
  router.add("GET", "/u/:user/posts", "three");
  assertEquals(router.match("GET", "/u/1")?.param("id"), "1");
  assertEquals(router.match("POST", "/u/1")?.param("uid"), "1");
  assertEquals(router.match("GET", "/u/1/posts")?.param("user"), "1");
  assertEquals(router.match("GET", "/u/1/posts")?.param("id"), undefined);
});

Deno.test("Router.match() decodes each segment once", () => {
  const router = routerOf("/user/:name", "/caf\u00e9/100%25", "/hello");
  const name = (path: string) => router.match("GET", path)?.param("name");
  assertEquals(name("/user/a%2Fb"), "a/b");
  assertEquals(name("/user/a%252Fb"), "a%2Fb");
  assertEquals(name("/user/%252e%252e"), "%2e%2e");
  assertEquals(name("/user/*x"), "*x");
  assertEquals(found(router, "/%68ello"), "/hello");
  assertEquals(found(router, "/caf%C3%A9/100%25"), "/caf\u00e9/100%25");
  assertEquals(found(router, "/caf%C3%A9/100%"), undefined);
  for (const bad of ["%", "%zz", "%ff", "%00", "a%2"]) {
    assertEquals(router.match("GET", `/user/${bad}`), undefined, bad);
  }
});

Deno.test("Router.match() keeps an encoded slash apart in segments()", () => {
  const router = routerOf("/files/*path");
  const match = router.match("GET", "/files/a%2Fb/c//d");
  assertEquals(match?.param("path"), "a/b/c//d");
  assertEquals(match?.segments("path"), ["a/b", "c", "", "d"]);
  assertEquals(match?.segments("nope"), []);
});

Deno.test("Router.match() reads the path out of a whole URL", () => {
  const router = routerOf("/user/:name", "/files/*path", "/");
  const url = "http://localhost/user/tom?next=/user/%zz#x";
  assertEquals(router.match("GET", url, 16)?.param("name"), "tom");
  assertEquals(router.match("GET", "/user/tom#/x")?.param("name"), "tom");
  assertEquals(router.match("GET", "/files/a#b?c")?.param("path"), "a");
  assertEquals(router.match("GET", "/#b?c")?.value, "/");
});

Deno.test("Router.match() is strict about slashes and empty segments", () => {
  const router = routerOf("/v1", "/p/:lang", "/assets/*filepath", "/w/");
  for (
    const path of ["/v1/", "/p/", "/p/go/", "//v1", "/assets", "/assets/", "/w"]
  ) assertEquals(found(router, path), undefined, path);
  assertEquals(found(router, "/w/"), "/w/");
});

Deno.test("Router.match() uses GET for HEAD and * for any other method", () => {
  const router = new Router<string>();
  router.add("*", "/x", "any");
  router.add("GET", "/x", "get");
  assertEquals(router.match("HEAD", "/x")?.value, "get");
  assertEquals(router.match("BREW", "/x")?.value, "any");
  router.add("HEAD", "/x", "head");
  assertEquals(router.match("HEAD", "/x")?.value, "head");
});

Deno.test("Router.match() keeps a match valid after later ones", () => {
  const router = routerOf("/:a/:b/:c");
  const first = router.match("GET", "/1/2/3");
  router.match("GET", "/x/y/z");
  assertEquals(first?.names.map((name) => first.param(name)), ["1", "2", "3"]);
});

Deno.test("Router.allowed() collects the methods of every fitting route", () => {
  const router = new Router<string>();
  router.add("GET", "/users/new", "a");
  router.add("POST", "/users/:id", "b");
  router.add("DELETE", "/other", "c");
  assertEquals(router.allowed("/users/new"), ["GET", "POST"]);
  assertEquals(router.allowed("/nope"), []);
  assertEquals(router.match("GET", "/users/new")?.value, "a");
});

Deno.test("Router.add() refuses a duplicate and names both places", () => {
  const router = routerOf("/u/:id");
  const error = assertThrows(
    () => router.add("GET", "/u/:uid", "again"),
    TypeError,
    'Cannot add route "GET /u/:uid" at ',
  );
  const places = error.message.match(/router_test\.ts:\d+:\d+/g) ?? [];
  assertEquals(new Set(places).size, 2, error.message);
  assert(error.message.includes('"GET /u/:id" at '), error.message);
});

/** The rule, one segment after the other, without any tree. */
function naiveMatch(patterns: string[], path: string): string | undefined {
  const wanted = path.split("/").slice(1);
  const rank = (pattern: string) =>
    pattern.split("/").map((piece) => ({ ":": 1, "*": 2 })[piece[0] ?? ""] ?? 0)
      .join("");
  return patterns.filter((pattern) => {
    const pieces = pattern.split("/").slice(1);
    const isOpen = pieces.at(-1)?.startsWith("*") ?? false;
    const length = isOpen ? pieces.length - 1 : pieces.length;
    if (
      isOpen ? wanted.slice(length).join("/") === "" : wanted.length !== length
    ) {
      return false;
    }
    return pieces.slice(0, length).every((piece, index) =>
      piece.startsWith(":") ? wanted[index] !== "" : piece === wanted[index]
    );
  }).sort((a, b) => rank(a) < rank(b) ? -1 : 1)[0];
}

/** Mulberry32: a printed seed replays a failure. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

Deno.test("Router.match() agrees with a naive matcher on random routes", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomFrom(seed);
    const pieces = ["a", "ab", "abc", "b", ":x", "\u00fc", ":x", "a.b", ""];
    const pattern = () => {
      const path: string[] = [];
      const length = 1 + random(4);
      while (path.length < length) {
        const piece = pieces[random(pieces.length)] ?? "";
        if (piece === "" && path.length < length - 1) continue;
        path.push(piece === ":x" ? `:x${path.length}` : piece);
      }
      return `/${path.join("/")}${
        random(5) === 0 && path.at(-1) !== "" ? "/*" : ""
      }`;
    };
    const patterns = [...new Set(Array.from({ length: 12 }, pattern))];
    const router = routerOf(...patterns);
    for (let round = 0; round < 60; round++) {
      const path = "/" + Array.from(
        { length: 1 + random(5) },
        () => ["a", "ab", "abc", "b", "\u00fc", "a.b", "", "zz"][random(8)],
      ).join("/");
      assertEquals(
        found(router, path),
        naiveMatch(patterns, path),
        `seed ${seed}, path "${path}", patterns ${patterns}`,
      );
    }
  }
});

Deno.test("Router.match() asks scanners in an order of their own", () => {
  const patterns = [
    "/x/:any",
    "/x/:own{slug}",
    "/x/:word{alpha}",
    "/x/:uuid{uuid}",
    "/x/:id{int}",
    "/x/:order{asc|desc}",
    "/x/new",
    "/x/*rest",
  ];
  const scanners = { slug: /[a-z]+-[a-z]+/ };
  const uuid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
  for (const order of [patterns, patterns.toReversed()]) {
    const router = new Router<string>({ scanners });
    for (const pattern of order) router.add("GET", pattern, pattern);
    const table = {
      new: "/x/new",
      asc: "/x/:order{asc|desc}",
      "12": "/x/:id{int}",
      "012": "/x/:any",
      [uuid]: "/x/:uuid{uuid}",
      word: "/x/:word{alpha}",
      "a-b": "/x/:own{slug}",
      "a-b-c": "/x/:any",
      "a/b": "/x/*rest",
    };
    for (const [path, pattern] of Object.entries(table)) {
      assertEquals(found(router, `/x/${path}`), pattern, path);
    }
  }
});

Deno.test("Router.match() gives numbers for int and backtracks over scanners", () => {
  const router = routerOf("/u/:id{int}/a", "/u/:name/b", "/u/:id{int}/:n{int}");
  assertEquals(router.match("GET", "/u/7/a")?.param("id"), 7);
  assertEquals(router.match("GET", "/u/7/b")?.param("name"), "7");
  const match = router.match("GET", "/u/-7/0");
  assertEquals([match?.param("id"), match?.param("n")], [-7, 0]);
  assertEquals(found(router, "/u/x/a"), undefined);
  assertEquals(found(router, "/u/7/c"), undefined);
});

Deno.test("Router.match() asks scanners about decoded segments", () => {
  const router = routerOf("/x/:w{alpha}", "/y/:n{int}", "/z/:w{a|b}");
  assertEquals(router.match("GET", "/x/%61b")?.param("w"), "ab");
  assertEquals(router.match("GET", "/y/%37")?.param("n"), 7);
  assertEquals(found(router, "/z/%62"), "/z/:w{a|b}");
  assertEquals(found(router, "/x/a%2Fb"), undefined);
});

Deno.test("Router.add() refuses unknown scanners and equal ones", () => {
  const router = routerOf("/x/:id{int}");
  assertThrows(
    () => router.add("GET", "/x/:id{uid}", ""),
    SyntaxError,
    'Cannot read pattern "/x/:id{uid}": "{uid}" is not a scanner (did you mean "uuid"?)',
  );
  assertThrows(
    () => router.add("GET", "/x/:other{int}", ""),
    TypeError,
    '"GET /x/:id{int}" at',
  );
  router.add("GET", "/x/:id", "");
});

Deno.test("Router with ignoreCase folds static text and keeps values", () => {
  const router = new Router<string>({ ignoreCase: true });
  router.add("GET", "/Users/:Name/Posts", "posts");
  router.add("GET", "/caf\u00c9/:x{Yes|no}", "cafe");
  const match = router.match("GET", "http://h/USERS/ToM/pOSTS?Q=1", 8);
  assertEquals([match?.value, match?.param("Name")], ["posts", "ToM"]);
  assertEquals(found(router, "/CAF%C3%89/Yes"), "cafe");
  assertEquals(found(router, "/CAF%C3%89/yes"), undefined);
  assertEquals(found(router, "/CAF%C3%A9/Yes"), undefined);
  assertThrows(() => router.add("GET", "/uSERS/:x/posts", ""), TypeError);
});
