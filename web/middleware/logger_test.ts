// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import { logger } from "./logger.ts";
import { recovery } from "./recovery.ts";
import { requestId } from "./request_id.ts";
import { timeout } from "./timeout.ts";

function logged(lines: string[]) {
  let time = 0;
  return logger({ log: (line) => lines.push(line), now: () => time++ });
}

Deno.test("logger() writes the real status, also of empty and foreign answers", async () => {
  const lines: string[] = [];
  const app = new Engine().use(logged(lines));
  app.get("/empty", () => {});
  app.get(
    "/foreign",
    async () => await Promise.resolve(new Response("x", { status: 202 })),
  );
  for (const path of ["/empty", "/foreign?token=secret", "/nope"]) {
    await app.request(path);
  }
  assertEquals(lines, [
    "[200] GET /empty in 1.0ms",
    "[202] GET /foreign in 1.0ms",
    "[404] GET /nope in 1.0ms",
  ]);
});

Deno.test("logger() shows the error behind a 5xx with or without recovery", async () => {
  for (const middleware of [[], [recovery()]]) {
    const lines: string[] = [];
    const app = new Engine().use(logged(lines), ...middleware);
    app.get("/sync", () => {
      throw new Error("One\n[200] GET /forged \u001b[31m");
    });
    app.get("/async", () => Promise.reject("two"));
    app.get("/client", () => {
      throw new HttpError(404);
    });
    for (const path of ["/sync", "/async", "/client"]) await app.request(path);
    const [line, ...stack] = lines[0]?.split("\n") ?? [];
    assertEquals(line, "[500] GET /sync in 1.0ms");
    assertEquals(stack[0], "    Error: One");
    assertEquals(stack[1], "    [200] GET /forged \\u001b[31m");
    assertEquals(stack.every((line) => line.startsWith("    ")), true);
    assertEquals(lines.slice(1), [
      "[500] GET /async in 1.0ms\n    two",
      "[404] GET /client in 1.0ms",
    ]);
  }
});

Deno.test("logger() keeps a request on one line", async () => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const app = new Engine()
    .use(logged(lines), logger({ log, now: () => 0, query: true }));
  const url = "http://localhost/a\r\n\u001b[31m?\r\n\u001b[31m\u2028";
  await app.fetch({ url, method: "GET", headers: new Headers() } as Request);
  assertEquals(lines, [
    "[404] GET /a\\u000d\\u000a\\u001b[31m?\\u000d\\u000a\\u001b[31m\\u2028 in 0.0ms",
    "[404] GET /a%0D%0A%1B[31m in 1.0ms",
  ]);
});

/** Sends a request as it is and reads what comes until the server ends it. */
async function wire(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  const decoder = new TextDecoder();
  let answer = "";
  for await (const chunk of connection.readable) {
    answer += decoder.decode(chunk);
  }
  return answer;
}

Deno.test("logger() writes JSON with id, address and bytes, but no header", async () => {
  const lines: string[] = [];
  const app = new Engine();
  app.use(
    logger({
      log: (line) => lines.push(line),
      format: "json",
      query: true,
      now: () => 0,
      time: () => 0,
    }),
    requestId({ generate: () => "id-1" }),
  );
  app.get("/a", (c) => c.setHeader("content-length", "5").string("Hello"));
  await using server = app.run({ port: 0 });
  await wire(
    server.addr.port,
    "GET /a?x=1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n" +
      "cookie: secret\r\nauthorization: Basic secret\r\n\r\n",
  );
  assertEquals(lines.map((line) => JSON.parse(line)), [{
    time: "1970-01-01T00:00:00.000Z",
    level: "info",
    status: 200,
    method: "GET",
    path: "/a?x=1",
    bytes: 5,
    client: "127.0.0.1",
    requestId: "id-1",
    ms: 0,
  }]);
});

