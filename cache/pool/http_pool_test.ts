// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { LoadError, PeerError } from "../errors.ts";
import { Group } from "../group.ts";
import { Cluster } from "../testdata/cluster.ts";
import { HttpPool, type HttpPoolOptions } from "./http_pool.ts";

const SELF = "http://127.0.0.1:1";
const OTHER = "http://127.0.0.1:2";

/** The demo of the original, as one node without peers. */
function demo(options: HttpPoolOptions = {}) {
  const pool = new HttpPool(SELF, options);
  const scores = new Map([["Tom", "630"], ["a+b", "plus"], ["a b", "space"]]);
  for (
    const [key, value] of [["x/y", "slash"], ["empty", ""], ["..", "dots"]]
  ) {
    scores.set(key as string, value as string);
  }
  pool.register(new Group("scores", (key) => scores.get(key)));
  return pool;
}

/** Status, content type and body of the answer to a GET. */
async function ask(pool: HttpPool, path: string, init?: RequestInit) {
  const response = await pool.fetch(new Request(SELF + path, init));
  const type = response.headers.get("content-type");
  return [response.status, type, await response.text()];
}

const TEXT = "text/plain; charset=utf-8";

Deno.test("HttpPool.fetch() uses the base path it was given", async () => {
  const pool = demo({ basePath: "/" });
  assertEquals((await ask(pool, "/scores/Tom"))[0], 200);
  assertEquals((await ask(pool, "/_geecache/scores/Tom"))[0], 404);
});

Deno.test("HttpPool.fetch() keeps the error of a getter to onError", async () => {
  const errors: unknown[] = [];
  const pool = new HttpPool(SELF, { onError: (error) => errors.push(error) });
  const secret = new Error("Cannot reach db at 10.0.0.7");
  pool.register(
    new Group("g", () => {
      throw secret;
    }),
  );
  assertEquals(await ask(pool, "/_geecache/g/k"), [500, TEXT, "load failed\n"]);
  assertEquals(errors, [secret]);
});

Deno.test("HttpPool.fetch() answers 503 when there is no room or no time", async () => {
  const pool = new HttpPool(SELF, { timeout: 1 });
  const options = { maxLoads: 1, maxWaiting: 0 };
  const signals: AbortSignal[] = [];
  pool.register(
    new Group("g", (_key, { signal }) => {
      signals.push(signal);
      return new Promise<string>(() => {});
    }, options),
  );
  const hung = ask(pool, "/_geecache/g/hung");
  const late = [503, TEXT, "try again later\n"];
  assertEquals(await ask(pool, "/_geecache/g/full"), late);
  assertEquals(await hung, late);
  assert(signals[0]?.aborted);
});

Deno.test("HttpPool.pickPeer() knows no peer before set()", () => {
  assertEquals(new HttpPool(SELF).pickPeer("Tom"), undefined);
});

Deno.test("HttpPool.pickPeer() agrees with the ring of the original", () => {
  const pool = new HttpPool("http://127.0.0.1:8001", { ring: "crc32x50" });
  pool.set("http://127.0.0.1:8001", "http://127.0.0.1:8002");
  assertEquals(pool.pickPeer("Tom"), undefined);
  assert(pool.pickPeer("Jack") !== undefined);
  assertEquals(pool.peers, ["http://127.0.0.1:8001", "http://127.0.0.1:8002"]);
});

Deno.test("HttpPool.pickPeer() leaves keys that no URL carries to this node where Go nodes are", () => {
  const pool = new HttpPool(SELF, { ring: "crc32x50" });
  pool.set(OTHER);
  for (const key of [".", "..", "\ud800"]) {
    assertEquals(pool.pickPeer(key), undefined);
  }
  assert(pool.pickPeer("...") !== undefined);
});

Deno.test("HttpPool.set() replaces the list and keeps it when the new one is wrong", async () => {
  await using pool = new HttpPool(SELF);
  pool.set(SELF, OTHER);
  assertThrows(
    () => pool.set(SELF, OTHER, SELF),
    RangeError,
    `Cannot set peers: "${SELF}" is there twice`,
  );
  assertThrows(
    () => pool.set(...Array.from({ length: 1025 }, (_, i) => `${SELF}${i}`)),
    RangeError,
    "Cannot set 1025 peers: want at most 1024",
  );
  assertEquals(pool.peers, [SELF, OTHER]);
  pool.set();
  assertEquals([pool.peers, pool.pickPeer("k")], [[], undefined]);
});

Deno.test("HttpPool() and set() refuse peers that nodes could spell differently", () => {
  const wrong = ["127.0.0.1:1", "ftp://a", "http://a/", "http://a/b/"];
  wrong.push("http://a?b", "http://a#b", "http://u:p@a", "http://u@a");
  for (const peer of wrong) {
    const message =
      `Cannot use peer "${peer}": want an http or https URL without trailing slash`;
    assertThrows(() => new HttpPool(peer), TypeError, message);
    assertThrows(() => new HttpPool(SELF).set(peer), TypeError, message);
  }
});

