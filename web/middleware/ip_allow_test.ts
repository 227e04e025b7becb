// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine, type EngineOptions } from "../engine.ts";
import { ipAllow, type IpAllowOptions } from "./ip_allow.ts";

async function statusOf(
  hostname: string | undefined,
  options: IpAllowOptions,
  engine: EngineOptions = {},
  headers: Record<string, string> = {},
): Promise<number> {
  const app = new Engine(engine).use(ipAllow(options));
  app.get("/", (c) => c.string("in"));
  const remoteAddr = hostname === undefined ? {} : { hostname };
  const request = new Request("http://gee/", { headers });
  return (await app.fetch(request, { remoteAddr })).status;
}

Deno.test("ipAllow() lets in who is allowed and not denied", async () => {
  const office = {
    allow: ["10.0.0.0/8", "2001:db8::/32"],
    deny: ["10.0.0.66"],
  };
  const local = { deny: ["127.0.0.0/8", "::1"] };
  for (
    const [address, options, status] of [
      ["10.255.0.1", office, 200],
      ["::ffff:10.0.0.1", office, 200],
      ["2001:db8:1::5", office, 200],
      ["10.0.0.66", office, 403],
      ["::ffff:10.0.0.66", office, 403],
      ["::ffff:a00:42", office, 403],
      ["11.0.0.1", office, 403],
      ["2001:db9::1", office, 403],
      ["8.8.8.8", local, 200],
      ["2001:db8::1", local, 200],
      ["127.9.9.9", local, 403],
      ["::1", local, 403],
      ["10.0.0.1", { allow: [] }, 403],
    ] as const
  ) {
    assertEquals(await statusOf(address, options), status, address);
  }
});

Deno.test("ipAllow() refuses an unknown address", async () => {
  for (
    const address of [undefined, "", "localhost", "10.0.0.1.evil", "010.0.0.1"]
  ) {
    assertEquals(await statusOf(address, { allow: ["10.0.0.0/8"] }), 403);
    assertEquals(await statusOf(address, { deny: ["10.0.0.0/8"] }), 403);
  }
});

Deno.test("ipAllow() believes the headers of trusted proxies alone", async () => {
  const options = { allow: ["10.0.0.5"] };
  const engine = { trustProxy: ["192.168.0.1"] };
  const forged = { "x-forwarded-for": "10.0.0.5" };
  assertEquals(await statusOf("192.168.0.1", options, {}, forged), 403);
  assertEquals(await statusOf("192.168.0.1", options, engine, forged), 200);
  assertEquals(await statusOf("8.8.8.8", options, engine, forged), 403);
  const appended = { "x-forwarded-for": "10.0.0.5, 8.8.8.8" };
  assertEquals(await statusOf("192.168.0.1", options, engine, appended), 403);
});

Deno.test("ipAllow() refuses options without sense", () => {
  assertThrows(() => ipAllow({}), TypeError, "Cannot make ipAllow: want allow");
  assertThrows(() => ipAllow({ allow: ["10.0.0.0/33"] }), SyntaxError);
  assertThrows(() => ipAllow({ deny: ["x"] }), SyntaxError);
});
