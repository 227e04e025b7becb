// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Engine, type EngineOptions } from "../engine.ts";
import { csrf, type CsrfOptions } from "./csrf.ts";
import type { CsrfState } from "./csrf_token.ts";

const KEYS = { cookieKeys: ["0123456789abcdef0123456789abcdef"] };

function appWith(
  options?: CsrfOptions,
  engine?: EngineOptions,
): Engine<CsrfState> {
  const app = new Engine<CsrfState>(engine).use(csrf(options));
  app.any("/", (c) => c.string("done"));
  app.get("/token", async (c) => c.string(await c.state.csrfToken()));
  app.post("/form", async (c) => c.string(await c.postForm("name") ?? ""));
  return app;
}

async function statusOf(
  app: Engine<CsrfState>,
  headers: Record<string, string>,
  method = "POST",
  url = "http://gee.dev/",
): Promise<number> {
  const response = await app.request(new Request(url, { method, headers }));
  await response.body?.cancel();
  return response.status;
}

Deno.test("csrf() judges by sec-fetch-site and origin", async () => {
  const app = appWith({ trustedOrigins: ["https://sso.dev"] });
  const own = "http://gee.dev";
  for (
    const [site, origin, status] of [
      ["same-origin", undefined, 200],
      ["same-origin", own, 200],
      ["none", undefined, 200],
      // Requests of the page itself may come without the true origin.
      ["same-origin", "null", 200],
      ["cross-site", undefined, 403],
      ["cross-site", own, 403],
      ["cross-site", "https://evil.dev", 403],
      ["cross-site", "https://sso.dev", 200],
      ["cross-site", "https://sso.dev.evil", 403],
      ["same-site", undefined, 403],
      ["same-site", "http://x.gee.dev", 403],
      ["", undefined, 403],
      ["Same-Origin", undefined, 403],
      ["same-origin, cross-site", undefined, 403],
      ["future-value", undefined, 403],
      [undefined, own, 200],
      [undefined, "https://sso.dev", 200],
      [undefined, "https://gee.dev", 403],
      [undefined, "http://gee.dev:8080", 403],
      [undefined, "http://evil.dev", 403],
      [undefined, "http://gee.dev.evil", 403],
      [undefined, "http://evil-gee.dev", 403],
      [undefined, "null", 403],
      [undefined, "", 403],
      [undefined, `${own}, http://evil.dev`, 403],
      [undefined, undefined, 200],
    ] as const
  ) {
    const headers: Record<string, string> = {};
    if (site !== undefined) headers["sec-fetch-site"] = site;
    if (origin !== undefined) headers["origin"] = origin;
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "X-CUSTOM"]) {
      assertEquals(
        await statusOf(app, headers, method),
        status,
        `${method} ${site} ${origin}`,
      );
    }
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      assertEquals(await statusOf(app, headers, method), 200);
    }
  }
});

Deno.test("csrf() does not run the handler of what it refuses", async () => {
  let runs = 0;
  const app = new Engine().use(csrf());
  app.post("/", () => {
    runs++;
  });
  const headers = { "sec-fetch-site": "cross-site" };
  const response = await app.request("/", { method: "POST", headers });
  assertEquals(await response.json(), { message: "Forbidden" });
  assertEquals(runs, 0);
});

Deno.test("csrf() knows its own origin behind trusted proxies alone", async () => {
  const ask = async (trustProxy: string[]) => {
    const request = new Request("http://10.0.0.2:8000/", {
      method: "POST",
      headers: {
        origin: "https://gee.dev",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "gee.dev",
      },
    });
    const info = { remoteAddr: { hostname: "10.0.0.1" } };
    return (await appWith({}, { trustProxy }).fetch(request, info)).status;
  };
  assertEquals(await ask(["10.0.0.1"]), 200);
  assertEquals(await ask(["10.0.0.9"]), 403);
  assertEquals(await ask([]), 403);
});

async function tokenOf(app: Engine<CsrfState>, cookie = "") {
  const response = await app.request("/token", { headers: { cookie } });
  const token = await response.text();
  const set = response.headers.getSetCookie();
  return { token, set, cookie: set[0]?.split(";")[0] ?? cookie };
}

Deno.test("csrf() with a token wants it where the origin is unknown", async () => {
  const app = appWith({ token: true }, KEYS);
  const mine = await tokenOf(app);
  const other = await tokenOf(app);
  assertEquals(mine.set.length, 1);
  assert(mine.set[0]?.startsWith("__Host-csrf="));
  assert(/; Secure; HttpOnly; SameSite=Lax$/.test(mine.set[0] ?? ""));
  assert(mine.token !== other.token);
  const unsigned = `__Host-csrf=${mine.token}`;
  const { cookie, token } = mine;
  for (
    const [headers, status] of [
      [{ cookie, "x-csrf-token": token }, 200],
      [{ "sec-fetch-site": "same-origin" }, 200],
      [{ origin: "http://gee.dev" }, 200],
      [{}, 403],
      [{ cookie }, 403],
      [{ "x-csrf-token": token }, 403],
      [{ cookie, "x-csrf-token": "" }, 403],
      [{ cookie, "x-csrf-token": other.token }, 403],
      [{ cookie: other.cookie, "x-csrf-token": token }, 403],
      [{ cookie: unsigned, "x-csrf-token": token }, 403],
      [{ cookie: `${unsigned}.`, "x-csrf-token": `${token}.` }, 403],
      [{ cookie: "__Host-csrf=", "x-csrf-token": "" }, 403],
      [{ cookie, "x-csrf-token": token, origin: "http://evil.dev" }, 403],
      [
        { cookie, "x-csrf-token": token, "sec-fetch-site": "cross-site" },
        403,
      ],
    ] as const
  ) {
    assertEquals(
      await statusOf(app, headers as Record<string, string>),
      status,
      JSON.stringify(headers),
    );
  }
});

Deno.test("csrf() takes the token from a form, and leaves the form readable", async () => {
  const app = appWith({ token: { field: "t", cookie: "csrf" } }, KEYS);
  const { token, cookie } = await tokenOf(app);
  for (const [value, status] of [[token, 200], ["x", 403]] as const) {
    const urlencoded = new URLSearchParams({ t: value, name: "tom" });
    const multipart = new FormData();
    multipart.set("t", value);
    multipart.set("name", "tom");
    for (const body of [urlencoded, multipart]) {
      const headers = { cookie };
      const init = { method: "POST", headers, body };
      const response = await app.request("/form", init);
      assertEquals(response.status, status);
      const text = await response.text();
      if (status === 200) assertEquals(text, "tom");
    }
  }
  const file = new FormData();
  file.set("t", new Blob([token]));
  const init = { method: "POST", headers: { cookie }, body: file };
  assertEquals((await app.request("/form", init)).status, 403);
});

Deno.test("csrf() keeps the token of a client that has one", async () => {
  const app = appWith({ token: true }, KEYS);
  const first = await tokenOf(app);
  const again = await tokenOf(app, first.cookie);
  assertEquals([again.token, again.set], [first.token, []]);
});

Deno.test("csrf() refuses options without sense", () => {
  for (const origin of ["null", "*", "sso.dev", "https://sso.dev/"]) {
    assertThrows(
      () => csrf({ trustedOrigins: [origin] }),
      TypeError,
      `Cannot make csrf: "${origin}" is not an origin`,
    );
  }
  assertThrows(
    () => csrf({ token: { cookie: "a b" } }),
    TypeError,
    'Cannot set cookie "a b"',
  );
});
