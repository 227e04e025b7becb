// Copyright 2026 the Gee authors. MIT license.
// Requests that two readers could take for different ones (CWE-444, CWE-436):
// what Deno's parser decides is written down here, so that a change is noticed.
import { assertEquals } from "@std/assert";
import { Engine } from "./engine.ts";
import type { RunningServer } from "./server.ts";
import { rawExchange, statusesOf } from "./testdata/raw_exchange.ts";

/** Told apart from what was meant to be the body of the request before. */
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
const SIZE = SMUGGLED.length;
const END = "GET /end HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
const CHUNKED = "transfer-encoding: chunked\r\n";

/** Refused with 400, and the connection closed. */
const REFUSED = [400];
/** Closed without an answer. */
const CUT: number[] = [];
/** One request with its body, then the end. */
const TAKEN = [200, 200];

const post = (head: string, body: string) =>
  `POST /a HTTP/1.1\r\nhost: x\r\n${head}\r\n${body}`;

const table: readonly [name: string, request: string, wanted: number[]][] = [
  [
    "length and chunks",
    post(`content-length: 5\r\n${CHUNKED}`, `0\r\n\r\n${SMUGGLED}`),
    REFUSED,
  ],
  [
    "chunks and length",
    post(`${CHUNKED}content-length: 5\r\n`, `0\r\n\r\n${SMUGGLED}`),
    REFUSED,
  ],
  [
    "two lengths",
    post(`content-length: 0\r\ncontent-length: ${SIZE}\r\n`, SMUGGLED),
    REFUSED,
  ],
  [
    "one length twice",
    post(`content-length: ${SIZE}\r\ncontent-length: ${SIZE}\r\n`, SMUGGLED),
    TAKEN,
  ],
  ...[`0, ${SIZE}`, `+${SIZE}`, "0x2", "-1", "9".repeat(20), "1e1", ""].map((
    length,
  ): [string, string, number[]] => [
    `length "${length}"`,
    post(`content-length: ${length}\r\n`, SMUGGLED),
    REFUSED,
  ]),
  ...[
    "xchunked",
    "chunked, identity",
    "identity",
    "\x0bchunked",
    "\r\n chunked",
  ]
    .map((coding): [string, string, number[]] => [
      `coding ${JSON.stringify(coding)}`,
      post(`transfer-encoding: ${coding}\r\n`, `0\r\n\r\n${SMUGGLED}`),
      REFUSED,
    ]),
  [
    "two codings",
    post(`${CHUNKED}transfer-encoding: x\r\n`, `0\r\n\r\n${SMUGGLED}`),
    REFUSED,
  ],
  [
    "space before the colon",
    post("transfer-encoding : chunked\r\n", `0\r\n\r\n${SMUGGLED}`),
    REFUSED,
  ],
  [
    "chunks in HTTP/1.0",
    post(CHUNKED, `0\r\n\r\n${SMUGGLED}`).replace("1.1", "1.0"),
    REFUSED,
  ],
  ...["zz", "+0", "0x0", "10000000000000000", "-1", " "].map((
    size,
  ): [string, string, number[]] => [
    `chunk of size "${size}"`,
    post(CHUNKED, `${size}\r\n\r\n${SMUGGLED}`),
    CUT,
  ]),
  [
    "chunk longer than its size",
    post(CHUNKED, `2\r\n{}XX0\r\n\r\n${SMUGGLED}`),
    CUT,
  ],
  [
    "chunks with bare line feeds",
    post(CHUNKED, `2\n{}\n0\n\n${SMUGGLED}`),
    CUT,
  ],
  [
    "line feed in an extension",
    post(CHUNKED, `2;\nxx\r\n{}\r\n0\r\n\r\n${SMUGGLED}`),
    CUT,
  ],
  [
    "length in a trailer",
    post(CHUNKED, `0\r\ncontent-length: 99\r\n\r\n`),
    TAKEN,
  ],
  ["bare return in a header", post("x: a\rb: c\r\n", ""), REFUSED],
  ["NUL in a header", post("x: a\0b\r\n", ""), REFUSED],
  ["folded header", post("x: 1\r\n 2\r\n", ""), REFUSED],
  ["no version", `GET /a\r\nhost: x\r\n\r\n`, REFUSED],
  ["two hosts", `GET /a HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n`, REFUSED],
  [
    "GET with a body",
    `GET /a HTTP/1.1\r\nhost: x\r\ncontent-length: ${SIZE}\r\n\r\n${SMUGGLED}`,
    TAKEN,
  ],
  [
    "HEAD with a body",
    `HEAD /a HTTP/1.1\r\nhost: x\r\ncontent-length: ${SIZE}\r\n\r\n${SMUGGLED}`,
    TAKEN,
  ],
];

