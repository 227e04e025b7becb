// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { LoadError, OverloadError, PeerError } from "../errors.ts";
import { Group } from "../group.ts";
import type { GroupOptions } from "../group_options.ts";
import type { ByteView } from "../byte_view.ts";
import type { PeerSource } from "../peer.ts";
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

const BYTES = "application/octet-stream";
const TEXT = "text/plain; charset=utf-8";

Deno.test("HttpPool.fetch() answers as the Go original", async () => {
  const pool = demo();
  const answers: [path: string, ...answer: [number, string, string]][] = [
    ["/_geecache/scores/Tom", 200, BYTES, "\n\x03630"],
    ["/_geecache/scores/a%2Bb", 200, BYTES, "\n\x04plus"],
    ["/_geecache/scores/x%2Fy", 200, BYTES, "\n\x05slash"],
    ["/_geecache/scores/empty", 200, BYTES, ""],
    ["/_geecache/nogroup/Tom", 404, TEXT, "no such group: nogroup\n"],
    ["/_geecache/scores", 400, TEXT, "bad request\n"],
    ["/_geecache/scores/", 500, TEXT, "key is required\n"],
  ];
  for (const [path, ...answer] of answers) {
    assertEquals(await ask(pool, path), answer, path);
  }
});

Deno.test("HttpPool.fetch() mends what the original gets wrong", async () => {
  const pool = demo();
  const answers: [path: string, ...answer: [number, string, string]][] = [
    // The original takes the "+" of its own client for a plus.
    ["/_geecache/scores/a+b", 200, BYTES, "\n\x05space"],
    ["/_geecache/scores/a%20b", 200, BYTES, "\n\x05space"],
    // It answers 500 with the text of the error.
    ["/_geecache/scores/nobody", 404, TEXT, "no such key\n"],
    // It closes the connection.
    ["/other", 404, TEXT, "not found\n"],
    ["/_geecache/scores/%zz", 400, TEXT, "bad request\n"],
  ];
  for (const [path, ...answer] of answers) {
    assertEquals(await ask(pool, path), answer, path);
  }
});

Deno.test("HttpPool.fetch() sends the headers of Go's http.Error", async () => {
  const response = await demo().fetch(new Request(`${SELF}/other`));
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  await response.body?.cancel();
});

Deno.test("HttpPool.fetch() answers GET alone", async () => {
  const pool = demo();
  for (const method of ["POST", "PUT", "DELETE", "HEAD"]) {
    const response = await pool.fetch(
      new Request(`${SELF}/_geecache/scores/Tom`, { method }),
    );
    assertEquals([response.status, response.headers.get("allow")], [
      405,
      "GET",
    ]);
    await response.body?.cancel();
  }
});

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
  const pool = new HttpPool("http://127.0.0.1:8001");
  pool.set("http://127.0.0.1:8001", "http://127.0.0.1:8002");
  assertEquals(pool.pickPeer("Tom"), undefined);
  assert(pool.pickPeer("Jack") !== undefined);
  assertEquals(pool.peers, ["http://127.0.0.1:8001", "http://127.0.0.1:8002"]);
});

Deno.test("HttpPool.pickPeer() leaves keys that no URL carries to this node", () => {
  const pool = new HttpPool(SELF);
  pool.set(OTHER);
  for (const key of [".", "..", "\ud800"]) {
    assertEquals(pool.pickPeer(key), undefined);
  }
  assert(pool.pickPeer("...") !== undefined);
});

Deno.test("HttpPool.set() replaces the list and keeps it when the new one is wrong", () => {
  const pool = new HttpPool(SELF);
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
  const wrong = ["", "127.0.0.1:1", "ftp://a", "http://a/", "http://a/b/"];
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
  for (const timeout of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => new HttpPool(SELF, { timeout }),
      RangeError,
      `Cannot create a pool with timeout ${timeout}: want a number above 0`,
    );
  }
});

