// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as jose from "npm:jose@6.2.18";
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
import { verifyJwt, type VerifyJwtOptions } from "./verify_jwt.ts";

const hs = { alg: "HS256", typ: "JWT" };
const good = await forge(hs);
const [head = "", body = "", mac = ""] = good.split(".");
const es = await pairOf("ES256");
const rs = await pairOf("RS256");
const ed = await pairOf("EdDSA");
const rsPublic = await jose.exportJWK(rs.verify);
const rsPem = await jose.exportSPKI(rs.verify);
const esToken = await signJwt(claims, es.sign, { algorithm: "ES256" });
const esText = esToken.slice(0, esToken.lastIndexOf("."));
const rsToken = await signJwt(claims, rs.sign, { algorithm: "RS256" });
const edToken = await signJwt(claims, ed.sign, { algorithm: "EdDSA" });
const attacker = await pairOf("RS256");
const attackerJwk = await jose.exportJWK(attacker.verify);
const utf8 = (text: string) => new TextEncoder().encode(text);
/** Signed by the attacker, whose key the header brings or points to. */
const bring = async (header: object) =>
  await new jose.SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", ...header }).sign(attacker.sign);
const hmacJwk = { kty: "oct", k: toPart("x".repeat(32)) };
const nullSignature = "A".repeat(86);

interface Forgery {
  readonly token: string;
  readonly fault: string;
  readonly key?: JwtKey | readonly JwtKey[];
  readonly options?: Partial<VerifyJwtOptions>;
}

const rsOnly = { key: rs.verify, options: { algorithms: ["RS256"] } } as const;
const esOnly = { key: es.verify, options: { algorithms: ["ES256"] } } as const;
const mixed = {
  key: [rs.verify, SECRET],
  options: { algorithms: ["RS256", "HS256"] },
} as const;
const claimed = (
  payload: object,
  options: Partial<VerifyJwtOptions> = {},
) => forge(hs, { ...claims, ...payload }).then((token) => ({ token, options }));

