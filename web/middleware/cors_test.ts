// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import { cors, type CorsOptions } from "./cors.ts";

function appWith(options: CorsOptions): Engine {
  const app = new Engine().use(cors(options));
  app.get("/", (c) => c.appendHeader("vary", "accept").string("x"));
  app.get("/own", () => new Response("x", { headers: { vary: "accept" } }));
  app.put("/put", (c) => c.string("x"));
  app.options("/options", (c) => c.string("mine"));
  app.get("/broken", () => {
    throw new Error("Down");
  });
  app.get("/refused", () => {
    throw new HttpError(403);
  });
  return app;
}

async function ask(
  options: CorsOptions,
  target: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const [method = "", path = ""] = target.split(" ");
  const response = await appWith(options).request(path, { method, headers });
  await response.body?.cancel();
  return response;
}

const allowedTo = (response: Response) =>
  response.headers.get("access-control-allow-origin");

const SITE = "https://a.com";
const LIST: CorsOptions = {
  origins: [
    SITE,
    "http://localhost:5173",
    "capacitor://localhost",
    /https:\/\/\w+\.b\.com/,
    /^https:\/\/c\.com$/gm,
  ],
};
const preflight = (origin: string, method = "PUT") => ({
  origin,
  "access-control-request-method": method,
});

Deno.test("cors() allows the origins of its list and no look-alikes", async () => {
  for (
    const [origin, isAllowed] of [
      ["https://a.com", true],
      ["http://localhost:5173", true],
      ["capacitor://localhost", true],
      ["https://x.b.com", true],
      ["https://c.com", true],
      ["https://c.com", true], // a pattern with "g" keeps no place
      ["null", false],
      ["", false],
      ["http://a.com", false],
      ["https://a.com:8443", false],
      ["https://A.com", false],
      ["https://evil-a.com", false],
      ["https://a.com.evil", false],
      ["https://a.com/", false],
      ["https://a.com@evil.com", false],
      ["https://evil.com#https://a.com", false],
      ["https://x.b.com.evil.com", false],
      ["https://evil.com/https://x.b.com", false],
      ["https://evil.com, https://a.com", false],
      ["https://a.com, https://a.com", false],
      ["https://a.com https://evil.com", false],
      ["*", false],
    ] as const
  ) {
    for (const target of ["GET /", "OPTIONS /put"]) {
      const response = await ask(LIST, target, preflight(origin));
      assertEquals(allowedTo(response), isAllowed ? origin : null, origin);
    }
  }
});

Deno.test("cors() sets vary on every answer, errors and refusals included", async () => {
  for (
    const [target, status] of [
      ["GET /", 200],
      ["GET /own", 200],
      ["GET /nowhere", 404],
      ["POST /put", 405],
      ["OPTIONS /put", 204],
      ["GET /broken", 500],
      ["GET /refused", 403],
    ] as const
  ) {
    for (const headers of [{}, { origin: SITE }, { origin: "https://evil" }]) {
      const response = await ask(LIST, target, headers);
      assertEquals(response.status, status);
      const vary = response.headers.get("vary")?.split(/, */) ?? [];
      assertEquals(vary.filter((name) => name === "origin").length, 1, target);
      assertEquals(vary.includes("accept"), /GET \/(own)?$/.test(target));
      const isSite = "origin" in headers && headers.origin === SITE;
      assertEquals(allowedTo(response), isSite ? SITE : null);
    }
  }
});

Deno.test("cors() answers preflights, also of routes without OPTIONS", async () => {
  for (const path of ["/put", "/options", "/nowhere"]) {
    const response = await ask(LIST, `OPTIONS ${path}`, preflight(SITE));
    assertEquals(response.status, 204);
    assertEquals(Object.fromEntries(response.headers), {
      "access-control-allow-headers": "authorization, content-type",
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      "access-control-allow-origin": SITE,
      "access-control-max-age": "600",
      "vary":
        "origin, access-control-request-method, access-control-request-headers",
    });
  }
});

Deno.test("cors() tells a refused preflight nothing", async () => {
  const response = await ask(LIST, "OPTIONS /put", preflight("https://evil"));
  assertEquals(response.status, 204);
  assertEquals(Object.fromEntries(response.headers), {
    "vary":
      "origin, access-control-request-method, access-control-request-headers",
  });
});

