// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import { Secret } from "./auth.ts";
import { decodeAnswer, encodeQuestion } from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import { AUTH_HEADER, FRAMES_TYPE } from "./batch_headers.ts";
import { answerHttp } from "./http_answer.ts";
import type { Answer, Question } from "./link.ts";
import { OutBuffer } from "./out_buffer.ts";
import { ask, demo, SELF, settingsOf } from "./testdata/demo.ts";

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
