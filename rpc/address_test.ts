// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { formatAddress, parseAddress } from "./address.ts";

Deno.test("parseAddress() reads TCP and Unix addresses", () => {
  assertEquals(parseAddress("tcp@gee.example:80"), {
    protocol: "tcp",
    hostname: "gee.example",
    port: 80,
  });
  assertEquals(parseAddress("tcp@[fe80::1]:9999"), {
    protocol: "tcp",
    hostname: "fe80::1",
    port: 9999,
  });
  assertEquals(parseAddress("unix@/run/gee.sock"), {
    protocol: "unix",
    path: "/run/gee.sock",
  });
});

Deno.test("parseAddress() dials wildcard addresses, as Go registers them, on this machine", () => {
  for (const host of ["[::]", "0.0.0.0", ""]) {
    assertEquals(parseAddress(`tcp@${host}:9999`), {
      protocol: "tcp",
      hostname: "127.0.0.1",
      port: 9999,
    });
  }
});

Deno.test("parseAddress() refuses everything else", () => {
  const wrong = [
    "",
    "127.0.0.1:80",
    "tcp@127.0.0.1",
    "tcp@127.0.0.1:65536",
    "tcp@127.0.0.1:80:80",
    "tcp@a,tcp@b:1",
    "tcp@user@host:80",
    "tcp@host:80/path",
    "tcp@ho st:80",
    "tcp@host:80\r\n",
    "ftp@127.0.0.1:80",
    "http@user@127.0.0.1:80",
    "file@/etc/passwd",
    "unix@",
    "unix@/a,b",
  ];
  for (const address of wrong) {
    assertThrows(
      () => parseAddress(address),
      SyntaxError,
      `Cannot parse address ${
        JSON.stringify(address)
      }: "tcp@host:port", "tls@host:port", "http@host:port" or "unix@/path" is wanted`,
    );
  }
});

Deno.test("formatAddress() writes what parseAddress() reads", () => {
  assertEquals(
    formatAddress({ transport: "tcp", hostname: "::1", port: 1 }),
    "tcp@[::1]:1",
  );
  assertEquals(
    formatAddress({ transport: "tcp", hostname: "127.0.0.1", port: 1 }),
    "tcp@127.0.0.1:1",
  );
  assertEquals(formatAddress({ transport: "unix", path: "/a" }), "unix@/a");
  assertThrows(
    () => formatAddress({ transport: "udp", hostname: "::1", port: 1 }),
    TypeError,
    'Cannot name an address of transport "udp": "tcp" or "unix" is wanted',
  );
});
