// Copyright 2026 the Gee authors. MIT license.

/**
 * The command line of migrations, which needs no build step:
 *
 * ```sh
 * deno run -A jsr:@gee/std/orm/cli generate "add email" --schema tables.ts
 * deno run -A jsr:@gee/std/orm/cli up --database gee.db
 * deno run -A jsr:@gee/std/orm/cli check --database gee.db --schema tables.ts
 * ```
 *
 * Its commands are `generate`, `status`, `up`, `down`, `redo`, `check`, `plan`,
 * `introspect` and `seed`; each explains itself by `--help`. The answer goes to
 * the output, as JSON with `--json`, everything else to the error output. The
 * exit code is 0 when it was done, 1 when it failed or `check` found something
 * and 2 when the command line was not understood.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { readArguments, UsageError } from "./cli/arguments.ts";
import { runCommand } from "./cli/commands.ts";
import { type CliIo, processIo } from "./cli/io.ts";
import { helpText, OPTIONS } from "./cli/usage.ts";

export type { CliIo } from "./cli/io.ts";

/**
 * Runs a command line.
 *
 * @param args Its words, as in `Deno.args`.
 * @param io Where it writes.
 * @returns The exit code: 0, 1 or 2.
 *
 * @example The status of a new database
 * ```ts
 * import { run } from "@gee/std/orm/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const code = await run(["status", "--database", ":memory:"], {
 *   out: (line) => lines.push(line),
 *   log: () => {},
 *   progress: () => {},
 * });
 * assertEquals(code, 0);
 * assertEquals(lines, ["no migrations"]);
 * ```
 */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  try {
    const { tokens } = parseArgs({
      args: [...args],
      options: Object.fromEntries(
        Object.entries(OPTIONS).map(([name, { type }]) => [name, { type }]),
      ),
      // It would not say which option was meant.
      strict: false,
      allowPositionals: true,
      tokens: true,
    });
    const parsed = readArguments(tokens);
    if (parsed.isHelp) {
      io.out(helpText(parsed.command));
      return 0;
    }
    const { json, lines, isWell } = await runCommand(parsed, io);
    if (parsed.has("json")) io.out(JSON.stringify(json, null, 2));
    else lines.forEach((line) => io.out(line));
    return isWell ? 0 : 1;
  } catch (error) {
    io.log(error instanceof Error ? error.message : String(error));
    if (!(error instanceof UsageError)) return 1;
    io.log("--help says what there is.");
    return 2;
  }
}

if (import.meta.main) Deno.exitCode = await run(Deno.args, processIo());
