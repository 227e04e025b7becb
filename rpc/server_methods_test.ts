// Copyright 2026 the Gee authors. MIT license.
// What a server puts around methods, as callers see it.

import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import type { CallContext } from "./context.ts";
import { RpcError } from "./errors.ts";
import type { Interceptor } from "./interceptor.ts";
import { Server } from "./server.ts";
import { schemaOf } from "./testdata/schema.ts";

interface Pair {
  readonly a: number;
  readonly b: number;
}

class Arith {
  sum({ a, b }: Pair): number {
    return a + b;
  }
  async *count(to: number): AsyncGenerator<number> {
    for (let i = 1; i <= to; i++) yield await Promise.resolve(i);
  }
  whoami(_args: unknown, context: CallContext<{ name: string }>): string {
    return context.principal.name;
  }
}

const pair = schemaOf<Pair>((value) => {
  const record = Object(value);
  for (const key of ["a", "b"]) {
    if (typeof record[key] !== "number") {
      return { issues: [{ message: "a number is wanted", path: [{ key }] }] };
    }
  }
  return { value: { a: record.a, b: record.b } };
});

/** The error a call fails with. */
async function failure(
  server: Server,
  serviceMethod: string,
  args?: unknown,
  metadata: Record<string, string> = {},
): Promise<RpcError> {
  const error = await server.invoke(serviceMethod, args, { metadata }).catch(
    (error: unknown) => error,
  );
  assertInstanceOf(error, RpcError);
  return error;
}

Deno.test("Server.register() offers only the methods that are named", async () => {
  await using server = new Server();
  server.register(new Arith(), { methods: ["sum"] });
  assertEquals(server.services(), { Arith: ["Sum", "sum"] });
  assertThrows(
    // @ts-expect-error There is no such method.
    () => server.register(new Arith(), { methods: ["sun"], name: "Typo" }),
    TypeError,
    'Cannot register service "Typo": it has no method "sun" (did you mean "sum"?)',
  );
});

Deno.test("Server.register() refuses validators and options of methods that are not there", () => {
  const server = new Server();
  for (const name of ["sums", "constructor", "__proto__"]) {
    const named = JSON.parse(`{${JSON.stringify(name)}: {}}`);
    for (const options of [{ schema: named }, { methodOptions: named }]) {
      assertThrows(
        () => server.register(new Arith(), options),
        TypeError,
        `Cannot register service "Arith": it has no method "${name}"`,
      );
    }
  }
  assertThrows(
    () =>
      server.register(new Arith(), { methodOptions: { sum: { timeout: -1 } } }),
    RangeError,
    "Cannot use timeout -1",
  );
  assertEquals(server.services(), {});
});

Deno.test("Server.register() takes validators whose output the method takes, no others", () => {
  const server = new Server();
  server.register(new Arith(), { schema: { sum: { args: pair } } });
  const text = schemaOf<string>((value) => ({ value: `${value}` }));
  const schema = { sum: { args: text } };
  // @ts-expect-error `sum` takes two numbers.
  server.register(new Arith(), { name: "Other", schema });
  server.register({ up: (text: string) => text }, {
    name: "Plain",
    schema: { up: { args: text } },
  });
});

Deno.test("Server validates arguments, and the method gets what the validator makes", async () => {
  await using server = new Server();
  let got: unknown;
  server.register({
    sum(args: Pair) {
      got = args;
      return args.a + args.b;
    },
  }, { name: "Arith", schema: { sum: { args: pair } } });
  assertEquals(await server.invoke("Arith.sum", { a: 1, b: 2, c: 3 }), 3);
  assertEquals(got, { a: 1, b: 2 });
  const error = await failure(server, "Arith.sum", { a: 1, b: "2" });
  assertEquals(error.message, 'Cannot call "Arith.sum": b: a number is wanted');
  assertEquals(error.code, "invalid_argument");
  assertEquals(error.details, [{ path: ["b"], message: "a number is wanted" }]);
});

