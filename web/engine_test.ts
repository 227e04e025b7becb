// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Engine } from "./engine.ts";
import { HttpError } from "./http_error.ts";

/** Sends bytes as they are and reads until the server closes. */
async function exchange(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  return await new Response(readable(connection)).text();
}

function readable(
  connection: Deno.Conn,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(async function* () {
    const buffer = new Uint8Array(4096);
    for (
      let n = await connection.read(buffer);
      n !== null;
      n = await connection.read(buffer)
    ) {
      yield buffer.slice(0, n);
    }
  }());
}

function get(path: string, host = "localhost", method = "GET"): string {
  return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
}

Deno.test("Engine.fetch() answers 400 to a malformed host and runs nothing", async () => {
  let runs = 0;
  const app = new Engine();
  app.use((c) => {
    runs++;
    c.next();
  });
  app.any("/only", (c) => c.string("only")).any("/*", (c) => c.string(c.path));
  await using server = app.run({ port: 0 });
  const { port } = server.addr;
  const hosts = [
    "localhost/only?",
    "localhost/only",
    "a/",
    "a@b",
    "a#",
    "a?",
    "a\\b",
    "a b",
  ];
  for (const host of hosts) {
    const answer = await exchange(port, get("/nope", host));
    assert(answer.startsWith("HTTP/1.1 400 "), `${host}: ${answer}`);
  }
  assertEquals(runs, 0);
  for (const host of ["localhost", "a.b:80", "[::1]:8000"]) {
    const answer = await exchange(port, get("/a/b", host));
    assert(answer.endsWith("/a/b") || answer.includes("/a/b\r\n"), answer);
  }
  assertEquals(runs, 3);
});

Deno.test("Engine.fetch() answers 400 to a malformed path", async () => {
  const app = new Engine();
  app.get("/user/:name", (c) => c.string(c.param("name")));
  for (const path of ["/user/%zz", "/user/%", "/user/%00", "/nope/%ff"]) {
    const response = await app.request(path);
    assertEquals(response.status, 400, path);
    assertEquals(await response.json(), { message: "Bad path" });
  }
  assertEquals(await (await app.request("/user/a%2Fb")).text(), "a/b");
  assertEquals(await (await app.request("/user/a%252Fb")).text(), "a%2Fb");
  const odd = await app.fetch(
    {
      url: "http://a:80",
      method: "CONNECT",
      headers: new Headers(),
    } as Request,
  );
  assertEquals(odd.status, 400);
});

Deno.test("Engine.fetch() answers HEAD from GET with the true length", async () => {
  const app = new Engine();
  app.get("/text", (c) => c.string("h\u00e9llo"));
  app.get("/foreign", () => new Response("abc"));
  await using server = app.run({ port: 0 });
  const text = await exchange(server.addr.port, get("/text", "a", "HEAD"));
  assert(/^content-length: 6\r$/im.test(text), text);
  assert(text.endsWith("\r\n\r\n"), text);
  const foreign = await exchange(
    server.addr.port,
    get("/foreign", "a", "HEAD"),
  );
  assert(/^content-length: 3\r$/im.test(foreign), foreign);
});

Deno.test("Engine.fetch() answers 405 and OPTIONS with Allow", async () => {
  const app = new Engine();
  app.get("/users/new", (c) => c.string("x"));
  app.post("/users/:id", (c) => c.string("x"));
  const refused = await app.request("/users/new", { method: "PUT" });
  assertEquals(refused.status, 405);
  assertEquals(refused.headers.get("allow"), "GET, HEAD, OPTIONS, POST");
  assertEquals(await refused.json(), { message: "Method Not Allowed" });
  const options = await app.request("/users/7", { method: "OPTIONS" });
  assertEquals(options.status, 204);
  assertEquals(options.headers.get("allow"), "OPTIONS, POST");
  assertEquals((await app.request("/nope", { method: "OPTIONS" })).status, 404);
  app.options("/users/:id", (c) => c.string("own"));
  const own = await app.request("/users/7", { method: "OPTIONS" });
  assertEquals(await own.text(), "own");
});

