// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import { ClosedError } from "../errors.ts";
import { Secret } from "./auth.ts";
import { encodeAnswer } from "./frame.ts";
import { FRAMES_TYPE } from "./frames_type.ts";
import { answerHttp, type HttpAnswerSettings } from "./http_answer.ts";
import { HttpTransport, type HttpTransportOptions } from "./http_transport.ts";
import type { Answer, GetQuestion, Question } from "./link.ts";
import { OutBuffer } from "./out_buffer.ts";

const PEER = "http://127.0.0.1:2";
const SECRET = "sixteen bytes or more";

type Respond = (request: Request) => Response | Promise<Response>;

function get(key: string, group = "g"): GetQuestion {
  return { kind: "get", group, key, mode: "load", isForwarded: true };
}

function echo(question: Question): Answer {
  return question.kind === "get"
    ? { kind: "value", view: new ByteView(`<${question.key}>`), ttl: 1000 }
    : { kind: "done", missed: [] };
}

function textOf(answer: Answer): string {
  return answer.kind === "value" ? String(answer.view) : answer.kind;
}

/** A link to a peer that answers as the test says. */
function linkTo(respond: Respond, options: HttpTransportOptions = {}) {
  const requests: Request[] = [];
  const transport = new HttpTransport({
    fetch: async (request) => {
      requests.push(request.clone());
      return await respond(request);
    },
    ...options,
  });
  return { link: transport.link(PEER), requests };
}

/** How one of our nodes answers. */
function node(
  answer: (question: Question) => Answer | Promise<Answer> = echo,
  options: Partial<HttpAnswerSettings> = {},
): Respond {
  const settings = { basePath: "/_geecache/", timeout: 60_000, self: PEER };
  return (request) => answerHttp(request, { ...settings, answer, ...options });
}

/** How a Go node answers: a batch is a path without group and key to it. */
function goNode(answer: Respond): Respond {
  return (request) =>
    new URL(request.url).pathname === "/_geecache/"
      ? new Response("bad request\n", { status: 400 })
      : answer(request);
}

const GO_VALUE = Uint8Array.fromHex("0a03363330");

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

/** A response of frames. */
function frames(body: BodyInit): Response {
  return new Response(body, { headers: { "content-type": FRAMES_TYPE } });
}

function answerFrame(id: number, answer: Answer): Uint8Array<ArrayBuffer> {
  const out = new OutBuffer();
  encodeAnswer(out, id, answer, 1 << 20);
  return out.take();
}

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

Deno.test("HttpLink.send() asks a Go node in the way of the original", async () => {
  const { link, requests } = linkTo(goNode(() => new Response(GO_VALUE)));
  const answers = await Promise.all(
    [link.send(get("a b/ü")), link.send(get("Tom", "x/y"))],
  );
  // A value of a Go node has no time: nobody would tell of its changes.
  assertEquals(answers.map((answer) => Object.keys(answer)), [
    ["kind", "view"],
    ["kind", "view"],
  ]);
  assertEquals(answers.map(textOf), ["630", "630"]);
  assertEquals(link.isGo, true);
  assertEquals(textOf(await link.send(get("+"))), "630");
  assertEquals(
    requests.map(({ method, url }) => [method, url.slice(PEER.length)]),
    [
      ["POST", "/_geecache/"],
      ["GET", "/_geecache/g/a%20b%2F%C3%BC"],
      ["GET", "/_geecache/x%2Fy/Tom"],
      ["GET", "/_geecache/g/%2B"],
    ],
  );
  const { redirect, headers } = requests[1]!; // it was compared
  assertEquals([redirect, headers.get("x-geecache-hop")], ["manual", "1"]);
});

Deno.test("HttpLink.send() reads the value of a Go node in pieces", async () => {
  const pieces = ["0a", "03", "3633", "30"].map((hex) =>
    Uint8Array.fromHex(hex)
  );
  const { link } = linkTo(
    goNode(() => new Response(ReadableStream.from(pieces))),
  );
  assertEquals(textOf(await link.send(get("k"))), "630");
});

