// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import { ClosedError } from "../errors.ts";
import { Secret } from "./auth.ts";
import type { Answer } from "./link.ts";
import {
  answerFrame,
  echo,
  frames,
  get,
  GO_VALUE,
  goNode,
  linkTo,
  node,
  SECRET,
  textOf,
} from "./testdata/http.ts";

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
