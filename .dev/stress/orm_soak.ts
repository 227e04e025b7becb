// Copyright 2026 the Gee authors. MIT license.
// A long run in a process of its own, in which 1 % of the driver's calls fail,
// and one of queries alone: they show what is kept, and that nothing is made or
// lost by a failure.
import {
  DatabaseError,
  type Driver,
  Engine,
  integer,
  type Session,
  table,
  text,
} from "../../orm/mod.ts";
import { libsql } from "../../orm/libsql.ts";
import { sqlite } from "../../orm/sqlite.ts";
import { FAILURES, Faulty } from "../../orm/testdata/faulty.ts";
import { descriptors, heapUsed } from "./account.ts";
import { randomOf, type Report, sleep } from "./report.ts";

const KEYS = 1000;
const CLIENTS = 8;

const items = table("items", {
  id: integer().primaryKey(),
  name: text(),
  sum: integer().default(0),
});

/** What the child found. */
interface Result {
  readonly slope: number;
  readonly wrong: readonly string[];
  readonly unhandled: number;
  readonly failures: number;
  readonly descriptors: number;
  readonly sum: number;
}

/** Memory, descriptors and rejections of long runs. */
export async function soak(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  for (const rate of [0.01, 0]) {
    const drivers = ["sqlite", "libsql"];
    // Both at once, for as many cores.
    const outputs = await Promise.all(
      drivers.map((driver) =>
        new Deno.Command(Deno.execPath(), {
          args: [
            ["run", "-A", "--no-check", import.meta.url],
            [driver, `${count}`, `${seed}`, `${rate}`],
          ].flat(),
          stderr: "inherit",
        }).output()
      ),
    );
    for (const [index, { success, stdout }] of outputs.entries()) {
      const what = rate === 0 ? "queries" : "operations, 1 % of calls fail";
      report.title(
        `soak on ${drivers[index]}: ${count} ${what}, seed ${seed}`,
      );
      report.check("the process ended by itself", success);
      const output = new TextDecoder().decode(stdout);
      tell(report, JSON.parse(output || "{}") as Result, rate);
    }
  }
}

function tell(report: Report, result: Result, rate: number): void {
  for (const text of (result.wrong ?? []).slice(0, 5)) report.note(text);
  report.count("wrong rows or errors", result.wrong?.length ?? NaN, 0);
  report.count("unhandled rejections", result.unhandled, 0);
  report.count("sum of all rows", result.sum, 0);
  report.count("descriptors left", result.descriptors, 0);
  report.check(
    `failed operations: ${result.failures}, want ${
      rate === 0 ? "none" : "some"
    }`,
    (result.failures > 0) === (rate > 0),
  );
  report.figure("heap per operation, second half", result.slope, "bytes", 1);
  // Whatever is kept of an operation is more than that.
  report.check("heap per operation: nothing is kept", result.slope < 8);
}

/** What a run does, an operation at a time. */
class Work {
  readonly wrong: string[] = [];
  failures = 0;
  readonly #engine: Engine;
  readonly #random: () => number;
  readonly #isReading: boolean;

  constructor(engine: Engine, random: () => number, isReading: boolean) {
    this.#engine = engine;
    this.#random = random;
    this.#isReading = isReading;
  }

