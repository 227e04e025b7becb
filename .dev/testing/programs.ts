// Copyright 2026 the Gee authors. MIT license.

import config from "../../deno.json" with { type: "json" };

/** An entry of `deno.json`. */
export type Entry = keyof typeof config.exports;

/** A program of someone who uses one entry. */
export interface Program {
  /** What it prints. */
  readonly output: string;
  /** All it is allowed to do. */
  readonly permissions: readonly string[];
}

const NATIVE = ["--allow-env", "--allow-ffi", "--allow-sys"];
const SOCKETS = ["--allow-net=127.0.0.1"];

/** One for each entry: a new entry without one is a type error. */
export const programs: Readonly<Record<Entry, Program>> = {
  ".": { output: ".: 200 A users tcp", permissions: SOCKETS },
  "./web": { output: "web: 200 Hello gee", permissions: [] },
  "./web/client": { output: "web/client: 42.0", permissions: [] },
  "./web/middleware": {
    output: "web/middleware: [500] GET / in 0.0ms",
    permissions: [],
  },
  "./cache": { output: "cache: 630 undefined", permissions: [] },
  "./orm": { output: "orm: Sam Tom", permissions: [] },
  "./orm/cli": {
    output: "orm/cli: 0 no migrations",
    permissions: ["--allow-read"],
  },
  "./orm/sqlite": { output: "orm/sqlite: 3", permissions: [] },
  "./orm/libsql": { output: "orm/libsql: 3", permissions: NATIVE },
  "./rpc": { output: "rpc: 3", permissions: SOCKETS },
  "./rpc/gob": { output: "rpc/gob: 8 bytes, 1", permissions: [] },
};

/** The entries, in the order of `deno.json`. */
// The import above is typed by the very file it reads.
export const entries = Object.keys(config.exports) as Entry[];

/**
 * Writes the program of an entry, its imports of `@gee/std` replaced, since
 * outside of this repository nothing resolves that name.
 *
 * @param locate Gives the specifier of an entry.
 */
export async function writeProgram(
  entry: Entry,
  file: string,
  locate: (entry: Entry) => string,
): Promise<void> {
  const name = entry === "." ? "mod" : entry.slice(2).replaceAll("/", "_");
  const text = await Deno.readTextFile(
    new URL(`consumer/${name}.ts`, import.meta.url),
  );
  await Deno.writeTextFile(
    file,
    // Type-checked programs name entries only.
    text.replaceAll(
      /"@gee\/std(.*)"/g,
      (_, path: string) => `"${locate(`.${path}` as Entry)}"`,
    ),
  );
}