Deno.test("logger() counts the bytes of every answer when asked", async () => {
  const lines: string[] = [];
  const app = new Engine();
  app.use(logger({
    log: (line) => lines.push(line),
    countBytes: true,
    now: () => 0,
  }));
  app.get("/text", (c) => c.string("héllo"));
  app.get("/json", (c) => c.json([1]));
  app.get("/none", () => new Response(null, { status: 204 }));
  app.get("/big", (c) => c.string("x".repeat(100_000)));
  const step = Promise.withResolvers<void>();
  app.get("/stream", (c) =>
    c.stream(async function* () {
      yield "abc";
      await step.promise;
      yield "def";
    }()));
  app.get("/cut", (c) =>
    c.stream(async function* () {
      yield "abc";
      await new Promise(() => {});
    }()));
  for (const path of ["/text", "/json", "/none", "/big"]) {
    await (await app.request(path)).bytes();
  }
  await app.request("/text", { method: "HEAD" });
  const response = await app.request("/stream");
  assertEquals(lines.splice(0), [
    "[200] GET /text 6B in 0.0ms",
    "[200] GET /json 3B in 0.0ms",
    "[204] GET /none 0B in 0.0ms",
    "[200] GET /big 100000B in 0.0ms",
    "[200] HEAD /text 0B in 0.0ms",
  ]);
  step.resolve();
  assertEquals(await response.text(), "abcdef");
  assertEquals(lines.splice(0), ["[200] GET /stream 6B in 0.0ms"]);
  const cut = (await app.request("/cut")).body?.getReader();
  await cut?.read();
  await cut?.cancel();
  assertEquals(lines, ["[200] GET /cut 3B cut in 0.0ms"]);
});

Deno.test("logger() goes on when the place for the lines fails", async () => {
  const sinks = [
    () => {
      throw new Error("Disk full");
    },
    () => Promise.reject(new Error("Disk full")),
  ];
  for (const log of sinks) {
    const app = new Engine().use(logger({ log }));
    app.get("/", (c) => c.string("x"));
    assertEquals((await app.request("/")).status, 200);
  }
});

Deno.test("logger() writes three lines a minute about clients that left", async () => {
  const lines: string[] = [];
  let time = 0;
  const app = new Engine();
  app.use(
    logger({
      log: (line) => lines.push(line),
      now: () => 0,
      time: () => time,
    }),
    recovery(),
  );
  app.post("/", async (c) => c.json(await c.body.json()));
  app.get("/gone", () => {
    throw new HttpError(499);
  });
  const broken = () =>
    new ReadableStream({ start: (controller) => controller.error("reset") });
  for (let count = 0; count < 3000; count++) {
    await app.request("/", { method: "POST", body: broken() });
  }
  await app.request("/gone");
  time = 60_000;
  await app.request("/");
  assertEquals(lines, [
    "[499] POST / in 0.0ms",
    "[499] POST / in 0.0ms",
    "[499] POST / in 0.0ms",
    "[499] 2998 more clients left before their answer",
    "[405] GET / in 0.0ms",
  ]);
});

Deno.test("logger() writes what the engine answered in place of the chain, once", async () => {
  const lines: string[] = [];
  const app = new Engine({ handlerTimeout: 4 });
  app.use(logger({
    log: (line) => lines.push(line.split("\n")[0] ?? ""),
    now: () => 0,
  }));
  const late = Promise.withResolvers<void>();
  app.get("/late", async (c) => {
    await late.promise;
    return c.string("late");
  });
  app.get("/told", timeout({ ms: 1 }), async (c) => {
    await new Promise((done) => c.signal.onabort = done);
    return c.string("late");
  });
  assertEquals((await app.request("/late")).status, 503);
  late.resolve();
  assertEquals((await app.request("/told")).status, 503);
  assertEquals(lines, [
    "[503] GET /late in 0.0ms",
    "[503] GET /told in 0.0ms",
  ]);
});

Deno.test("logger() tells any error, its causes too, and cuts long paths", async () => {
  const lines: string[] = [];
  const app = new Engine().use(logged(lines));
  const errors = [
    Object.create(null),
    { code: 5 },
    new Error("Outer", { cause: "inner" }),
    { toJSON: () => Promise.reject.call(undefined) },
  ];
  for (const [at, error] of errors.entries()) {
    app.get(`/${at}`, () => {
      throw error;
    });
    await app.request(`/${at}`);
  }
  await app.request(`/${"x".repeat(5000)}`);
  assertEquals(lines[0], "[500] GET /0 in 1.0ms\n    {}");
  assertEquals(lines[1], '[500] GET /1 in 1.0ms\n    {"code":5}');
  assertEquals(lines[2]?.split("\n").at(-1), "    Caused by: inner");
  assertEquals(lines[3]?.endsWith("\n    An error without a text"), true);
  assertEquals(lines[4]?.length, "[404] GET … in 1.0ms".length + 2048);
});

Deno.test("logger() refuses a format it does not know", () => {
  assertThrows(
    () => logger({ format: "xml" as "json" }),
    TypeError,
    'Cannot log as "xml": want "text" or "json"',
  );
});