Deno.test("HttpPool() refuses a base path without slashes and numbers out of bounds", () => {
  for (const basePath of ["", "cache", "/cache", "cache/", "/a?/"]) {
    assertThrows(
      () => new HttpPool(SELF, { basePath }),
      TypeError,
      `Cannot use base path "${basePath}": want a slash at both ends`,
    );
  }
  for (const maxAnswerBytes of [0, NaN]) {
    assertThrows(
      () => new HttpPool(SELF, { maxAnswerBytes }),
      RangeError,
      `Cannot create a pool with maxAnswerBytes ${maxAnswerBytes}: want a whole number above 0`,
    );
  }
  for (const timeout of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => new HttpPool(SELF, { timeout }),
      RangeError,
      `Cannot create a pool with timeout ${timeout}: want a finite number above 0`,
    );
  }
});

Deno.test("HttpPool.register() refuses a second group of one name and names no URL carries", () => {
  const pool = demo({ ring: "crc32x50" });
  assertThrows(
    () => pool.register(new Group("scores", () => "")),
    TypeError,
    'Cannot register group "scores": there is one of this name already',
  );
  assertThrows(
    () => pool.register(new Group("..", () => "")),
    TypeError,
    'Cannot register group "..": peers cannot be asked for this name',
  );
});

