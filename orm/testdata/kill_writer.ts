// Copyright 2026 the Gee authors. MIT license.
// Kills a process that writes, and looks at what it left.

import { Engine } from "../mod.ts";
import { entries, fileDriver, type WriterOptions } from "./acknowledged.ts";

const WRITER = new URL("acknowledged.ts", import.meta.url).href;

/**
 * Lets a process write to a file until it has said so a number of times, and
 * kills it.
 *
 * @returns The last batch that it said was committed.
 */
export async function killWriter(
  { driver, path, durability, rows }: WriterOptions,
  after: number,
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ["run", "-A", "--no-check", WRITER],
      [driver, path, durability, String(rows)],
    ].flat(),
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let said = "";
  let left = after;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    left -= text.split("\n").length - 1;
    // What it says after that counts too, for it had been committed.
    if (left <= 0) kill(child);
  }
  await child.status;
  return Number(said.slice(0, said.lastIndexOf("\n")).split("\n").at(-1));
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It is dead.
  }
}

/** What is wrong with a file after a kill; nothing when all is well. */
export async function inspect(
  options: WriterOptions,
  acknowledged: number,
): Promise<string[]> {
  await using engine = await Engine.open(fileDriver(options));
  const session = engine.session();
  const problems: string[] = [];
  const [integrity] = await session.raw("PRAGMA integrity_check");
  if (integrity?.integrity_check !== "ok") {
    problems.push(`integrity: ${integrity?.integrity_check}`);
  }
  const torn = await session.raw(
    "SELECT batch, count(*) AS n FROM entries GROUP BY batch HAVING n <> ?",
    options.rows,
  );
  for (const { batch, n } of torn) {
    problems.push(`batch ${batch} is torn: ${n} of ${options.rows}`);
  }
  const batches = (await session.model(entries).count()) / options.rows;
  const last = await session.model(entries).orderBy("-batch").first();
  if (batches < acknowledged || last?.batch !== batches) {
    problems.push(
      `${batches} batches up to ${last?.batch}, acknowledged ${acknowledged}`,
    );
  }
  return problems;
}
