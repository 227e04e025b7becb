// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import { FileTable } from "./file_table.ts";
import { StaticFile } from "./static_file.ts";
import { StaticFiles } from "./static_files.ts";
import type { StaticOptions } from "./static_options.ts";
import { LONG_AGO, withFolder, write } from "./testdata/with_folder.ts";

/** An engine on a folder with a clock that stands still. */
function engineOf(folder: string, options: StaticOptions = {}) {
  const clock = { now: 0 };
  const files = new StaticFiles(folder, options, () => clock.now);
  const app = new Engine();
  app.get("/*filepath", (c) => files.serve(c));
  const text = async (path: string) => await (await app.request(path)).text();
  return { app, clock, text };
}

Deno.test("StaticFiles.serve() sees every change within revalidateAfter", async () => {
  await withFolder({ "a.txt": "one" }, async (folder) => {
    const { clock, text } = engineOf(folder, { revalidateAfter: 100 });
    assertEquals(await text("/a.txt"), "one");
    await write(`${folder}/a.txt`, "two", new Date(LONG_AGO.getTime() + 1000));
    clock.now = 99;
    assertEquals(await text("/a.txt"), "one"); // from memory, unseen
    clock.now = 100;
    assertEquals(await text("/a.txt"), "two");
    await Deno.remove(`${folder}/a.txt`);
    clock.now = 200;
    assertEquals(await text("/a.txt"), '{"message":"Not Found"}');
  });
});

Deno.test("StaticFiles.serve() sees a change of equal size and time by its inode", async () => {
  await withFolder({ "a.txt": "one", "b.txt": "two" }, async (folder) => {
    const { text } = engineOf(folder, { revalidateAfter: 0 });
    assertEquals(await text("/a.txt"), "one");
    await Deno.rename(`${folder}/b.txt`, `${folder}/a.txt`);
    assertEquals(await text("/a.txt"), "two");
  });
});

Deno.test("StaticFiles.serve() sees at once what changed in the last two seconds", async () => {
  await withFolder({}, async (folder) => {
    const { text } = engineOf(folder, { revalidateAfter: Infinity });
    for (const content of ["one", "two", "three", "four"]) {
      await Deno.writeTextFile(`${folder}/a.txt`, content);
      assertEquals(await text("/a.txt"), content);
    }
  });
});

Deno.test("StaticFiles.serve() sees a root that is a link to another release", async () => {
  await withFolder({ "1/a.txt": "one", "2/a.txt": "two" }, async (folder) => {
    await Deno.symlink("1", `${folder}/current`);
    const { text } = engineOf(`${folder}/current`, { revalidateAfter: 0 });
    assertEquals(await text("/a.txt"), "one");
    await Deno.symlink("2", `${folder}/next`);
    await Deno.rename(`${folder}/next`, `${folder}/current`);
    assertEquals(await text("/a.txt"), "two");
  });
});

Deno.test("StaticFiles.serve() finds a folder that was made later", async () => {
  await withFolder({}, async (folder) => {
    const { app, text } = engineOf(`${folder}/late`);
    assertEquals((await app.request("/a.txt")).status, 404);
    await write(`${folder}/late/a.txt`, "here");
    assertEquals(await text("/a.txt"), "here");
  });
});

Deno.test("StaticFiles.serve() answers from memory without a wait, text and bytes alike", async () => {
  const binary = Uint8Array.from({ length: 256 }, (_, at) => at);
  const files = { "a.txt": "plain", "ä.txt": "\ufeffäöü€", "b.bin": binary };
  await withFolder(files, async (folder) => {
    const { app } = engineOf(folder);
    for (const name of Object.keys(files)) {
      const url = `http://localhost/${encodeURIComponent(name)}`;
      const first = await (await app.fetch(new Request(url))).bytes();
      assertEquals(first, await Deno.readFile(`${folder}/${name}`));
      first.fill(0); // what a reader does to its bytes is its own business
      const second = app.fetch(new Request(url));
      assert(second instanceof Response);
      assertEquals(second.headers.get("content-length"), String(first.length));
      assertEquals(
        await second.bytes(),
        await Deno.readFile(`${folder}/${name}`),
      );
      const part = app.fetch(
        new Request(url, { headers: { range: "bytes=1-3" } }),
      );
      assert(part instanceof Response);
      const bytes = await part.bytes();
      bytes.fill(0);
      const again = await app.fetch(new Request(url));
      assertEquals(
        await again.bytes(),
        await Deno.readFile(`${folder}/${name}`),
      );
    }
  });
});

