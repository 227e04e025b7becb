// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Group } from "../../cache/mod.ts";
import type { Context, Handler } from "../context.ts";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import type { ResponseCacheOptions } from "./answer_cache.ts";
import { language, type LanguageState } from "./language.ts";
import { memoryStore, type ResponseStore } from "./memory_store.ts";
import { responseCache } from "./response_cache.ts";

/** An engine with one cached route that counts its calls. */
function rig(
  handler: (c: Context, call: number) => Response | Promise<Response>,
  options: ResponseCacheOptions = { ttl: 1000 },
) {
  const rig = {
    calls: 0,
    time: 0,
    app: new Engine(),
    async get(
      path: string,
      headers: Record<string, string> = {},
      method = "GET",
    ) {
      const response = await rig.app.request(path, { headers, method });
      return { response, status: response.status, text: await response.text() };
    },
  };
  const cache = responseCache({ now: () => rig.time, ...options });
  for (const pattern of ["/", "/*path"]) {
    rig.app.any(pattern, cache, (c: Context) => handler(c, ++rig.calls));
  }
  return rig;
}

function answer(headers: Record<string, string>, status = 200) {
  return (_c: Context, call: number) =>
    new Response(status === 204 ? null : String(call), { headers, status });
}

Deno.test("responseCache() keeps answers by method, origin, path and query", async () => {
  const { get } = rig((c, call) => c.json({ call, path: c.path }));
  const asked = [
    "/a",
    "/a?x=1&y=2",
    "/a?y=2&x=1",
    "/A",
    "http://other/a",
    "https://other/a",
  ];
  const seen = new Set<string>();
  for (let round = 0; round < 2; round++) {
    for (const target of asked) seen.add((await get(target)).text);
  }
  seen.add((await get("/a", {}, "HEAD")).text);
  assertEquals(seen.size, asked.length + 1);
});

Deno.test("responseCache() obeys what the answer says of itself", async () => {
  const cases: [control: string, isKept: boolean][] = [
    ["max-age=10", true],
    ["MAX-AGE=10", true],
    ['max-age="10"', true],
    ["s-maxage=10, max-age=0", true],
    ["s-maxage=0, max-age=10", false],
    ["max-age=0", false],
    ["max-age=-1", false],
    ["max-age=1e3", false],
    ["max-age", false],
    ["no-store", false],
    ["public, max-age=10, no-store", false],
    ["private, max-age=10", false],
    ['private="x", max-age=10', false],
    ["no-cache, max-age=10", false],
    ["public", true],
  ];
  for (const [control, isKept] of cases) {
    const { get } = rig(answer({ "cache-control": control }));
    await get("/");
    assertEquals([control, (await get("/")).text], [
      control,
      isKept ? "1" : "2",
    ]);
  }
  const silent = rig(answer({}), {});
  await silent.get("/");
  assertEquals((await silent.get("/")).text, "2");
});

Deno.test("responseCache() lets answers go stale, and tells their age", async () => {
  const test = rig(answer({ "cache-control": "max-age=10", age: "4" }));
  assertEquals((await test.get("/")).response.headers.get("age"), "4");
  test.time = 2500;
  const hit = await test.get("/");
  assertEquals([hit.text, hit.response.headers.get("age")], ["1", "6"]);
  test.time = 6000;
  assertEquals((await test.get("/")).text, "2");

  const dated = rig(answer({ expires: new Date(5000).toUTCString() }));
  await dated.get("/");
  dated.time = 4999;
  assertEquals((await dated.get("/")).text, "1");
  dated.time = 5000;
  assertEquals((await dated.get("/")).text, "2");
});

Deno.test("responseCache() keeps neither errors nor cookies nor what varies unkeyed", async () => {
  const handlers: ((c: Context, call: number) => Response)[] = [
    answer({}, 404),
    answer({}, 500),
    answer({}, 204),
    answer({ "set-cookie": "a=b" }),
    answer({ vary: "cookie" }),
    answer({ vary: "*" }),
    answer({ "content-type": "text/event-stream" }),
    (c, call) => c.setCookie("a", "b").string(String(call)),
    (c, call) => c.setHeader("cache-control", "no-store").string(String(call)),
    (c, call) => c.appendHeader("vary", "accept").string(String(call)),
    (c) => c.string("x".repeat(2000)),
  ];
  for (const handler of handlers) {
    const test = rig(handler, { ttl: 1000, maxBytes: 1000 });
    await test.get("/");
    await test.get("/");
    assertEquals(test.calls, 2);
  }
  const posted = rig(answer({}));
  await posted.get("/", {}, "POST");
  await posted.get("/", {}, "POST");
  assertEquals(posted.calls, 2);
  const missing = rig(answer({}, 404), { ttl: 1000, statuses: [404] });
  await missing.get("/");
  assertEquals((await missing.get("/")).status, 404);
  assertEquals(missing.calls, 1);
});

