// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { requestId, type RequestIdState } from "./request_id.ts";

function appWith(options?: Parameters<typeof requestId>[0]) {
  const app = new Engine<RequestIdState>().use(requestId(options));
  app.get("/", (c) => c.string(c.state.requestId));
  return app;
}

const headers = { "x-request-id": "from-outside" };

Deno.test("requestId() makes an id that handler and client see", async () => {
  const response = await appWith().request("/", { headers });
  const id = await response.text();
  assertMatch(id, /^[\da-f]{8}-[\da-f-]{27}$/);
  assertEquals(response.headers.get("x-request-id"), id);
});

Deno.test("requestId() reaches errors too", async () => {
  const response = await appWith({ generate: () => "7" }).request("/nope");
  assertEquals(response.status, 404);
  assertEquals(response.headers.get("x-request-id"), "7");
});

Deno.test("requestId() keeps the id of a trusted proxy where it is safe", async () => {
  const app = appWith({ trust: true, generate: () => "new" });
  const cases: [given: string, id: string][] = [
    ["from-outside", "from-outside"],
    ["a".repeat(128), "a".repeat(128)],
    ["a".repeat(129), "new"],
    ["", "new"],
    ["a b", "new"],
    ["a\u00e9", "new"],
    ["<script>", "new"],
    ["one, two", "new"],
  ];
  for (const [given, id] of cases) {
    const response = await app.request("/", {
      headers: { "x-request-id": given },
    });
    assertEquals(await response.text(), id);
  }
});

Deno.test("requestId() takes another header, but no forged one", async () => {
  const app = appWith({ header: "X-Trace", generate: () => "1" });
  const response = await app.request("/");
  assertEquals(response.headers.get("x-trace"), "1");
  assertThrows(
    () => requestId({ header: "a\r\nb" }),
    TypeError,
    "Cannot send a request id",
  );
});