Deno.test("HttpLink.send() rejects what a Go node gives no usable answer to", async () => {
  const cases: [why: string, respond: Respond][] = [
    ["refused", () => Promise.reject(new TypeError("refused"))],
    [
      "want status 200, got 500",
      () => new Response("Tom not exist\n", { status: 500 }),
    ],
    [
      "want status 200, got 302",
      () => Response.redirect("http://127.0.0.1:3/"),
    ],
    ["want status 200, got 404", () => new Response(null, { status: 404 })],
    ["it is cut short", () => new Response(Uint8Array.fromHex("0a0336"))],
    ["it exceeds 12 bytes", () => new Response(new Uint8Array(13))],
    [
      "it exceeds 12 bytes",
      () => new Response(ReadableStream.from([GO_VALUE, GO_VALUE, GO_VALUE])),
    ],
  ];
  for (const [why, respond] of cases) {
    const { link } = linkTo(goNode(respond), { maxAnswerBytes: 100 });
    await link.send({ kind: "ping" });
    const short = new HttpTransport({
      maxAnswerBytes: 12,
      fetch: async (r) => await goNode(respond)(r),
    }).link(PEER);
    await short.send({ kind: "ping" });
    const error = await assertRejects(() => short.send(get("k")), Error);
    assert(error.message.includes(why), error.message);
  }
});

Deno.test("HttpLink.send() gives bytes or an error for 5,000 mutated answers of a Go node", async () => {
  let seed = 29;
  const random = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
  const message = Uint8Array.fromHex("0a05766576657512036162631801");
  let body = message;
  const { link } = linkTo(goNode(() => new Response(body)));
  await link.send({ kind: "ping" });
  let values = 0;
  for (let round = 0; round < 5_000; round += 50) {
    const sends = Array.from({ length: 50 }, async () => {
      body = message.slice(0, 1 + random(message.length));
      body[random(body.length)] = random(256);
      const [end] = await Promise.allSettled([link.send(get("k"))]);
      if (end?.status === "rejected") {
        assert(end.reason instanceof SyntaxError, `${end.reason}`);
      } else if (end?.value.kind === "value") {
        values++;
        assert(end.value.view.length <= message.length);
      }
    });
    await Promise.all(sends);
  }
  assert(values > 500 && values < 4_500, String(values));
});

Deno.test("HttpLink.send() knows what failed at an older node of ours", async () => {
  const cases: [status: number, header: string, answer: Answer][] = [
    [404, "missing", { kind: "missing" }],
    [500, "failed", { kind: "failed", isBusy: false }],
    [503, "failed", { kind: "failed", isBusy: true }],
  ];
  for (const [status, header, answer] of cases) {
    const headers = { "x-geecache-answer": header };
    const { link } = linkTo(
      goNode(() => new Response("words\n", { status, headers })),
    );
    assertEquals(await link.send(get("k")), answer);
  }
});

Deno.test("HttpLink.send() rejects what no Go node knows", async () => {
  const { link, requests } = linkTo(goNode(() => new Response(GO_VALUE)));
  const change = { kind: "reset" } as const;
  const questions: Question[] = [
    { kind: "tell", group: "g", change, missed: [] },
    { kind: "handOver", group: "g", name: "http://a", maxBytes: 1 },
  ];
  for (const question of [...questions, ...questions]) {
    await assertRejects(
      () => link.send(question),
      TypeError,
      `Cannot ask "${PEER}": a Go node knows no "${question.kind}"`,
    );
  }
  for (const key of ["", ".", "..", "\ud800"]) {
    await assertRejects(
      () => link.send(get(key)),
      TypeError,
      `Cannot ask a Go node for "${key}": no URL can carry it`,
    );
  }
  assert(requests.every(({ method }) => method === "POST"));
});

Deno.test("HttpLink.send() finds out by a ping that a Go node became one of ours, and back", async () => {
  let respond = goNode(() => new Response(GO_VALUE));
  const { link } = linkTo((request) => respond(request));
  await link.send({ kind: "ping" });
  assertEquals(link.isGo, true);
  respond = node();
  await link.send({ kind: "ping" });
  assertEquals(link.isGo, false);
  assertEquals(textOf(await link.send(get("."))), "<.>");
  respond = goNode(() => new Response(GO_VALUE));
  assertEquals(textOf(await link.send(get("k"))), "630");
  assertEquals(link.isGo, true);
});

