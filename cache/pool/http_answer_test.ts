// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import { Secret } from "./auth.ts";
import { decodeAnswer, encodeQuestion } from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import { AUTH_HEADER, FRAMES_TYPE } from "./frames_type.ts";
import { answerHttp, type HttpAnswerSettings } from "./http_answer.ts";
import type { Answer, AnswerQuestion, Question } from "./link.ts";
import { OutBuffer } from "./out_buffer.ts";

const SELF = "http://127.0.0.1:1";
const BYTES = "application/octet-stream";
const TEXT = "text/plain; charset=utf-8";
const BUSY: Answer = { kind: "failed", isBusy: true };
const FAILED: Answer = { kind: "failed", isBusy: false };

/** The values of the demo of the original. */
const SCORES = new Map([["Tom", "630"], ["a+b", "plus"], ["a b", "space"]]);
for (
  const [key, value] of [
    ["x/y", "slash"],
    ["empty", ""],
    ["..", "dots"],
    ["100%", "pct"],
    ["üñ", "utf8"],
  ] as const
) SCORES.set(key, value);

function demo(question: Question): Answer {
  if (question.kind !== "get") return { kind: "done", missed: [] };
  if (question.group !== "scores") return { kind: "unknownGroup" };
  if (question.key === "") return FAILED;
  const value = SCORES.get(question.key);
  if (value === undefined) return { kind: "missing" };
  return { kind: "value", view: new ByteView(value), ttl: 1000 };
}

function settingsOf(
  answer: AnswerQuestion = demo,
  options: Partial<HttpAnswerSettings> = {},
): HttpAnswerSettings {
  const basePath = "/_geecache/";
  return { self: SELF, basePath, timeout: 60_000, answer, ...options };
}

/** Status, content type and body of the answer to a GET. */
async function ask(path: string, settings = settingsOf(), init = {}) {
  const response = await answerHttp(new Request(SELF + path, init), settings);
  const type = response.headers.get("content-type");
  return [response.status, type, await response.text()];
}

Deno.test("answerHttp() answers a GET as the Go original", async () => {
  const answers: [path: string, ...answer: [number, string, string]][] = [
    ["/_geecache/scores/Tom", 200, BYTES, "\n\x03630"],
    ["/_geecache/scores/a%2Bb", 200, BYTES, "\n\x04plus"],
    ["/_geecache/scores/x%2Fy", 200, BYTES, "\n\x05slash"],
    ["/_geecache/scores/empty", 200, BYTES, ""],
    ["/_geecache/scores/100%25", 200, BYTES, "\n\x03pct"],
    ["/_geecache/scores/%C3%BC%C3%B1", 200, BYTES, "\n\x04utf8"],
    ["/_geecache/nogroup/Tom", 404, TEXT, "no such group: nogroup\n"],
    ["/_geecache/nogroup/", 404, TEXT, "no such group: nogroup\n"],
    ["/_geecache/scores", 400, TEXT, "bad request\n"],
    ["/_geecache/", 400, TEXT, "bad request\n"],
    ["/_geecache/scores/", 500, TEXT, "key is required\n"],
  ];
  for (const [path, ...answer] of answers) {
    assertEquals(await ask(path), answer, path);
  }
});

Deno.test("answerHttp() mends what the original gets wrong", async () => {
  const answers: [path: string, ...answer: [number, string, string]][] = [
    // The original takes the "+" of its own client for a plus.
    ["/_geecache/scores/a+b", 200, BYTES, "\n\x05space"],
    ["/_geecache/scores/a%20b", 200, BYTES, "\n\x05space"],
    // It answers 500 with the text of the error.
    ["/_geecache/scores/nobody", 404, TEXT, "no such key\n"],
    // It closes the connection.
    ["/other", 404, TEXT, "not found\n"],
    ["/_geecache/scores/%zz", 400, TEXT, "bad request\n"],
  ];
  for (const [path, ...answer] of answers) {
    assertEquals(await ask(path), answer, path);
  }
});