Deno.test("responseCache() shows handlers nothing that is not part of the key", async () => {
  const test = rig(async (c) =>
    c.json({
      headers: Object.fromEntries(c.request.headers),
      origin: c.origin,
      body: await c.body.text(),
      cookie: c.cookie("a") ?? null,
    }), { ttl: 1000, vary: ["Accept"] });
  const evil = {
    accept: "a",
    "accept-language": "evil",
    host: "evil",
    "x-forwarded-host": "evil",
    "x-original-url": "/evil",
    "if-none-match": '"evil"',
    range: "bytes=0-1",
    "user-agent": "evil",
  };
  const first = await test.get("/", evil);
  assertEquals(JSON.parse(first.text), {
    headers: { accept: "a", host: "localhost" },
    origin: "http://localhost",
    body: "",
    cookie: null,
  });
  assertEquals((await test.get("/", { accept: "a" })).text, first.text);
  assertEquals(test.calls, 1);
  await test.get("/", { accept: "b" });
  await test.get("/");
  assertEquals(test.calls, 3);
});

Deno.test("responseCache() believes proxies as the engine does", async () => {
  let calls = 0;
  const app = new Engine({ trustProxy: ["10.0.0.1"] });
  app.use(responseCache({ ttl: 1000 }));
  app.get("/", (c) => c.json([++calls, c.origin]));
  const ask = async (peer: string, host: string) => {
    const request = new Request("http://inside/", {
      headers: { "x-forwarded-host": host, "x-forwarded-proto": "https" },
    });
    const info = { remoteAddr: { hostname: peer } };
    return await (await app.fetch(request, info)).json();
  };
  assertEquals(await ask("10.0.0.1", "a.example"), [1, "https://a.example"]);
  assertEquals(await ask("10.0.0.1", "b.example"), [2, "https://b.example"]);
  assertEquals(await ask("10.0.0.1", "a.example"), [1, "https://a.example"]);
  assertEquals(await ask("10.9.9.9", "a.example"), [3, "http://inside"]);
  assertEquals(await ask("10.9.9.9", "evil.example"), [3, "http://inside"]);
});

Deno.test("responseCache() tells apart where it is mounted", async () => {
  const inner = new Engine().use(responseCache({ ttl: 1000 }));
  inner.get("/", (c) => c.string(c.connection?.mountPath ?? ""));
  const app = new Engine().mount("/a", inner.fetch).mount("/b", inner.fetch);
  for (const path of ["/a", "/b", "/a"]) {
    assertEquals(await (await app.request(path)).text(), path);
  }
});

Deno.test("responseCache() keeps the parts of a key apart", async () => {
  const vary = ["x-a", "x-b"];
  const test = rig(answer({}), { ttl: 1000, vary });
  const values = [
    "",
    "1",
    '"',
    '","',
    '1","2',
    '1"],["x-b","',
    "null",
    "\\",
    ",",
    "]",
  ];
  const seen = new Set<string>();
  for (const path of ["/", '/?","', "/x-a"]) {
    for (const a of values) {
      for (const b of values) {
        seen.add((await test.get(path, { "x-a": a, "x-b": b })).text);
      }
    }
  }
  await test.get("/", { "x-a": "1" });
  await test.get("/", { "x-b": "1" });
  assertEquals(seen.size, 3 * values.length ** 2);
  assertEquals(test.calls, seen.size + 2);
});

Deno.test("responseCache() shows the whole request again to those outside", async () => {
  const app = new Engine();
  const seen: (string | undefined)[] = [];
  app.use(async (c) => {
    await c.next();
    seen.push(c.header("x-a"));
  }, responseCache({ ttl: 1000 }));
  app.get("/", (c) => c.json(c.header("x-a") ?? null));
  app.get("/fails", () => {
    throw new Error("No");
  });
  app.onError((_, c) => c.json(500, c.header("x-a") ?? null));
  const headers = { "x-a": "1" };
  assertEquals(await (await app.request("/", { headers })).json(), null);
  assertEquals(await (await app.request("/fails", { headers })).json(), "1");
  assertEquals(seen, ["1"]);
});

Deno.test("responseCache() keys what middleware outside varies by", async () => {
  const app = new Engine<LanguageState>();
  app.use(language({ supported: ["en", "de"] }), responseCache({ ttl: 1000 }));
  let calls = 0;
  app.get("/", (c) => c.json([++calls, c.state.language]));
  const ask = async (tag: string) => {
    const headers = { "accept-language": tag };
    const response = await app.request("/", { headers });
    assertEquals(response.headers.get("vary"), "accept-language");
    return await response.json();
  };
  assertEquals(await ask("en"), [1, "en"]);
  assertEquals(await ask("de"), [2, "de"]);
  assertEquals(await ask("en"), [1, "en"]);
});

