// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { parseAddress } from "./tcp_address.ts";

Deno.test("parseAddress() reads hosts and ports", () => {
  const cases: [name: string, hostname: string, port: number][] = [
    ["127.0.0.1:8001", "127.0.0.1", 8001],
    ["cache-1.example.com:1", "cache-1.example.com", 1],
    ["[::1]:65535", "::1", 65535],
    ["[::ffff:1.2.3.4]:80", "::ffff:1.2.3.4", 80],
  ];
  for (const [name, hostname, port] of cases) {
    assertEquals(parseAddress(name), { hostname, port });
  }
});

Deno.test("parseAddress() refuses other forms", () => {
  const names = ["", "host", ":1", "host:", "host:0", "host:01", "host:65536"];
  names.push("http://host:1", "host:1/", "a b:1", "::1:80", "[::1]", "[::1]:");
  names.push("u@host:1", "host:-1", "host:1e3", "ü:1", "[host]:1", "h:1\n");
  for (const name of names) {
    assertThrows(
      () => parseAddress(name),
      TypeError,
      `Cannot use peer "${name}": want "host:port"`,
    );
  }
});