Deno.test("answerHttp() sends the headers of Go's http.Error, and says what failed to our nodes", async () => {
  const cases: [answer: Answer, status: number, header: string | null][] = [
    [{ kind: "unknownGroup" }, 404, null],
    [{ kind: "missing" }, 404, "missing"],
    [FAILED, 500, "failed"],
    [BUSY, 503, "failed"],
  ];
  for (const [answer, status, header] of cases) {
    const response = await answerHttp(
      new Request(`${SELF}/_geecache/g/k`),
      settingsOf(() => answer),
    );
    assertEquals(response.status, status);
    assertEquals(response.headers.get("content-type"), TEXT);
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assertEquals(response.headers.get("x-geecache-answer"), header);
    await response.body?.cancel();
  }
});

Deno.test("answerHttp() answers GET alone where it is no batch", async () => {
  for (const method of ["POST", "PUT", "DELETE", "HEAD"]) {
    const response = await answerHttp(
      new Request(`${SELF}/_geecache/scores/Tom`, { method }),
      settingsOf(),
    );
    const { status, headers } = response;
    assertEquals([status, headers.get("allow")], [405, "GET"]);
    await response.body?.cancel();
  }
});

Deno.test("answerHttp() uses the base path it was given", async () => {
  const settings = settingsOf(demo, { basePath: "/" });
  assertEquals((await ask("/scores/Tom", settings))[0], 200);
  assertEquals((await ask("/_geecache/scores/Tom", settings))[0], 404);
});

Deno.test("answerHttp() knows a forwarded question by its mark", async () => {
  const asked: Question[] = [];
  const settings = settingsOf((question) => {
    asked.push(question);
    return { kind: "missing" };
  });
  await ask("/_geecache/g/k", settings);
  await ask("/_geecache/g/k", settings, { headers: { "x-geecache-hop": "1" } });
  assertEquals(
    asked,
    [false, true].map((isForwarded) => ({
      kind: "get",
      group: "g",
      key: "k",
      mode: "load",
      isForwarded,
    })),
  );
});

Deno.test("answerHttp() ends a wait for a value by its time limit", async () => {
  const never = () => new Promise<Answer>(() => {});
  const late = [503, TEXT, "try again later\n"];
  const settings = settingsOf(never, { timeout: 1 });
  assertEquals(await ask("/_geecache/g/k", settings), late);
  const failed = [500, TEXT, "load failed\n"];
  const rejects = settingsOf(() => Promise.reject(new Error("a bug")));
  assertEquals(await ask("/_geecache/g/k", rejects), failed);
  const throws = settingsOf(() => {
    throw new Error("a bug");
  });
  assertEquals(await ask("/_geecache/g/k", throws), failed);
});

