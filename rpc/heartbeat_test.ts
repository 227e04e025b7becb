// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
import { Registry } from "./registry.ts";
import { serve } from "./testdata/http.ts";
import { until } from "./testdata/until.ts";

Deno.test("Heartbeat lists a server at once, again and again, and takes it off at the end", async () => {
  const registry = new Registry({ token: "secret" });
  let posts = 0;
  await using server = serve((request) => {
    if (request.method === "POST") posts++;
    return registry.fetch(request);
  });
  const heartbeat = new Heartbeat(server.url, "tcp@127.0.0.1:1", {
    period: 5,
    token: "secret",
  });
  await heartbeat.listed;
  assertEquals(registry.servers(), ["tcp@127.0.0.1:1"]);
  await until("no third heartbeat", () => posts >= 3);
  await heartbeat.close();
  await heartbeat.close();
  assertEquals(registry.servers(), []);
});

Deno.test("Heartbeat takes a 500 for a failure, says so, and tries again", async () => {
  const registry = new Registry();
  const errors: string[] = [];
  let isDown = true;
  await using server = serve((request) =>
    isDown ? new Response(null, { status: 500 }) : registry.fetch(request)
  );
  await using heartbeat = new Heartbeat(server.url, "tcp@127.0.0.1:1", {
    period: 10,
    onError(error) {
      errors.push((error as Error).message);
    },
  });
  await until("no second failure", () => errors.length >= 2);
  isDown = false;
  await heartbeat.listed;
  assertEquals(registry.servers(), ["tcp@127.0.0.1:1"]);
  assertEquals(
    errors[0],
    'Cannot send a heartbeat for "tcp@127.0.0.1:1": the registry answered 500',
  );
});

Deno.test("Heartbeat goes on although its listener fails", async () => {
  const registry = new Registry();
  let isDown = true;
  await using server = serve((request) =>
    isDown ? new Response(null, { status: 500 }) : registry.fetch(request)
  );
  await using heartbeat = new Heartbeat(server.url, "tcp@127.0.0.1:1", {
    period: 10,
    onError() {
      isDown = false;
      throw new Error("the listener fails");
    },
  });
  await heartbeat.listed;
  assertEquals(registry.servers(), ["tcp@127.0.0.1:1"]);
});

Deno.test("Heartbeat.close() ends although the registry is gone", async () => {
  const errors: unknown[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const heartbeat = new Heartbeat(
    `http://127.0.0.1:${port}/`,
    "tcp@127.0.0.1:1",
    {
      onError: (error) => errors.push(error),
    },
  );
  await heartbeat.close();
  await heartbeat.listed;
  assertEquals(errors.length > 0, true);
});

Deno.test("Heartbeat refuses bad addresses, URLs and times", () => {
  const url = "http://127.0.0.1:1/";
  assertThrows(
    () => new Heartbeat(url, "127.0.0.1:1"),
    SyntaxError,
    "Cannot parse address",
  );
  assertThrows(() => new Heartbeat("nope", "tcp@127.0.0.1:1"), TypeError);
  assertThrows(
    () => new Heartbeat(url, "tcp@127.0.0.1:1", { period: -1 }),
    RangeError,
  );
});

Deno.test("Heartbeat refuses a period of 0, and takes a timeout of 0 for none", async () => {
  const registry = new Registry();
  await using server = serve(registry.fetch);
  assertThrows(
    () => new Heartbeat(server.url, "tcp@127.0.0.1:1", { period: 0 }),
    RangeError,
    "Cannot use period 0",
  );
  await using heartbeat = new Heartbeat(server.url, "tcp@127.0.0.1:1", {
    timeout: 0,
  });
  await heartbeat.listed;
  assertEquals(registry.servers(), ["tcp@127.0.0.1:1"]);
});

Deno.test("Heartbeat lists a server in several registries, one of which is down, with all that is said of it", async () => {
  const registries = [new Registry(), new Registry()] as const;
  await using first = serve(registries[0].fetch);
  await using second = serve(registries[1].fetch);
  await using down = serve(() => new Response(null, { status: 503 }));
  const sent: Headers[] = [];
  await using original = serve(({ headers }) => {
    sent.push(headers);
    return new Response();
  });
  const heartbeat = new Heartbeat(
    [down.url, first.url, second.url, original.url],
    "tcp@127.0.0.1:1",
    { service: "Arith", weight: 2, tags: ["zone=a", "fast"] },
  );
  await until(
    "the server is not listed everywhere",
    () =>
      sent.length > 0 &&
      registries.every((registry) => registry.servers("Arith").length === 1),
  );
  assertEquals(sent[0]?.get("x-geerpc-weight"), "2");
  assertEquals(sent[0]?.get("x-geerpc-tags"), "zone=a fast");
  await heartbeat.close();
  for (const registry of registries) {
    assertEquals(registry.servers("Arith"), []);
  }
  await using plain = new Heartbeat(original.url, "tcp@127.0.0.1:1");
  await plain.listed;
  const names = [...sent.at(-1)!.keys()].filter((name) =>
    name.startsWith("x-")
  );
  assertEquals(names, ["x-geerpc-server"]);
});

Deno.test("Heartbeat refuses services, weights and tags that are none", () => {
  const make = (options: HeartbeatOptions) => () =>
    new Heartbeat("http://127.0.0.1:1/", "tcp@127.0.0.1:1", options);
  assertThrows(
    () => new Heartbeat([], "tcp@127.0.0.1:1"),
    TypeError,
    "Cannot list the server: no registry is given",
  );
  assertThrows(
    make({ service: "a,b" }),
    SyntaxError,
    'Cannot use service "a,b": at most 128 letters',
  );
  assertThrows(
    make({ weight: 0 }),
    RangeError,
    'Cannot list "tcp@127.0.0.1:1": its weight is 0',
  );
  assertThrows(
    make({ tags: ["a b"] }),
    SyntaxError,
    'Cannot list "tcp@127.0.0.1:1": its tags are ["a b"]',
  );
});