  async run(count: number): Promise<void> {
    let left = count;
    const client = async () => {
      while (left-- > 0) {
        try {
          await this.#operate();
        } catch (error) {
          this.failures++;
          if (!(error instanceof DatabaseError)) this.wrong.push(`${error}`);
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  }

  #key(): number {
    return 1 + Math.floor(this.#random() * KEYS);
  }

  async #operate(): Promise<void> {
    const session = this.#engine.session();
    const id = this.#key();
    const action = this.#random();
    const query = session.model(items).where({ id });
    if (this.#isReading || action < 0.5) {
      const row = await query.first();
      if (row?.name !== `item ${id}`) this.wrong.push(`${id}: ${row?.name}`);
    } else if (action < 0.6) await session.model(items).limit(20).find();
    else if (action < 0.7) await query.update({ name: `item ${id}` });
    else if (action < 0.75) {
      await session.raw("SELECT sum(sum) AS sum FROM items WHERE id < ?", id);
    } else if (action < 0.8) await this.#replace(session, id);
    else await this.#transfer(id);
  }

  /** Deletes a row and inserts it again, both or neither. */
  async #replace(session: Session, id: number): Promise<void> {
    await session.transaction(async (tx) => {
      const row = await tx.model(items).where({ id }).one();
      await tx.model(items).where({ id }).delete();
      await tx.insert(items, row);
    });
  }

  /** Moves from one row to another; a savepoint in it may be undone. */
  async #transfer(id: number): Promise<void> {
    const to = this.#key();
    const isUndone = this.#random() < 0.2;
    await this.#engine.transaction(async (tx) => {
      await add(tx, id, -1);
      if (isUndone) await tx.transaction((inner) => undone(inner, to));
      await add(tx, to, 1);
    }).catch((error) => {
      if (!(error instanceof Undone)) throw error;
    });
  }
}

class Undone extends Error {}

async function undone(tx: Session, id: number): Promise<void> {
  await add(tx, id, 5);
  throw new Undone();
}

async function add(tx: Session, id: number, amount: number): Promise<void> {
  const { sum } = await tx.model(items).where({ id }).one();
  await tx.model(items).where({ id }).update({ sum: sum + amount });
}

async function main(
  [name = "", count = "", seed = "", rate = ""]: readonly string[],
): Promise<Result> {
  let unhandled = 0;
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    unhandled++;
  });
  const folder = await Deno.makeTempDir();
  const path = `${folder}/gee.db`;
  // Deno opens a pair of sockets for itself when it has run half a second.
  await sleep(1000);
  const driver = name === "libsql" ? libsql(path) : sqlite(path);
  // A library that is loaded has some that it keeps.
  await (await Engine.open(driver)).close();
  for (let round = 0; round < 5; round++) await heapUsed();
  const open = descriptors();
  const result = await workOn(
    driver,
    Number(count),
    Number(seed),
    Number(rate),
  );
  // Statements of npm:libsql hold its files until they are collected.
  for (let round = 0; round < 20 && descriptors() > open; round++) {
    await heapUsed();
  }
  await Deno.remove(folder, { recursive: true });
  return {
    ...result,
    unhandled,
    descriptors: Math.max(0, descriptors() - open),
  };
}

/** The work itself, apart: what it leaves can be collected when it returns. */
async function workOn(
  driver: Driver,
  count: number,
  seed: number,
  rate: number,
): Promise<Omit<Result, "unhandled" | "descriptors">> {
  const random = randomOf(seed);
  const faulty = new Faulty(driver, false);
  // Short, for a failure that stays is only waited for.
  const engine = await Engine.open(faulty.driver, { busyTimeout: 50 });
  const session = engine.session();
  await session.createTable(items);
  await session.insert(
    items,
    ...Array.from({ length: KEYS }, (_, id) => ({ name: `item ${id + 1}` })),
  );
  const kinds = Object.values(FAILURES);
  faulty.failure = () => kinds[Math.floor(random() * kinds.length)]!();
  faulty.isFailing = () => {
    faulty.calls.length = 0;
    return random() < rate;
  };
  const work = new Work(engine, random, rate === 0);
  await work.run(count / 2);
  const middle = await heapUsed();
  await work.run(count / 2);
  const slope = (await heapUsed() - middle) / (count / 2);
  faulty.isFailing = () => false;
  const [row] = await session.raw("SELECT sum(sum) AS sum FROM items");
  const [rows, integrity] = [
    await session.model(items).count(),
    await session.raw("PRAGMA integrity_check"),
  ];
  if (rows !== KEYS) work.wrong.push(`${rows} rows`);
  if (integrity[0]?.integrity_check !== "ok") work.wrong.push("integrity");
  await engine.close();
  return {
    slope,
    wrong: work.wrong,
    failures: work.failures,
    sum: Number(row?.sum),
  };
}

if (import.meta.main) console.log(JSON.stringify(await main(Deno.args)));
