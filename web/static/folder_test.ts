// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { Folder } from "./folder.ts";
import { withFolder, write } from "./testdata/with_folder.ts";

Deno.test("Folder.find() notices a folder that is swapped between its checks", async () => {
  const files = { "dir/a.txt": "inside", "../out/a.txt": "secret" };
  await withFolder(files, async (path) => {
    const folder = new Folder(path, false);
    assertEquals((await folder.find("dir/a.txt"))?.path, `${path}/dir/a.txt`);
    const { stat } = Deno;
    let swaps = 0;
    try {
      // The first look comes after the path was found to lie inside.
      Deno.stat = async (target) => {
        if (swaps++ === 0) {
          await Deno.rename(`${path}/dir`, `${path}/away`);
          await Deno.symlink("../out", `${path}/dir`);
        }
        return await stat(target);
      };
      assertEquals(await folder.find("dir/a.txt"), undefined);
      assertEquals(swaps, 1);
    } finally {
      Deno.stat = stat;
    }
  });
});

Deno.test("Folder.find() takes a file that is replaced between its checks", async () => {
  await withFolder({ "a.txt": "one" }, async (path) => {
    const folder = new Folder(`${path}/`, false);
    const { stat } = Deno;
    try {
      Deno.stat = async (target) => {
        const info = await stat(target);
        await write(`${path}/next`, "three");
        await Deno.rename(`${path}/next`, `${path}/a.txt`);
        return info;
      };
      assertEquals((await folder.find("a.txt"))?.info.size, 5);
    } finally {
      Deno.stat = stat;
    }
  });
});

Deno.test("Folder.find() takes the whole file system for a folder", async () => {
  await withFolder({ "a.txt": "one" }, async (path) => {
    const root = new Folder("/", false);
    const found = await root.find(`${path}/a.txt`.slice(1));
    assertEquals(found?.path, `${path}/a.txt`);
  });
});