/** A server that notes what reached it. */
function rig(seen: string[]): RunningServer {
  const app = new Engine();
  app.any("/*", async (c) => {
    await c.body.bytes();
    seen.push(c.path);
    return c.string("ok");
  });
  return app.run({ port: 0 });
}

Deno.test("A request that could be read as two is read as one or refused", async () => {
  const seen: string[] = [];
  await using server = rig(seen);
  for (const [name, request, wanted] of table) {
    seen.length = 0;
    const answer = await rawExchange(server.addr.port, request + END);
    assertEquals(statusesOf(answer), wanted, name);
    assertEquals(seen, wanted === TAKEN ? ["/a", "/end"] : [], name);
  }
});

Deno.test("Two engines in a row agree on where a request ends", async () => {
  const seen: string[] = [];
  await using back = rig(seen);
  const front = new Engine();
  front.any("/*", async (c) => {
    const { method } = c;
    const hasBody = method !== "GET" && method !== "HEAD";
    return await fetch(`http://127.0.0.1:${back.addr.port}${c.path}`, {
      method,
      ...(hasBody ? { body: await c.body.bytes() } : {}),
    });
  });
  await using server = front.run({ port: 0 });
  for (const [name, request, wanted] of table) {
    seen.length = 0;
    const answer = await rawExchange(server.addr.port, request + END);
    assertEquals(statusesOf(answer), wanted, name);
    assertEquals(seen, wanted === TAKEN ? ["/a", "/end"] : [], name);
  }
});

Deno.test("No form of a target or host leads to a handler of another path", async () => {
  const seen: string[] = [];
  const app = new Engine();
  app.any("/only", (c) => void seen.push(c.request.url));
  await using server = app.run({ port: 0 });
  const { port } = server.addr;
  const here = `http://localhost:${port}/only`;
  const targets: [request: string, status: number, url?: string][] = [
    // Deno takes the host of the target, as RFC 9112, section 3.2.2, wants.
    ["GET http://x/only HTTP/1.1\r\nhost: y", 200, "http://x/only"],
    ["GET http://x/nope HTTP/1.1\r\nhost: y/only?", 404],
    ["GET http://a@x/only HTTP/1.1\r\nhost: y", 400],
    ["GET /nope HTTP/1.1\r\nhost: y/only?", 400],
    ["GET /nope HTTP/1.1\r\nhost: y/only#", 400],
    ["GET /nope HTTP/1.1\r\nhost: \r\nx: /only", 404],
    ["GET only HTTP/1.1\r\nhost: y/", 400],
    ["GET * HTTP/1.1\r\nhost: y/only?", 400],
    ["OPTIONS * HTTP/1.1\r\nhost: y/only?", 400],
    ["OPTIONS * HTTP/1.1\r\nhost: y", 404],
    ["CONNECT y:80 HTTP/1.1\r\nhost: y/only", 400],
    ["GET /x/../only HTTP/1.1\r\nhost: y", 404],
    ["GET //only HTTP/1.1\r\nhost: y", 404],
    ["GET /%6fnly HTTP/1.1\r\nhost: y", 200, "http://y/%6fnly"],
    ["GET /only?/nope HTTP/1.1\r\nhost: y", 200, "http://y/only?/nope"],
    // HTTP/1.0 needs no host, and Deno does not say which version it was.
    ["GET /only HTTP/1.1\r\nx: y", 200, here],
    ["GET /only HTTP/1.0\r\nx: y", 200, here],
    ["GET /only HTTP/1.1\r\nhost: ", 200, here],
  ];
  for (const [request, status, url] of targets) {
    seen.length = 0;
    const text = `${request}\r\nconnection: close\r\n\r\n`;
    const answer = await rawExchange(port, text);
    assertEquals(statusesOf(answer), [status], request);
    assertEquals(seen, url === undefined ? [] : [url], request);
  }
});
