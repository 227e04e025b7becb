// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects } from "@std/assert";
import { fileStream } from "./file_stream.ts";
import { withFolder } from "./testdata/with_folder.ts";

const SIZE = 1 << 20;
const content = Uint8Array.from({ length: SIZE }, (_, at) => at * at % 251);
const all = { start: 0, end: SIZE - 1 };

/** A file of 1 MiB, and how often it was opened. */
async function withFile(
  test: (file: {
    path: string;
    open: () => Promise<Deno.FsFile>;
    opened: () => number;
  }) => Promise<void>,
): Promise<void> {
  await withFolder({ "a.bin": content }, async (folder) => {
    const path = `${folder}/a.bin`;
    let count = 0;
    const open = () => {
      count++;
      return Deno.open(path);
    };
    await test({ path, open, opened: () => count });
  });
}

async function bytesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  return await new Response(stream).bytes();
}

Deno.test("fileStream() sends pieces in turn and opens the file once", async () => {
  await withFile(async ({ open, opened }) => {
    assertEquals(await bytesOf(fileStream(open, [all])), content);
    const text = new Uint8Array([1, 2, 3]);
    const pieces = [text, { start: 700_000, end: 1_000_000 }, text, {
      start: 5,
      end: 5,
    }];
    assertEquals(
      await bytesOf(fileStream(open, pieces)),
      new Uint8Array([
        ...text,
        ...content.subarray(700_000, 1_000_001),
        ...text,
        ...content.subarray(5, 6),
      ]),
    );
    assertEquals((await bytesOf(fileStream(open, []))).length, 0);
    assertEquals(opened(), 2);
  });
});

Deno.test("fileStream() fails when the file is shorter than said", async () => {
  await withFile(async ({ path, open }) => {
    const reader = fileStream(open, [all]).getReader();
    await reader.read();
    await Deno.truncate(path, 10);
    await assertRejects(
      async () => {
        while (!(await reader.read()).done);
      },
      Error,
      "Cannot send the file: it ends at byte ",
    );
  });
});

Deno.test("fileStream() cuts a file that has grown", async () => {
  await withFile(async ({ path, open }) => {
    const stream = fileStream(open, [all]);
    await Deno.writeFile(path, new Uint8Array(5), { append: true });
    assertEquals((await bytesOf(stream)).length, SIZE);
  });
});

// The sanitizer of resources fails these two when a file stays open.
Deno.test("fileStream() closes the file when its reader leaves", async () => {
  await withFile(async ({ open }) => {
    for (const reads of [1, 2]) {
      const reader = fileStream(open, [all]).getReader();
      for (let count = 0; count < reads; count++) await reader.read();
      await reader.cancel();
    }
    const reader = fileStream(open, [all]).getReader();
    const reading = reader.read(); // the file is being opened
    await reader.cancel();
    assertEquals((await reading).done, true);
  });
});

Deno.test("fileStream() holds no file before it is read", async () => {
  await withFile(async ({ open, opened }) => {
    fileStream(open, [all]);
    await fileStream(open, [all]).cancel();
    assertEquals(opened(), 0);
  });
});

Deno.test("fileStream() passes on why the file does not open", async () => {
  const open = () => Promise.reject(new Error("Cannot open: gone"));
  await assertRejects(
    () => bytesOf(fileStream(open, [all])),
    Error,
    "Cannot open: gone",
  );
});