Deno.test("Server waits for validators that take time, and a failing one is an error reply", async () => {
  await using server = new Server();
  const slow = schemaOf<string>((value) =>
    Promise.resolve({ value: `${value}!` })
  );
  const broken = schemaOf<string>(() =>
    Promise.reject(new Error("no database"))
  );
  server.register(
    { up: (text: string) => text, down: (text: string) => text },
    {
      name: "Text",
      schema: { up: { args: slow, reply: slow }, down: { args: broken } },
    },
  );
  assertEquals(await server.invoke("Text.up", "a"), "a!!");
  assertEquals(
    (await failure(server, "Text.down", "a")).message,
    "no database",
  );
});

Deno.test("Server waits for a validator whose promise is of another kind, and tells no more than 100 issues", async () => {
  await using server = new Server();
  const issues = Array.from({ length: 1000 }, () => ({ message: "no" }));
  const strict = schemaOf<string>(() => {
    const { promise, resolve } = Promise.withResolvers<
      { issues: typeof issues }
    >();
    resolve({ issues });
    const then = promise.then.bind(promise);
    // As a library with promises of its own has it.
    return { then } as typeof promise;
  });
  server.register({ up: (text: string) => text }, {
    name: "Text",
    schema: { up: { args: strict } },
  });
  const { code, details } = await failure(server, "Text.up", "a");
  assertEquals(code, "invalid_argument");
  assertEquals(
    details,
    issues.slice(0, 100).map((issue) => ({ ...issue, path: [] })),
  );
});

Deno.test("Server does not tell callers what a reply is that does not fit", async () => {
  await using server = new Server();
  server.register({ secret: () => "hunter2" }, {
    name: "Text",
    schema: {
      secret: {
        reply: schemaOf<number>((value) => ({
          issues: [{ message: `${value} is no number` }],
        })),
      },
    },
  });
  const error = await failure(server, "Text.secret");
  assertEquals(
    error.message,
    'Cannot reply to "Text.secret": the reply does not fit its schema',
  );
  assertEquals([error.code, error.details], ["internal", undefined]);
});

Deno.test("Server validates each item of a stream", async () => {
  await using server = new Server();
  const small = schemaOf<number>((value) =>
    Number(value) < 3
      ? { value: Number(value) * 10 }
      : { issues: [{ message: "too big" }] }
  );
  server.register(new Arith(), { schema: { count: { reply: small } } });
  const items: unknown[] = [];
  const stream = await server.invoke("Arith.count", 5) as AsyncIterable<
    unknown
  >; // it is a generator
  const error = await assertRejects(async () => {
    for await (const item of stream) items.push(item);
  }, RpcError);
  assertEquals(items, [10, 20]);
  assertEquals(error.code, "internal");
});

/** Notes when a call passes. */
function noting(name: string, notes: string[]): Interceptor {
  return (call, next) => {
    notes.push(`${name} in`);
    const reply = next(call);
    notes.push(`${name} out`);
    return reply;
  };
}

Deno.test("Server.use() puts interceptors around methods from before and after, the first outermost", async () => {
  await using server = new Server();
  const notes: string[] = [];
  server.use(noting("first", notes));
  server.register(new Arith(), { interceptors: [noting("own", notes)] });
  server.use(noting("second", notes));
  assertEquals(await server.invoke("Arith.Sum", { a: 1, b: 2 }), 3);
  assertEquals(notes, [
    "first in",
    "second in",
    "own in",
    "own out",
    "second out",
    "first out",
  ]);
});

Deno.test("Server.use() lets an interceptor answer, change arguments and replies, and repeat", async () => {
  await using server = new Server();
  let tries = 0;
  server.register({
    echo: (args: unknown) => args,
    flaky() {
      if (++tries < 3) throw new Error("not yet");
      return tries;
    },
  }, { name: "Odd" });
  server.use((call, next) => {
    if (call.args === "cached") return "from the cache";
    if (call.serviceMethod !== "Odd.flaky") {
      return [next({ ...call, args: `(${call.args})` })];
    }
    while (true) {
      try {
        return next(call);
      } catch { /* again */ }
    }
  });
  assertEquals(await server.invoke("Odd.echo", "cached"), "from the cache");
  assertEquals(await server.invoke("Odd.echo", "x"), ["(x)"]);
  assertEquals(await server.invoke("Odd.flaky"), 3);
});

