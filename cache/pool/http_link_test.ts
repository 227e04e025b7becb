// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import { ClosedError } from "../errors.ts";
import { FRAMES_TYPE } from "./batch_headers.ts";
import { HttpTransport } from "./http_transport.ts";
import type { Answer } from "./link.ts";
import {
  answerFrame,
  echo,
  frames,
  get,
  linkTo,
  node,
  PEER,
  type Respond,
  textOf,
} from "./testdata/http.ts";

Deno.test("HttpLink.send() asks in one POST what is asked in one turn", async () => {
  const { link, requests } = linkTo(node());
  const keys = [
    "",
    ".",
    "..",
    "a b",
    "a+b",
    "x/y",
    "\ud800",
    "üñ",
    "__proto__",
  ];
  const answers = await Promise.all(keys.map((key) => link.send(get(key))));
  assertEquals(
    answers.map(textOf),
    keys.map((key) => `<${key.toWellFormed()}>`),
  );
  assertEquals(
    requests.map(({ method, url, redirect }) => [method, url, redirect]),
    [["POST", `${PEER}/_geecache/`, "manual"]],
  );
  assertEquals(requests[0]?.headers.get("content-type"), FRAMES_TYPE);
  assertEquals(link.isGo, false);
});

Deno.test("HttpLink.send() gathers further questions while two requests are unanswered", async () => {
  const gates: PromiseWithResolvers<void>[] = [];
  const { link, requests } = linkTo(async (request) => {
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    return await node()(request);
  });
  const waits: Promise<Answer>[] = [];
  const turn = async (key: string) => {
    waits.push(link.send(get(key)));
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  for (const key of ["a", "b", "c", "d", "e"]) await turn(key);
  assertEquals(requests.length, 2);
  gates[0]?.resolve();
  await waits[0];
  await turn("f");
  assertEquals(requests.length, 3);
  for (const gate of gates) gate.resolve();
  await waits[2];
  while (gates.length < 4) await turn("g");
  for (const gate of gates) gate.resolve();
  const answers = await Promise.all(waits);
  assertEquals(
    answers.slice(0, 6).map(textOf).join(),
    "<a>,<b>,<c>,<d>,<e>,<f>",
  );
  link.close();
});

Deno.test("HttpLink.send() lets no slow load hold up others", async () => {
  const slow = Promise.withResolvers<Answer>();
  const { link } = linkTo(
    node((question) =>
      question.kind === "get" && question.key.startsWith("slow")
        ? slow.promise
        : echo(question)
    ),
  );
  const waits = ["slow 1", "slow 2", "slow 3"].map((key) =>
    Promise.all([link.send(get(key)), link.send(get("a"))])
  );
  // More requests than may be unanswered hang by now.
  for (const key of ["b", "c", "d"]) {
    const hanging = link.send(get("slow 4"));
    assertEquals(textOf(await link.send(get(key))), `<${key}>`);
    waits.push(Promise.all([hanging]) as never); // just to be awaited
  }
  slow.resolve({ kind: "missing" });
  const kinds = (await Promise.all(waits)).map(([{ kind }]) => kind);
  assertEquals(kinds, new Array(6).fill("missing"));
});

Deno.test("HttpLink.send() bounds a request by number and by bytes", async () => {
  const { link, requests } = linkTo(node());
  const many = Array.from({ length: 600 }, (_, index) => get(`${index}`));
  await Promise.all(many.map((question) => link.send(question)));
  assertEquals(requests.length, 3);
  const long = Array.from({ length: 4 }, () => get("k".repeat(600_000)));
  await Promise.all(long.map((question) => link.send(question)));
  assertEquals(requests.length, 5);
});

Deno.test("HttpLink.send() rejects one question that is too long and asks the others", async () => {
  const { link } = linkTo(node(), { maxAnswerBytes: 1000 });
  const long = link.send(get("k".repeat(1000)));
  const short = link.send(get("k"));
  await assertRejects(() => long, RangeError, "Cannot send 1015 bytes");
  assertEquals(textOf(await short), "<k>");
});

Deno.test("HttpLink.send() rejects when too many questions wait", async () => {
  const { link } = linkTo(() => new Promise(() => {}));
  let rejected = 0;
  const count = () => void rejected++;
  for (let index = 0; index < 1 << 16; index++) link.send(get("")).catch(count);
  await assertRejects(
    () => link.send(get("")),
    Error,
    "Cannot ask the peer: too many questions wait already",
  );
  assertEquals(rejected, 0);
  link.close();
  await assertRejects(() => link.send(get("")), ClosedError);
  assertEquals(rejected, 1 << 16);
});

Deno.test("HttpLink.send() reads answers in pieces of any size", async () => {
  const { link } = linkTo(async (request) => {
    const response = await node()(request);
    const bytes = await response.bytes();
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
    return new Response(ReadableStream.from(pieces), response);
  });
  const answers = await Promise.all(
    ["a", "b".repeat(500)].map((key) => link.send(get(key))),
  );
  assertEquals(answers.map(textOf), ["<a>", `<${"b".repeat(500)}>`]);
});

Deno.test("HttpLink speaks with a server over real sockets, large values included", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => node()(request) as Promise<Response>, // `answerHttp` gives one
  );
  const link = new HttpTransport().link(`http://127.0.0.1:${server.addr.port}`);
  assertEquals(textOf(await link.send(get("k"))), "<k>");
  const keys = Array.from(
    { length: 300 },
    (_, index) => `${index} `.repeat(index ** 2 % 5000),
  );
  const answers = await Promise.all(keys.map((key) => link.send(get(key))));
  assertEquals(answers.map(textOf), keys.map((key) => `<${key}>`));
  link.close();
  await server.shutdown();
});