Deno.test('answerHttp() answers a Go node for the key ".." over a plain socket', async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => answerHttp(request, settingsOf()),
  );
  const { port } = server.addr;
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  // As captured from a Go node, with its connection closed after the answer.
  const head =
    `GET /_geecache/scores/.. HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    "User-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n" +
    "Connection: close\r\n\r\n";
  await socket.write(new TextEncoder().encode(head));
  let answer = "";
  const decoder = new TextDecoder();
  for await (const chunk of socket.readable) answer += decoder.decode(chunk);
  assert(answer.startsWith("HTTP/1.1 200 OK\r\n"));
  assert(answer.includes("content-type: application/octet-stream\r\n"));
  assert(answer.endsWith("\r\n\r\n\n\x04dots"));
  await server.shutdown();
});

function get(key: string): Question {
  return { kind: "get", group: "scores", key, mode: "load", isForwarded: true };
}

function framesOf(questions: readonly Question[]): Uint8Array<ArrayBuffer> {
  const out = new OutBuffer();
  for (const [id, question] of questions.entries()) {
    encodeQuestion(out, id, question, 1 << 30);
  }
  return out.take();
}

function batchOf(body: BodyInit | null, headers: HeadersInit = {}): Request {
  return new Request(`${SELF}/_geecache/`, {
    method: "POST",
    body,
    headers: { "content-type": FRAMES_TYPE, ...headers },
  });
}

/** The answers in the order they came, with what they are. */
function textsOf(bytes: Uint8Array): [id: number, text: string][] {
  const reader = new FrameReader(1 << 30, bytes);
  const texts: [number, string][] = [];
  while (reader.next()) {
    const { id } = reader;
    const answer = decodeAnswer(reader);
    texts.push([id, answer.kind === "value" ? `${answer.view}` : answer.kind]);
  }
  assert(reader.isEmpty);
  return texts;
}

Deno.test("answerHttp() answers a batch in one body", async () => {
  const questions = [get("Tom"), get("nobody"), get(".."), { kind: "ping" }];
  const response = await answerHttp(
    batchOf(framesOf(questions as Question[])),
    settingsOf(),
  );
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), FRAMES_TYPE);
  assertEquals(textsOf(await response.bytes()), [
    [0, "630"],
    [1, "missing"],
    [2, "dots"],
    [3, "done"],
  ]);
});

Deno.test("answerHttp() answers an empty batch with nothing", async () => {
  const response = await answerHttp(batchOf(null), settingsOf());
  assertEquals(textsOf(await response.bytes()), []);
});

Deno.test("answerHttp() sends what it knows before a slow load is done", async () => {
  const slow = Promise.withResolvers<Answer>();
  const settings = settingsOf((question) =>
    question.kind === "get" && question.key === "slow"
      ? slow.promise
      : demo(question)
  );
  const questions = [get("slow"), get("Tom"), get("nobody")];
  const response = await answerHttp(batchOf(framesOf(questions)), settings);
  const reader = response.body!.getReader(); // there is one
  const first = await reader.read();
  assertEquals(textsOf(first.value ?? new Uint8Array()), [
    [1, "630"],
    [2, "missing"],
  ]);
  slow.resolve({ kind: "unknownGroup" });
  const second = await reader.read();
  assertEquals(textsOf(second.value ?? new Uint8Array()), [[
    0,
    "unknownGroup",
  ]]);
  assertEquals((await reader.read()).done, true);
});

Deno.test("answerHttp() ends a slow load of a batch by its time limit", async () => {
  const settings = settingsOf(
    (question) =>
      question.kind === "get" ? new Promise(() => {}) : demo(question),
    {
      timeout: 1,
    },
  );
  const questions: Question[] = [get("a"), { kind: "ping" }, get("b")];
  const response = await answerHttp(batchOf(framesOf(questions)), settings);
  assertEquals(textsOf(await response.bytes()), [
    [1, "done"],
    [0, "failed"],
    [2, "failed"],
  ]);
});

Deno.test("answerHttp() makes the bytes of a long answer as they are read", async () => {
  const view = new ByteView(new Uint8Array(200_000));
  const settings = settingsOf(() => ({ kind: "value", view }));
  const questions = Array.from({ length: 100 }, (_, index) => get(`${index}`));
  const response = await answerHttp(batchOf(framesOf(questions)), settings);
  const sizes: number[] = [];
  for await (const chunk of response.body ?? []) sizes.push(chunk.length);
  assertEquals(sizes.length, 50);
  assert(sizes.every((size) => size < 500_000));
});

Deno.test("answerHttp() refuses batches that are malformed, before any of it is done", async () => {
  let asked = 0;
  const settings = settingsOf((question) => {
    asked++;
    return demo(question);
  }, { maxQuestions: 3, maxQuestionBytes: 1000 });
  const good = framesOf([get("a"), get("b")]);
  const bodies: Uint8Array<ArrayBuffer>[] = [
    good.slice(0, -1),
    Uint8Array.of(...good, 1),
    Uint8Array.of(...good, 5, 0, 0, 0, 1, 0, 0, 0, 99),
    framesOf([get("a"), get("b"), get("c"), get("d")]),
    framesOf([get("k".repeat(1000))]),
  ];
  for (const body of bodies) {
    const response = await answerHttp(batchOf(body), settings);
    // Not the words of a Go node.
    assertEquals([response.status, await response.text()], [
      400,
      "bad frames\n",
    ]);
  }
  assertEquals(asked, 0);
});

Deno.test("answerHttp() refuses a body beyond its limit, whatever its length says", async () => {
  const settings = settingsOf(demo, { maxQuestionBytes: 1000 });
  let pulled = 0;
  const endless = () =>
    new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1 << 18));
      },
    });
  const bodies = [
    batchOf(endless()),
    batchOf(endless(), { "content-length": String(1 << 30) }),
    batchOf(new Uint8Array(4 << 20)),
  ];
  for (const request of bodies) {
    const response = await answerHttp(request, settings);
    assertEquals([response.status, await response.text()], [
      413,
      "too large\n",
    ]);
  }
  assert(pulled < 20);
});

Deno.test("answerHttp() ends a slow body by its time limit", async () => {
  let isCanceled = false;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => {
      isCanceled = true;
    },
  });
  const response = await answerHttp(
    batchOf(body),
    settingsOf(demo, { timeout: 1 }),
  );
  assertEquals([response.status, await response.text()], [408, "too slow\n"]);
  assert(isCanceled);
});

Deno.test("answerHttp() ends a slow body of a real client, and one that breaks off", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => answerHttp(request, settingsOf(demo, { timeout: 20 })),
  );
  const { port } = server.addr;
  const head = `POST /_geecache/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    `Content-Type: ${FRAMES_TYPE}\r\nContent-Length: 100\r\n\r\nslow`;
  for (const isBroken of [false, true]) {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port });
    await socket.write(new TextEncoder().encode(head));
    if (isBroken) await socket.closeWrite();
    const answer = new Uint8Array(1000);
    const count = await socket.read(answer);
    const text = new TextDecoder().decode(answer.subarray(0, count ?? 0));
    assert(isBroken || text.startsWith("HTTP/1.1 408 "), text);
  }
  await server.shutdown();
});

