// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "./engine.ts";
import { encodeEvent } from "./sse.ts";

Deno.test("encodeEvent() writes every field and splits lines", () => {
  assertEquals(
    encodeEvent({ event: "tick", id: "7", retry: 100, data: "a\nb\r\nc\rd" }),
    "event: tick\nid: 7\nretry: 100\ndata: a\ndata: b\ndata: c\ndata: d\n\n",
  );
  assertEquals(encodeEvent({ data: "" }), "data: \n\n");
});

Deno.test("encodeEvent() refuses what would forge a field", () => {
  assertThrows(
    () => encodeEvent({ id: "1\ndata: x" }),
    TypeError,
    'Cannot send an event: its id "1\\ndata: x" holds a line break or NUL',
  );
  assertThrows(() => encodeEvent({ event: "a\rb" }), TypeError);
  assertThrows(() => encodeEvent({ id: "\0" }), TypeError);
  assertThrows(
    () => encodeEvent({ retry: 1.5 }),
    RangeError,
    "Cannot send an event: got retry 1.5, want milliseconds",
  );
});

Deno.test("Context.sse() tells a function the id that the client has seen", async () => {
  const app = new Engine();
  const seen: unknown[] = [];
  app.get("/", (c) =>
    c.sse(async function* (last) {
      seen.push(last);
      yield { data: "x" };
    }));
  await (await app.request("/")).text();
  const headers = { "last-event-id": "7" };
  await (await app.request("/", { headers })).text();
  assertEquals(seen, [undefined, "7"]);
});