const forgeries: Record<string, Forgery> = {
  "alg none without signature": {
    token: `${toPart({ alg: "none" })}.${body}.`,
    fault: "malformed",
  },
  "alg none with a signature": {
    token: `${toPart({ alg: "none" })}.${body}.${mac}`,
    fault: "algorithm",
  },
  "alg None": { token: await forge({ alg: "None" }), fault: "algorithm" },
  "alg NONE": { token: await forge({ alg: "NONE" }), fault: "algorithm" },
  "alg in lower case": {
    token: await forge({ alg: "hs256" }),
    fault: "algorithm",
  },
  "alg with a space": {
    token: await forge({ alg: "HS256 " }),
    fault: "algorithm",
  },
  "no alg": { token: await forge({ typ: "JWT" }), fault: "algorithm" },
  "empty alg": { token: await forge({ alg: "" }), fault: "algorithm" },
  "alg null": { token: await forge({ alg: null }), fault: "algorithm" },
  "alg a list": { token: await forge({ alg: ["HS256"] }), fault: "algorithm" },
  "alg a number": { token: await forge({ alg: 256 }), fault: "algorithm" },
  "alg toString": {
    token: await forge({ alg: "toString" }),
    fault: "algorithm",
  },
  "alg not in the list": {
    token: await forge({ alg: "HS384" }),
    fault: "algorithm",
  },
  "alg twice, none last": {
    token: await forge('{"alg":"HS256","alg":"none"}'),
    fault: "algorithm",
  },
  "HMAC with the public key in PEM": {
    token: await forge(hs, claims, utf8(rsPem)),
    fault: "algorithm",
    ...rsOnly,
  },
  "HMAC with the public key in PEM where both are allowed": {
    token: await forge(hs, claims, utf8(rsPem)),
    fault: "signature",
    ...mixed,
  },
  "HMAC with the public key as JSON where both are allowed": {
    token: await forge(hs, claims, utf8(JSON.stringify(rsPublic))),
    fault: "signature",
    ...mixed,
  },
  "HMAC with the modulus where both are allowed": {
    token: await forge(hs, claims, utf8(rsPublic.n ?? "")),
    fault: "key",
    key: rsPublic,
    options: { algorithms: ["RS256", "HS256"] },
  },
  "HMAC with an empty secret": {
    token: await forge(hs, claims, new Uint8Array([0])),
    fault: "signature",
  },
  "RS256 key for PS256": {
    token: rsToken.replace(/^[^.]+/, toPart({ alg: "PS256" })),
    fault: "key",
    key: rs.verify,
    options: { algorithms: ["RS256", "PS256"] },
  },
  "RS256 signature called RS512": {
    token: rsToken.replace(/^[^.]+/, toPart({ alg: "RS512" })),
    fault: "signature",
    key: rsPublic,
    options: { algorithms: ["RS256", "RS512"] },
  },
  "ES256 token for an RSA key": {
    token: esToken,
    fault: "algorithm",
    ...rsOnly,
  },
  "Ed25519 token for a P-256 key": {
    token: edToken,
    fault: "algorithm",
    ...esOnly,
  },
  "Ed25519 token where only P-256 has a key": {
    token: edToken,
    fault: "key",
    key: es.verify,
    options: { algorithms: ["ES256", "EdDSA"] },
  },
  "P-256 signature of zeros": {
    token: `${esText}.${nullSignature}`,
    fault: "signature",
    ...esOnly,
  },
  "P-256 signature in DER": {
    token: `${esText}.${
      toPart("0D\x02 " + "a".repeat(32) + "\x02 " + "b".repeat(32))
    }`,
    fault: "signature",
    ...esOnly,
  },
  "P-256 signature cut": {
    token: esToken.slice(0, -2),
    fault: "signature",
    ...esOnly,
  },
  "key of the header (jwk)": {
    token: await bring({ jwk: attackerJwk }),
    fault: "signature",
    ...rsOnly,
  },
  "secret of the header (jwk)": {
    token: await forge({ ...hs, jwk: hmacJwk }, claims, utf8("x".repeat(32))),
    fault: "signature",
  },
  "key by URL (jku)": {
    token: await bring({ jku: "https://evil.dev/keys", kid: "evil" }),
    fault: "signature",
    ...rsOnly,
  },
  "key by URL (x5u)": {
    token: await bring({ x5u: "https://evil.dev/cert" }),
    fault: "signature",
    ...rsOnly,
  },
  "key by certificate (x5c)": {
    token: await bring({ x5c: ["MIIB"] }),
    fault: "signature",
    ...rsOnly,
  },
  "kid of nobody": {
    token: await forge({ ...hs, kid: "2" }),
    fault: "key",
    key: { kty: "oct", k: toPart(SECRET), kid: "1" },
  },
  "kid a path": {
    token: await forge({ ...hs, kid: "../../dev/null" }),
    fault: "key",
    key: { kty: "oct", k: toPart(SECRET), kid: "1" },
  },
  "kid an object": {
    token: await forge({ ...hs, kid: {} }),
    fault: "malformed",
  },
  "kid null": { token: await forge({ ...hs, kid: null }), fault: "malformed" },
  "crit of something": {
    token: await forge({ ...hs, crit: ["b64"], b64: false }),
    fault: "malformed",
  },
  "crit empty": { token: await forge({ ...hs, crit: [] }), fault: "malformed" },
  "crit null": {
    token: await forge({ ...hs, crit: null }),
    fault: "malformed",
  },
  "typ a number": { token: await forge({ ...hs, typ: 1 }), fault: "malformed" },
  "typ another": {
    token: good,
    fault: "type",
    options: { typ: "at+jwt" },
  },
  "typ missing": {
    token: await forge({ alg: "HS256" }),
    fault: "type",
    options: { typ: "at+jwt" },
  },
  "payload changed": {
    token: `${head}.${toPart({ ...claims, sub: "admin" })}.${mac}`,
    fault: "signature",
  },
  "header changed": {
    token: `${toPart({ ...hs, x: 1 })}.${body}.${mac}`,
    fault: "signature",
  },
  "signature of another secret": {
    token: await forge(hs, claims, utf8("x".repeat(32))),
    fault: "signature",
  },
  "signature cut": { token: good.slice(0, -3), fault: "signature" },
  "signature missing": { token: `${head}.${body}.`, fault: "malformed" },
  "two parts": { token: `${head}.${body}`, fault: "malformed" },
  "four parts": { token: `${good}.${mac}`, fault: "malformed" },
  "five parts, as a JWE": { token: `${good}.a.b`, fault: "malformed" },
  "empty": { token: "", fault: "malformed" },
  "JSON form": {
    token: JSON.stringify({ protected: head, payload: body, signature: mac }),
    fault: "malformed",
  },
  "padding": { token: `${good}=`, fault: "malformed" },
  "stray bits at the end": {
    // The last character of 32 bytes holds two bits that mean nothing.
    token: good.slice(0, -1) +
      String.fromCharCode((good.at(-1) ?? "").charCodeAt(0) + 1),
    fault: "malformed",
  },
  "plain base64": {
    token: `${head}.${body}.${"+/".repeat(21)}+`,
    fault: "malformed",
  },
  "line break inside": {
    token: `${head}.${body}.\n${mac}`,
    fault: "malformed",
  },
  "space around": { token: ` ${good}`, fault: "malformed" },
  "header no JSON": {
    token: `${toPart("{")}.${body}.${mac}`,
    fault: "malformed",
  },
  "header a list": { token: await forge([]), fault: "malformed" },
  "header null": { token: await forge("null"), fault: "malformed" },
  "header no UTF-8": { token: `_w.${body}.${mac}`, fault: "malformed" },
  "header with __proto__": {
    token: await forge('{"__proto__":{"alg":"HS256"}}'),
    fault: "malformed",
  },
  "header nested deeply": {
    token: await forge(
      `{"alg":"HS256","x":${"[".repeat(99)}${"]".repeat(99)}}`,
    ),
    fault: "malformed",
  },
  "payload a text": { token: await forge(hs, '"tom"'), fault: "malformed" },
  "payload a list": { token: await forge(hs, []), fault: "malformed" },
  "too long": {
    token: await forge(hs, { ...claims, x: "x".repeat(16_384) }),
    fault: "malformed",
  },
  "expired": { ...await claimed({ exp: 1470 }), fault: "expired" },
  "exp missing": { token: await forge(hs, { sub: "x" }), fault: "claim" },
  "exp a text": { ...await claimed({ exp: "9999999999" }), fault: "claim" },
  "exp null": { ...await claimed({ exp: null }), fault: "claim" },
  "exp endless": {
    token: await forge(hs, '{"exp":1e999}'),
    fault: "claim",
  },
  "exp an object": { ...await claimed({ exp: {} }), fault: "claim" },
  "not yet": { ...await claimed({ nbf: 1531 }), fault: "early" },
  "nbf a text": { ...await claimed({ nbf: "0" }), fault: "claim" },
  "issued in the future": { ...await claimed({ iat: 1531 }), fault: "early" },
  "iss missing": {
    ...await claimed({}, { issuer: "gee" }),
    fault: "issuer",
  },
  "iss another": {
    ...await claimed({ iss: "gee.evil" }, { issuer: ["gee", "geo"] }),
    fault: "issuer",
  },
  "iss a list": {
    ...await claimed({ iss: ["gee"] }, { issuer: "gee" }),
    fault: "claim",
  },
  "sub a number": { ...await claimed({ sub: 1 }), fault: "claim" },
  "aud missing": {
    ...await claimed({}, { audience: "gee" }),
    fault: "audience",
  },
  "aud another": {
    ...await claimed({ aud: "geo" }, { audience: "gee" }),
    fault: "audience",
  },
  "aud where we are nobody": {
    ...await claimed({ aud: "geo" }),
    fault: "audience",
  },
  "aud empty": {
    ...await claimed({ aud: [] }, { audience: "gee" }),
    fault: "audience",
  },
  "aud with a stranger": {
    ...await claimed({ aud: ["gee", 1] }, { audience: "gee" }),
    fault: "audience",
  },
  "aud an object": {
    ...await claimed({ aud: { gee: 1 } }, { audience: "gee" }),
    fault: "audience",
  },
  "a claim of ours missing": {
    ...await claimed({}, { required: ["jti"] }),
    fault: "claim",
  },
};

Deno.test("verifyJwt() refuses forged tokens, each for its reason", async () => {
  assert(Object.keys(forgeries).length >= 60);
  for (
    const [name, { token, key = SECRET, fault, options }] of Object.entries(
      forgeries,
    )
  ) {
    const error = await assertRejects(
      () => verifyJwt(token, key, { algorithms: ["HS256"], now, ...options }),
      JwtError,
      "Cannot accept the JWT: ",
      name,
    );
    assertEquals(error.fault, fault, name);
  }
});