Deno.test("Engine.notFound() answers inside the middleware", async () => {
  const app = new Engine().notFound((c) => c.html(404, `<p>${c.method}`));
  app.use((c) => {
    c.setHeader("x-a", "1");
    c.next();
  });
  const response = await app.request("/x");
  assertEquals([response.status, await response.text()], [404, "<p>GET"]);
  assertEquals(response.headers.get("x-a"), "1");
  assertEquals(await (await new Engine().request("/x")).json(), {
    message: "Not Found",
  });
});

Deno.test("Engine.fetch() is opaque about unknown errors", async () => {
  const app = new Engine();
  app.get("/sync", () => {
    throw new Error("Secret");
  });
  app.get("/async", () => Promise.reject(new Error("Secret")));
  app.get("/hidden", () => {
    throw new HttpError(503, "Secret", { headers: { "retry-after": "1" } });
  });
  app.get("/shown", () => {
    throw new HttpError(500, "Shown", { expose: true });
  });
  const read = async (path: string) => {
    const response = await app.request(path);
    return [response.status, (await response.json()).message];
  };
  assertEquals(await read("/sync"), [500, "Internal Server Error"]);
  assertEquals(await read("/async"), [500, "Internal Server Error"]);
  assertEquals(await read("/hidden"), [503, "Service Unavailable"]);
  assertEquals(await read("/shown"), [500, "Shown"]);
  assertEquals((await app.request("/hidden")).headers.get("retry-after"), "1");
});

Deno.test("Engine.onError() answers, and its own failure is a plain 500", async () => {
  const app = new Engine();
  app.get("/:how", (c) => {
    throw new Error(c.param("how"));
  });
  app.onError((error, c) => {
    const { message } = error as Error; // thrown just above
    if (message === "sync") throw error;
    if (message === "async") return Promise.reject(error);
    return c.string(418, message);
  });
  const mine = await app.request("/mine");
  assertEquals([mine.status, await mine.text()], [418, "mine"]);
  for (const path of ["/sync", "/async"]) {
    const response = await app.request(path);
    assertEquals(response.status, 500);
    assertEquals(await response.json(), { message: "Internal Server Error" });
  }
});

Deno.test("Engine answers 503 for a handler that never settles, and frees it", async () => {
  let signal: AbortSignal | undefined;
  const app = new Engine({ handlerTimeout: 5 });
  app.get("/", (c) => {
    c.setHeader("x-a", "1");
    signal = c.signal;
    return new Promise(() => {});
  });
  await using server = app.run({ port: 0 });
  const answer = await exchange(server.addr.port, get("/"));
  assert(answer.startsWith("HTTP/1.1 503 "), answer);
  assert(answer.includes("x-a: 1"), answer);
  assertEquals(signal?.aborted, true);
  assertEquals((signal?.reason as HttpError).status, 503);
});

Deno.test("Engine drops what a handler gives after its deadline", async () => {
  const cancelled = Promise.withResolvers<void>();
  const app = new Engine({ handlerTimeout: 5 });
  const late =
    (run: (signal: AbortSignal) => Response) =>
    async (c: { signal: AbortSignal }) => {
      const { signal } = c;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return run(signal);
    };
  const body = new ReadableStream({ cancel: () => cancelled.resolve() });
  app.get("/body", late(() => new Response(body)));
  app.get(
    "/error",
    late((signal) => {
      throw signal.reason;
    }),
  );
  assertEquals((await app.request("/body")).status, 503);
  assertEquals((await app.request("/error")).status, 503);
  await cancelled.promise;
});

