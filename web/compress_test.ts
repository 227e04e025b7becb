// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { Engine } from "./engine.ts";
import { noTransform } from "./middleware/no_transform.ts";

const TEXT = "hello ".repeat(1000);

function appWithText(): Engine {
  const app = new Engine();
  app.get("/text", (c) => c.setHeader("etag", '"a"').string(TEXT));
  app.get("/json", (c) => c.json({ TEXT }));
  app.get("/small", (c) => c.string("hello"));
  app.get("/no", noTransform(), (c) => c.string(TEXT));
  app.get(
    "/part",
    (c) => c.setHeader("content-range", `bytes 0-5999/6000`).string(206, TEXT),
  );
  app.get("/events", (c) =>
    c.sse(async function* () {
      yield { data: TEXT };
    }));
  app.get(
    "/image",
    (c) => c.setHeader("content-type", "image/png").string(TEXT),
  );
  return app;
}

/** The headers of an answer as they stand on the wire; `fetch` would decode. */
async function headersOf(
  port: number,
  path: string,
  accept: string,
): Promise<Headers> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(
    `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n` +
      `accept-encoding: ${accept}\r\n\r\n`,
  ));
  const text = await new Response(connection.readable).text();
  const [head = ""] = text.split("\r\n\r\n");
  const lines = head.split("\r\n").slice(1);
  return new Headers(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)];
  }));
}

Deno.test("Engine.run() lets Deno compress as the client wants it", async () => {
  await using server = appWithText().run({ port: 0, compress: true });
  const cases: [path: string, accept: string, encoding: string | null][] = [
    ["/text", "gzip", "gzip"],
    ["/text", "br", "br"],
    ["/text", "gzip, br", "br"],
    ["/text", "gzip;q=1, br;q=0.5", "gzip"],
    ["/json", "gzip", "gzip"],
    ["/text", "gzip;q=0, br;q=0", null],
    ["/text", "identity", null],
    ["/text", "zstd, deflate", null],
    ["/small", "gzip", null],
    ["/no", "gzip", null],
    ["/part", "gzip", null],
    ["/events", "gzip", null],
    ["/image", "gzip", null],
  ];
  for (const [path, accept, encoding] of cases) {
    const headers = await headersOf(server.addr.port, path, accept);
    const got = headers.get("content-encoding");
    assertEquals([path, accept, got], [path, accept, encoding]);
    if (got !== null) assertEquals(headers.get("vary"), "Accept-Encoding");
  }
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/text`);
  assertEquals(await response.text(), TEXT);
});

Deno.test("Engine.run() weakens the etag of what it compresses, and of nothing else", async () => {
  await using server = appWithText().run({ port: 0, compress: true });
  const { port } = server.addr;
  assertEquals((await headersOf(port, "/text", "gzip")).get("etag"), 'W/"a"');
  assertEquals((await headersOf(port, "/text", "identity")).get("etag"), '"a"');
});

Deno.test("Engine.run() compresses nothing unless told to", async () => {
  await using server = appWithText().run({ port: 0 });
  const headers = await headersOf(server.addr.port, "/text", "gzip, br");
  assertEquals(headers.get("content-encoding"), null);
  assertEquals(headers.get("content-length"), String(TEXT.length));
});
