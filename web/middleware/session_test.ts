// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import { session, type SessionOptions, type SessionState } from "./session.ts";
import type { SessionStore } from "./session_store.ts";

interface Data {
  user: string;
  list: number[];
  text: string;
}

const KEYS = { cookieKeys: ["0123456789abcdef0123456789abcdef"] };

/** A browser in front of an engine, with a clock to turn. */
function browser(options: SessionOptions = {}) {
  const clock = { now: 1_000_000 };
  const app = new Engine<SessionState<Data>>(KEYS);
  app.use(session({ now: () => clock.now, ...options }));
  app.get("/", (c) => c.json(c.state.session.data));
  app.get("/new", (c) => c.json(c.state.session.isNew));
  app.get("/user/:name", (c) => {
    c.state.session.data.user = c.param("name");
  });
  app.get("/push", async (c) => {
    await Promise.resolve();
    (c.state.session.data.list ??= []).push(1);
  });
  app.get("/text/:length{int}", (c) => {
    c.state.session.data.text = "x".repeat(c.param("length"));
  });
  app.get("/throw", (c) => {
    c.state.session.data.user = "thrown";
    throw new HttpError(409);
  });
  app.get("/reject", async (c) => {
    await Promise.resolve();
    c.state.session.data.user = "rejected";
    throw new Error("Down");
  });
  app.get("/login", (c) => {
    c.state.session.regenerate();
    c.state.session.data.user = "tom";
  });
  app.get("/rotate", (c) => c.state.session.regenerate());
  app.get("/logout", (c) => {
    c.state.session.destroy();
    c.state.session.data.user = "ghost";
  });
  let cookie = "";
  const go = async (path: string, own = cookie) => {
    const response = await app.request(path, { headers: { cookie: own } });
    const set = response.headers.getSetCookie();
    assert(set.length < 2);
    if (set[0] !== undefined) cookie = set[0].split(";")[0] ?? "";
    if (/; Max-Age=0/.test(set[0] ?? "")) cookie = "";
    return {
      status: response.status,
      body: await response.text(),
      set: set[0],
    };
  };
  return { app, clock, go, cookie: () => cookie };
}

/** A store that shows what it holds. */
function memory() {
  const map = new Map<string, string>();
  const log: string[] = [];
  const store: SessionStore = {
    async get(key) {
      await Promise.resolve();
      return map.get(key);
    },
    async set(key, text, { ttl, mustExist }) {
      await Promise.resolve();
      log.push(`set ${ttl} ${mustExist}`);
      if (!mustExist || map.has(key)) map.set(key, text);
    },
    async delete(key) {
      await Promise.resolve();
      log.push("delete");
      return map.delete(key);
    },
  };
  return { map, log, store };
}

const KINDS = [() => ({}), () => ({ store: memory().store })] as const;

Deno.test("session() keeps data from request to request", async () => {
  for (const kind of KINDS) {
    const { go } = browser(kind());
    assertEquals((await go("/new")).body, "true");
    await go("/user/tom");
    await go("/push");
    await go("/push");
    assertEquals((await go("/new")).body, "false");
    assertEquals(JSON.parse((await go("/")).body), {
      user: "tom",
      list: [1, 1],
    });
  }
});

Deno.test("session() sets a cookie only when there is something to save", async () => {
  for (const kind of KINDS) {
    const { go } = browser(kind());
    assertEquals((await go("/")).set, undefined);
    assertEquals((await go("/rotate")).set, undefined);
    const { set = "" } = await go("/user/tom");
    assert(set.startsWith("__Host-session="));
    const [, attributes] = /;( .*)$/.exec(set.replace(/Max-Age=\d+/, "?")) ??
      [];
    assertEquals(attributes, " Path=/; ?; Secure; HttpOnly; SameSite=Lax");
    assertEquals((await go("/")).set, undefined);
    assertEquals((await go("/user/tom")).set, undefined);
  }
});

Deno.test("session() saves also when the handler throws", async () => {
  for (const kind of KINDS) {
    const { go } = browser(kind());
    const thrown = await go("/throw");
    assertEquals([thrown.status, (await go("/")).body], [
      409,
      '{"user":"thrown"}',
    ]);
    const rejected = await go("/reject");
    assertEquals([rejected.status, (await go("/")).body], [
      500,
      '{"user":"rejected"}',
    ]);
  }
});

