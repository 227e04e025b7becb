// Copyright 2026 the Gee authors. MIT license.
// Processes that write are killed: what they have said is there, and no
// transaction is there in part.
import type { WriterOptions } from "../../orm/testdata/acknowledged.ts";
import { inspect, killWriter } from "../../orm/testdata/kill_writer.ts";
import { randomOf, type Report } from "./report.ts";

/** A process writes no more than that between two kills. */
const MAX_BATCHES = 150;

/** So many kills for each way of writing, one after another in one file. */
export async function kill(
  report: Report,
  kills: number,
  seed: number,
): Promise<void> {
  report.title(`kill -9: ${kills} of each kind, seed ${seed}`);
  const random = randomOf(seed);
  const folder = await Deno.makeTempDir();
  const kinds = (["sqlite", "libsql"] as const).flatMap((driver) =>
    (["normal", "full"] as const).flatMap((durability) =>
      [1, 10].map((rows) => ({
        driver,
        durability,
        rows,
        path: `${folder}/${driver}_${durability}_${rows}.db`,
      }))
    )
  );
  let total = 0;
  // Two at once, for as many cores.
  const run = async (options: WriterOptions) => {
    const problems: string[] = [];
    let last = 0;
    for (let count = 0; count < kills; count++) {
      const after = 1 + Math.floor(random() * MAX_BATCHES);
      last = await killWriter(options, after);
      problems.push(...await inspect(options, last));
    }
    total += last * options.rows;
    for (const problem of problems.slice(0, 5)) report.note(problem);
    const { driver, durability, rows } = options;
    const what = rows === 1 ? "insert" : `transaction of ${rows}`;
    report.count(
      `${driver}, ${durability}, ${what}, ${kills} kills: wrong`,
      problems.length,
      0,
    );
  };
  const worker = async () => {
    for (let kind = kinds.pop(); kind !== undefined; kind = kinds.pop()) {
      await run(kind);
    }
  };
  await Promise.all([worker(), worker()]);
  report.note(`${total} acknowledged rows`);
  await Deno.remove(folder, { recursive: true });
}
