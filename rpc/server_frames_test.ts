// Copyright 2026 the Gee authors. MIT license.
// What a server puts around methods, over frames.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import type { CallContext } from "./context.ts";
import { dial } from "./dial.ts";
import { RemoteError } from "./errors.ts";
import type { Health, HealthReply } from "./health.ts";
import { Server, type ServerOptions } from "./server.ts";
import type { RegisterOptions } from "./service.ts";
import { schemaOf } from "./testdata/schema.ts";

class Mixed {
  readonly called = Promise.withResolvers<CallContext>();
  readonly release = Promise.withResolvers<string>();
  wait(_args: unknown, context: CallContext) {
    this.called.resolve(context);
    return this.release.promise;
  }
  name(_args: unknown, { principal }: CallContext<{ name: string }>) {
    return principal.name;
  }
  text(value: string) {
    return value;
  }
  async *double(values: AsyncIterable<number>) {
    for await (const value of values) yield value * 2;
  }
}

/** A server with a client. */
async function rig(
  options?: ServerOptions,
  registering?: RegisterOptions<Mixed>,
) {
  const mixed = new Mixed();
  const server = new Server(options);
  server.register(mixed, registering);
  const client = await dial(server.listen().address);
  return {
    mixed,
    server,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close({ timeout: 0 });
    },
  };
}

Deno.test("frames carry the token that authenticate reads", async () => {
  await using r = await rig({
    authenticate: ({ metadata }) =>
      metadata.authorization === "Bearer tom" ? { name: "Tom" } : undefined,
  });
  const metadata = { authorization: "Bearer tom" };
  assertEquals(await r.client.call("Mixed.name", 0, { metadata }), "Tom");
  const error = await assertRejects(
    () => r.client.call("Mixed.name"),
    RemoteError,
    'Cannot call "Mixed.name": the caller is not authenticated',
  );
  assertEquals(error.code, "unauthenticated");
});

Deno.test("frames carry what a validator found", async () => {
  const text = schemaOf<string>((value) =>
    typeof value === "string"
      ? { value }
      : { issues: [{ message: "a string is wanted", path: [0, "a"] }] }
  );
  await using r = await rig({}, { schema: { text: { args: text } } });
  assertEquals(await r.client.call("Mixed.text", "a"), "a");
  const error = await assertRejects(
    () => r.client.call("Mixed.text", 5),
    RemoteError,
    'Cannot call "Mixed.text": 0.a: a string is wanted',
  );
  assertEquals(error.code, "invalid_argument");
  assertEquals(error.details, [
    { path: [0, "a"], message: "a string is wanted" },
  ]);
});

Deno.test("streams over frames are validated item by item, both ways", async () => {
  const small = schemaOf<number>((value) =>
    Number(value) < 5
      ? { value: Number(value) }
      : { issues: [{ message: "too big" }] }
  );
  await using r = await rig({}, { schema: { double: { args: small } } });
  const mixed = r.client.service<Mixed>("Mixed");
  async function* numbers() {
    yield 1;
    yield 4;
    yield await Promise.resolve(9);
  }
  const items: number[] = [];
  const error = await assertRejects(async () => {
    for await (const item of mixed.double(numbers())) items.push(item);
  });
  assertEquals(items, [2, 8]);
  assertInstanceOf(error, RemoteError);
  assertEquals(error.code, "invalid_argument");
  assertEquals(r.server.stats().methods["Mixed.double"]?.errors, {
    invalid_argument: 1,
  });
});

Deno.test("a call that its caller gives up is counted when its method is done", async () => {
  await using r = await rig();
  const controller = new AbortController();
  const call = r.client.call("Mixed.wait", 0, { signal: controller.signal });
  const { signal } = await r.mixed.called.promise;
  const aborted = new Promise((resolve) =>
    signal.addEventListener("abort", resolve)
  );
  controller.abort(new Error("given up"));
  await assertRejects(() => call, Error, "given up");
  await aborted;
  assertEquals(r.server.stats().methods["Mixed.wait"]?.inFlight, 1);
  r.mixed.release.resolve("late");
  await r.client.call("Mixed.text", "next");
  const { inFlight, errors } = r.server.stats().methods["Mixed.wait"] ?? {};
  assertEquals([inFlight, errors], [0, { canceled: 1 }]);
});

Deno.test("a method may have more or less time than the server", async () => {
  await using short = await rig({}, {
    methodOptions: { wait: { timeout: 1 } },
  });
  const error = await assertRejects(
    () => short.client.call("Mixed.wait"),
    RemoteError,
    "rpc server: request handle timeout: expect within 1ms",
  );
  assertEquals(error.code, "deadline_exceeded");

  await using long = await rig({ handleTimeout: 1 }, {
    methodOptions: { wait: { timeout: 60_000 } },
  });
  const call = long.client.call("Mixed.wait");
  const { deadline } = await long.mixed.called.promise;
  assert(deadline !== undefined && deadline > Date.now() + 10_000);
  long.mixed.release.resolve("done");
  assertEquals(await call, "done");
});

Deno.test("Health.watch() goes over frames and ends when the server closes", async () => {
  await using r = await rig({ health: true });
  const health = r.client.service<Health>("Health");
  const replies: HealthReply["status"][] = [];
  for await (const { status } of health.watch({ service: "Mixed" })) {
    replies.push(status);
    if (replies.length === 1) r.server.setHealth("Mixed", "NOT_SERVING");
    if (replies.length === 2) r.server.setHealth("Mixed", "SERVING");
    if (replies.length === 3) r.server.close();
  }
  assertEquals(replies, [
    "SERVING",
    "NOT_SERVING",
    "SERVING",
    "NOT_SERVING",
  ]);
});