Deno.test("session() is prolonged by use, up to its absolute end", async () => {
  // The cookie itself ends with what it holds; that of a store holds the id
  // alone, which is sent once, for as long as the session may last.
  const kinds = [
    { kind: {}, ages: [10, undefined, 10, 10, 5] },
    {
      kind: { store: memory().store },
      ages: [25, undefined, undefined, undefined, undefined],
    },
  ];
  for (const { kind, ages } of kinds) {
    const times = { idleTimeout: 10_000, absoluteTimeout: 25_000 };
    const { go, clock } = browser({ ...times, ...kind });
    const seen: (number | undefined)[] = [];
    // In the end it is 20,998 ms old, and 4,002 are left.
    for (const pause of [0, 999, 1, 9999, 9999]) {
      clock.now += pause;
      const { set } = await go(pause === 0 ? "/user/tom" : "/");
      seen.push(set && Number(/Max-Age=(\d+);/.exec(set)?.[1]) || undefined);
    }
    assertEquals(seen, ages);
    clock.now += 4001;
    assertEquals((await go("/")).body, '{"user":"tom"}');
    clock.now += 1;
    assertEquals((await go("/")).body, "{}");
  }
});

Deno.test("session() ends without use", async () => {
  for (const kind of KINDS) {
    const { go, clock } = browser({ idleTimeout: 1000, ...kind() });
    await go("/user/tom");
    clock.now += 1000;
    assertEquals((await go("/new")).body, "true");
  }
});

Deno.test("session() takes no cookie of a stranger", async () => {
  for (const kind of KINDS) {
    const { go, cookie } = browser(kind());
    await go("/user/tom");
    const mine = cookie();
    const value = mine.slice(mine.indexOf("=") + 1);
    for (
      const forged of [
        "",
        "x",
        value.slice(0, -1),
        `${value}A`,
        value.replace(/^./, (first) => first === "A" ? "B" : "A"),
        "A".repeat(43),
        btoa('0 9999999999999 {"user":"root"}'),
        `${btoa('0 9999999999999 {"user":"root"}')}.${"A".repeat(43)}`,
        "__proto__",
        "../../etc/passwd",
      ]
    ) {
      const { body } = await go("/", `__Host-session=${forged}`);
      assertEquals(body, "{}", forged);
    }
    assertEquals((await go("/", mine)).body, '{"user":"tom"}');
  }
});

Deno.test("session() takes no other cookie of ours for one", async () => {
  const app = new Engine<SessionState<Data>>(KEYS).use(session());
  app.get("/", (c) => c.json(c.state.session.data));
  app.get("/set/:name", async (c) => {
    const record = `${Date.now()} 9999999999999 {"user":"root"}`;
    const text = btoa(record).replaceAll("=", "");
    await c.setSignedCookie(c.param("name"), text);
  });
  for (
    const [name, body] of [["other", "{}"], [
      "__Host-session",
      '{"user":"root"}',
    ]]
  ) {
    const { headers } = await app.request(`/set/${name}`);
    const [, value = ""] = /=([^;]*)/.exec(headers.get("set-cookie") ?? "") ??
      [];
    const cookie = `__Host-session=${value}`;
    const response = await app.request("/", { headers: { cookie } });
    assertEquals(await response.text(), body);
  }
});

Deno.test("session() refuses more than a cookie can hold", async () => {
  const { go } = browser();
  assertEquals((await go("/text/2900")).status, 200);
  assertEquals((await go("/text/3100")).status, 500);
  assertEquals((await go("/")).body.length, '{"text":""}'.length + 2900);
  const large = browser({ store: memory().store });
  assertEquals((await large.go("/text/100000")).status, 200);
});

Deno.test("session() gives a store hashed keys and a time", async () => {
  const { map, log, store } = memory();
  const { go, cookie } = browser({ store });
  await go("/user/tom");
  const id = cookie().slice("__Host-session=".length);
  assert(/^[\w-]{43}$/.test(id));
  assertEquals([...map.keys()].map((key) => key.length), [43]);
  assert(!map.has(id));
  assertEquals([...map.values()], ['1000000 87400000 {"user":"tom"}']);
  await go("/user/sam");
  assertEquals(log, ["set 86400000 false", "set 86400000 true"]);
});

