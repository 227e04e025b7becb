// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { HttpTransport } from "./http_transport.ts";
import type { Answer, Question } from "./link.ts";
import {
  get,
  GO_VALUE,
  goNode,
  linkTo,
  node,
  PEER,
  type Respond,
  textOf,
} from "./testdata/http.ts";

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
      "want status 200, got 502",
      () => new Response("Bad gateway\n", { status: 502 }),
    ],
    [
      "want status 200, got 302",
      () => Response.redirect("http://127.0.0.1:3/"),
    ],
    ["want status 200, got 400", () => new Response(null, { status: 400 })],
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

Deno.test("HttpLink.send() gives no value where a Go node has none", async () => {
  for (const status of [404, 500]) {
    const respond = () => new Response("Tom not exist\n", { status });
    const { link } = linkTo(goNode(respond));
    await link.send({ kind: "ping" });
    assertEquals(await link.send(get("Tom")), { kind: "unknownGroup" });
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
    { kind: "tell", group: "g", change, missed: [], ids: undefined, hops: 0 },
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
