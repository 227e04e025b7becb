// Copyright 2026 the Gee authors. MIT license.
// A log that was cut, zeroed or changed: what comes out are whole transactions
// from the first on, or an error that has a class.
import { DatabaseError, Engine } from "../../orm/mod.ts";
import {
  fileDriver,
  writeBatches,
  type WriterOptions,
} from "../../orm/testdata/acknowledged.ts";
import { randomOf, type Report } from "./report.ts";

const ROWS = 10;
const BATCHES = 60;

/** Damages a log in one of three ways. */
function damaged(wal: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * wal.length);
  const kind = Math.floor(random() * 3);
  if (kind === 0) return wal.slice(0, at);
  const copy = wal.slice();
  if (kind === 1) copy.fill(0, at, at + Math.floor(random() * 20_000));
  else {
    for (let flips = 1 + Math.floor(random() * 8); flips > 0; flips--) {
      // Within the array by the length that it is multiplied with.
      copy[Math.floor(random() * copy.length)]! ^= 1 <<
        Math.floor(random() * 8);
    }
  }
  return copy;
}

/** A database whose last transactions are in its log only. */
async function written(options: WriterOptions): Promise<Uint8Array[]> {
  await using engine = await Engine.open(fileDriver(options));
  await engine.session().raw("PRAGMA wal_autocheckpoint = 0");
  const until = (last: number) =>
    writeBatches(engine, ROWS, (batch) => batch < last);
  await until(5);
  await engine.session().raw("PRAGMA wal_checkpoint(TRUNCATE)");
  await until(BATCHES);
  return [
    await Deno.readFile(options.path),
    await Deno.readFile(`${options.path}-wal`),
  ];
}

/** How many batches are there, or what is wrong. */
async function inspected(options: WriterOptions): Promise<number | string> {
  try {
    await using engine = await Engine.open(fileDriver(options));
    const session = engine.session();
    const [integrity] = await session.raw("PRAGMA integrity_check");
    if (integrity?.integrity_check !== "ok") {
      return `integrity: ${integrity?.integrity_check}`;
    }
    const batches = await session.raw<{ batch: number; n: number }>(
      "SELECT batch, count(*) AS n FROM entries GROUP BY batch ORDER BY batch",
    );
    const isWhole = batches.every(({ batch, n }, index) =>
      batch === index + 1 && n === ROWS
    );
    return isWhole ? batches.length : `torn: ${JSON.stringify(batches)}`;
  } catch (error) {
    return error instanceof DatabaseError ? -1 : String(error);
  }
}

/** Opens so many damaged copies. */
export async function torn(
  report: Report,
  copies: number,
  seed: number,
): Promise<void> {
  report.title(`torn log: ${copies} copies, seed ${seed}`);
  for (const driver of ["sqlite", "libsql"] as const) {
    const random = randomOf(seed);
    const folder = await Deno.makeTempDir();
    const options = {
      driver,
      path: `${folder}/gee.db`,
      durability: "normal",
      rows: ROWS,
    } as const;
    const [data, wal] = await written(options);
    if (data === undefined || wal === undefined) throw new Error("Cannot be");
    const lost: number[] = [];
    let refused = 0;
    const problems: string[] = [];
    for (let count = 0; count < copies; count++) {
      const path = `${folder}/${count}.db`;
      await Deno.writeFile(path, data);
      await Deno.writeFile(`${path}-wal`, damaged(wal, random));
      const found = await inspected({ ...options, path });
      if (typeof found === "string") problems.push(`copy ${count}: ${found}`);
      else if (found === -1) refused++;
      else lost.push(BATCHES - found);
      for (const name of [path, `${path}-wal`, `${path}-shm`]) {
        await Deno.remove(name).catch(() => {});
      }
    }
    for (const problem of problems.slice(0, 5)) report.note(problem);
    report.count(`${driver}: wrong`, problems.length, 0);
    report.check(
      `${driver}: ${lost.length} opened, ${refused} refused with a class, at least half of them damaged`,
      lost.filter((count) => count > 0).length > copies / 2,
    );
    await Deno.remove(folder, { recursive: true });
  }
}
