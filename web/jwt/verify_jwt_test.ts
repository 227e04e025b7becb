// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects } from "@std/assert";
import * as jose from "npm:jose@6.2.18";
import type { JwtAlgorithm } from "./algorithm.ts";
import { JwtError } from "./jwt_error.ts";
import type { JwtKey } from "./jwt_key.ts";
import { signJwt } from "./sign_jwt.ts";
import {
  claims,
  forge,
  now,
  pairOf,
  SECRET,
  toPart,
} from "./testdata/forge.ts";
import { verifyJwt } from "./verify_jwt.ts";

const ALGORITHMS: readonly JwtAlgorithm[] = [
  ...["HS256", "HS384", "HS512", "RS256", "RS384", "RS512"] as const,
  ...["PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"] as const,
];

Deno.test("verifyJwt() and signJwt() understand jose, and jose them", async () => {
  for (const algorithm of ALGORITHMS) {
    const { sign, verify } = await pairOf(algorithm);
    const signJwk = await jose.exportJWK(sign);
    const verifyJwk = await jose.exportJWK(verify);
    const theirs = await new jose.SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid: "1" }).sign(sign);
    for (const key of [verify, verifyJwk, signJwk] as JwtKey[]) {
      const options = { algorithms: ALGORITHMS, now };
      // A JSON key of RSA is one of several algorithms; the token says which.
      const { header, payload } = await verifyJwt(theirs, key, options)
        .catch((error) => {
          throw new Error(algorithm, { cause: error });
        });
      assertEquals(header, { alg: algorithm, kid: "1" });
      assertEquals<unknown>(payload, claims);
    }
    for (const key of [sign, signJwk] as JwtKey[]) {
      const ours = await signJwt(claims, key, { algorithm, kid: "2" });
      const { protectedHeader, payload } = await jose.jwtVerify(ours, verify, {
        algorithms: [algorithm],
        currentDate: new Date(now()),
      });
      assertEquals(protectedHeader, { alg: algorithm, typ: "JWT", kid: "2" });
      assertEquals<unknown>(payload, claims);
    }
  }
});

Deno.test("verifyJwt() takes the examples of RFC 7515 and RFC 8037", async () => {
  const secret = {
    kty: "oct",
    k: "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
  };
  const hmac =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const { payload } = await verifyJwt(hmac, secret, {
    algorithms: ["HS256"],
    issuer: "joe",
    now: () => 1300819379_000,
  });
  assertEquals<unknown>(payload, {
    iss: "joe",
    exp: 1300819380,
    "http://example.com/is_root": true,
  });
  const curve = {
    kty: "OKP",
    crv: "Ed25519",
    x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
  };
  const edwards =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
  // Its payload is no JSON, which is found out only after its signature.
  await assertRejects(
    () => verifyJwt(edwards, curve, { algorithms: ["EdDSA"] }),
    JwtError,
    "Cannot accept the JWT: a part of it is no JSON",
  );
});

const hs = { alg: "HS256", typ: "JWT" };
const good = await forge(hs);
const es = await pairOf("ES256");
const rs = await pairOf("RS256");
const rsPublic = await jose.exportJWK(rs.verify) as JwtKey & object;
const rsPem = await jose.exportSPKI(rs.verify);
const rsToken = await signJwt(claims, rs.sign, { algorithm: "RS256" });

Deno.test("verifyJwt() accepts what is only unusual", async () => {
  for (
    const [token, options] of [
      [good, {}],
      [good, { typ: "jwt" }],
      [good, { typ: "application/JWT" }],
      [await forge({ ...hs, typ: "application/at+jwt" }), { typ: "at+jwt" }],
      [
        await forge({
          ...hs,
          jku: "https://evil.dev",
          jwk: { kty: "oct", k: toPart("x") },
        }),
        {},
      ],
      [await forge({ ...hs, kid: "any" }), {}],
      [await forge(hs, { sub: "x" }), { required: [] }],
      [await forge(hs, { exp: 1471 }), {}],
      [await forge(hs, { exp: 1501 }), { clockSkew: 0 }],
      [await forge(hs, { exp: 9e9, nbf: 1530, iat: 1530 }), {}],
      [await forge(hs, { exp: 1999.5, iss: "a" }), { issuer: ["b", "a"] }],
      [await forge(hs, { exp: 1999, aud: "a" }), { audience: ["b", "a"] }],
      [await forge(hs, { exp: 1999, aud: ["x", "a"] }), { audience: "a" }],
    ] as const
  ) {
    await verifyJwt(token, SECRET, { algorithms: ["HS256"], now, ...options });
  }
});

