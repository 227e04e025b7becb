// Copyright 2026 the Gee authors. MIT license.
// Every entry loads by plain URL, without import map or configuration, and
// only `./orm/libsql` has to do with npm.

import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { FileServer } from "./testing/file_server.ts";
import {
  entries,
  type Entry,
  programs,
  writeProgram,
} from "./testing/programs.ts";
import { publishedFiles } from "./testing/published_files.ts";
import { runDeno } from "./testing/run_deno.ts";
import { tempFolder } from "./testing/temp_folder.ts";

/** What we use of the answer of `deno info --json`. */
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly isDynamic?: boolean;
    }[];
  }[];
}

// A dynamic import of a literal is part of the graph: Deno downloads it with
// the entry and runs it when it is reached. `./orm/libsql` has some; nothing
// else names a package, neither statically nor dynamically.
const OUTSIDE: Readonly<Partial<Record<Entry, readonly string[]>>> = {
  "./orm/cli": ["static node:util"],
  "./orm/sqlite": ["static node:sqlite"],
  "./orm/libsql": [
    "dynamic npm:libsql",
    "dynamic npm:@libsql/client@0.18.0/ws",
    "dynamic npm:@libsql/client@0.18.0/http",
  ],
};

for (const entry of entries) {
  Deno.test(`"${entry}" loads by URL into an empty cache and works`, async () => {
    await using server = new FileServer(await publishedFiles());
    await using folder = await tempFolder();
    const locate = (entry: Entry) =>
      `${server.origin}${config.exports[entry].slice(1)}`;
    const environment = {
      cwd: folder.path,
      env: { DENO_DIR: `${folder.path}/cache` },
    };
    await writeProgram(entry, `${folder.path}/main.ts`, locate);

    const { output, permissions } = programs[entry];
    const { stdout } = await runDeno([
      "run",
      "--no-config",
      "--no-lock",
      "--no-prompt",
      `--reload=${server.origin}`,
      `--allow-import=${new URL(server.origin).host}`,
      ...permissions,
      "main.ts",
    ], environment);
    assertEquals(stdout, `${output}\n`);

    const info = await runDeno(
      ["info", "--json", "--no-config", "--no-lock", locate(entry)],
      environment,
    );
    const { modules } = JSON.parse(info.stdout) as Graph;
    assertEquals(modules.flatMap(({ error = [] }) => error), []);
    assertEquals(outside({ modules }), OUTSIDE[entry] ?? []);
    assertEquals(server.missed, []);
  });
}

/** What the files of a graph import that is none of them, without versions. */
function outside({ modules }: Graph): string[] {
  return modules.flatMap(({ dependencies = [] }) => dependencies)
    .filter(({ specifier }) => !/^\.\.?\//.test(specifier))
    .map(({ specifier, isDynamic = false }) =>
      `${isDynamic ? "dynamic" : "static"} ${specifier.replace(/@[\d.]+$/, "")}`
    );
}