Deno.test("HttpLink ends questions to a Go node in time, by signal and when it is closed", async () => {
  const hang = goNode(() => new Promise(() => {}));
  const late = linkTo(hang, { timeout: 5 }).link;
  await late.send({ kind: "ping" });
  await assertRejects(
    () => late.send(get("k")),
    DOMException,
    "longer than 5 ms",
  );
  const { link } = linkTo(hang);
  await link.send({ kind: "ping" });
  const controller = new AbortController();
  const left = link.send(get("k"), { signal: controller.signal });
  controller.abort(new Error("gone"));
  await assertRejects(() => left, Error, "gone");
  const wait = link.send(get("k"));
  link.close();
  await assertRejects(() => wait, ClosedError);
});

Deno.test("HttpLink and answerHttp() sign for each other, slow answers included", async () => {
  const slow = Promise.withResolvers<Answer>();
  const view = new ByteView(new Uint8Array(400_000).fill(5));
  const { link } = linkTo(
    node((question) => {
      if (question.kind !== "get") return echo(question);
      if (question.key === "slow") return slow.promise;
      return question.key === "large"
        ? { kind: "value", view }
        : echo(question);
    }, { secret: new Secret(SECRET) }),
    { secret: SECRET },
  );
  const waits = ["a", "slow", "large", "b"].map((key) => link.send(get(key)));
  assertEquals(textOf(await waits[0]!), "<a>"); // four waits
  assertEquals(textOf(await waits[3]!), "<b>");
  slow.resolve({ kind: "missing" });
  assertEquals(textOf(await waits[1]!), "missing");
  assertEquals(textOf(await waits[2]!), view.toString());
});

Deno.test("HttpLink with a secret uses no answer that is not signed for its question", async () => {
  const secret = new Secret(SECRET);
  let old: Uint8Array<ArrayBuffer> | undefined;
  const cases: [why: string, change: (bytes: Uint8Array) => Uint8Array][] = [
    ["its signature is wrong", (bytes) => {
      bytes[bytes.length - 1]! ^= 1; // a value
      return bytes;
    }],
    ["its signature is wrong", (bytes) => {
      bytes[20]! ^= 1; // the signature
      return bytes;
    }],
    ["its signature is wrong", () => old ?? new Uint8Array()],
    ["it is not signed", () => answerFrame(1, { kind: "missing" })],
    ["it is not signed", (bytes) => {
      bytes[4] = 1; // another place
      return bytes;
    }],
    ["it leaves a question out", (bytes) => bytes.subarray(0, 30)],
  ];
  for (const [why, change] of cases) {
    const { link } = linkTo(async (request) => {
      const response = await node(echo, { secret })(request);
      const bytes = await response.bytes();
      old ??= bytes.slice();
      return frames(Uint8Array.from(change(bytes)));
    }, { secret: SECRET });
    await assertRejects(() => link.send(get("k")), Error, why);
  }
});

Deno.test("HttpLink with a secret asks nobody without a signature", async () => {
  const { link, requests } = linkTo(
    goNode(() => new Response(GO_VALUE)),
    { secret: SECRET },
  );
  await assertRejects(
    () => link.send(get("k")),
    Error,
    "Cannot use the answer: want status 200 and frames, got 400",
  );
  assertEquals([link.isGo, requests.length], [false, 1]);
});

Deno.test("HttpTransport.checkName() refuses peers that nodes could spell differently", () => {
  const transport = new HttpTransport();
  transport.checkName("http://127.0.0.1:8001");
  transport.checkName("https://a.example/prefix");
  assert(transport.carries("."));
  const wrong = ["", "127.0.0.1:1", "ftp://a", "http://a/", "http://a/b/"];
  wrong.push("http://a?b", "http://a#b", "http://u:p@a", "http://u@a");
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
