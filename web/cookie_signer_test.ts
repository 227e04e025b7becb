// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Context } from "./context.ts";
import { CookieSigner } from "./cookie_signer.ts";
import { Engine } from "./engine.ts";

const OLD = "old key of thirty-two bytes or more";
const NEW = "new key of thirty-two bytes or more";

Deno.test("CookieSigner.open() takes what seal() made and nothing else", async () => {
  const signer = new CookieSigner([NEW]);
  const sealed = await signer.seal("user", "7.5");
  assertEquals(await signer.open("user", sealed), "7.5");
  const mac = sealed.slice(sealed.lastIndexOf("."));
  const forged = [
    `8.5${mac}`,
    sealed.slice(0, -1),
    `${sealed}A`,
    sealed.replace(mac, `.${"A".repeat(43)}`),
    sealed.replace(mac, `.${"!".repeat(43)}`),
    mac.slice(1),
    "7.5",
    "",
  ];
  for (const text of forged) {
    assertEquals(await signer.open("user", text), undefined, text);
  }
  assertEquals(await signer.open("admin", sealed), undefined);
});

Deno.test("CookieSigner.open() takes older keys, seal() the first", async () => {
  const old = await new CookieSigner([OLD]).seal("a", "1");
  const signer = new CookieSigner([NEW, OLD]);
  assertEquals(await signer.open("a", old), "1");
  const sealed = await signer.seal("a", "2");
  assertEquals(await new CookieSigner([OLD]).open("a", sealed), undefined);
  assertEquals(await new CookieSigner([NEW]).open("a", sealed), "2");
});

Deno.test("CookieSigner refuses no keys and short keys", () => {
  for (const keys of [[], ["short"], [NEW, "short"]]) {
    assertThrows(
      () => new CookieSigner(keys),
      RangeError,
      "Cannot sign cookies: want one key or more, each of 32 bytes or more",
    );
  }
});

Deno.test("Context writes and reads cookies, signed ones too", async () => {
  const app = new Engine({ cookieKeys: [NEW] });
  app.get("/set", async (c) => {
    c.setCookie("plain", "a b").deleteCookie("gone", { path: "/x" });
    await c.setSignedCookie("user", "7");
    return c.string("set");
  });
  app.get("/get", async (c) =>
    c.json([
      c.cookie("plain"),
      await c.signedCookie("user"),
      await c.signedCookie("none") === undefined,
      [...c.cookies.keys()],
    ]));
  const set = await app.request("/set");
  const cookies = set.headers.getSetCookie();
  assertEquals(cookies.length, 3);
  assertEquals(
    cookies[1],
    "gone=; Path=/x; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
  );
  const cookie = cookies.map((text) => text.split(";")[0]).join("; ");
  const get = await app.request("/get", { headers: { cookie } });
  assertEquals(await get.json(), ["a b", "7", true, ["plain", "gone", "user"]]);
});

Deno.test("Context.signedCookie() says that the engine has no keys", async () => {
  const app = new Engine().onError((error, c) => c.fail(500, String(error)));
  app.get("/get", async (c) => c.json(await c.signedCookie("a")));
  app.get("/set", async (c) => (await c.setSignedCookie("a", "1")).string(""));
  for (const path of ["/get", "/set"]) {
    assertEquals(await (await app.request(path)).json(), {
      message:
        'TypeError: Cannot sign cookie "a": the engine has no cookieKeys',
    });
  }
  const settings = {
    endless: new Set<never>(),
    bodyLimit: 1,
    bodyTimeout: 1,
    render: () => "",
    isClosing: () => false,
    abandon: () => {},
    rescue: () => new Response(),
  };
  const request = new Request("http://localhost/");
  const c = new Context(request, undefined, settings, { chain: [] });
  await assertRejects(() => c.signedCookie("a"), TypeError);
});
