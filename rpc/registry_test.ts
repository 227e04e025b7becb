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

/** A request beyond the original's; waits for the answer. */
async function ask(
  registry: Registry,
  query: string,
  init: RequestInit = {},
): Promise<Response> {
  return await registry.fetch(new Request(`${URL}?${query}`, init));
}

const listed = (response: Response) => response.headers.get("x-geerpc-servers");
const versionOf = (response: Response) =>
  response.headers.get("x-geerpc-version") ?? "";

function post(
  registry: Registry,
  server: string,
  more: Record<string, string> = {},
): number {
  const headers = { "x-geerpc-server": server, ...more };
  const request = new Request(URL, { method: "POST", headers });
  const response = registry.fetch(request);
  assert(response instanceof Response, "only waits are promises");
  return response.status;
}

Deno.test("Registry keeps a list for each service, named by header or query", async () => {
  const registry = new Registry();
  post(registry, "tcp@a:1");
  post(registry, "tcp@b:1", { "x-geerpc-service": "Arith" });
  await ask(registry, "service=Arith", {
    method: "POST",
    headers: { "x-geerpc-server": "tcp@c:1" },
  });
  assertEquals(listed(await ask(registry, "")), "tcp@a:1");
  assertEquals(listed(await ask(registry, "service=Arith")), "tcp@b:1,tcp@c:1");
  assertEquals(listed(await ask(registry, "service=constructor")), "");
  assertEquals(registry.servers("Arith"), ["tcp@b:1", "tcp@c:1"]);
  for (const service of ["a,b", "a b", "x".repeat(129)]) {
    assertEquals(
      (await ask(registry, `service=${encodeURIComponent(service)}`)).status,
      400,
    );
  }
});

Deno.test("Registry tells weights and tags where there are any, and nothing beyond the original's elsewhere", async () => {
  const registry = new Registry();
  post(registry, "tcp@a:1");
  assertEquals([...(await ask(registry, "")).headers.keys()], [
    "x-geerpc-servers",
  ]);
  post(registry, "tcp@b:1", {
    "x-geerpc-weight": "2.5",
    "x-geerpc-tags": "zone=a fast",
  });
  const { headers } = await ask(registry, "");
  assertEquals(headers.get("x-geerpc-weight"), "1,2.5");
  assertEquals(headers.get("x-geerpc-tags"), ",zone=a fast");
});

Deno.test("Registry refuses weights and tags that are none", () => {
  const registry = new Registry();
  const wrong: Record<string, string>[] = [
    { "x-geerpc-weight": "0" },
    { "x-geerpc-weight": "-1" },
    { "x-geerpc-weight": "NaN" },
    { "x-geerpc-weight": "1e9" },
    { "x-geerpc-tags": "a,b" },
    { "x-geerpc-tags": "x".repeat(65) },
    { "x-geerpc-tags": Array.from({ length: 17 }, (_, i) => i).join(" ") },
  ];
  for (const headers of wrong) {
    assertEquals(post(registry, "tcp@a:1", headers), 400);
  }
  assertEquals(registry.servers(), []);
});

Deno.test("Registry lists allowed protocols and hosts only", () => {
  const registry = new Registry();
  assertEquals(post(registry, "unix@/var/run/docker.sock"), 403);
  const local = new Registry({ protocols: ["unix"] });
  assertEquals(post(local, "unix@/run/gee.sock"), 200);
  assertEquals(post(local, "tcp@a:1"), 403);
  const own = new Registry({ hosts: ["10.0.0.1", ".example.com"] });
  assertEquals(
    [
      "tcp@10.0.0.1:1",
      "tcp@a.example.com:1",
      "tcp@example.com.evil:1",
      "tcp@evilexample.com:1",
      "tcp@10.0.0.10:1",
    ].map((server) => post(own, server)),
    [200, 200, 403, 403, 403],
  );
});

Deno.test("Registry bounds the servers of all services together", () => {
  const registry = new Registry({ maxServers: 2 });
  assertEquals(
    ["A", "B", "C", "A"].map((service) =>
      post(registry, "tcp@a:1", { "x-geerpc-service": service })
    ),
    [200, 200, 503, 200],
  );
});

Deno.test("Registry answers a wait when the list changes, and at once when it has", async () => {
  const registry = new Registry();
  post(registry, "tcp@a:1");
  const first = await ask(registry, "wait=0&version=");
  const version = versionOf(first);
  assertEquals(listed(first), "tcp@a:1");
  const waiting = ask(registry, `wait=60000&version=${version}`);
  post(registry, "tcp@x:1", { "x-geerpc-service": "Other" });
  post(registry, "tcp@a:1"); // a heartbeat is no change
  post(registry, "tcp@b:1");
  const second = await waiting;
  assertEquals(listed(second), "tcp@a:1,tcp@b:1");
  assertEquals(
    listed(await ask(registry, `wait=60000&version=${version}`)),
    "tcp@a:1,tcp@b:1",
  );
  const heavier = ask(registry, `wait=60000&version=${versionOf(second)}`);
  post(registry, "tcp@b:1", { "x-geerpc-weight": "2" });
  const third = await heavier;
  assertEquals(third.headers.get("x-geerpc-weight"), "1,2");
  const shorter = ask(registry, `wait=60000&version=${versionOf(third)}`);
  send(registry, "DELETE", "tcp@b:1");
  assertEquals(listed(await shorter), "tcp@a:1");
});

Deno.test("Registry answers a wait when its time is over, when a server expires, and when nobody waits", async () => {
  let now = 0;
  const registry = new Registry({ timeout: 10, now: () => now });
  post(registry, "tcp@a:1");
  const version = versionOf(await ask(registry, "wait=0&version="));
  const over = ask(registry, `wait=5&version=${version}`);
  now = 5;
  assertEquals(versionOf(await over), version);
  const controller = new AbortController();
  const left = ask(registry, `wait=60000&version=${version}`, {
    signal: controller.signal,
  });
  controller.abort();
  assertEquals(versionOf(await left), version);
  const expiring = ask(registry, `wait=60000&version=${version}`);
  now = 11;
  assertEquals(listed(await expiring), "");
});

Deno.test("Registry bounds who waits, and answers all on close", async () => {
  const registry = new Registry({ maxWaiters: 1 });
  const version = versionOf(await ask(registry, "wait=0&version="));
  const query = `wait=60000&version=${version}`;
  const waiting = ask(registry, query);
  assertEquals((await ask(registry, query)).status, 503);
  assertEquals((await ask(registry, "wait=soon")).status, 400);
  await registry.close();
  await registry.close();
  assertEquals((await waiting).status, 200);
  assertEquals(versionOf(await ask(registry, query)), version);
});