Deno.test("HttpPool.register() refuses a second group of one name and names no URL carries", () => {
  const pool = demo();
  assertThrows(
    () => pool.register(new Group("scores", () => "")),
    TypeError,
    'Cannot register group "scores": there is one of this name already',
  );
  assertThrows(
    () => pool.register(new Group("..", () => "")),
    TypeError,
    'Cannot register group "..": a URL cannot carry this name',
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
    `Cannot get "k" of group "g" from "${OTHER}": Cannot ask a peer: the pool is closed`,
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
      requests.push(request);
      return await answer(request);
    },
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
      "want status 200, got 500",
      () => new Response("Tom not exist\n", { status: 500 }),
    ],
    ["want status 200, got 302", () => Response.redirect(`${SELF}/evil`)],
    ["want status 200, got 404", () => new Response(null, { status: 404 })],
    ["it is cut short", () => new Response(Uint8Array.fromHex("0a0336"))],
    ["it exceeds 8 bytes", () => new Response(new Uint8Array(9))],
    ["no error at all", () => Promise.reject("no error at all")],
  ];
  for (const [why, answer] of cases) {
    const { group, errors } = asker(answer, { maxResponseBytes: 8 });
    assertEquals(String(await group.get("k")), "own k");
    assertEquals(group.stats().entries, 0);
    const [error] = errors;
    assertInstanceOf(error, PeerError);
    assertEquals(error.peer, OTHER);
    assert(
      error.message.startsWith(`Cannot get "k" of group "g" from "${OTHER}": `),
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
    maxResponseBytes: 5000,
  });
  assertEquals(String(await group.get("k")), "own k");
  assert(isCanceled);
  assert(pulled < 10);
});

Deno.test("HttpPool asks the source when a peer takes too long", async () => {
  const { group, errors } = asker(
    ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    { timeout: 1 },
  );
  assertEquals(String(await group.get("k")), "own k");
  assertInstanceOf(errors[0], PeerError);
  assert(errors[0].message.endsWith("Cannot wait longer than 1 ms"));
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

/** A node of a cluster on loopback. */
interface Node extends AsyncDisposable {
  readonly url: string;
  readonly pool: HttpPool;
  readonly group: Group;
  readonly asked: string[];
  readonly stop: () => Promise<void>;
}

/** Starts nodes whose groups answer with the name of the key, or none. */
async function cluster(
  size: number,
  options: GroupOptions<ByteView> = {},
): Promise<Node[] & AsyncDisposable> {
  const nodes = await Promise.all(Array.from({ length: size }, () => {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request): Promise<Response> => pool.fetch(request),
    );
    const url = `http://127.0.0.1:${server.addr.port}`;
    const pool: HttpPool = new HttpPool(url);
    const asked: string[] = [];
    const group = new Group("names", (key) => {
      asked.push(key);
      if (key.startsWith("fail")) throw new Error("Cannot load");
      return key.startsWith("none") ? undefined : `<${key}>`;
    }, options);
    pool.register(group);
    let stopped: Promise<void> | undefined;
    const stop = () => stopped ??= server.shutdown();
    const dispose = async () => {
      await pool.close();
      await group.close();
      await stop();
    };
    return { url, pool, group, asked, stop, [Symbol.asyncDispose]: dispose };
  }));
  for (const { pool } of nodes) pool.set(...nodes.map(({ url }) => url));
  const dispose = async () => {
    for (const node of nodes) await node[Symbol.asyncDispose]();
  };
  return Object.assign(nodes, { [Symbol.asyncDispose]: dispose });
}

/** A key of the kind that the node owns. */
function keyOf(node: Node, kind = "key"): string {
  for (let index = 0;; index++) {
    const key = `${kind} ${index}`;
    if (node.pool.pickPeer(key) === undefined) return key;
  }
}

Deno.test("HttpPool loads each key once in a cluster and gives it to every node", async () => {
  await using nodes = await cluster(3);
  const keys = [
    "a b",
    "a+b",
    "x/y",
    "%2F",
    "%",
    "üñ",
    "中文",
    "😀",
    "__proto__",
  ];
  keys.push(
    "constructor",
    "?",
    "#",
    "...",
    "\0",
    "a\r\nb",
    "Tom",
    "Jack",
    "Sam",
  );
  for (const key of keys) {
    for (const { group } of nodes) {
      assertEquals(String(await group.get(key)), `<${key}>`);
    }
  }
  const asked = nodes.flatMap(({ asked }) => asked);
  assertEquals(asked.sort(), keys.sort());
  const entries = nodes.map(({ group }) => group.stats().entries);
  assertEquals(entries.reduce((sum, count) => sum + count), keys.length);
});

