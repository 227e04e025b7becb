// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { answerHttp } from "./http_answer.ts";
import type { Answer, Question } from "./link.ts";
import {
  ask,
  BUSY,
  BYTES,
  demo,
  FAILED,
  SELF,
  settingsOf,
  TEXT,
} from "./testdata/demo.ts";

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