Deno.test("answerHttp() takes a batch for one only at its path and in its type", async () => {
  const body = framesOf([get("Tom")]);
  const other = { "content-type": "application/octet-stream" };
  const bad = await answerHttp(batchOf(body, other), settingsOf());
  assertEquals([bad.status, await bad.text()], [400, "bad request\n"]);
  const headers = { "content-type": FRAMES_TYPE };
  const cases: [path: string, status: number][] = [
    ["/_geecache/scores/_geecache/", 405],
    ["/x/_geecache/", 404],
    ["/_geecache/?/_geecache/", 400],
  ];
  for (const [path, status] of cases) {
    const init = { method: "POST", body, headers };
    const response = await answerHttp(
      new Request(SELF + path, init),
      settingsOf(),
    );
    assertEquals(response.status, status, path);
    await response.body?.cancel();
  }
});

Deno.test("answerHttp() with a secret answers signed requests alone", async () => {
  const clock = { time: 1_700_000_000_000 };
  const now = () => clock.time;
  const peer = new Secret("sixteen bytes or more", { now });
  let asked = 0;
  const settings = settingsOf((question) => {
    asked++;
    return demo(question);
  }, { secret: new Secret("sixteen bytes or more", { now }) });
  const body = framesOf([get("Tom")]);
  const changed = framesOf([get("Sam")]);
  const request = { method: "POST", name: SELF, path: "/_geecache/", body };
  const stamp = async (change = {}, secret = peer) =>
    (await secret.stamp({ ...request, ...change })).header;
  const status = async (header: string | undefined, bytes = body) => {
    const headers: Record<string, string> = {};
    if (header !== undefined) headers[AUTH_HEADER] = header;
    const response = await answerHttp(batchOf(bytes, headers), settings);
    await response.body?.cancel();
    return response.status;
  };
  const other = new Secret("another of sixteen", { now });
  assertEquals(await status(undefined), 401); // missing
  assertEquals(await status("v1 nonsense"), 401);
  assertEquals(await status(await stamp({}, other)), 401); // wrong
  assertEquals(await status(await stamp(), changed), 401); // body changed
  assertEquals(await status(await stamp({ path: "/other/" })), 401);
  assertEquals(await status(await stamp({ method: "GET" })), 401);
  assertEquals(await status(await stamp({ name: "http://127.0.0.1:2" })), 401);
  const old = await stamp();
  clock.time += 300_000;
  assertEquals(await status(old), 401); // 5 minutes old
  assertEquals(asked, 0);
  const good = await stamp();
  assertEquals(await status(good), 200);
  assertEquals(await status(good), 401); // repeated
  assertEquals(asked, 1);
  for (const method of ["GET", "POST", "DELETE"]) {
    const path = "/_geecache/scores/Tom";
    assertEquals((await ask(path, settings, { method }))[0], 401);
  }
  assertEquals(asked, 1);
});

Deno.test("answerHttp() with a secret does not read the body of who does not sign", async () => {
  const body = new ReadableStream({
    pull() {
      throw new Error("It was read");
    },
  }, { highWaterMark: 0 });
  const response = await answerHttp(
    batchOf(body),
    settingsOf(demo, { secret: new Secret("sixteen bytes or more") }),
  );
  assertEquals([response.status, await response.text()], [
    401,
    "unauthorized\n",
  ]);
});