Deno.test("cors() leaves other OPTIONS requests to the route", async () => {
  const headers = { origin: SITE };
  const automatic = await ask(LIST, "OPTIONS /put", headers);
  assertEquals(automatic.headers.get("allow"), "OPTIONS, PUT");
  assertEquals(allowedTo(automatic), SITE);
  assertEquals((await ask(LIST, "OPTIONS /options", headers)).status, 200);
  assertEquals((await ask(LIST, "OPTIONS /options")).status, 200);
});

Deno.test("cors() says what its options allow", async () => {
  const options: CorsOptions = {
    origins: [SITE],
    credentials: true,
    methods: ["PURGE"],
    headers: [],
    exposedHeaders: ["x-total", "etag"],
    maxAge: 0,
    privateNetwork: true,
  };
  const asked = {
    ...preflight(SITE),
    "access-control-request-private-network": "true",
  };
  const answer = await ask(options, "OPTIONS /put", asked);
  const { vary: _, ...headers } = Object.fromEntries(answer.headers);
  assertEquals(headers, {
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "PURGE",
    "access-control-allow-origin": SITE,
    "access-control-allow-private-network": "true",
    "access-control-expose-headers": "x-total, etag",
    "access-control-max-age": "0",
  });
  const closed = await ask(LIST, "OPTIONS /put", asked);
  assertEquals(
    closed.headers.has("access-control-allow-private-network"),
    false,
  );
  const foreign = { ...asked, origin: "https://evil" };
  const refused = await ask(options, "OPTIONS /put", foreign);
  assertEquals([...refused.headers.keys()], ["vary"]);
});

Deno.test('cors() with "*" answers all alike and needs no vary', async () => {
  for (const headers of [{}, { origin: SITE }, { origin: "null" }]) {
    const response = await ask({ origins: "*" }, "GET /broken", headers);
    assertEquals(allowedTo(response), "*");
    assertEquals(response.headers.get("vary"), null);
  }
});

Deno.test("cors() asks a function, whether it waits or not", async () => {
  const asked: string[] = [];
  for (const wrap of [(x: boolean) => x, (x: boolean) => Promise.resolve(x)]) {
    const origins = (origin: string) => {
      asked.push(origin);
      return wrap(origin === SITE);
    };
    const options = { origins, credentials: true };
    assertEquals(
      allowedTo(await ask(options, "GET /", { origin: SITE })),
      SITE,
    );
    assertEquals(
      allowedTo(await ask(options, "GET /", { origin: "https://b.com" })),
      null,
    );
    for (const headers of [{}, { origin: "null" }]) {
      assertEquals(allowedTo(await ask(options, "GET /", headers)), null);
    }
  }
  const origins = () => ({}) as boolean;
  assertEquals(
    allowedTo(await ask({ origins }, "GET /", { origin: SITE })),
    null,
  );
  assertEquals(asked, [SITE, "https://b.com", SITE, "https://b.com"]);
});

Deno.test("cors() refuses options without sense", () => {
  assertThrows(
    () => cors({ origins: "*", credentials: true }),
    TypeError,
    'Cannot make cors: the origins "*" with credentials',
  );
  for (
    const origin of [
      "null",
      "*",
      "",
      "a.com",
      `${SITE}/`,
      "https://A.com",
      "https://a.com:443",
      "https://*.a.com/x",
      "https://a.com, https://b.com",
    ]
  ) {
    assertThrows(
      () => cors({ origins: [origin] }),
      TypeError,
      `Cannot make cors: "${origin}" is not an origin`,
    );
  }
  for (const maxAge of [-1, 1.5, NaN, Infinity]) {
    assertThrows(
      () => cors({ origins: [], maxAge }),
      RangeError,
      "whole seconds",
    );
  }
  for (const key of ["methods", "headers", "exposedHeaders"]) {
    for (const name of ["", "a b", "a\r\nb: c", "a,b"]) {
      assertThrows(
        () => cors({ origins: [], [key]: [name] }),
        TypeError,
        "is not the name of a method or header",
      );
    }
  }
});
