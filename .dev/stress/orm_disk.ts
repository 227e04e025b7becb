// Copyright 2026 the Gee authors. MIT license.
// A disk that is full again and again: what does not fit is told, what was
// there stays, and with more room all goes on.
import { DiskFullError, Engine } from "../../orm/mod.ts";
import { entries, fileDriver } from "../../orm/testdata/acknowledged.ts";
import type { Report } from "./report.ts";

const ROUNDS = 20;
const ROWS = 10;

/** Fills a file of a bounded size, and gives it more room each time. */
export async function disk(report: Report): Promise<void> {
  report.title(`full disk: ${ROUNDS} times`);
  for (const driver of ["sqlite", "libsql"] as const) {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/gee.db`;
    await using engine = await Engine.open(
      fileDriver({ driver, path, durability: "normal" }),
    );
    const session = engine.session();
    await session.createTable(entries);
    let batch = 0;
    let full = 0;
    const others: unknown[] = [];
    const row = () => ({ batch, text: "x".repeat(1000) });
    /** Whether it fitted, by an insert of many and a transaction in turn. */
    const write = async (): Promise<boolean> => {
      try {
        batch++;
        if (batch % 2 === 0) {
          await session.insert(entries, ...Array.from({ length: ROWS }, row));
        } else {
          await engine.transaction(async (tx) => {
            for (let count = 0; count < ROWS; count++) {
              await tx.insert(entries, row());
            }
          });
        }
        return true;
      } catch (error) {
        batch--;
        if (error instanceof DiskFullError) full++;
        else others.push(error);
        return false;
      }
    };
    let wrong = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      await session.raw(`PRAGMA max_page_count = ${round * 40}`);
      while (await write());
      // Once more: the first failure has left nothing behind.
      await write();
      const rows = await session.model(entries).count();
      const [integrity] = await session.raw("PRAGMA integrity_check");
      if (rows !== batch * ROWS || integrity?.integrity_check !== "ok") wrong++;
    }
    await session.raw("PRAGMA max_page_count = 100000");
    const goesOn = await write();
    for (const error of others.slice(0, 3)) report.note(String(error));
    report.count(`${driver}: full, each told`, full, 2 * ROUNDS);
    report.count(`${driver}: other errors`, others.length, 0);
    report.count(`${driver}: rounds with rows missing or torn`, wrong, 0);
    report.check(`${driver}: with more room it goes on`, goesOn);
    await engine.close();
    await Deno.remove(folder, { recursive: true });
  }
}
