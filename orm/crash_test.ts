// Copyright 2026 the Gee authors. MIT license.
// The short form of `deno task stress:orm kill`.

import { assert, assertEquals } from "@std/assert";
import { inspect, killWriter } from "./testdata/kill_writer.ts";

for (const driver of ["sqlite", "libsql"] as const) {
  for (const rows of [1, 10]) {
    Deno.test(`a process that is killed loses nothing it has said, ${rows} rows each, on ${driver}`, async () => {
      const folder = await Deno.makeTempDir();
      const options = {
        driver,
        path: `${folder}/gee.db`,
        durability: "normal",
        rows,
      } as const;
      try {
        let before = 0;
        for (const after of [1, 40]) {
          const acknowledged = await killWriter(options, after);
          assert(acknowledged >= before + after);
          assertEquals(await inspect(options, acknowledged), []);
          before = acknowledged;
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}
