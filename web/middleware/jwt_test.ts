// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import * as jose from "npm:jose@6.2.18";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import type { JwtAlgorithm } from "../jwt/algorithm.ts";
import { JwtError } from "../jwt/jwt_error.ts";
import { signJwt } from "../jwt/sign_jwt.ts";
import { joseKeys } from "../jwt/testdata/forge.ts";
import { jwt, type JwtOptions, type JwtState } from "./jwt.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const hs = { algorithm: "HS256", expiresIn: 60 } as const;
const token = await signJwt({ sub: "tom" }, KEY, hs);

function appWith(options: Partial<JwtOptions> = {}): Engine<JwtState> {
  const app = new Engine<JwtState>();
  app.use(jwt({ algorithms: ["HS256"], key: KEY, ...options }));
  return app.get("/", (c) => c.json(c.state.jwt.payload));
}

async function ask(
  app: Engine<JwtState>,
  headers: Record<string, string> = {},
) {
  const response = await app.request("/", { headers });
  const challenge = response.headers.get("www-authenticate");
  return [response.status, challenge, await response.json()];
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const REALM = 'Bearer realm="Restricted"';

Deno.test("jwt() leaves the token in the state", async () => {
  const [status, , payload] = await ask(appWith(), bearer(token));
  assertEquals([status, payload.sub], [200, "tom"]);
});

Deno.test("jwt() answers as RFC 6750 has it and tells no reasons", async () => {
  const refused = { message: "Unauthorized" };
  const app = appWith();
  for (
    const [headers, status, challenge] of [
      [{}, 401, REALM],
      [{ authorization: "Basic x" }, 401, REALM],
      [{ authorization: "Bearer" }, 400, `${REALM}, error="invalid_request"`],
      [bearer("x"), 401, `${REALM}, error="invalid_token"`],
      [bearer(`${token}A`), 401, `${REALM}, error="invalid_token"`],
      [
        bearer(await signJwt({ exp: 1 }, KEY, { algorithm: "HS256" })),
        401,
        `${REALM}, error="invalid_token"`,
      ],
    ] as const
  ) {
    const expected = status === 400 ? { message: "Bad Request" } : refused;
    const given = headers as Record<string, string>;
    assertEquals(await ask(app, given), [status, challenge, expected]);
  }
});

Deno.test("jwt() tells onError what is wrong with a token", async () => {
  const faults: unknown[] = [];
  const app = appWith().onError((error, c) => {
    const cause = error instanceof HttpError ? error.cause : undefined;
    if (cause instanceof JwtError) faults.push(cause.fault);
    return c.fail(401, "x");
  });
  await ask(app, bearer(`${token}A`));
  await ask(app, bearer("x"));
  assertEquals(faults, ["signature", "malformed"]);
});

Deno.test("jwt() takes the token from where it is told", async () => {
  const app = appWith({ token: (c) => c.cookie("token") });
  const statusOf = async (headers: Record<string, string>) =>
    (await ask(app, headers))[0];
  assertEquals(await statusOf({ cookie: `token=${token}` }), 200);
  assertEquals(await statusOf(bearer(token)), 401);
  assertEquals(await statusOf({ cookie: "token=" }), 401);
});

Deno.test("jwt() follows the keys of an issuer", async () => {
  const pairs = await Promise.all(
    ["1", "2"].map((kid) =>
      joseKeys("ES256").then((pair) => ({ ...pair, kid }))
    ),
  );
  let published = pairs.slice(0, 1);
  let now = Date.now();
  let isDown = false;
  const fetch = async () => {
    if (isDown) throw new Error("Down");
    const keys = published.map(async ({ verify, kid }) => ({
      ...await jose.exportJWK(verify),
      kid,
    }));
    return Response.json({ keys: await Promise.all(keys) });
  };
  const options: JwtOptions = {
    algorithms: ["ES256"],
    keysUrl: "https://issuer.dev/keys",
    remote: { fetch, now: () => now },
  };
  const app = new Engine<JwtState>().use(jwt(options));
  app.get("/", (c) => c.json(c.state.jwt.header));
  const tokens = await Promise.all(
    pairs.map(({ sign, kid }) =>
      signJwt({}, sign, { algorithm: "ES256", kid, expiresIn: 9999 })
    ),
  );
  const statuses = async () => {
    const answers = tokens.map((token) => ask(app, bearer(token)));
    return (await Promise.all(answers)).map(([status]) => status);
  };
  isDown = true;
  assertEquals(await statuses(), [503, 503]);
  isDown = false;
  now += 1000;
  assertEquals(await statuses(), [200, 401]);
  published = pairs;
  now += 30_000;
  assertEquals(await statuses(), [200, 200]);
});

Deno.test("jwt() refuses options without sense at once", () => {
  const none = [] as JwtAlgorithm[];
  const keysUrl = "https://issuer.dev/keys";
  for (
    const [options, kind, message] of [
      [{ algorithms: none, key: KEY }, TypeError, "want algorithms"],
      [{ algorithms: ["none" as JwtAlgorithm], key: KEY }, TypeError, "none"],
      [{ algorithms: ["HS256"] }, TypeError, "want either key or keysUrl"],
      [{ algorithms: ["ES256"], key: KEY, keysUrl }, TypeError, "want either"],
      [{ algorithms: ["ES256"], key: KEY }, TypeError, "not one of ES256"],
      [{ algorithms: ["HS512"], key: KEY }, RangeError, "256 bits, want 512"],
      [{ algorithms: ["HS256"], key: KEY, realm: "\n" }, TypeError, "quote"],
      [
        { algorithms: ["HS256"], key: KEY, clockSkew: -1 },
        RangeError,
        "clockSkew -1",
      ],
      [{ algorithms: ["ES256"], keysUrl: "http://x" }, TypeError, "https:"],
    ] as [JwtOptions, ErrorConstructor, string][]
  ) {
    assertThrows(() => jwt(options), kind, message);
  }
});