Deno.test("verifyJwt() asks a function for keys, and passes over bad ones", async () => {
  const seen: unknown[] = [];
  const bad = { kty: "RSA", n: "A".repeat(342), e: "!" };
  const weak = { kty: "RSA", n: "AQAB", e: "AQAB" };
  const { header } = await verifyJwt(rsToken, (header) => {
    seen.push(header);
    return [bad, weak, SECRET, es.verify, rsPublic];
  }, { algorithms: ["RS256"], now });
  assertEquals(seen, [header]);
  for (const keys of [[], [bad], [weak]]) {
    await assertRejects(
      () => verifyJwt(rsToken, () => keys, { algorithms: ["RS256"], now }),
      JwtError,
    );
  }
  await assertRejects(
    () =>
      verifyJwt(rsToken, () => Promise.reject(new Error("Down")), {
        algorithms: ["RS256"],
        now,
      }),
    Error,
    "Down",
  );
});

Deno.test("verifyJwt() and signJwt() refuse keys that are not good enough", async () => {
  const short = new Uint8Array(31);
  const small = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
    true,
    ["sign", "verify"],
  );
  for (
    const [key, algorithms, kind, message] of [
      [SECRET, [], TypeError, "want algorithms to accept"],
      [SECRET, ["none"], TypeError, 'Cannot use JWT algorithm "none"'],
      [SECRET, ["RS256"], TypeError, "the key is not one of RS256"],
      [rs.verify, ["HS256", "ES256"], TypeError, "not one of HS256, ES256"],
      [rs.sign, ["RS256"], TypeError, 'the key is for "sign" only'],
      [rsPem, ["HS256"], TypeError, "Cannot take a PEM file for a secret"],
      [
        new TextEncoder().encode(rsPem),
        ["HS256", "RS256"],
        TypeError,
        "Cannot take a PEM file for a secret",
      ],
      [short, ["HS256"], RangeError, "the key has 248 bits, want 256 or more"],
      [SECRET, ["HS256", "HS512"], RangeError, "want 512 or more for HS512"],
      [{ kty: "oct", k: toPart("x") }, ["HS256"], RangeError, "8 bits"],
      [small.publicKey, ["RS256"], RangeError, "1024 bits, want 2048"],
      [
        await crypto.subtle.exportKey("jwk", small.publicKey),
        ["RS256"],
        RangeError,
        "1024 bits, want 2048",
      ],
      [{ ...rsPublic, use: "enc" }, ["RS256"], TypeError, "not one of RS256"],
      [{ ...rsPublic, alg: "RS512" }, ["RS256"], TypeError, "not one of RS256"],
      [{ ...rsPublic, e: "!" }, ["RS256"], TypeError, "WebCrypto refuses"],
      [{ ...rsPublic, key_ops: ["sign"] }, ["RS256"], TypeError, "refuses"],
    ] as const
  ) {
    await assertRejects(
      () =>
        verifyJwt(rsToken, key as JwtKey, {
          algorithms: algorithms as readonly JwtAlgorithm[],
          now,
        }),
      kind,
      message,
    );
  }
  // The function is asked for each token, so what it finds is looked at then.
  await assertRejects(
    () =>
      verifyJwt(rsToken, () => [rsPem], {
        algorithms: ["RS256", "HS256"],
        now,
      }),
    TypeError,
    "Cannot take a PEM file for a secret",
  );
  for (
    const [key, algorithm, kind] of [
      [short, "HS256", RangeError],
      [small.privateKey, "RS256", RangeError],
      [rs.verify, "RS256", TypeError],
      [rsPublic, "RS256", TypeError],
      [rs.sign, "PS256", TypeError],
      [rsPem, "HS256", TypeError],
      [SECRET, "none", TypeError],
    ] as const
  ) {
    await assertRejects(
      () =>
        signJwt({}, key as JwtKey, { algorithm: algorithm as JwtAlgorithm }),
      kind,
    );
  }
});

Deno.test("signJwt() sets the times", async () => {
  const algorithm = "HS256";
  const options = { algorithm, expiresIn: 60, now: () => 1_000_999 } as const;
  const token = await signJwt({ sub: "x" }, SECRET, {
    ...options,
    typ: "at+jwt",
  });
  const { header, payload } = await verifyJwt(token, SECRET, {
    algorithms: [algorithm],
    now: () => 1_000_999,
  });
  assertEquals(header, { alg: algorithm, typ: "at+jwt" });
  assertEquals(payload, { sub: "x", iat: 1000, exp: 1060 });
  for (const expiresIn of [0, -1, NaN, Infinity]) {
    await assertRejects(
      () => signJwt({}, SECRET, { algorithm, expiresIn }),
      RangeError,
      `got expiresIn ${expiresIn}`,
    );
  }
});

Deno.test("verifyJwt() refuses a clock skew without sense", async () => {
  for (const clockSkew of [-1, NaN, Infinity]) {
    await assertRejects(
      () => verifyJwt(good, SECRET, { algorithms: ["HS256"], clockSkew }),
      RangeError,
      `got clockSkew ${clockSkew}`,
    );
  }
});
