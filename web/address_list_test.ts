// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { AddressList, isIpv4, parseAddress } from "./address_list.ts";

Deno.test("parseAddress() reads IPv4 and IPv6", () => {
  assertEquals(parseAddress("1.2.3.4"), 0xffff01020304n);
  assertEquals(parseAddress("::ffff:1.2.3.4"), 0xffff01020304n);
  assertEquals(parseAddress("::"), 0n);
  assertEquals(parseAddress("::1"), 1n);
  assertEquals(parseAddress("fe80::1%eth0"), (0xfe80n << 112n) | 1n);
  assertEquals(
    parseAddress("1:2:3:4:5:6:7:8"),
    parseAddress("1:2:3:4:5:6:0.7.0.8"),
  );
  assertEquals(parseAddress("1::8"), (1n << 112n) | 8n);
  assertEquals(isIpv4(parseAddress("0.0.0.0") ?? 0n), true);
  assertEquals(isIpv4(1n), false);
});

Deno.test("parseAddress() refuses everything else", () => {
  const bad = [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4.",
    "01.2.3.4",
    "256.1.1.1",
    "1.2.3.-4",
    " 1.2.3.4",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2:3:4:5:6:7:8",
    "g::1",
    "12345::",
    "::1.2.3",
    "unknown",
    "_hidden",
    "localhost",
  ];
  for (const text of bad) assertEquals(parseAddress(text), undefined, text);
});

Deno.test("AddressList.has() compares by networks", () => {
  const list = new AddressList([
    "10.0.0.0/8",
    "192.168.1.7",
    "2001:db8::/33",
    "::1",
  ]);
  const inside = [
    "10.255.0.1",
    "::ffff:10.0.0.1",
    "192.168.1.7",
    "2001:db8:7fff::1",
    "::1",
  ];
  const outside = [
    "11.0.0.1",
    "192.168.1.8",
    "2001:db8:8000::1",
    "::2",
    "x",
    undefined,
  ];
  for (const text of inside) assertEquals(list.has(text), true, text);
  for (const text of outside) assertEquals(list.has(text), false, text);
  assertEquals(new AddressList(["0.0.0.0/0"]).has("1.2.3.4"), true);
  assertEquals(new AddressList(["0.0.0.0/0"]).has("::1"), false);
  assertEquals(new AddressList(["::/0"]).has("1.2.3.4"), true);
  assertEquals(new AddressList([]).has("1.2.3.4"), false);
});

Deno.test("AddressList refuses malformed networks", () => {
  for (const text of ["10.0.0.0/33", "::/129", "10.0.0.0/", "10/8", "a/b/c"]) {
    assertThrows(
      () => new AddressList([text]),
      SyntaxError,
      `Cannot read network "${text}": want an IP address, perhaps with a length such as "10.0.0.0/8"`,
    );
  }
});
