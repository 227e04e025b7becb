// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import { Engine } from "../engine.ts";
import { LONG_AGO, withFolder, write } from "./testdata/with_folder.ts";

const large = Uint8Array.from({ length: 400_000 }, (_, at) => at % 249);

Deno.test("StaticFiles.serve() answers conditions with 304 and 412", async () => {
  await withFolder({ "a.txt": "0123456789" }, async (folder) => {
    const app = new Engine();
    app.static("/s", folder, { maxAge: 60, immutable: true });
    const ask = (headers: HeadersInit, method = "GET") =>
      app.request("/s/a.txt", { headers, method });
    const { headers } = await ask({});
    const etag = headers.get("etag") ?? "";
    assertEquals(etag.startsWith('"'), true);
    assertEquals(headers.get("last-modified"), LONG_AGO.toUTCString());
    const unchanged = await ask({ "if-none-match": etag });
    assertEquals(unchanged.status, 304);
    assertEquals(Object.fromEntries(unchanged.headers), {
      "cache-control": "max-age=60, immutable",
      "etag": etag,
      "last-modified": LONG_AGO.toUTCString(),
    });
    const table: [HeadersInit, method: string, status: number][] = [
      [{ "if-match": etag }, "GET", 200],
      [{ "if-match": '"x"' }, "GET", 412],
      [{ "if-match": '"x"', range: "bytes=99-" }, "HEAD", 412],
      [{ "if-none-match": etag, range: "bytes=0-1" }, "GET", 304],
      [{ range: "bytes=0-1" }, "HEAD", 200],
      [{ range: "bytes=99-" }, "GET", 416],
    ];
    for (const [asked, method, status] of table) {
      const response = await ask(asked, method);
      await response.body?.cancel();
      assertEquals(response.status, status, JSON.stringify(asked));
    }
  });
});

Deno.test("StaticFiles.serve() sends the sibling that the client likes best", async () => {
  const files = {
    "a.js": "plain",
    "a.js.br": "brotli",
    "a.js.gz": "gzipped!",
    "b.js": "plain",
    "c.js": "plain",
    "index.html": "plain",
    "index.html.gz": "gzipped!",
    "d.js": "plain",
    "../out.gz": "secret",
  };
  await withFolder(files, async (folder) => {
    await write(
      `${folder}/c.js.gz`,
      "old",
      new Date(LONG_AGO.getTime() - 2000),
    );
    await Deno.symlink("../out.gz", `${folder}/d.js.gz`);
    const app = new Engine();
    app.static("/s", folder, { precompressed: true });
    app.static("/plain", folder);
    const ask = async (
      path: string,
      accept: string,
      more: HeadersInit = {},
    ) => {
      const headers = { "accept-encoding": accept, ...more };
      const response = await app.request(path, { headers });
      const { headers: got } = response;
      return {
        text: await response.text(),
        status: response.status,
        etag: got.get("etag") ?? "",
        vary: got.get("vary"),
        coding: got.get("content-encoding"),
        type: got.get("content-type"),
        length: got.get("content-length"),
      };
    };
    for (let round = 0; round < 2; round++) { // from the disk, then from memory
      const br = await ask("/s/a.js", "gzip, br");
      assertEquals(
        [br.text, br.coding, br.vary, br.type, br.length],
        [
          "brotli",
          "br",
          "accept-encoding",
          "text/javascript; charset=utf-8",
          "6",
        ],
      );
      const gzip = await ask("/s/a.js", "gzip");
      const plain = await ask("/s/a.js", "br;q=0");
      assertEquals([gzip.text, gzip.coding], ["gzipped!", "gzip"]);
      assertEquals([plain.text, plain.coding, plain.vary], [
        "plain",
        null,
        "accept-encoding",
      ]);
      assertEquals(new Set([br.etag, gzip.etag, plain.etag]).size, 3);
      const part = await ask("/s/a.js", "gzip", {
        range: "bytes=-3",
        "if-range": gzip.etag,
      });
      assertEquals([part.text, part.status, part.coding], ["ed!", 206, "gzip"]);
      const other = await ask("/s/a.js", "br", { "if-none-match": gzip.etag });
      assertEquals(other.status, 200);
      const same = await ask("/s/a.js", "br", { "if-none-match": br.etag });
      assertEquals([same.status, same.vary, same.coding], [
        304,
        "accept-encoding",
        null,
      ]);
      assertEquals((await ask("/s/b.js", "gzip")).vary, "accept-encoding");
      assertEquals((await ask("/s/c.js", "gzip")).text, "plain");
      assertEquals((await ask("/s/d.js", "gzip")).text, "plain");
      assertEquals((await ask("/s/", "gzip")).type, "text/html; charset=utf-8");
      assertEquals((await ask("/s/", "gzip")).coding, "gzip");
      const file = await ask("/s/a.js.gz", "gzip");
      assertEquals([file.coding, file.type], [null, "application/gzip"]);
      const off = await ask("/plain/a.js", "gzip");
      assertEquals([off.text, off.vary], ["plain", null]);
    }
  });
});

