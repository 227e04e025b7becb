// Copyright 2026 the Gee authors. MIT license.
// FIELD "path traversal and symlink escape": nothing outside the root, ever.
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { Engine } from "../engine.ts";
import { type Contents, withFolder, write } from "./testdata/with_folder.ts";

const SECRET = "secret of another folder";
const FILES: Contents = {
  "a.txt": "inside",
  "sub/b.txt": "inside",
  "sub/index.html": "inside",
  ".env": SECRET,
  ".git/config": SECRET,
  "sub/.hidden/c.txt": SECRET,
  "../secret.txt": SECRET,
  "../other/b.txt": SECRET,
  "../public-other/b.txt": SECRET,
};

async function withLinks(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(FILES, async (folder) => {
    await Deno.symlink(`${folder}/../secret.txt`, `${folder}/out.txt`);
    await Deno.symlink("..", `${folder}/up`);
    await Deno.symlink("../../other", `${folder}/sub/other`);
    await Deno.symlink("../../public-other", `${folder}/sub/sibling`);
    await Deno.symlink("nowhere", `${folder}/dangling`);
    await Deno.symlink("loop", `${folder}/loop`);
    await Deno.symlink("sub", `${folder}/in`);
    await test(folder);
  });
}

Deno.test("StaticFiles.serve() leads nowhere outside for 2,000 generated paths", async () => {
  const name = fc.constantFrom(
    ..."a.txt sub b.txt in .. . ... .env .git config .hidden secret.txt".split(
      " ",
    ),
    ..."out.txt up other sibling dangling loop public public-other".split(" "),
    ..."%2e%2e %2E. %252e%252e %2e .%2e %5c..%5c ..%5c %00 a.txt%00".split(" "),
    ..."C: C:%5c a.txt::$DATA con nul ~ %20 %c0%ae%c0%ae .%20 ..;".split(" "),
    ..."%2f %2f.. ..%2f..%2fsecret.txt %ff \u202e ．．".split(" "),
    "",
    "\\",
    "..\\",
    "x".repeat(300),
  );
  const path = fc.array(name, { minLength: 1, maxLength: 7 });
  await withLinks(async (folder) => {
    const app = new Engine();
    app.static("/s", folder, { listing: true });
    const paths = fc.sample(path, { seed: 6, numRuns: 2000 });
    const statuses = new Set<number>();
    for (const names of paths) {
      const target = `/s/${names.join("/")}`;
      const response = await app.request(target);
      const text = await response.text();
      assert(!text.includes("secret"), `${target}: ${text}`);
      assert([200, 308, 400, 404].includes(response.status), target);
      statuses.add(response.status);
    }
    assertEquals([...statuses].sort(), [200, 308, 400, 404]);
  });
});

