// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { Engine } from "../engine.ts";
import { withFolder } from "./testdata/with_folder.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const text = Array.from({ length: 3000 }, (_, at) => at.toString(36)).join("");
const binary = Uint8Array.from({ length: 9000 }, (_, at) => at * 7 % 256);
// Larger than what is read at once, so that it is streamed.
const large = Uint8Array.from({ length: 300_000 }, (_, at) => at * at % 253);
const FILES = { "a.txt": text, "b.bin": binary, "c.bin": large, "empty": "" };

/** The parts of a multipart body with what they say, by RFC 2046. */
function partsOf(body: Uint8Array<ArrayBuffer>, type: string) {
  const boundary = /boundary=(.+)$/.exec(type)?.[1] ?? "";
  const latin = Array.from(body, (byte) => String.fromCharCode(byte)).join("");
  const sections = `\r\n${latin}`.split(`\r\n--${boundary}`);
  assertEquals(sections.at(0), "");
  assertEquals(sections.at(-1), "--\r\n");
  return sections.slice(1, -1).map((section) => {
    const [head = "", ...rest] = section.split("\r\n\r\n");
    return {
      range: /content-range: (.+)/.exec(head)?.[1],
      bytes: Uint8Array.from(
        rest.join("\r\n\r\n"),
        (letter) => letter.charCodeAt(0),
      ),
    };
  });
}

Deno.test("StaticFiles.serve() sends the bytes of a naive reference for any ranges", async () => {
  const offset = fc.oneof(fc.nat(20), fc.nat(9100), fc.nat(300_100)).map(
    String,
  );
  const spec = fc.oneof(
    fc.tuple(offset, offset),
    fc.tuple(offset, fc.constant("")),
    fc.tuple(fc.constant(""), offset),
  );
  const asked = fc.record({
    name: fc.constantFrom("a.txt", "b.bin", "c.bin"),
    specs: fc.array(spec, { minLength: 1, maxLength: 4 }),
    cacheBytes: fc.constantFrom(0, 1 << 20),
  });
  await withFolder(FILES, async (folder) => {
    const apps = new Map([0, 1 << 20].map((cacheBytes) => {
      const app = new Engine();
      app.static("/s", folder, { cacheBytes });
      return [cacheBytes, app];
    }));
    await fc.assert(
      fc.asyncProperty(asked, async ({ name, specs, cacheBytes }) => {
        const source = FILES[name as "a.txt"]; // one of the constants
        const file = typeof source === "string"
          ? encoder.encode(source)
          : source as Uint8Array<ArrayBuffer>;
        const range = `bytes=${specs.map((spec) => spec.join("-")).join(",")}`;
        const response = await apps.get(cacheBytes)?.request(`/s/${name}`, {
          headers: { range },
        });
        assert(response !== undefined);
        const body = await response.bytes();
        const { headers } = response;
        const isBad = specs.some(([from, to]) =>
          from !== "" && to !== "" && Number(to) < Number(from)
        );
        const want = isBad ? [] : specs.map(([from, to]) => {
          const start = from === ""
            ? Math.max(file.length - Number(to), 0)
            : Number(from);
          const end = from === "" || to === "" ? file.length : Number(to) + 1;
          return { start, bytes: file.slice(start, end) };
        }).filter(({ bytes }) => bytes.length > 0)
          .map(({ start, bytes }) => ({
            range: `bytes ${start}-${start + bytes.length - 1}/${file.length}`,
            bytes,
          }));
        if (response.status === 416) {
          assertEquals([isBad, want.length], [false, 0], range);
          assertEquals(headers.get("content-range"), `bytes */${file.length}`);
          return;
        }
        assertEquals(headers.get("content-length"), String(body.length), range);
        assert(body.length <= file.length, range);
        if (response.status === 200) return assertEquals(body, file, range);
        const type = headers.get("content-type") ?? "";
        const got = type.startsWith("multipart/byteranges")
          ? partsOf(body, type)
          : [{ range: headers.get("content-range"), bytes: body }];
        assertEquals(got, want, range);
      }),
      { seed: 8, numRuns: 250 },
    );
  });
});

Deno.test("StaticFiles.serve() sends several ranges in parts, in the order asked", async () => {
  await withFolder(FILES, async (folder) => {
    const app = new Engine();
    app.static("/s", folder);
    const headers = { range: "bytes=-3,0-1,1-2" };
    const response = await app.request("/s/a.txt", { headers });
    assertEquals(response.status, 206);
    assertEquals(response.headers.get("content-range"), null);
    const parts = partsOf(
      await response.bytes(),
      response.headers.get("content-type") ?? "",
    );
    assertEquals(parts.map(({ bytes }) => decoder.decode(bytes)), [
      text.slice(-3),
      text.slice(0, 2),
      text.slice(1, 3),
    ]);
  });
});

Deno.test("StaticFiles.serve() never sends more than the file for many ranges", async () => {
  await withFolder(FILES, async (folder) => {
    const app = new Engine();
    app.static("/s", folder);
    const lists = [
      Array.from({ length: 1000 }, (_, at) => `${at}-${at}`),
      Array.from({ length: 60 }, () => "0-"),
      Array.from({ length: 60 }, (_, at) => `${at}-`),
    ];
    for (const name of ["a.txt", "c.bin"] as const) {
      for (const list of lists) {
        const headers = { range: `bytes=${list.join(",")}` };
        const response = await app.request(`/s/${name}`, { headers });
        assertEquals(response.status, 200);
        assertEquals((await response.bytes()).length, FILES[name].length);
      }
    }
  });
});

Deno.test("StaticFiles.serve() sends an empty file whole", async () => {
  await withFolder(FILES, async (folder) => {
    const app = new Engine();
    app.static("/s", folder);
    for (const range of ["bytes=0-", "bytes=-5", "bytes=0-0,1-1"]) {
      const response = await app.request("/s/empty", { headers: { range } });
      assertEquals([response.status, await response.text()], [200, ""], range);
    }
  });
});

Deno.test("StaticFiles.serve() honors if-range with a strong validator", async () => {
  await withFolder(FILES, async (folder) => {
    const app = new Engine();
    app.static("/s", folder);
    const { headers } = await app.request("/s/c.bin", { method: "HEAD" });
    const ask = async (value: string) => {
      const response = await app.request("/s/c.bin", {
        headers: { range: "bytes=0-9", "if-range": value },
      });
      return [response.status, (await response.bytes()).length];
    };
    assertEquals(await ask(headers.get("etag") ?? ""), [206, 10]);
    assertEquals(await ask(headers.get("last-modified") ?? ""), [206, 10]);
    assertEquals(await ask('"other"'), [200, large.length]);
    assertEquals(await ask(`W/${headers.get("etag")}`), [200, large.length]);
    // Just changed, its tag is weak, and the whole file is sent.
    await Deno.utime(`${folder}/c.bin`, new Date(), new Date());
    const changed = await app.request("/s/c.bin", { method: "HEAD" });
    const etag = changed.headers.get("etag") ?? "";
    assertEquals(etag.startsWith("W/"), true);
    assertEquals(await ask(etag), [200, large.length]);
  });
});
