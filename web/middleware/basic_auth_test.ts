// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import {
  basicAuth,
  type BasicAuthOptions,
  type BasicAuthState,
} from "./basic_auth.ts";

function appWith(options: BasicAuthOptions): Engine<BasicAuthState> {
  const app = new Engine<BasicAuthState>().use(basicAuth(options));
  return app.get("/", (c) => c.string(c.state.username));
}

const encode = (text: string) => new TextEncoder().encode(text).toBase64();

async function statusOf(
  app: Engine<BasicAuthState>,
  authorization?: string,
): Promise<number> {
  const headers = new Headers();
  if (authorization !== undefined) headers.set("authorization", authorization);
  return (await app.request("/", { headers })).status;
}

const app = appWith({ users: { tom: "p:ä\u2603", sam: "", "": "ghost" } });

Deno.test("basicAuth() lets in the users, in any normal form of Unicode", async () => {
  for (
    const [pair, name] of [
      ["tom:p:ä\u2603", "tom"],
      ["tom:p:a\u0308\u2603", "tom"],
      ["sam:", "sam"],
      [":ghost", ""],
    ]
  ) {
    for (const scheme of ["Basic", "basic", "BASIC"]) {
      const headers = { authorization: `${scheme} ${encode(pair ?? "")}` };
      const response = await app.request("/", { headers });
      assertEquals(await response.text(), name);
    }
  }
});

Deno.test("basicAuth() refuses everything else with a challenge", async () => {
  const latin1 = btoa("tom:p:\u00e4");
  for (
    const header of [
      undefined,
      "",
      "Basic",
      "Basic ",
      "Basic =",
      "Basic !!!!",
      `Bearer ${encode("tom:p:ä\u2603")}`,
      `Basic ${encode("tom:p:ä\u2603")}, Basic x`,
      `Basic ${encode("tom:p:ä\u2603").slice(0, -2)}`,
      `Basic ${encode("tom")}`,
      `Basic ${encode("tom:")}`,
      `Basic ${encode("tom:p")}`,
      `Basic ${encode("tom:p:ä\u2603 ")}`,
      `Basic ${encode("tom:p:ä\u2603\0")}`,
      `Basic ${encode("tom\n:p:ä\u2603")}`,
      `Basic ${encode("\ufefftom:p:ä\u2603")}`,
      `Basic ${encode("Tom:p:ä\u2603")}`,
      `Basic ${encode("sam:p:ä\u2603")}`,
      `Basic ${encode("__proto__:x")}`,
      `Basic ${encode("toString:")}`,
      `Basic ${encode("sam::")}`,
      `Basic ${latin1}`,
    ]
  ) {
    const headers = new Headers();
    if (header !== undefined) headers.set("authorization", header);
    const response = await app.request("/", { headers });
    assertEquals(response.status, 401, header);
    assertEquals(
      response.headers.get("www-authenticate"),
      'Basic realm="Restricted", charset="UTF-8"',
    );
    assertEquals(await response.json(), { message: "Unauthorized" });
  }
});

Deno.test("basicAuth() asks verify, whether it waits or not", async () => {
  const authorization = `Basic ${encode("tom:x:y")}`;
  const seen: string[][] = [];
  for (
    const [verdict, status] of [
      [true, 200],
      [false, 401],
      [Promise.resolve(true), 200],
      [Promise.resolve(false), 401],
      ["yes" as unknown as boolean, 401],
    ] as const
  ) {
    const app = appWith({
      verify: (name, password) => {
        seen.push([name, password]);
        return verdict;
      },
    });
    assertEquals(await statusOf(app, authorization), status);
    assertEquals(await statusOf(app), 401);
  }
  assertEquals(seen, new Array(5).fill(["tom", "x:y"]));
});

Deno.test("basicAuth() answers 500 when verify fails, and lets nobody in", async () => {
  const app = appWith({ verify: () => Promise.reject(new Error("Down")) });
  assertEquals(await statusOf(app, `Basic ${encode("a:b")}`), 500);
});

Deno.test("basicAuth() escapes its realm", async () => {
  const app = appWith({ users: {}, realm: 'a "b" \\' });
  const response = await app.request("/");
  assertEquals(
    response.headers.get("www-authenticate"),
    'Basic realm="a \\"b\\" \\\\", charset="UTF-8"',
  );
});

Deno.test("basicAuth() refuses options without sense", () => {
  const verify = () => true;
  for (const options of [{}, { users: {}, verify }]) {
    assertThrows(
      () => basicAuth(options),
      TypeError,
      "Cannot make basicAuth: want either users or verify",
    );
  }
  assertThrows(() => basicAuth({ users: { "a:b": "" } }), TypeError, "a colon");
  for (const realm of ["a\r\nx: y", "ä", "\u2603", "\0"]) {
    assertThrows(() => basicAuth({ verify, realm }), TypeError, "Cannot quote");
  }
});
