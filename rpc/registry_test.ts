// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Registry } from "./registry.ts";

const URL = "http://registry/_geerpc_/registry";

function send(
  registry: Registry,
  method: string,
  server?: string,
  authorization?: string,
): Response {
  const headers = new Headers();
  if (server !== undefined) headers.set("X-Geerpc-Server", server);
  if (authorization !== undefined) headers.set("authorization", authorization);
  const response = registry.fetch(new Request(URL, { method, headers }));
  assert(response instanceof Response, "only waits are promises");
  return response;
}

Deno.test("Registry.fetch() lists the servers sorted in one header, empty at first", () => {
  const registry = new Registry();
  assertEquals(send(registry, "GET").headers.get("X-Geerpc-Servers"), "");
  for (const server of ["tcp@b:1", "tcp@[::]:2", "tcp@a:1", "tcp@a:1"]) {
    const { status, body } = send(registry, "POST", server);
    assertEquals([status, body], [200, null]);
  }
  const list = send(registry, "GET");
  assertEquals(
    list.headers.get("X-Geerpc-Servers"),
    "tcp@[::]:2,tcp@a:1,tcp@b:1",
  );
  assertEquals([list.status, list.body], [200, null]);
  assertEquals(
    send(registry, "HEAD").headers.get("X-Geerpc-Servers"),
    "tcp@[::]:2,tcp@a:1,tcp@b:1",
  );
  assertEquals(send(registry, "DELETE", "tcp@b:1").status, 200);
  assertEquals(registry.servers(), ["tcp@[::]:2", "tcp@a:1"]);
});

Deno.test("Registry.fetch() answers as the original does to what is no request of its own", () => {
  const registry = new Registry();
  assertEquals(send(registry, "POST").status, 500);
  const refused = send(registry, "PUT");
  assertEquals([refused.status, refused.headers.get("allow")], [
    405,
    "GET, HEAD, POST, DELETE",
  ]);
});

Deno.test("Registry.fetch() refuses what is no address", () => {
  const registry = new Registry();
  const wrong = [
    "tcp@a:1,tcp@evil:1",
    "file:///etc/passwd",
    "a:1",
    "tcp@u@h:1",
    "tcp@a:99999",
  ];
  for (const server of wrong) {
    assertEquals(send(registry, "POST", server).status, 400, server);
  }
  assertEquals(registry.servers(), []);
});

Deno.test("Registry drops a server whose heartbeats have stopped", () => {
  let now = 0;
  const registry = new Registry({ timeout: 1000, now: () => now });
  send(registry, "POST", "tcp@a:1");
  now = 500;
  send(registry, "POST", "tcp@b:1");
  now = 1000;
  assertEquals(registry.servers(), ["tcp@a:1", "tcp@b:1"]);
  now = 1001;
  assertEquals(registry.servers(), ["tcp@b:1"]);
  const forEver = new Registry({ timeout: 0, now: () => now });
  send(forEver, "POST", "tcp@a:1");
  now = 1e12;
  assertEquals(forEver.servers(), ["tcp@a:1"]);
  assertThrows(() => new Registry({ timeout: -1 }), RangeError);
});

Deno.test("Registry with a token lets nobody else write, and everybody read", () => {
  const registry = new Registry({ token: "secret" });
  for (
    const authorization of [
      undefined,
      "Bearer wrong!",
      "Bearer secret2",
      "secret",
    ]
  ) {
    assertEquals(send(registry, "POST", "tcp@a:1", authorization).status, 401);
    assertEquals(
      send(registry, "DELETE", "tcp@a:1", authorization).status,
      401,
    );
  }
  assertEquals(send(registry, "POST", "tcp@a:1", "Bearer secret").status, 200);
  assertEquals(send(registry, "GET").status, 200);
});

Deno.test("Registry bounds its list, and known servers may always come back", () => {
  let now = 0;
  const registry = new Registry({ maxServers: 2, timeout: 10, now: () => now });
  assertEquals(
    ["tcp@a:1", "tcp@b:1", "tcp@c:1", "tcp@a:1"].map((server) =>
      send(registry, "POST", server).status
    ),
    [200, 200, 503, 200],
  );
  now = 11;
  assertEquals(send(registry, "POST", "tcp@c:1").status, 200);
});

Deno.test("Registry refuses addresses that nobody could dial, and limits that are none", () => {
  const registry = new Registry();
  for (const server of ["tcp@a:0", `unix@/${"x".repeat(200)}`]) {
    assertEquals(send(registry, "POST", server).status, 400);
  }
  for (const maxServers of [NaN, -1, 0.5]) {
    assertThrows(
      () => new Registry({ maxServers }),
      RangeError,
      `Cannot use maxServers ${maxServers}`,
    );
  }
});