Deno.test("HttpPool has every node load the keys that no URL carries", async () => {
  await using nodes = await cluster(2);
  for (const key of [".", "..", "\ud800", "\udc00"]) {
    for (const { group } of nodes) {
      assertEquals(
        (await group.get(key))?.length,
        key.length === 1 && key !== "." ? 5 : key.length + 2,
      );
    }
  }
  assertEquals(nodes.map(({ asked }) => asked.length), [4, 4]);
});

Deno.test("HttpPool asks the source of a missing key once in the cluster", async () => {
  await using nodes = await cluster(2);
  for (const node of nodes) {
    const key = keyOf(node, "none");
    for (const { group } of nodes) {
      assertEquals(await group.get(key), undefined);
    }
  }
  assertEquals(nodes.map(({ asked }) => asked.length), [1, 1]);
});

Deno.test("HttpPool asks a failing source once in the cluster", async () => {
  await using nodes = await cluster(2, { now: () => 0 });
  const [owner, other] = nodes;
  assert(owner !== undefined && other !== undefined);
  const key = keyOf(owner, "fail");
  await assertRejects(() => other.group.get(key), LoadError);
  await assertRejects(() => owner.group.get(key), Error, "Cannot load");
  assertEquals([owner.asked, other.asked], [[key], []]);
});

Deno.test("HttpPool survives a dead owner without keeping its keys", async () => {
  await using nodes = await cluster(2);
  const [dead, other] = nodes;
  assert(dead !== undefined && other !== undefined);
  await dead.stop();
  const key = keyOf(dead);
  assertEquals(String(await other.group.get(key)), `<${key}>`);
  assertEquals([other.asked, other.group.stats().entries], [[key], 0]);
});

Deno.test("HttpPool never forwards a forwarded question, though nodes disagree", async () => {
  await using nodes = await cluster(2);
  const [a, b] = nodes;
  assert(a !== undefined && b !== undefined);
  a.pool.set(b.url); // each takes the other for the owner of everything
  b.pool.set(a.url);
  const both = [a.group.get("k"), b.group.get("k")];
  assertEquals((await Promise.all(both)).map(String), ["<k>", "<k>"]);
  assertEquals([a.asked, b.asked], [["k"], ["k"]]);
  assertEquals([a.group.stats().entries, b.group.stats().entries], [0, 0]);
});

Deno.test("HttpPool.fetch() forwards the question of a Go node once", async () => {
  await using nodes = await cluster(2);
  const [owner, other] = nodes;
  assert(owner !== undefined && other !== undefined);
  const key = keyOf(owner);
  const path = `/_geecache/names/${encodeURIComponent(key)}`;
  const response = await fetch(other.url + path);
  assertEquals((await response.text()).slice(2), `<${key}>`);
  assertEquals([owner.asked, other.asked], [[key], []]);
});

Deno.test('HttpPool.fetch() answers a Go node for the key ".." over a plain socket', async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    demo().fetch,
  );
  const { port } = server.addr;
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  // As captured from a Go node, with its connection closed after the answer.
  const head =
    `GET /_geecache/scores/.. HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    "User-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n" +
    "Connection: close\r\n\r\n";
  await socket.write(new TextEncoder().encode(head));
  let answer = "";
  const decoder = new TextDecoder();
  for await (const chunk of socket.readable) answer += decoder.decode(chunk);
  assert(answer.startsWith("HTTP/1.1 200 OK\r\n"));
  assert(answer.includes("content-type: application/octet-stream\r\n"));
  assert(answer.endsWith("\r\n\r\n\n\x04dots"));
  await server.shutdown();
});

Deno.test("HttpPool.fetch() tells an overloaded owner from a dead one", async () => {
  const busy: PeerSource = {
    name: "g",
    getBytes: () => Promise.reject(new OverloadError("Cannot load")),
    registerPeers() {},
  };
  const owner = new HttpPool(OTHER);
  owner.register(busy);
  const { group } = asker(owner.fetch);
  await assertRejects(() => group.get("k"), LoadError);
  assertEquals(group.stats().loads, 0);
});