Deno.test("Server asks once who calls, before interceptors, and methods know the principal", async () => {
  let asked = 0;
  const seen: unknown[] = [];
  await using server = new Server({
    authenticate({ metadata }) {
      asked++;
      if (metadata.authorization === "Bearer tom") return { name: "Tom" };
      return undefined;
    },
  });
  server.use((call, next) => {
    seen.push(call.context.principal);
    return next(call);
  });
  server.register(new Arith());
  const metadata = { authorization: "Bearer tom" };
  assertEquals(await server.invoke("Arith.whoami", 0, { metadata }), "Tom");
  assertEquals([asked, seen], [1, [{ name: "Tom" }]]);
  const error = await failure(server, "Arith.whoami");
  assertEquals(error.code, "unauthenticated");
  assertEquals(
    error.message,
    'Cannot call "Arith.whoami": the caller is not authenticated',
  );
  assertEquals([asked, seen.length], [2, 1]);
});

Deno.test("Server tells the unknown nothing of what went wrong, but an RpcError as it is", async () => {
  const failures: Record<string, () => unknown> = {
    sync: () => {
      throw new Error("database at 10.0.0.7 is down");
    },
    async: () => Promise.reject(new Error("database at 10.0.0.7 is down")),
    empty: () => Promise.resolve(null),
    wrong: () => false,
    late: () => Promise.resolve(false),
    banned: () => {
      throw new RpcError("permission_denied", "Cannot call: banned");
    },
  };
  await using server = new Server({
    authenticate: ({ metadata }) => failures[metadata.authorization ?? ""]?.(),
  });
  server.register(new Arith());
  for (const authorization of ["sync", "async", "empty", "wrong", "late"]) {
    const error = await failure(server, "Arith.sum", 0, { authorization });
    assertEquals(error.code, "unauthenticated");
    assertEquals(
      error.message,
      'Cannot call "Arith.sum": the caller is not authenticated',
    );
  }
  const banned = await failure(server, "Arith.sum", 0, {
    authorization: "banned",
  });
  assertEquals([banned.code, banned.message], [
    "permission_denied",
    "Cannot call: banned",
  ]);
});

Deno.test("Server lets everybody call services that are anonymous", async () => {
  await using server = new Server({
    authenticate: () => undefined,
    health: true,
  });
  server.register(new Arith(), { anonymous: true });
  server.register(new Arith(), { name: "Closed" });
  assertEquals(await server.invoke("Arith.sum", { a: 1, b: 2 }), 3);
  assertEquals(await server.invoke("Health.check"), { status: "SERVING" });
  assertEquals(
    (await failure(server, "Closed.sum", { a: 1, b: 2 })).code,
    "unauthenticated",
  );
});

Deno.test("Server tells rules that go by names the declared one, however a caller spells it", async () => {
  const seen: string[] = [];
  await using server = new Server({
    authenticate: ({ serviceMethod }) => {
      if (serviceMethod !== "Arith.sum") return {};
      throw new RpcError("permission_denied", "Cannot call: not for you");
    },
  });
  server.use((call, next) => {
    seen.push(call.serviceMethod, call.context.serviceMethod);
    return next(call);
  });
  server.register(new Arith());
  for (const name of ["Arith.sum", "Arith.Sum"]) {
    assertEquals((await failure(server, name)).code, "permission_denied");
  }
  await server.invoke("Arith.Whoami");
  assertEquals(seen, ["Arith.whoami", "Arith.whoami"]);
});

Deno.test("Server limits a method by its options", async () => {
  await using server = new Server();
  server.register(new Arith(), {
    methodOptions: { sum: { rate: { perSecond: 1e-9, burst: 1 } } },
  });
  assertEquals(await server.invoke("Arith.sum", { a: 1, b: 2 }), 3);
  const error = await failure(server, "Arith.Sum", { a: 1, b: 2 });
  assertEquals(error.code, "resource_exhausted");
  assertEquals(
    error.message,
    'Cannot call "Arith.sum": it is called too often',
  );
});