Deno.test("HttpPool.close() answers 503, picks no peer and ends questions, twice over", async () => {
  const pool = new HttpPool(SELF, {
    fetch: (request) =>
      new Promise((_resolve, reject) => {
        const { signal } = request;
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  pool.set(OTHER);
  const wait = pool.pickPeer("k")?.get("g", "k");
  await pool.close();
  await pool[Symbol.asyncDispose]();
  await assertRejects(
    async () => await wait,
    PeerError,
    `Cannot get "k" of group "g" at "${OTHER}": Cannot ask "${OTHER}": it is closed`,
  );
  assertEquals(pool.pickPeer("k"), undefined);
  assertEquals(await ask(pool, "/_geecache/g/k"), [503, TEXT, "closed\n"]);
});

/** A node that asks, whose one peer answers as the test says. */
function asker(
  answer: (request: Request) => Response | Promise<Response>,
  options: HttpPoolOptions = {},
) {
  const errors: unknown[] = [];
  const requests: Request[] = [];
  const pool = new HttpPool(SELF, {
    onError: (error) => errors.push(error),
    fetch: async (request) => {
      // A Go node does not know batches.
      if (request.method === "POST") {
        return new Response("bad request\n", {
          status: 400,
          headers: { "content-length": "12" },
        });
      }
      requests.push(request);
      return await answer(request);
    },
    ring: "crc32x50",
    ...options,
  });
  pool.set(OTHER);
  const group = new Group("g", (key) => `own ${key}`);
  pool.register(group);
  return { pool, group, errors, requests };
}

Deno.test("HttpPool asks a Go node for its value with a hop mark and no redirects", async () => {
  const body = Uint8Array.fromHex("0a03363330");
  const { group, requests } = asker(() => new Response(body));
  assertEquals(String(await group.get("a b/ü")), "630");
  const [request] = requests;
  assertEquals(request?.url, `${OTHER}/_geecache/g/a%20b%2F%C3%BC`);
  assertEquals(
    [
      request?.method,
      request?.redirect,
      request?.headers.get("x-geecache-hop"),
    ],
    ["GET", "manual", "1"],
  );
});

Deno.test("HttpPool reads an answer that comes in pieces", async () => {
  const pieces = ["0a", "03", "3633", "30"].map((hex) =>
    Uint8Array.fromHex(hex)
  );
  const { group } = asker(() => new Response(ReadableStream.from(pieces)));
  assertEquals(String(await group.get("k")), "630");
});

Deno.test("HttpPool asks the source when a peer gives no usable answer", async () => {
  const cases: [why: string, answer: () => Response | Promise<Response>][] = [
    [
      "connection refused",
      () => Promise.reject(new TypeError("connection refused")),
    ],
    [
      'it answered "unknownGroup"',
      () => new Response("Tom not exist\n", { status: 500 }),
    ],
    ["want status 200, got 302", () => Response.redirect(`${SELF}/evil`)],
    [
      'it answered "unknownGroup"',
      () => new Response(null, { status: 404 }),
    ],
    ["it is cut short", () => new Response(Uint8Array.fromHex("0a0336"))],
    ["it exceeds 64 bytes", () => new Response(new Uint8Array(65))],
    ["no error at all", () => Promise.reject("no error at all")],
  ];
  for (const [why, answer] of cases) {
    const { group, errors } = asker(answer, { maxAnswerBytes: 64 });
    assertEquals(String(await group.get("k")), "own k");
    assertEquals(group.stats().entries, 0);
    const [error] = errors;
    assertInstanceOf(error, PeerError);
    assertEquals(error.peer, OTHER);
    assert(
      error.message.startsWith(`Cannot get "k" of group "g" at "${OTHER}": `),
    );
    assert(error.message.endsWith(why), error.message);
  }
});

Deno.test("HttpPool stops reading an endless answer at its limit", async () => {
  let pulled = 0;
  let isCanceled = false;
  const endless = new ReadableStream({
    pull: (controller) => {
      pulled++;
      controller.enqueue(new Uint8Array(1000));
    },
    cancel: () => {
      isCanceled = true;
    },
  });
  const { group } = asker(() => new Response(endless), {
    maxAnswerBytes: 5000,
  });
  assertEquals(String(await group.get("k")), "own k");
  assert(isCanceled);
  assert(pulled < 10);
});

Deno.test("HttpPool asks the source when a peer takes too long", async () => {
  const { pool, group, errors } = asker(
    ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    { timeout: 20 },
  );
  assertEquals(String(await group.get("k")), "own k");
  assertInstanceOf(errors[0], PeerError);
  assert(errors[0].message.endsWith("Cannot wait longer than 20 ms"));
  // On a slow machine the batch is given up before it finds a Go node, which is
  // still being asked then.
  await pool.close();
});

Deno.test("HttpPool passes a failure of the owner on and leaves the source alone", async () => {
  const { group, errors } = asker(() =>
    new Response("load failed\n", {
      status: 500,
      headers: { "x-geecache-answer": "failed" },
    })
  );
  await assertRejects(
    () => group.get("k"),
    LoadError,
    `Cannot get "k" of group "g": its owner "${OTHER}" failed to load it`,
  );
  assertEquals([group.stats().loads, errors], [0, []]);
});

Deno.test("HttpPool rejects with the reason of a caller who leaves", async () => {
  const { pool, errors } = asker(() => new Promise(() => {}));
  const peer = pool.pickPeer("k");
  const signal = AbortSignal.abort(new Error("gone"));
  await assertRejects(
    async () => await peer?.get("g", "k", { signal }),
    Error,
    "gone",
  );
  assertEquals(errors, []);
});

Deno.test("HttpPool.fetch() forwards the question of a Go node once", async () => {
  await using cluster = await Cluster.start(2, { kind: "http" });
  const key = "key";
  const [owner, other] = [cluster.ownerOf(key), cluster.otherOf(key)];
  const response = await fetch(`${other.name}/_geecache/scores/${key}`);
  assertEquals((await response.text()).slice(2), `value of ${key}`);
  assertEquals([owner.loads, other.loads], [[key], []]);
});

Deno.test("HttpPool never forwards a forwarded question, though nodes disagree", async () => {
  await using cluster = await Cluster.start(2, { kind: "http" });
  const [a, b] = cluster.nodes;
  assert(a !== undefined && b !== undefined);
  a.pool.set(b.name); // each takes the other for the owner of everything
  b.pool.set(a.name);
  const both = [a.group.get("k"), b.group.get("k")];
  assertEquals((await Promise.all(both)).map(String), [
    "value of k",
    "value of k",
  ]);
  assertEquals([a.loads, b.loads], [["k"], ["k"]]);
  assertEquals([a.group.stats().entries, b.group.stats().entries], [0, 0]);
});

Deno.test("HttpPool asks the source of a missing and of a failing key once", async () => {
  for (const kind of ["none", "fail"]) {
    await using cluster = await Cluster.start(3, {
      kind: "http",
      group: { now: () => 0 },
      getter: () => () => {
        if (kind === "fail") throw new Error("Cannot load");
        return undefined;
      },
    });
    for (const { group } of cluster.nodes) {
      const answer = group.get("k");
      if (kind === "none") assertEquals(await answer, undefined);
      else await assertRejects(() => answer, Error, "Cannot");
    }
    assertEquals(cluster.nodes.flatMap(({ loads }) => loads), ["k"]);
  }
});

Deno.test("HttpPool.fetch() tells an overloaded owner from a dead one", async () => {
  await using cluster = await Cluster.start(2, {
    kind: "http",
    group: { maxLoads: 1, maxWaiting: 0 },
    getter: () => () => new Promise(() => {}),
  });
  const [one = "", two = ""] = cluster.keysOf(cluster.at(1), 2);
  const hung = cluster.at(1).group.get(one).catch(() => {});
  await assertRejects(
    () => cluster.at(0).group.get(two),
    LoadError,
    "has no room or time to load it",
  );
  assertEquals(cluster.at(0).group.stats().loads, 0);
  await cluster.at(1).group.close();
  await hung;
});