Deno.test("HttpLink.send() rejects when a peer gives no usable answer", async () => {
  const value = answerFrame(1, { kind: "value", view: new ByteView("v") });
  const other = answerFrame(9, { kind: "missing" });
  const twice = Uint8Array.of(...other, ...value);
  const cases: [why: string, respond: Respond][] = [
    ["refused", () => Promise.reject(new TypeError("refused"))],
    ["no error", () => Promise.reject("no error")],
    ["and frames, got 500", () => new Response("oops", { status: 500 })],
    ["and frames, got 302", () => Response.redirect("http://127.0.0.1:3/x")],
    ["and frames, got 401", () => new Response(null, { status: 401 })],
    [
      "and frames, got 400",
      () => new Response("bad frames\n", { status: 400 }),
    ],
    ["and frames, got 200", () => new Response("<html>")],
    ["it leaves a question out", () => frames("")],
    ["it leaves a question out", () => frames(other)],
    ["it leaves a question out", () => frames(value.slice(0, -1))],
    ["there are more than questions", () => frames(twice)],
    ["it is no answer", () => frames(Uint8Array.of(5, 0, 0, 0, 1, 0, 0, 0, 1))],
    [
      "it is no answer",
      () => frames(Uint8Array.of(6, 0, 0, 0, 1, 0, 0, 0, 33, 1)),
    ],
    ["a frame exceeds 1000 bytes", () => frames(Uint8Array.of(0, 0, 0, 1))],
    ["a frame exceeds 1000 bytes", () => frames(new Uint8Array(2000).fill(9))],
  ];
  for (const [why, respond] of cases) {
    const { link } = linkTo(respond, { maxAnswerBytes: 1000 });
    const [end] = await Promise.allSettled([link.send(get("k"))]);
    assert(end?.status === "rejected", why);
    assert(String(end.reason).includes(why), `${end.reason}`);
    assertEquals(link.isGo, false);
  }
});