Deno.test("responseCache() keeps persons apart", async () => {
  for (const headers of [{ authorization: "Basic a" }, { cookie: "a=b" }]) {
    const own = rig((c, call) =>
      c.string(
        `${call} ${
          c.header("authorization") ?? c.header("cookie") ?? "nobody"
        }`,
      )
    );
    const me = Object.values(headers)[0];
    assertEquals((await own.get("/", headers)).text, `1 ${me}`);
    assertEquals((await own.get("/")).text, "2 nobody");
    assertEquals((await own.get("/")).text, "2 nobody");
    assertEquals((await own.get("/", headers)).text, `3 ${me}`);

    const all = rig(answer({ "cache-control": "public, max-age=10" }));
    assertEquals((await all.get("/", headers)).text, "1"); // never kept
    assertEquals((await all.get("/")).text, "2");
    assertEquals((await all.get("/", headers)).text, "2");

    const names = Object.keys(headers);
    const keyed = rig(answer({}), { ttl: 1000, vary: names });
    assertEquals((await keyed.get("/", headers)).text, "1");
    assertEquals((await keyed.get("/", headers)).text, "1");
    assertEquals((await keyed.get("/")).text, "2");
  }
});

Deno.test("responseCache() repeats the headers of the handler and no others", async () => {
  let requests = 0;
  const outside: Handler = (c) => {
    c.setHeader("x-outside", String(++requests)).setHeader("x-both", "outside");
    c.appendHeader("x-list", "outside");
    return c.next();
  };
  const app = new Engine().use(outside, responseCache({ ttl: 1000 }));
  app.get("/", (c) => {
    c.setHeader("x-both", "inside").appendHeader("x-list", "inside");
    return new Response("x", {
      headers: { "content-type": "text/a" },
      status: 200,
    });
  });
  for (const request of ["1", "2", "3"]) {
    const { headers } = await app.request("/");
    assertEquals(headers.get("x-outside"), request);
    assertEquals(headers.get("x-both"), "inside");
    assertEquals(headers.get("x-list"), "outside, inside");
    assertEquals(headers.get("content-type"), "text/a");
  }
});

Deno.test("responseCache() answers 304 from what it keeps", async () => {
  const test = rig((c) =>
    c.setHeader("cache-control", "max-age=9").string("x")
  );
  const tag = (await test.get("/")).response.headers.get("etag") ?? "";
  const known = await test.get("/", { "if-none-match": tag });
  assertEquals([known.status, known.text], [304, ""]);
  assertEquals(known.response.headers.get("cache-control"), "max-age=9");
  assertEquals((await test.get("/", { "if-none-match": '"a"' })).status, 200);
  assertEquals(test.calls, 1);
  const own = rig((c) => c.setHeader("etag", '"v1"').string("x"));
  const headers = { "if-none-match": '"v1"' };
  assertEquals((await own.get("/", headers)).status, 304);
  assertEquals((await own.get("/", headers)).status, 304);
  assertEquals(own.calls, 1);
});

Deno.test("responseCache() runs one handler for all who ask at once", async () => {
  const step = Promise.withResolvers<void>();
  const test = rig(async (c, call) => {
    await step.promise;
    return c.appendHeader("x-call", String(call)).json(call);
  });
  const answers = Array.from({ length: 50 }, () => test.get("/"));
  step.resolve();
  for (const { text, response } of await Promise.all(answers)) {
    assertEquals([text, response.headers.get("x-call")], ["1", "1"]);
  }
  assertEquals(test.calls, 1);
});

Deno.test("responseCache() gives those who wait the error, but not the answer that none may share", async () => {
  const step = Promise.withResolvers<void>();
  const failing = rig(async () => {
    await step.promise;
    throw new HttpError(502, "Upstream", { expose: true });
  });
  const secret = rig(async (c, call) => {
    await step.promise;
    return c.setCookie("a", String(call)).json(call);
  });
  const errors = Array.from({ length: 5 }, () => failing.get("/"));
  const secrets = Array.from({ length: 5 }, () => secret.get("/"));
  step.resolve();
  for (const { status } of await Promise.all(errors)) assertEquals(status, 502);
  assertEquals(failing.calls, 1);
  const texts = (await Promise.all(secrets)).map(({ text }) => text);
  assertEquals(texts.sort(), ["1", "2", "3", "4", "5"]);
});

Deno.test("responseCache() finds another to ask when who asked has left", async () => {
  const left = new AbortController();
  const test = rig((c, call) => {
    if (call > 1) return c.json(call);
    assertEquals(c.signal.aborted, false); // from here on it is watched
    return new Promise(() => {});
  });
  const first = test.app.request("/", { signal: left.signal });
  const others = Array.from({ length: 5 }, () => test.get("/"));
  left.abort();
  assertEquals((await first).status, 499);
  for (const { text } of await Promise.all(others)) assertEquals(text, "2");
  assertEquals(test.calls, 2);
});

