// Copyright 2026 the Gee authors. MIT license.
// The package as its users get it: published to a registry of the shape of
// JSR and imported from there by programs in an empty folder.

import { assertArrayIncludes, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { FileServer } from "./testing/file_server.ts";
import { jsrFiles } from "./testing/jsr_files.ts";
import { entries, programs, writeProgram } from "./testing/programs.ts";
import { publishedFiles } from "./testing/published_files.ts";
import { runDeno } from "./testing/run_deno.ts";
import { tempFolder } from "./testing/temp_folder.ts";

const { name, version, exports } = config;

Deno.test("deno publish uploads the sources, the manual and nothing else", async () => {
  const paths = [...(await publishedFiles()).keys()];
  assertArrayIncludes(paths, [
    "/LICENSE",
    "/deno.json",
    ...Object.values(exports).map((path) => path.slice(1)),
  ]);
  const wanted =
    /^\/((LICENSE|(README|CHANGELOG)\.md|deno\.json|mod\.ts)$|(web|cache|orm|rpc)\/.+\.ts$)/;
  const unwanted = /_(test|bench)\.ts$|\/testdata\//;
  assertEquals(
    paths.filter((path) => !wanted.test(path) || unwanted.test(path)),
    [],
  );
});

Deno.test("every entry works and is typed when imported from a registry", async () => {
  const files = await publishedFiles();
  await using registry = new FileServer(
    await jsrFiles({ name, version, exports, files }),
  );
  await using folder = await tempFolder();
  for (const [index, entry] of entries.entries()) {
    await writeProgram(
      entry,
      `${folder.path}/program${index}.ts`,
      (entry) => `jsr:${name}${entry.slice(1)}`,
    );
  }
  await Deno.writeTextFile(
    `${folder.path}/main.ts`,
    entries.map((_, index) => `import "./program${index}.ts";\n`).join(""),
  );

  const permissions = new Set(
    entries.flatMap((entry) => programs[entry].permissions),
  );
  const { stdout } = await runDeno(
    [
      "run",
      "--check",
      "--no-config",
      "--no-lock",
      "--no-prompt",
      ...permissions,
      "main.ts",
    ],
    {
      cwd: folder.path,
      env: {
        DENO_DIR: `${folder.path}/cache`,
        JSR_URL: `${registry.origin}/`,
      },
    },
  );
  // They run side by side, so that the order of the lines is any.
  assertEquals(
    stdout.trimEnd().split("\n").sort(),
    entries.map((entry) => programs[entry].output).sort(),
  );
  assertEquals(registry.missed, []);
});