Deno.test("StaticFiles.serve() lists a folder only when asked, as plain HTML", async () => {
  const odd = `<b>"&'%?#é.txt`;
  const files = {
    "docs/z.txt": "",
    "docs/a/b.txt": "",
    [`docs/${odd}`]: "odd",
    "docs/.hidden": "",
    "docs/javascript:alert(1)": "",
    "../out.txt": "",
    "full/index.html": "index",
  };
  await withFolder(files, async (folder) => {
    await Deno.symlink("../../out.txt", `${folder}/docs/out.txt`);
    await Deno.symlink("z.txt", `${folder}/docs/in.txt`);
    const app = new Engine();
    app.static("/s", folder, { listing: true });
    app.static("/never", folder);
    app.static("/bare", folder, { index: false, listing: true });
    assertEquals((await app.request("/never/docs/")).status, 404);
    assertEquals(await (await app.request("/s/full/")).text(), "index");
    const response = await app.request("/s/docs/");
    const html = await response.text();
    assertEquals(
      response.headers.get("content-security-policy"),
      "default-src 'none'",
    );
    assertEquals(
      response.headers.get("content-type"),
      "text/html; charset=utf-8",
    );
    const links = [...html.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)];
    assertEquals(links.map(([, href, text]) => [href, text]), [
      ["../", "../"],
      [
        "./%3Cb%3E%22%26%27%25%3F%23%C3%A9.txt",
        "&lt;b&gt;&quot;&amp;&#39;%?#é.txt",
      ],
      ["./a/", "a/"],
      ["./in.txt", "in.txt"],
      ["./z.txt", "z.txt"],
    ]);
    assertEquals(/<script|<style|style=|<b>/.test(html), false);
    const href = links[1]?.[1] ?? "";
    const { pathname } = new URL(href, "http://a/s/docs/");
    assertEquals(await (await app.request(pathname)).text(), "odd");
    const head = await app.request("/s/docs/", { method: "HEAD" });
    assertEquals(
      head.headers.get("content-length"),
      response.headers.get("content-length"),
    );
    assertEquals(head.body, null);
    const root = await (await app.request("/bare/")).text();
    assert(root.includes("./docs/") && !root.includes("../"), root);
    assert(
      (await (await app.request("/bare/full/")).text()).includes("index.html"),
    );
    assertEquals((await app.request("/s/nope/")).status, 404);
    assertEquals((await app.request("/s/docs/z.txt/")).status, 404);
  });
});

Deno.test("StaticFiles.serve() tells HEAD the true length over a socket", async () => {
  await withFolder({ "a.bin": large, "a.txt": "abc" }, async (folder) => {
    const app = new Engine();
    app.static("/s", folder);
    await using server = app.run({ port: 0 });
    for (const [name, length] of [["a.bin", "400000"], ["a.txt", "3"]]) {
      const url = `http://127.0.0.1:${server.addr.port}/s/${name}`;
      const response = await fetch(url, { method: "HEAD" });
      assertEquals(response.headers.get("content-length"), length);
      assertEquals((await response.bytes()).length, 0);
      const whole = await fetch(url);
      assertEquals(String((await whole.bytes()).length), length);
    }
  });
});

Deno.test("StaticFiles.serve() fails an answer whose file becomes shorter", async () => {
  await withFolder({ "a.bin": large }, async (folder) => {
    const app = new Engine();
    app.static("/s", folder);
    for (const headers of [{}, { range: "bytes=10-399990" }]) {
      await write(`${folder}/a.bin`, large);
      const response = await app.request("/s/a.bin", { headers });
      await Deno.truncate(`${folder}/a.bin`, 100);
      const error = await response.bytes().catch((error: Error) => error);
      assert(error instanceof Error);
      assert(
        error.message.startsWith("Cannot send the file: it ends at byte 100"),
      );
    }
  });
});

Deno.test("StaticFiles.serve() sends no other file in the place of a large one", async () => {
  await withFolder({ "a.bin": large, "b.bin": large }, async (folder) => {
    const app = new Engine();
    app.static("/s", folder);
    const response = await app.request("/s/a.bin");
    await Deno.rename(`${folder}/b.bin`, `${folder}/a.bin`);
    const error = await response.bytes().catch((error: Error) => error);
    assertEquals(
      error instanceof Error && error.message,
      "Cannot send the file: another one has taken its place",
    );
  });
});

Deno.test("StaticFiles.serve() closes a large file whose reader leaves", async () => {
  await withFolder({ "a.bin": large }, async (folder) => {
    const app = new Engine();
    app.static("/s", folder);
    for (const range of ["", "bytes=10-390000", "bytes=0-9,300000-"]) {
      const headers: HeadersInit = range === "" ? {} : { range };
      const response = await app.request("/s/a.bin", { headers });
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
      await app.request("/s/a.bin", { headers }); // dropped without a read
    }
  });
});