Deno.test("responseCache() lets streams pass as they come", async () => {
  const step = Promise.withResolvers<void>();
  const test = rig((c) =>
    c.stream(async function* () {
      yield "abc";
      await step.promise;
      yield "def";
    }())
  );
  const response = await test.app.request("/");
  step.resolve();
  assertEquals(await response.text(), "abcdef");
  assertEquals((await test.get("/")).status, 200);
  assertEquals(test.calls, 2);
});

Deno.test("responseCache() needs a store that works for no request", async () => {
  const failing: ResponseStore[] = [
    {
      get: () => {
        throw new Error("get");
      },
      set: () => {
        throw new Error("set");
      },
    },
    {
      get: () => Promise.reject(new Error("get")),
      set: () => Promise.reject(new Error("set")),
    },
  ];
  for (const store of failing) {
    const errors: string[] = [];
    const test = rig(answer({}), {
      ttl: 1000,
      store,
      onStoreError(error) {
        errors.push(String(error));
        throw error;
      },
    });
    assertEquals((await test.get("/")).text, "1");
    assertEquals((await test.get("/")).text, "2");
    assertEquals(errors.slice(0, 2), ["Error: get", "Error: set"]);
  }
  const garbage = ["", "{}", "{}\n", "null\nx", '{"key":1}\n', "\n\n\n"];
  for (const text of garbage) {
    const bytes = new TextEncoder().encode(text);
    const store = { get: () => Promise.resolve(bytes), set: () => {} };
    const test = rig(answer({}), { ttl: 1000, store });
    assertEquals((await test.get("/")).text, "1");
  }
  const silent = { get: () => new Promise<undefined>(() => {}), set: () => {} };
  const test = rig(answer({}), { ttl: 1000, store: silent, storeTimeout: 1 });
  assertEquals((await test.get("/")).text, "1");
});

Deno.test("responseCache() takes a group of our cache as its store", async () => {
  await using group = new Group("answers", () => undefined);
  const store: ResponseStore = {
    get: async (key) => (await group.get(key))?.bytes(),
    set: (key, value) => group.set(key, value),
  };
  const test = rig((c, call) => c.json(call), { ttl: 1000, store });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => test.get("/")),
  );
  for (const { text } of answers) assertEquals(text, "1");
  assertEquals((await test.get("/")).text, "1");
  assertEquals([test.calls, group.stats().entries], [1, 1]);
  test.time = 1000;
  assertEquals((await test.get("/")).text, "2");
});

Deno.test("responseCache() stays synchronous on a hit in memory", async () => {
  const test = rig(answer({}));
  await test.get("/");
  const hit = test.app.fetch(new Request("http://localhost/"));
  assertEquals(hit instanceof Response, true);
});

Deno.test("responseCache() keeps bytes that no reader can change", async () => {
  const test = rig((c) => c.data(new Uint8Array([1, 10, 0, 255])));
  for (let round = 0; round < 3; round++) {
    const bytes = await (await test.app.request("/")).bytes();
    assertEquals([...bytes], [1, 10, 0, 255]);
    bytes.fill(7);
  }
});

Deno.test("responseCache() refuses options without sense", () => {
  assertThrows(() => responseCache({ ttl: -1 }), RangeError, "ttl -1");
  assertThrows(() => responseCache({ maxBytes: NaN }), RangeError, "NaN");
  assertThrows(
    () => responseCache({ storeTimeout: 0 }),
    RangeError,
    "storeTimeout 0",
  );
  assertThrows(() => responseCache({ vary: ["*"] }), TypeError, '"*" in vary');
  assertThrows(
    () => responseCache({ vary: ["a b"] }),
    TypeError,
    '"a b" in vary',
  );
});

Deno.test("memoryStore() forgets what is stale and what was not asked for the longest", () => {
  let time = 0;
  const store = memoryStore({ maxBytes: 1000, now: () => time });
  const put = (key: string, size: number) =>
    store.set(key, new Uint8Array(size), { ttl: 10 });
  const has = (key: string) => store.get(key) !== undefined;
  put("a", 200);
  put("b", 200);
  put("c", 200);
  assertEquals(has("a"), true);
  put("d", 200);
  assertEquals(["a", "b", "c", "d"].map(has), [true, false, true, true]);
  put("huge", 2000);
  assertEquals(["a", "huge"].map(has), [true, false]);
  put("a", 250);
  put("a", 200);
  assertEquals(["a", "c", "d"].map(has), [true, true, true]);
  time = 10;
  assertEquals(has("a"), false);
  assertThrows(() => memoryStore({ maxBytes: -1 }), RangeError, "maxBytes -1");
});