Deno.test("session.regenerate() changes the id and forgets the old one", async () => {
  const { map, store } = memory();
  const { go, cookie } = browser({ store });
  await go("/push");
  const planted = cookie();
  await go("/login");
  assert(cookie() !== planted);
  assertEquals(map.size, 1);
  assertEquals((await go("/", planted)).body, "{}");
  assertEquals((await go("/")).body, '{"list":[1],"user":"tom"}');
});

Deno.test("session() never takes over an id that a client invents", async () => {
  const { map, store } = memory();
  const { go, cookie } = browser({ store });
  const planted = `__Host-session=${"A".repeat(43)}`;
  await go("/user/tom", planted);
  assert(cookie() !== planted);
  assertEquals(map.size, 1);
  assertEquals((await go("/", planted)).body, "{}");
});

Deno.test("session.destroy() forgets the session and the cookie", async () => {
  for (const kind of KINDS) {
    const { go, cookie } = browser(kind());
    await go("/login");
    const { set } = await go("/logout");
    assert(set?.startsWith("__Host-session=; Path=/; Max-Age=0; Secure"));
    assertEquals(cookie(), "");
    assertEquals((await go("/")).body, "{}");
    assertEquals((await go("/logout")).set, undefined);
  }
});

Deno.test("session() does not bring back what another request destroyed", async () => {
  for (const path of ["/late/change", "/late/regenerate"]) {
    const { map, store } = memory();
    const { app, go, cookie } = browser({ store });
    const loaded = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    app.get("/late/:how", async (c) => {
      loaded.resolve();
      await gate.promise;
      if (c.param("how") === "regenerate") c.state.session.regenerate();
      c.state.session.data.user = "late";
    });
    await go("/login");
    const mine = cookie();
    const late = app.request(path, { headers: { cookie: mine } });
    await loaded.promise;
    await go("/logout");
    gate.resolve();
    const { status, headers } = await late;
    assertEquals([status, map.size], [200, 0]);
    const again = headers.getSetCookie()[0]?.split(";")[0] ?? mine;
    assertEquals((await go("/", again)).body, "{}");
  }
});

Deno.test("session() does not send an id again that another request replaces", async () => {
  const { app, go, cookie } = browser({ store: memory().store });
  const loaded = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  app.get("/late", async (c) => {
    loaded.resolve();
    await gate.promise;
    c.state.session.data.user = "late";
  });
  await go("/push");
  const late = app.request("/late", { headers: { cookie: cookie() } });
  await loaded.promise;
  await go("/login");
  gate.resolve();
  assertEquals((await late).headers.getSetCookie(), []);
  assertEquals((await go("/")).body, '{"list":[1],"user":"tom"}');
});

Deno.test("session() fails the request when the store does", async () => {
  const down = () => Promise.reject(new Error("Down"));
  const { store } = memory();
  const { go } = browser({ store: { ...store, set: down } });
  const failed = await go("/user/tom");
  assertEquals([failed.status, failed.set], [500, undefined]);
  assertEquals((await go("/throw")).status, 500);
  assertEquals((await go("/")).status, 200);
  const { go: ask } = browser({ store: { ...store, get: down } });
  const known = `__Host-session=${"A".repeat(43)}`;
  assertEquals((await ask("/", known)).status, 500);
});

Deno.test("session() stays synchronous where there is nothing to wait for", () => {
  const { app } = browser();
  assert(app.fetch(new Request("http://gee/")) instanceof Response);
});

Deno.test("session() refuses options without sense", () => {
  for (const name of ["idleTimeout", "absoluteTimeout"]) {
    for (const value of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => session({ [name]: value }),
        RangeError,
        `Cannot make session: got ${name} ${value}`,
      );
    }
  }
  for (
    const options of [
      { name: "a b" },
      { cookie: { secure: false } },
      { cookie: { path: "/a" } },
      { cookie: { domain: "gee.dev" } },
    ]
  ) {
    assertThrows(() => session(options), TypeError, "Cannot set cookie");
  }
});