Deno.test("Engine answers 408 when the deadline finds the client at fault", async () => {
  const app = new Engine({ handlerTimeout: 5 });
  app.post("/", async (c) => c.json(await c.body.json()));
  await using server = app.run({ port: 0 });
  const { port } = server.addr;
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{";
  await connection.write(new TextEncoder().encode(head));
  // Deno answers at once but closes such a socket only after its client does.
  const buffer = new Uint8Array(4096);
  const read = await connection.read(buffer) ?? 0;
  const answer = new TextDecoder().decode(buffer.subarray(0, read));
  assert(answer.startsWith("HTTP/1.1 408 "), answer);
});

Deno.test("Engine answers 413 to an endless chunked body", async () => {
  const app = new Engine({ bodyLimit: 1000 });
  app.post("/", async (c) => c.string(await c.body.text()));
  const chunk = new Uint8Array(600);
  const body = ReadableStream.from(async function* () {
    while (true) yield chunk;
  }());
  const response = await app.request("/", { method: "POST", body });
  assertEquals(response.status, 413);
  assertEquals(await response.json(), {
    message: "The body is larger than 1000 bytes",
  });
});

Deno.test("Context.signal aborts when the client leaves and never by success", async () => {
  const left = Promise.withResolvers<AbortSignal>();
  const started = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  const app = new Engine();
  app.get("/wait", (c) => {
    const { signal } = c;
    signal.addEventListener("abort", () => left.resolve(signal));
    started.resolve();
    return new Promise(() => {});
  });
  app.get("/ok", async (c) => {
    signals.push(c.signal);
    return await Promise.resolve(c.string("x"));
  });
  await using server = app.run({ port: 0 });
  await exchange(server.addr.port, get("/ok"));
  const connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: server.addr.port,
  });
  await connection.write(new TextEncoder().encode(get("/wait")));
  await started.promise;
  connection.close();
  assertEquals(((await left.promise).reason as HttpError).status, 499);
  assertEquals(signals.map((signal) => signal.aborted), [false]);
});

Deno.test("Engine notices a client that leaves a slow handler without signal", async () => {
  const started = Promise.withResolvers<void>();
  const app = new Engine({ handlerTimeout: Infinity });
  const finished = Promise.withResolvers<number>();
  app.use(async (c) => {
    try {
      await c.next();
    } finally {
      finished.resolve(0);
    }
  });
  app.get("/", () => {
    started.resolve();
    return new Promise(() => {});
  });
  const server = app.run({ port: 0 });
  const connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: server.addr.port,
  });
  await connection.write(new TextEncoder().encode(get("/")));
  await started.promise;
  connection.close();
  // Draining waits for every handler, so it ends only if this one was freed.
  await server.close();
});

Deno.test("Engine.request() takes paths, URLs and requests", async () => {
  const app = new Engine();
  app.get("/a", (c) => c.string(c.request.url));
  const inputs = [
    "/a",
    "http://b/a",
    new URL("http://b/a"),
    new Request("http://b/a"),
  ];
  const urls = await Promise.all(
    inputs.map(async (input) => await (await app.request(input)).text()),
  );
  assertEquals(urls, [
    "http://localhost/a",
    "http://b/a",
    "http://b/a",
    "http://b/a",
  ]);
});

Deno.test("Engine tells the address of the connection and trusts no header", async () => {
  const app = new Engine();
  app.get("/", (c) => c.string(c.remoteAddress ?? "none"));
  await using server = app.run({ port: 0 });
  const headers = { "x-forwarded-for": "1.2.3.4" };
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`, {
    headers,
  });
  assertEquals(await response.text(), "127.0.0.1");
});

Deno.test("Engine refuses limits that are not positive", () => {
  assertThrows(
    () => new Engine({ bodyLimit: 0 }),
    RangeError,
    "Cannot make an Engine: got bodyLimit 0, want a positive number",
  );
  assertThrows(() => new Engine({ handlerTimeout: NaN }), RangeError);
  assertThrows(() => new Engine({ bodyTimeout: -1 }), RangeError);
});
