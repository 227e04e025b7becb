// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects } from "@std/assert";
import { wholeBody } from "./whole_body.ts";

/** A body that comes in parts, each when it is asked for and a turn later. */
function slow(...parts: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve));
      const part = parts.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(part));
    },
  });
}

Deno.test("wholeBody() takes what is there, and the answer can still be sent", async () => {
  const parts = new Blob(["abc", "def"]);
  for (const body of ["abcdef", await parts.bytes(), null, ""]) {
    const init = { status: 201, headers: { "x-a": "1" } };
    const { response, bytes } = await wholeBody(new Response(body, init), 10);
    const text = body === null || body === "" ? "" : "abcdef";
    assertEquals(new TextDecoder().decode(bytes), text);
    assertEquals(await response.text(), text);
    assertEquals([response.status, response.headers.get("x-a")], [201, "1"]);
  }
});

Deno.test("wholeBody() waits only for a body that says its length", async () => {
  const headers = { "content-length": "6" };
  const said = await wholeBody(
    new Response(slow("abc", "def"), { headers }),
    6,
  );
  assertEquals(said.bytes?.length, 6);
  assertEquals(await said.response.text(), "abcdef");
  const silent = await wholeBody(new Response(slow("abc", "def")), 6);
  assertEquals(silent.bytes, undefined);
  assertEquals(await silent.response.text(), "abcdef");
});

Deno.test("wholeBody() goes on with a body over the limit", async () => {
  const lying = { headers: { "content-length": "3" } };
  const bodies = [
    new Response("abcdef"),
    new Response("abcdef", { headers: { "content-length": "6" } }),
    new Response(slow("abc", "def"), lying),
  ];
  for (const answer of bodies) {
    const { response, bytes } = await wholeBody(answer, 5);
    assertEquals(bytes, undefined);
    assertEquals(await response.text(), "abcdef");
  }
});

Deno.test("wholeBody() hands on how a stream ends", async () => {
  let reason: unknown;
  const endless = new ReadableStream({ cancel: (why) => void (reason = why) });
  const { response } = await wholeBody(new Response(endless), 5);
  await response.body?.cancel("left");
  assertEquals(reason, "left");
  const { promise, reject } = Promise.withResolvers<void>();
  const failing = new ReadableStream({ pull: () => promise });
  const late = await wholeBody(new Response(failing), 5);
  reject(new Error("Broken"));
  await assertRejects(() => late.response.text(), Error, "Broken");
});
