// Copyright 2026 the Gee authors. MIT license.
// Many transfers between few accounts at once, on every driver, and from three
// processes: no lock is met, and the sum is exact.
import { isSkipped, launchSqld, type Sqld } from "../testing/sqld.ts";
import { type Driver, Engine, integer, table } from "../../orm/mod.ts";
import { libsql } from "../../orm/libsql.ts";
import { sqlite } from "../../orm/sqlite.ts";
import { HranaDouble } from "../../orm/testdata/hrana_double.ts";
import { randomOf, type Report } from "./report.ts";

const ACCOUNTS = 10;
const START = 1000;
const PROCESSES = 3;
/** How long the processes may take, in ms: it is seconds. */
const MAX_MS = 100_000;

const accounts = table("accounts", {
  id: integer().primaryKey(),
  amount: integer(),
});

/** Transfers all at once, and returns what failed. */
async function transferAll(
  engine: Engine,
  count: number,
  seed: number,
): Promise<unknown[]> {
  const random = randomOf(seed);
  const any = () => 1 + Math.floor(random() * ACCOUNTS);
  const settled = await Promise.allSettled(
    Array.from({ length: count }, () => {
      const [from, to, amount] = [any(), any(), Math.floor(random() * 50)];
      return engine.transaction(async (tx) => {
        const account = (id: number) => tx.model(accounts).where({ id });
        const source = await account(from).one();
        await account(from).update({ amount: source.amount - amount });
        // Read after the first write: it may be the same account.
        const target = await account(to).one();
        await account(to).update({ amount: target.amount + amount });
      });
    }),
  );
  return settled.flatMap((one) =>
    one.status === "rejected" ? [one.reason] : []
  );
}

async function prepare(engine: Engine): Promise<void> {
  const session = engine.session();
  await session.createTable(accounts);
  await session.insert(
    accounts,
    ...Array.from({ length: ACCOUNTS }, () => ({ amount: START })),
  );
}

async function total(engine: Engine): Promise<number> {
  const rows = await engine.session().model(accounts).find();
  return rows.reduce((sum, { amount }) => sum + amount, 0);
}

function tell(
  report: Report,
  label: string,
  errors: readonly unknown[],
  sum: number,
): void {
  for (const error of errors.slice(0, 3)) report.note(String(error));
  report.count(`${label}: failed`, errors.length, 0);
  report.count(`${label}: sum`, sum, ACCOUNTS * START);
}

async function inOne(
  report: Report,
  label: string,
  driver: Driver,
  count: number,
): Promise<void> {
  // All wait for one another, which is more than one lock.
  await using engine = await Engine.open(driver, { busyTimeout: 120_000 });
  await prepare(engine);
  const start = performance.now();
  const errors = await transferAll(engine, count, 1);
  tell(report, label, errors, await total(engine));
  report.figure(`${label}: each`, (performance.now() - start) / count, "ms");
}

const FILES: Record<string, (path: string) => Driver> = {
  sqlite: (path) => sqlite(path),
  libsql: (path) => libsql(path),
};

/** The transfers of one of the processes. */
async function child(name: string, count: string, seed: string) {
  const [driver = "", ...path] = name.split(" ");
  const open = FILES[driver];
  if (open === undefined) throw new Error(`Cannot use driver "${driver}"`);
  await using engine = await Engine.open(open(path.join(" ")), {
    busyTimeout: 120_000,
  });
  const errors = await transferAll(engine, Number(count), Number(seed));
  console.log(JSON.stringify(errors.map(String)));
}

/** Transfers in processes; gives what failed, or nothing where they did not end in time. */
async function runThree(
  driver: string,
  location: string,
  count: number,
): Promise<string[] | undefined> {
  const signal = AbortSignal.timeout(MAX_MS);
  const outputs = await Promise.all(
    Array.from(
      { length: PROCESSES },
      (_, index) =>
        new Deno.Command(Deno.execPath(), {
          args: [
            ["run", "-A", "--no-check", import.meta.url],
            [`${driver} ${location}`, String(Math.ceil(count / PROCESSES))],
            [String(index)],
          ].flat(),
          stderr: "inherit",
          signal,
        }).output(),
    ),
  );
  if (signal.aborted) return undefined;
  return outputs.flatMap(({ success, stdout }) =>
    success
      ? JSON.parse(new TextDecoder().decode(stdout)) as string[]
      : ["a process failed"]
  );
}

async function inThree(
  report: Report,
  driver: string,
  location: string,
  count: number,
): Promise<boolean> {
  const open = FILES[driver];
  if (open === undefined) throw new Error(`Cannot use driver "${driver}"`);
  {
    await using engine = await Engine.open(open(location));
    await prepare(engine);
  }
  const errors = await runThree(driver, location, count);
  if (errors === undefined) return false;
  await using engine = await Engine.open(open(location));
  const label = `${driver}, ${PROCESSES} processes`;
  tell(report, label, errors, await total(engine));
  return true;
}

/**
 * The same on a server. Its threads were once seen to spin for a lock that was
 * never free again, and it answered nothing that writes: then it is ended, and
 * another one has to do it.
 */
async function inThreeOnServer(
  report: Report,
  server: Sqld,
  count: number,
): Promise<void> {
  if (await inThree(report, "libsql", `http://${server.host}`, count)) return;
  report.note("the server stood still: once more on a new one");
  await server.stop();
  await using other = await launchSqld();
  const isDone = await inThree(report, "libsql", `http://${other.host}`, count);
  report.check(`sqld, ${PROCESSES} processes: ended in time`, isDone);
}

/** Transfers on every driver there is. */
export async function transfers(report: Report, count: number): Promise<void> {
  report.title(`concurrent transfers: ${count}`);
  const folder = await Deno.makeTempDir();
  await inOne(report, "sqlite in memory", sqlite(), count);
  await inOne(report, "sqlite in a file", sqlite(`${folder}/a.db`), count);
  await inOne(report, "libsql in memory", libsql(), count);
  await inOne(report, "libsql in a file", libsql(`${folder}/b.db`), count);
  {
    await using double = new HranaDouble(`${folder}/c.db`);
    // It is slow, and the conformance suite sends it as many.
    await inOne(report, "Hrana double", libsql(double.url), count / 5);
  }
  for (const driver of ["sqlite", "libsql"]) {
    const isDone = await inThree(
      report,
      driver,
      `${folder}/${driver}.db`,
      count,
    );
    report.check(`${driver}, ${PROCESSES} processes: ended in time`, isDone);
  }
  if (isSkipped) report.note("no sqld, the variable SQLD has to name it");
  else {
    await using server = await launchSqld();
    for (const scheme of ["http", "ws"]) {
      const url = `${scheme}://${server.host}`;
      await inOne(report, `sqld over ${scheme}`, libsql(url), count);
      await server.clear();
    }
    await inThreeOnServer(report, server, count);
  }
  await Deno.remove(folder, { recursive: true });
}

if (import.meta.main) {
  const [name = "", count = "", seed = ""] = Deno.args;
  await child(name, count, seed);
}
