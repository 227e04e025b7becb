// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { bearerAuth, type BearerAuthOptions } from "./bearer_auth.ts";

async function ask(options: BearerAuthOptions, authorization?: string) {
  const app = new Engine().use(bearerAuth(options));
  app.get("/", (c) => c.string("in"));
  const headers = new Headers();
  if (authorization !== undefined) headers.set("authorization", authorization);
  const response = await app.request("/", { headers });
  await response.body?.cancel();
  return [response.status, response.headers.get("www-authenticate")];
}

const NONE = 'Bearer realm="Restricted"';
const MALFORMED = `${NONE}, error="invalid_request"`;
const WRONG = `${NONE}, error="invalid_token"`;
const options = { tokens: ["mF_9.B5f-4.1JqM", "abc~+/=="] };

Deno.test("bearerAuth() answers as RFC 6750 has it", async () => {
  for (
    const [header, status, challenge] of [
      ["Bearer mF_9.B5f-4.1JqM", 200, null],
      ["bearer  abc~+/==", 200, null],
      [undefined, 401, NONE],
      ["", 401, NONE],
      ["Basic mF_9.B5f-4.1JqM", 401, NONE],
      ["Bearermf_9", 401, NONE],
      ["mF_9.B5f-4.1JqM", 401, NONE],
      ["Bearer", 400, MALFORMED],
      ["Bearer ", 400, MALFORMED],
      ["Bearer mF_9.B5f-4.1JqM x", 400, MALFORMED],
      ["Bearer mF_9.B5f-4.1JqM, Bearer x", 400, MALFORMED],
      ['Bearer "mF_9.B5f-4.1JqM"', 400, MALFORMED],
      ["Bearer mF_9\u00e4", 400, MALFORMED],
      ["Bearer mF_9.B5f-4.1Jq", 401, WRONG],
      ["Bearer mF_9.B5f-4.1JqMM", 401, WRONG],
      ["Bearer MF_9.B5F-4.1JQM", 401, WRONG],
      ["Bearer abc~+/=", 401, WRONG],
      ["Bearer undefined", 401, WRONG],
    ] as const
  ) {
    assertEquals(await ask(options, header), [status, challenge], header);
  }
});

Deno.test("bearerAuth() asks verify, whether it waits or not", async () => {
  for (
    const [verdict, status] of [
      [true, 200],
      [false, 401],
      [Promise.resolve(true), 200],
      [Promise.resolve(false), 401],
      [{} as unknown as boolean, 401],
      [Promise.reject(new Error("Down")), 500],
    ] as const
  ) {
    const verify = (token: string) => {
      assertEquals(token, "x");
      return verdict;
    };
    assertEquals((await ask({ verify }, "Bearer x"))[0], status);
  }
});

Deno.test("bearerAuth() without tokens lets nobody in", async () => {
  assertEquals(await ask({ tokens: [] }, "Bearer x"), [401, WRONG]);
});

Deno.test("bearerAuth() refuses options without sense", () => {
  const verify = () => true;
  for (const options of [{}, { tokens: ["a"], verify }]) {
    assertThrows(
      () => bearerAuth(options),
      TypeError,
      "Cannot make bearerAuth: want either tokens or verify",
    );
  }
  for (const token of ["", "a b", "a\n", "ä"]) {
    assertThrows(() => bearerAuth({ tokens: [token] }), TypeError, "RFC 6750");
  }
  assertThrows(() => bearerAuth({ verify, realm: "\n" }), TypeError);
});
