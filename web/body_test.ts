// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Body } from "./body.ts";
import type { Context } from "./context.ts";
import { Engine } from "./engine.ts";
import { HttpError } from "./http_error.ts";

const LIMITS = { bodyLimit: 10, bodyTimeout: Infinity };

function bodyOf(body: BodyInit | null, headers: HeadersInit = {}): Body {
  const request = new Request("http://localhost/", {
    method: "POST",
    body,
    headers,
  });
  return new Body(request, LIMITS);
}

async function statusOf(
  work: () => Promise<unknown>,
  message: string,
): Promise<number> {
  return (await assertRejects(work, HttpError, message)).status;
}

Deno.test("Body shares one buffer between its readers", async () => {
  const body = bodyOf('{"a":1}');
  assertEquals(await body.json(), { a: 1 });
  assertEquals(await body.text(), '{"a":1}');
  assertEquals((await body.bytes()).length, 7);
  assertEquals(await body.json(), { a: 1 });
  assertEquals(await bodyOf(null).text(), "");
});

Deno.test("Body.bytes() counts while the body streams", async () => {
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(4));
    },
  });
  const body = bodyOf(endless);
  assertEquals(
    await statusOf(() => body.bytes(), "The body is larger than 10 bytes"),
    413,
  );
  assertEquals(pulled <= 4, true);
  assertEquals((await bodyOf("x".repeat(10)).bytes()).length, 10);
});

Deno.test("Body.bytes() joins chunks", async () => {
  const chunks = ReadableStream.from([
    new Uint8Array([1]),
    new Uint8Array([2, 3]),
  ]);
  assertEquals(await bodyOf(chunks).bytes(), new Uint8Array([1, 2, 3]));
});

Deno.test("Body.bytes() believes a content-length that is too large", async () => {
  const body = bodyOf("x", { "content-length": "11" });
  assertEquals(
    await statusOf(() => body.bytes(), "The body is larger than 10 bytes"),
    413,
  );
});

Deno.test("Body.bytes() gives up on a slow client with 408", async () => {
  let hasCancelled = false;
  const silent = new ReadableStream({
    cancel() {
      hasCancelled = true;
    },
  });
  const request = new Request("http://localhost/", {
    method: "POST",
    body: silent,
  });
  const body = new Body(request, { bodyLimit: 10, bodyTimeout: 5 });
  const reading = body.bytes();
  assertEquals(body.isReading, true);
  assertEquals(await statusOf(() => reading, "Request Timeout"), 408);
  assertEquals([body.isReading, hasCancelled], [false, true]);
});

Deno.test("Body.bytes() answers 499 when the body breaks off", async () => {
  const broken = new ReadableStream({
    pull() {
      throw new Error("Reset");
    },
  });
  assertEquals(
    await statusOf(() => bodyOf(broken).bytes(), "The body broke off"),
    499,
  );
});

Deno.test("Body.form() reads both kinds of forms and nothing else", async () => {
  const encoded = await bodyOf(new URLSearchParams("a=1&a=2")).form();
  assertEquals(encoded.getAll("a"), ["1", "2"]);
  const data = new FormData();
  data.set("file", new File(["x"], "x.txt"));
  const request = new Request("http://localhost/", {
    method: "POST",
    body: data,
  });
  const form = await new Body(request, { bodyLimit: 1000, bodyTimeout: 1000 })
    .form();
  assertEquals((form.get("file") as File).name, "x.txt"); // set just above
  assertEquals([...await bodyOf(null).form()], []);
  assertEquals(
    await statusOf(() => bodyOf("{}").form(), "The body is not a form"),
    415,
  );
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  assertEquals(
    await statusOf(
      () => bodyOf("zz", headers).form(),
      "The body is not a valid form",
    ),
    400,
  );
});

Deno.test("Context.limitBody() changes the limits before the body is read", async () => {
  const app = new Engine({ bodyLimit: 10 });
  const upload = app.group("/upload");
  upload.use((c) => {
    c.limitBody({ bodyLimit: 100 });
    return c.next();
  });
  const echo = async (c: Context) =>
    c.string(String((await c.body.bytes()).length));
  upload.post("", echo);
  upload.post("/small", (c) => {
    c.limitBody({ bodyLimit: 5 });
    return echo(c as unknown as Context);
  });
  app.post("/", echo);
  app.post("/late", async (c) => {
    await c.body.bytes();
    c.limitBody({ bodyLimit: 5 });
  });
  const post = async (path: string, size: number) => {
    const body = "x".repeat(size);
    return (await app.request(path, { method: "POST", body })).status;
  };
  assertEquals(await post("/", 11), 413);
  assertEquals(await post("/upload", 11), 200);
  assertEquals(await post("/upload", 101), 413);
  assertEquals(await post("/upload/small", 6), 413);
  assertEquals(await post("/late", 1), 500);
});

Deno.test("Context.postFile() and postFiles() give files, never text", async () => {
  const app = new Engine();
  app.post("/", async (c) => {
    const file = await c.postFile("file");
    const files = await c.postFiles("file");
    return c.json([
      file?.name,
      await file?.text(),
      files.map(({ name }) => name),
      await c.postFile("text") === undefined,
      await c.postForm("text"),
      await c.postForm("file") === undefined,
    ]);
  });
  const body = new FormData();
  body.append("file", new File(["one"], "../../etc/passwd"));
  body.append("file", "just text");
  body.append("file", new File(["two"], "b.txt"));
  body.append("text", "hello");
  const response = await app.request("/", { method: "POST", body });
  assertEquals(await response.json(), [
    "../../etc/passwd",
    "one",
    ["../../etc/passwd", "b.txt"],
    true,
    "hello",
    true,
  ]);
});

Deno.test("Body reads once and shares what it made", async () => {
  const request = (body: BodyInit) =>
    new Request("http://h/", { method: "POST", body });
  const limits = { bodyLimit: 100, bodyTimeout: 1000 };
  const json = new Body(request('{"a":[1]}'), limits);
  assertEquals(await json.text(), '{"a":[1]}');
  assertStrictEquals(await json.json(), await json.json());
  assertStrictEquals(await json.bytes(), await json.bytes());
  const form = new Body(request(new URLSearchParams("a=1")), limits);
  assertStrictEquals(await form.form(), await form.form());
});

Deno.test("Body inflates nothing, and reads no text out of what is coded", async () => {
  const zeros = new Uint8Array(1 << 20);
  const stream = new Blob([zeros]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const bomb = await new Response(stream).bytes();
  const app = new Engine();
  app.post("/bytes", async (c) => c.json((await c.body.bytes()).length));
  app.post("/text", async (c) => c.string(await c.body.text()));
  app.post("/json", async (c) => c.json(await c.body.json()));
  app.post("/form", async (c) => c.json(await c.postForm("a") ?? null));
  const ask = (path: string, coding: string) =>
    app.request(path, {
      method: "POST",
      headers: { "content-encoding": coding },
      body: bomb,
    });
  assertEquals(await (await ask("/bytes", "gzip")).json(), bomb.length);
  for (const path of ["/text", "/json", "/form"]) {
    for (const coding of ["gzip", "br", "GZIP, gzip", "x-unknown"]) {
      const response = await ask(path, coding);
      assertEquals(response.status, 415, `${path} ${coding}`);
      assertEquals(response.headers.get("accept-encoding"), "identity");
    }
    const { status } = await ask(path, "Identity");
    assertEquals(status, { "/text": 200, "/json": 400, "/form": 415 }[path]);
  }
});