Deno.test("StaticFiles.serve() sees raw targets as the router does", async () => {
  await withLinks(async (folder) => {
    const app = new Engine();
    app.static("", folder);
    await using server = app.run({ port: 0 });
    const { port } = server.addr;
    const targets = [
      "/../secret.txt",
      "/sub/../../secret.txt",
      "/sub/../a.txt",
      "//secret.txt",
      "/..\\secret.txt",
      "/./a.txt",
      "/%2e%2e/secret.txt",
      "/up/secret.txt",
      "/.env",
    ];
    for (const target of targets) {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const request =
        `GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
      await connection.write(new TextEncoder().encode(request));
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      const chunk = new Uint8Array(4096);
      let count: number | null;
      while ((count = await connection.read(chunk)) !== null) {
        chunks.push(chunk.slice(0, count));
      }
      const answer = await new Blob(chunks).text();
      assert(/^HTTP\/1.1 40[04] /.test(answer), `${target}: ${answer}`);
    }
  });
});

Deno.test("StaticFiles.serve() never leaves by a folder that is swapped for a link", async () => {
  await withLinks(async (folder) => {
    await write(`${folder}/dir/b.txt`, "as long as what is outside");
    await write(`${folder}/../other/b.txt`, SECRET);
    const app = new Engine();
    app.static("/s", folder, { cacheBytes: 0, revalidateAfter: 0 });
    let isDone = false;
    const swap = async () => {
      while (!isDone) {
        await Deno.rename(`${folder}/dir`, `${folder}/away`);
        await Deno.symlink("../other", `${folder}/dir`);
        await Deno.remove(`${folder}/dir`);
        await Deno.rename(`${folder}/away`, `${folder}/dir`);
      }
    };
    const swapping = swap();
    const statuses = new Set<number>();
    const texts = new Set<string>();
    for (let round = 0; round < 500; round++) {
      const response = await app.request("/s/dir/b.txt");
      texts.add(await response.text().catch(String));
      statuses.add(response.status);
    }
    isDone = true;
    await swapping;
    assert(![...texts].some((text) => text.includes("secret")));
    // 503 is for a file that changes at each look.
    const others = statuses.difference(new Set([200, 404, 503]));
    assertEquals(others.size, 0);
  });
});

Deno.test("StaticFiles.serve() reads nothing through a link that came after the look", async () => {
  await withLinks(async (folder) => {
    await write(`${folder}/dir/b.txt`, "x".repeat(SECRET.length));
    const app = new Engine();
    const options = { cacheBytes: 0, revalidateAfter: Infinity };
    app.static("/s", folder, options);
    const ask = async () => {
      const response = await app.request("/s/dir/b.txt");
      return [response.status, (await response.text()).includes("secret")];
    };
    assertEquals(await ask(), [200, false]);
    await Deno.rename(`${folder}/dir`, `${folder}/away`);
    await Deno.symlink("../other", `${folder}/dir`);
    assertEquals(await ask(), [404, false]);
  });
});

Deno.test("StaticFiles.serve() does not serve from memory what a link now leads out of", async () => {
  await withLinks(async (folder) => {
    const app = new Engine();
    app.static("/s", folder, { revalidateAfter: 0 });
    const ask = async () => {
      const response = await app.request("/s/sub/b.txt");
      await response.body?.cancel();
      return response.status;
    };
    assertEquals([await ask(), await ask()], [200, 200]);
    await Deno.rename(`${folder}/sub`, `${folder}/old`);
    await Deno.symlink("../other", `${folder}/sub`);
    assertEquals(await ask(), 404);
  });
});

Deno.test("StaticFiles.serve() follows links out only when asked", async () => {
  await withLinks(async (folder) => {
    const app = new Engine();
    app.static("/s", folder, { followSymlinks: true });
    const text = async (path: string) => await (await app.request(path)).text();
    assertEquals(await text("/s/out.txt"), SECRET);
    assertEquals(await text("/s/sub/other/b.txt"), SECRET);
    assertEquals((await app.request("/s/dangling")).status, 404);
    assertEquals((await app.request("/s/.env")).status, 404);
  });
});

Deno.test("StaticFiles.serve() serves names with a dot only when asked", async () => {
  await withLinks(async (folder) => {
    const app = new Engine();
    app.static("/s", folder, { dotfiles: "allow" });
    const status = async (path: string) => {
      const response = await app.request(path);
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await status("/s/.git/config"), 200);
    assertEquals(await status("/s/.git"), 308);
    assertEquals(await status("/s/%2e%2e%2fsecret.txt"), 404);
  });
});

/** An engine that would follow any link, and a check that it serves none. */
async function assertUnserved(folder: string, name: string): Promise<void> {
  const app = new Engine();
  app.static("/s", folder, { followSymlinks: true, listing: true });
  const response = await app.request(`/s/${name}`);
  assertEquals(await response.text(), '{"message":"Not Found"}');
  const list = await (await app.request("/s/")).text();
  assert(list.includes("<ul>") && !list.includes(name), list);
}

Deno.test({
  name: "StaticFiles.serve() opens no device",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder({}, async (folder) => {
      await Deno.symlink("/dev/zero", `${folder}/zero.txt`);
      await assertUnserved(folder, "zero.txt");
    }),
});

const canMakePipes = Deno.build.os !== "windows" &&
  Deno.permissions.querySync({ name: "run", command: "mkfifo" }).state ===
    "granted";

Deno.test({
  name: "StaticFiles.serve() opens no pipe",
  ignore: !canMakePipes,
  fn: () =>
    withFolder({}, async (folder) => {
      const args = [`${folder}/pipe.txt`];
      assert((await new Deno.Command("mkfifo", { args }).output()).success);
      await assertUnserved(folder, "pipe.txt");
    }),
});

Deno.test("StaticFiles.serve() redirects to this site, query and all", async () => {
  await withLinks(async (folder) => {
    await write(`${folder}/evil.example/x`, "");
    const app = new Engine();
    app.static("", folder);
    const location = async (path: string) => {
      const response = await app.request(path);
      await response.body?.cancel();
      return response.headers.get("location") ?? response.status;
    };
    assertEquals(await location("/sub?a=1&b=//x"), "/sub/?a=1&b=//x");
    assertEquals(await location("/in?"), "/in/?");
    assertEquals(await location("/evil.example"), "/evil.example/");
    for (
      const path of ["//evil.example", "///evil.example", "/%5Cevil.example"]
    ) {
      assertEquals(await location(path), 404, path);
    }
    const inner = new Engine();
    inner.group("/:any").static("", folder);
    const odd = await inner.request("http://localhost//evil.example");
    assertEquals(odd.status, 404);
  });
});