Deno.test("HttpLink.send() stops reading an endless answer at its limit", async () => {
  let pulled = 0;
  let isCanceled = false;
  const { link } = linkTo(() =>
    frames(
      new ReadableStream({
        pull(controller) {
          const head = Uint8Array.of(0xe8, 3, 0, 0, 7, 0, 0, 0, 21);
          controller.enqueue(pulled++ === 0 ? head : new Uint8Array(1000));
        },
        cancel() {
          isCanceled = true;
        },
      }),
    ), { maxAnswerBytes: 1000 });
  await assertRejects(() => link.send(get("k")), SyntaxError);
  assert(isCanceled);
  assert(pulled < 10);
});

Deno.test("HttpLink.send() gives a value or an error for 10,000 mutated answers", async () => {
  const value = answerFrame(1, {
    kind: "value",
    view: new ByteView("v".repeat(20)),
    ttl: 5,
    tags: ["a"],
  });
  let seed = 5;
  const random = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
  let values = 0;
  for (let round = 0; round < 10_000; round++) {
    const bytes = value.slice();
    bytes[random(bytes.length)] = random(256);
    const { link } = linkTo(() => frames(bytes), { maxAnswerBytes: 1000 });
    const [end] = await Promise.allSettled([link.send(get("k"))]);
    if (end?.status !== "fulfilled") continue;
    values++;
    if (end.value.kind === "value") assert(end.value.view.length <= 50);
  }
  assert(values > 1000 && values < 9000, String(values));
});

Deno.test("HttpLink.send() rejects in time and ends the request", async () => {
  let reason: unknown;
  const { link } = linkTo(({ signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
        reject(reason);
      });
    }), { timeout: 5 });
  const error = await assertRejects(() => link.send(get("k")), DOMException);
  assertEquals(error.name, "TimeoutError");
  // The request began a microtask later than the question.
  while (reason === undefined) await new Promise((go) => setTimeout(go, 0));
});

Deno.test("HttpLink.send() rejects with the reason of a caller who leaves", async () => {
  const gate = Promise.withResolvers<void>();
  const { link, requests } = linkTo(async (request) => {
    await gate.promise;
    return await node()(request);
  });
  const controller = new AbortController();
  const { signal } = controller;
  const wait = link.send(get("a"), { signal });
  const other = link.send(get("b"));
  controller.abort(new Error("gone"));
  await assertRejects(() => wait, Error, "gone");
  await assertRejects(() => link.send(get("c"), { signal }), Error, "gone");
  gate.resolve();
  assertEquals(textOf(await other), "<b>");
  // Who left before the request was made is not in it.
  assertEquals((await requests[0]?.bytes())?.length, 20);
});

Deno.test("HttpLink.close() ends what is under way, twice over", async () => {
  const { link } = linkTo(() => new Promise(() => {}));
  const waits = [link.send(get("a"))];
  await new Promise((resolve) => setTimeout(resolve, 0));
  waits.push(link.send(get("b")));
  link.close();
  link.close();
  for (const wait of [...waits, link.send(get("c"))]) {
    await assertRejects(
      () => wait,
      ClosedError,
      `Cannot ask "${PEER}": it is closed`,
    );
  }
});

Deno.test("HttpTransport.checkName() refuses peers that nodes could spell differently", () => {
  const transport = new HttpTransport();
  transport.checkName("http://127.0.0.1:8001");
  transport.checkName("https://a.example/prefix");
  assert(transport.carries("."));
  const wrong = ["", "127.0.0.1:1", "ftp://a", "http://a/", "http://a/b/"];
  wrong.push("http://a?b", "http://a#b", "http://u:p@a", "http://u@a");
  wrong.push("http://a\n", " http://a", "http://a\t.b");
  for (const peer of wrong) {
    assertThrows(
      () => transport.checkName(peer),
      TypeError,
      `Cannot use peer "${peer}": want an http or https URL without trailing slash`,
    );
  }
});

Deno.test("HttpTransport() refuses a base path without slashes at both ends", () => {
  for (const basePath of ["", "cache", "/cache", "cache/", "/a?/"]) {
    assertThrows(
      () => new HttpTransport({ basePath }),
      TypeError,
      `Cannot use base path "${basePath}": want a slash at both ends`,
    );
  }
});
