// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { AddressList } from "./address_list.ts";
import { Engine } from "./engine.ts";
import { clientAddress } from "./forwarded.ts";

const trusted = new AddressList(["10.0.0.0/8", "::1"]);

Deno.test("clientAddress() walks from the right as far as it trusts", () => {
  const table: [peer: string, header: string | undefined, client: string][] = [
    ["10.0.0.1", undefined, "10.0.0.1"],
    ["10.0.0.1", "", "10.0.0.1"],
    ["10.0.0.1", "1.2.3.4", "1.2.3.4"],
    ["10.0.0.1", "9.9.9.9, 1.2.3.4", "1.2.3.4"],
    ["10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"],
    ["10.0.0.1", "9.9.9.9, 1.2.3.4,10.0.0.3 , 10.0.0.2", "1.2.3.4"],
    ["10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["10.0.0.1", "1.2.3.4, unknown", "10.0.0.1"],
    ["10.0.0.1", "1.2.3.4, unknown, 10.0.0.2", "10.0.0.2"],
    ["10.0.0.1", "1.2.3.4:5678", "1.2.3.4"],
    ["10.0.0.1", "[2001:db8::1]:80", "2001:db8::1"],
    ["10.0.0.1", "[2001:db8::1]", "2001:db8::1"],
    ["10.0.0.1", "2001:db8::1", "2001:db8::1"],
    ["::1", "1.2.3.4", "1.2.3.4"],
    ["::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"],
    ["8.8.8.8", "1.2.3.4", "8.8.8.8"],
    ["10.0.0.1", ",,,", "10.0.0.1"],
    ["10.0.0.1", "1.2.3.4,", "10.0.0.1"],
  ];
  for (const [peer, header, client] of table) {
    assertEquals(clientAddress(peer, header, trusted), client, header);
  }
});

Deno.test("Context.remoteAddress and origin trust no header by default", async () => {
  const headers = {
    "x-forwarded-for": "1.2.3.4",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "example.com",
  };
  const ask = async (app: Engine, hostname: string) => {
    app.get("/", (c) => c.json([c.remoteAddress, c.origin]));
    const request = new Request("http://localhost:8000/?a", { headers });
    const response = await app.fetch(request, { remoteAddr: { hostname } });
    return await response.json();
  };
  assertEquals(await ask(new Engine(), "10.0.0.1"), [
    "10.0.0.1",
    "http://localhost:8000",
  ]);
  const trustProxy = ["10.0.0.0/8"];
  assertEquals(await ask(new Engine({ trustProxy }), "10.0.0.1"), [
    "1.2.3.4",
    "https://example.com",
  ]);
  assertEquals(await ask(new Engine({ trustProxy }), "8.8.8.8"), [
    "8.8.8.8",
    "http://localhost:8000",
  ]);
  headers["x-forwarded-proto"] = "javascript";
  headers["x-forwarded-host"] = "a/b";
  assertEquals(await ask(new Engine({ trustProxy }), "10.0.0.1"), [
    "1.2.3.4",
    "http://localhost:8000",
  ]);
});
