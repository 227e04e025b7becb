// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";

/** A folder with files, a secret beside it, and an engine that serves it. */
async function withFolder(
  test: (app: Engine, folder: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const folder = `${root}/public`;
  try {
    await Deno.mkdir(`${folder}/sub`, { recursive: true });
    await Deno.mkdir(`${folder}/.git`);
    await Deno.writeTextFile(`${root}/secret.txt`, "secret");
    await Deno.writeTextFile(`${folder}/a b.txt`, "0123456789");
    await Deno.writeTextFile(`${folder}/index.html`, "<h1>root");
    await Deno.writeTextFile(`${folder}/sub/index.html`, "<h1>sub");
    await Deno.writeTextFile(`${folder}/.env`, "secret");
    await Deno.writeTextFile(`${folder}/.git/config`, "secret");
    await Deno.writeFile(`${folder}/big.bin`, new Uint8Array(200_000).fill(7));
    const app = new Engine();
    app.static("/assets", folder);
    await test(app, folder);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function statusOf(app: Engine, path: string, headers: HeadersInit = {}) {
  const response = await app.request(path, { headers });
  await response.body?.cancel();
  return response.status;
}

Deno.test("RouterGroup.static() serves files with their headers", async () => {
  await withFolder(async (app) => {
    const response = await app.request("/assets/a%20b.txt");
    assertEquals(await response.text(), "0123456789");
    assertEquals(
      response.headers.get("content-type"),
      "text/plain; charset=utf-8",
    );
    assertEquals(response.headers.get("content-length"), "10");
    assertEquals(response.headers.get("cache-control"), "no-cache");
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    const big = await app.request("/assets/big.bin");
    assertEquals((await big.bytes()).length, 200_000);
    assertEquals(big.headers.get("content-type"), "application/octet-stream");
    const head = await app.request("/assets/big.bin", { method: "HEAD" });
    assertEquals(head.headers.get("content-length"), "200000");
    assertEquals(head.body, null);
  });
});

Deno.test("RouterGroup.static() serves index.html and adds the slash", async () => {
  await withFolder(async (app) => {
    assertEquals(await (await app.request("/assets/")).text(), "<h1>root");
    assertEquals(await (await app.request("/assets/sub/")).text(), "<h1>sub");
    for (const path of ["/assets", "/assets/sub"]) {
      const response = await app.request(path);
      assertEquals(response.status, 308);
      assertEquals(response.headers.get("location"), `${path}/`);
    }
    assertEquals(await statusOf(app, "/assets/a%20b.txt/"), 404);
  });
});

Deno.test("RouterGroup.static() serves nothing hidden or outside", async () => {
  await withFolder(async (app, folder) => {
    await Deno.symlink(`${folder}/../secret.txt`, `${folder}/out.txt`);
    await Deno.symlink(`${folder}/..`, `${folder}/up`);
    await Deno.symlink(`${folder}/nowhere`, `${folder}/dangling`);
    await Deno.symlink(`${folder}/loop`, `${folder}/loop`);
    await Deno.symlink(`${folder}/a b.txt`, `${folder}/inside.txt`);
    const refused = [
      "..%2fsecret.txt",
      "%2e%2e/secret.txt",
      "..%5csecret.txt",
      "sub/%2e%2e/%2e%2e/secret.txt",
      "%252e%252e/secret.txt",
      "sub%2Findex.html",
      "/index.html",
      "sub//index.html",
      ".env",
      "%2eenv",
      ".git/config",
      ".git",
      "C:/index.html",
      "nope.txt",
      "a%20b.txt/x",
      "x".repeat(300),
      "out.txt",
      "up/secret.txt",
      "up",
      "dangling",
      "loop",
    ];
    for (const path of refused) {
      assertEquals(await statusOf(app, `/assets/${path}`), 404, path);
    }
    assertEquals(await statusOf(app, "/assets/inside.txt"), 200);
    assertEquals(await statusOf(app, "/assets/%00"), 400);
  });
});

Deno.test("RouterGroup.static() does not take a sibling for the folder", async () => {
  await withFolder(async (app, folder) => {
    await Deno.mkdir(`${folder}-other`);
    await Deno.writeTextFile(`${folder}-other/x.txt`, "x");
    await Deno.symlink(`${folder}-other`, `${folder}/other`);
    assertEquals(await statusOf(app, "/assets/other/x.txt"), 404);
  });
});

Deno.test("RouterGroup.static() answers 304 to what the client has", async () => {
  await withFolder(async (app) => {
    const { headers } = await app.request("/assets/index.html");
    const etag = headers.get("etag") ?? "";
    const date = headers.get("last-modified") ?? "";
    const path = "/assets/index.html";
    assertEquals(await statusOf(app, path, { "if-none-match": etag }), 304);
    assertEquals(
      await statusOf(app, path, { "if-none-match": `"x", ${etag}` }),
      304,
    );
    assertEquals(await statusOf(app, path, { "if-none-match": "*" }), 304);
    assertEquals(await statusOf(app, path, { "if-modified-since": date }), 304);
    assertEquals(
      await statusOf(app, path, { "if-modified-since": "junk" }),
      200,
    );
    const older = { "if-none-match": '"x"', "if-modified-since": date };
    assertEquals(await statusOf(app, path, older), 200);
  });
});

Deno.test("RouterGroup.static() serves single ranges of small and big files", async () => {
  await withFolder(async (app) => {
    const ask = (path: string, range: string, more: HeadersInit = {}) =>
      app.request(`/assets/${path}`, { headers: { range, ...more } });
    const small = await ask("a%20b.txt", "bytes=2-4");
    assertEquals([small.status, await small.text()], [206, "234"]);
    assertEquals(small.headers.get("content-range"), "bytes 2-4/10");
    const big = await ask("big.bin", "bytes=1000-180999");
    assertEquals([big.status, (await big.bytes()).length], [206, 180_000]);
    assertEquals(big.headers.get("content-length"), "180000");
    const behind = await ask("a%20b.txt", "bytes=10-");
    assertEquals(behind.status, 416);
    assertEquals(behind.headers.get("content-range"), "bytes */10");
    assertEquals(
      await statusOf(app, "/assets/a%20b.txt", { range: "bytes=0-1,3-4" }),
      200,
    );
    const whole = await ask("a%20b.txt", "bytes=0-1", { "if-range": '"x"' });
    assertEquals([whole.status, await whole.text()], [200, "0123456789"]);
  });
});

Deno.test("RouterGroup.static() closes a file whose reader leaves", async () => {
  await withFolder(async (app) => {
    for (const headers of [{}, { range: "bytes=10-190000" }]) {
      const response = await app.request("/assets/big.bin", { headers });
      const reader = response.body!.getReader(); // a file of 200 kB has a body
      await reader.read();
      await reader.cancel();
    }
  });
});

Deno.test("RouterGroup.static() serves a root, its own index and max-age", async () => {
  await withFolder(async (_, folder) => {
    const app = new Engine();
    app.static("", new URL(`file://${folder}`), {
      maxAge: 60,
      index: "a b.txt",
    });
    const response = await app.request("/");
    assertEquals(await response.text(), "0123456789");
    assertEquals(response.headers.get("cache-control"), "max-age=60");
    const missing = new Engine();
    missing.static("", `${folder}/nope`);
    assertEquals(await statusOf(missing, "/x"), 404);
  });
});

Deno.test("RouterGroup.static() leaves its path to others where it has nothing there", async () => {
  await withFolder(async (_, folder) => {
    const app = new Engine();
    app.get("/", (c) => c.string("home"));
    app.static("/", folder, { index: false });
    assertEquals(await (await app.request("/")).text(), "home");
    const file = await app.request("/a%20b.txt");
    assertEquals(await file.text(), "0123456789");
    for (const options of [{}, { index: false, listing: true } as const]) {
      assertThrows(
        () =>
          new Engine().any("/", () => {}).get("/", () => {})
            .static("/", folder, options),
        TypeError,
        'Cannot add route "GET /"',
      );
    }
  });
});
