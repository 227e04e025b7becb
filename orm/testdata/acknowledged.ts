// Copyright 2026 the Gee authors. MIT license.
// A process that writes and says on its output what was committed, until it is
// killed: acknowledged.ts <sqlite|libsql> <path> <normal|full> <rows>
// Of one row each time is an insert, of more a transaction.

import { type Driver, Engine, integer, table, text } from "../mod.ts";
import { libsql } from "../libsql.ts";
import { sqlite } from "../sqlite.ts";

/** The rows; all of one batch are written together. */
export const entries = table("entries", {
  id: integer().primaryKey(),
  batch: integer().index(),
  text: text(),
});

/** How a file is opened. */
export interface WriterOptions {
  readonly driver: "sqlite" | "libsql";
  readonly path: string;
  readonly durability: "normal" | "full";
  /** How many rows a batch has. */
  readonly rows: number;
}

/** The driver for a file. */
export function fileDriver(
  { driver, path, durability }: Omit<WriterOptions, "rows">,
): Driver {
  return driver === "sqlite"
    ? sqlite(path, { durability })
    : libsql(path, { durability });
}

/** Writes batch after batch, and calls `done` when one has been committed. */
export async function writeBatches(
  engine: Engine,
  rows: number,
  done: (batch: number) => boolean,
): Promise<void> {
  const session = engine.session();
  if (!await session.hasTable(entries)) await session.createTable(entries);
  const last = await session.model(entries).orderBy("-batch").first();
  for (let batch = (last?.batch ?? 0) + 1;; batch++) {
    const row = { batch, text: "x".repeat(batch % 300) };
    if (rows === 1) await session.insert(entries, row);
    else {
      await engine.transaction(async (tx) => {
        for (let count = 0; count < rows; count++) {
          await tx.insert(entries, row);
        }
      });
    }
    if (!done(batch)) return;
  }
}

if (import.meta.main) {
  const [driver = "", path = "", durability = "", rows] = Deno.args;
  await using engine = await Engine.open(fileDriver(
    { driver, path, durability } as Omit<WriterOptions, "rows">, // who starts it knows
  ));
  const encoder = new TextEncoder();
  await writeBatches(engine, Number(rows), (batch) => {
    // At once, not by a stream: what is said has been committed.
    Deno.stdout.writeSync(encoder.encode(`${batch}\n`));
    return true;
  });
}