Deno.test("StaticFiles.serve() looks again when it reads another version than it knows", async () => {
  await withFolder({ "a.txt": "one" }, async (folder) => {
    const options = { cacheBytes: 0, revalidateAfter: Infinity };
    const { app } = engineOf(folder, options);
    const first = await app.request("/a.txt");
    assertEquals(await first.text(), "one");
    await write(
      `${folder}/a.txt`,
      "three",
      new Date(LONG_AGO.getTime() + 1000),
    );
    const second = await app.request("/a.txt");
    assertEquals(await second.text(), "three");
    assertEquals(second.headers.get("content-length"), "5");
    assertEquals(
      first.headers.get("etag") === second.headers.get("etag"),
      false,
    );
  });
});

Deno.test("StaticFiles.serve() never mixes two versions of a file that changes all the time", async () => {
  await withFolder({ "a.txt": "0" }, async (folder) => {
    const { app } = engineOf(folder);
    let isDone = false;
    const changing = (async () => {
      for (let round = 0; !isDone; round++) {
        const content = String(round % 10).repeat(1000 + round % 7);
        await Deno.writeTextFile(`${folder}/next`, content);
        await Deno.rename(`${folder}/next`, `${folder}/a.txt`);
      }
    })();
    const answers: { status: number; length: string | null; text: string }[] =
      [];
    for (let round = 0; round < 200; round++) {
      const response = await app.request("/a.txt");
      const { status, headers } = response;
      const length = headers.get("content-length");
      // An aborted answer is right too, a padded one is not.
      const text = await response.text().catch(() => undefined);
      if (text !== undefined) answers.push({ status, length, text });
    }
    isDone = true;
    await changing;
    const sent = answers.filter(({ status }) => status === 200);
    assert(sent.length > 0);
    for (const { length, text } of sent) {
      assertEquals([new Set(text).size, length], [1, String(text.length)]);
    }
    assert(answers.every(({ status }) => status === 200 || status === 503));
  });
});

Deno.test("FileTable holds no more bytes than it may", async () => {
  await withFolder({ "a": "" }, async (folder) => {
    const info = await Deno.stat(`${folder}/a`);
    const table = new FileTable({
      cacheBytes: 100,
      revalidateAfter: 1,
      now: () => 0,
    });
    const file = () =>
      new StaticFile({ path: folder, info }, {
        type: "text/plain",
        cacheControl: "no-cache",
        isNegotiated: false,
      });
    for (let index = 0; index < 10; index++) {
      const plain = file();
      table.set(`${index}`, { plain, coded: [] }, 0);
      table.keep(`${index}`, plain, new Uint8Array(30));
      assert(table.bytes <= 100);
    }
    assertEquals(table.bytes, 90);
    assertEquals(table.get("6"), undefined);
    const plain = file();
    table.set("9", { plain, coded: [] }, 0);
    assertEquals(table.bytes, 60);
    table.keep("9", plain, new Uint8Array(101));
    table.keep("9", file(), new Uint8Array(1)); // not the one that is known
    assertEquals(table.bytes, 60);
    for (let index = 0; index < 5000; index++) {
      table.set(`x${index}`, { plain: file(), coded: [] }, 0);
    }
    assertEquals([table.bytes, table.get("x100")], [0, undefined]);
  });
});

Deno.test("RouterGroup.static() refuses options that make no sense", () => {
  const table: [StaticOptions, message: string][] = [
    [{ maxAge: -1 }, "got maxAge -1, want 0 or more"],
    [{ maxAge: 1.5 }, "got maxAge 1.5, want whole seconds"],
    [{ cacheBytes: NaN }, "got cacheBytes NaN, want 0 or more"],
    [{ revalidateAfter: -1 }, "got revalidateAfter -1, want 0 or more"],
    [{ immutable: true }, '"immutable" needs a "maxAge" above 0'],
    [{ index: "a/b" }, 'got index "a/b", want the name of a file'],
    [{ index: "" }, 'got index "", want the name of a file'],
    [{ dotfiles: "x" as "deny" }, 'got dotfiles "x", want "deny" or "allow"'],
  ];
  for (const [options, message] of table) {
    assertThrows(
      () => new Engine().static("", ".", options),
      message.includes("immutable") || /index|dotfiles/.test(message)
        ? TypeError
        : RangeError,
      `Cannot serve files: ${message}`,
    );
  }
  assertThrows(
    () => new Engine().static("", new URL("http://a/")),
    TypeError,
    'Cannot serve files: got the URL "http://a/", want a path or a "file:" URL',
  );
});
