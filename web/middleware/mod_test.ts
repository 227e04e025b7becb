// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { Engine } from "@gee/std/web";
import {
  type BasicAuthState,
  cors,
  type CspNonceState,
  csrf,
  ipAllow,
  jwt,
  type JwtState,
  rateLimit,
  secureHeaders,
  session,
  type SessionState,
  signJwt,
} from "@gee/std/web/middleware";

const KEY = "0123456789abcdef0123456789abcdef";
type State = SessionState<{ visits: number }> & JwtState & CspNonceState;

Deno.test("Middlewares work together, and their states make one type", async () => {
  const app = new Engine<State & Partial<BasicAuthState>>({
    cookieKeys: [KEY],
  });
  app.use(
    secureHeaders({ contentSecurityPolicy: { "script-src": ["'nonce'"] } }),
    cors({ origins: ["https://app.dev"], credentials: true }),
    ipAllow({ allow: ["127.0.0.0/8"] }),
    rateLimit({ limit: 4, now: () => 0 }),
    csrf({ trustedOrigins: ["https://app.dev"] }),
    jwt({ key: KEY, algorithms: ["HS256"] }),
    session(),
  );
  app.post("/", (c) => {
    const { session, jwt, cspNonce } = c.state;
    session.data.visits = (session.data.visits ?? 0) + 1;
    return c.json([session.data.visits, jwt.payload.sub, cspNonce.length]);
  });
  const token = await signJwt({ sub: "tom" }, KEY, {
    algorithm: "HS256",
    expiresIn: 60,
  });
  await using server = app.run({ port: 0 });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const ask = async (headers: Record<string, string>, method = "POST") => {
    const response = await fetch(url, { method, headers });
    const text = await response.text();
    const { headers: answer } = response;
    // Whatever the answer, it has the headers of the outer middlewares.
    assertEquals(answer.get("x-content-type-options"), "nosniff");
    assertEquals(answer.get("vary")?.startsWith("origin"), true);
    assertEquals(
      answer.get("access-control-allow-origin"),
      headers["origin"] === "https://app.dev" ? "https://app.dev" : null,
    );
    return { status: response.status, text, answer };
  };
  const origin = "https://app.dev";
  const authorization = `Bearer ${token}`;
  const first = await ask({ origin, authorization });
  assertEquals([first.status, first.text], [200, '[1,"tom",24]']);
  const cookie = first.answer.getSetCookie()[0]?.split(";")[0] ?? "";
  const second = await ask({ origin, authorization, cookie });
  assertEquals(second.text, '[2,"tom",24]');
  const preflight = { origin, "access-control-request-method": "POST" };
  assertEquals((await ask(preflight, "OPTIONS")).status, 204);
  const evil = { origin: "https://evil.dev", authorization, cookie };
  assertEquals((await ask(evil)).status, 403);
  assertEquals((await ask({ origin, cookie })).status, 401);
  assertEquals((await ask({ origin, authorization, cookie })).status, 429);
});
