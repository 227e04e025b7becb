// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { dial } from "./dial.ts";
import { RpcError } from "./errors.ts";
import type { HealthReply } from "./health.ts";
import { Server } from "./server.ts";
import { settle } from "./testdata/pipe.ts";

/** What a watcher is told, as a list that grows. */
async function watching(server: Server, service?: string) {
  const told: string[] = [];
  const controller = new AbortController();
  const args = service === undefined ? undefined : { service };
  const { signal } = controller;
  const stream = await server.invoke("Health.watch", args, { signal });
  const run = async () => {
    for await (const reply of stream as AsyncIterable<HealthReply>) { // `watch` is a generator
      told.push(reply.status);
    }
  };
  const ended = run();
  await settle();
  return { told, ended, controller };
}

Deno.test("Health is not offered unless wanted", async () => {
  await using server = new Server();
  server.setHealth("", "NOT_SERVING");
  assertEquals(server.services(), {});
});

Deno.test("Health.check() tells of the server and of each service, to clients too", async () => {
  await using server = new Server({ health: true });
  server.register({ get() {} }, { name: "Store" });
  await using client = await dial(server.listen().address);
  const check = (args?: unknown) => client.call("Health.check", args);
  assertEquals(await check(), { status: "SERVING" });
  assertEquals(await check({ service: "Store" }), { status: "SERVING" });
  server.setHealth("Store", "NOT_SERVING");
  assertEquals(await check({ service: "Store" }), { status: "NOT_SERVING" });
  assertEquals(await check({}), { status: "SERVING" });
  for (const service of ["No", "__proto__"]) {
    const error = await assertRejects(
      () => server.invoke("Health.check", { service }),
      RpcError,
      `Cannot check the health of "${service}": there is no such service`,
    );
    assertEquals(error.code, "not_found");
  }
  const error = await assertRejects(
    () => server.invoke("Health.check", { service: 5 }),
    RpcError,
    "Cannot look up a service: its name is of type number, a string is wanted",
  );
  assertEquals(error.code, "invalid_argument");
});

Deno.test("Server.setHealth() refuses a service that is not there", () => {
  const server = new Server();
  server.register({ get() {} }, { name: "Store" });
  assertThrows(
    () => server.setHealth("Stroe", "SERVING"),
    TypeError,
    'Cannot set the health of "Stroe": there is no such service (did you mean "Store"?)',
  );
});

Deno.test("Health.watch() tells of changes only, of a service that comes later, and ends when the server closes", async () => {
  await using server = new Server({ health: true, handleTimeout: 1 });
  const later = await watching(server, "Store");
  const whole = await watching(server);
  server.register({ get() {} }, { name: "Store" });
  await settle();
  server.setHealth("Store", "NOT_SERVING");
  server.setHealth("Store", "NOT_SERVING");
  await settle();
  server.setHealth("Store", "SERVING");
  await settle();
  await server.close();
  await later.ended;
  await whole.ended;
  assertEquals(later.told, [
    "SERVICE_UNKNOWN",
    "SERVING",
    "NOT_SERVING",
    "SERVING",
    "NOT_SERVING",
  ]);
  assertEquals(whole.told, ["SERVING", "NOT_SERVING"]);
});

Deno.test("Health.watch() ends when its caller leaves", async () => {
  await using server = new Server({ health: true });
  const { told, ended, controller } = await watching(server);
  controller.abort(new Error("left"));
  await assertRejects(() => ended, Error, "left");
  assertEquals(told, ["SERVING"]);
  assertEquals(server.stats().inFlight, 0);
});
