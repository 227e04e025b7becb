// Copyright 2026 the Gee authors. MIT license.
// Short schedules of reads, writes, transactions, savepoints and rollbacks of
// several clients at once. Every commit counts itself in the database, and the
// model keeps all states by that count: whatever is read has to be one of them,
// neither older than what was acknowledged before the read began nor newer than
// what was done when it ended.
import { Engine, integer, type Session, sql, table } from "../../orm/mod.ts";
import { libsql } from "../../orm/libsql.ts";
import { sqlite } from "../../orm/sqlite.ts";
import { randomOf, type Report } from "./report.ts";

const KEYS = 4;
const CLIENTS = 4;
const STEPS = 6;
/** The row that counts commits. */
const COUNT = 0;

const cells = table("cells", { id: integer().primaryKey(), value: integer() });

type State = readonly number[];

/** A transaction that is rolled back on purpose. */
class Rollback extends Error {}

/** What was read, and the commit that it must not be older than. */
interface Reading {
  readonly where: string;
  readonly got: State;
  readonly floor: number;
}

/** One schedule on a database of its own state. */
class Schedule {
  readonly errors: string[] = [];
  readonly #session: Session;
  readonly #random: (below: number) => number;
  /** What each commit changed, by its count. */
  readonly #commits = new Map<number, ReadonlyMap<number, number>>();
  /** Judged at the end: some see a commit before its writer hears of it. */
  readonly #readings: Reading[] = [];
  readonly #values: { id: number; value: number; from: number; to: number }[] =
    [];
  #acknowledged = 0;
  #nextValue = 1;

  constructor(session: Session, random: () => number) {
    this.#session = session;
    this.#random = (below) => Math.floor(random() * below);
  }

  async run(): Promise<void> {
    await this.#session.model(cells).all().delete();
    const zeros = Array.from({ length: KEYS + 1 }, () => 0);
    await this.#session.insert(
      cells,
      ...zeros.map((value, id) => ({ id, value })),
    );
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#client()));
    this.#read("at the end", await this.#readAll(this.#session));
    this.#judge(zeros);
  }

  /** Makes all states there were, and looks for what was read in them. */
  #judge(zeros: State): void {
    const states = [zeros];
    for (let count = 1; count <= this.#commits.size; count++) {
      const changes = this.#commits.get(count);
      if (changes === undefined) this.errors.push(`commit ${count} is missing`);
      const state = [...states[count - 1] ?? []];
      for (const [id, value] of changes ?? []) state[id] = value;
      state[COUNT] = count;
      states.push(state);
    }
    for (const { where, got, floor } of this.#readings) {
      const count = got[COUNT] ?? -1;
      if (count >= floor && String(states[count]) === String(got)) continue;
      this.errors.push(
        `${where}: ${got}, want ${states[count]}, not before ${floor}`,
      );
    }
    for (const { id, value, from, to } of this.#values) {
      if (states.slice(from, to + 1).some((state) => state[id] === value)) {
        continue;
      }
      this.errors.push(`cell ${id}: ${value} in none from ${from} to ${to}`);
    }
  }

  #read(where: string, got: State, floor = this.#acknowledged): void {
    this.#readings.push({ where, got, floor });
  }

  async #client(): Promise<void> {
    const steps = [
      () => this.#readOne(),
      () => this.#readSnapshot(),
      () => this.#writeOne(),
      () => this.#transact(),
      () => this.#transact(),
    ];
    for (let count = 0; count < STEPS; count++) {
      await this.#pause();
      // There are steps, and the number is below theirs.
      await steps[this.#random(steps.length)]!();
    }
  }

  /** Lets others go on, for none or some turns of the loop. */
  async #pause(): Promise<void> {
    const turns = this.#random(12);
    if (turns === 11) await new Promise((resolve) => setTimeout(resolve, 0));
    for (let turn = turns; turn > 6; turn--) await Promise.resolve();
  }

  async #readAll(session: Session): Promise<State> {
    const rows = await session.model(cells).orderBy("id").find();
    return rows.map(({ value }) => value);
  }

  async #readOne(): Promise<void> {
    const id = 1 + this.#random(KEYS);
    const from = this.#acknowledged;
    const { value } = await this.#session.model(cells).where({ id }).one();
    // Of the others each may have one commit that it has not heard of.
    this.#values.push({ id, value, from, to: this.#acknowledged + CLIENTS });
  }

  async #readSnapshot(): Promise<void> {
    const floor = this.#acknowledged;
    await this.#session.transaction(async (tx) => {
      const first = await this.#readAll(tx);
      this.#read("snapshot", first, floor);
      await this.#pause();
      const second = await this.#readAll(tx);
      if (String(first) !== String(second)) {
        this.errors.push(`snapshot changed: ${first}, then ${second}`);
      }
    }, { readOnly: true });
  }

  /** One statement of its own, which counts itself too. */
  async #writeOne(): Promise<void> {
    const id = 1 + this.#random(KEYS);
    const value = this.#nextValue++;
    const rows = await this.#session.raw<{ id: number; value: number }>(
      sql`UPDATE cells SET value = iif(id = ${COUNT}, value + 1, ${value})
        WHERE id IN (${COUNT}, ${id}) RETURNING id, value`,
    );
    const count = rows.find((row) => row.id === COUNT)?.value ?? -1;
    this.#commit(count, new Map([[id, value]]));
  }

  #commit(count: number, changes: ReadonlyMap<number, number>): void {
    if (this.#commits.has(count)) {
      this.errors.push(`commit ${count} is there twice`);
    }
    this.#commits.set(count, changes);
    this.#acknowledged = Math.max(this.#acknowledged, count);
  }

  async #transact(): Promise<void> {
    const floor = this.#acknowledged;
    const isLost = this.#random(4) === 0;
    let count = -1;
    let changes: [number, number][] = [];
    try {
      await this.#session.transaction(async (tx) => {
        const start = await this.#readAll(tx);
        this.#read("transaction", start, floor);
        const made = await this.#change(tx, start, 0);
        changes = [...made.entries()].filter(([id]) => made[id] !== start[id]);
        count = (start[COUNT] ?? -1) + 1;
        await tx.model(cells).where({ id: COUNT }).update({ value: count });
        if (isLost) throw new Rollback();
      });
    } catch (error) {
      if (error instanceof Rollback && isLost) return;
      throw error;
    }
    this.#commit(count, new Map(changes));
  }

  /** Writes and savepoints, and gives the state that they leave. */
  async #change(tx: Session, start: State, depth: number): Promise<State> {
    let state = start;
    for (let count = 1 + this.#random(3); count > 0; count--) {
      await this.#pause();
      if (depth < 3 && this.#random(3) === 0) {
        state = await this.#nest(tx, state, depth + 1);
        continue;
      }
      const id = 1 + this.#random(KEYS);
      const value = this.#nextValue++;
      await tx.model(cells).where({ id }).update({ value });
      state = state.with(id, value);
    }
    const got = await this.#readAll(tx);
    if (String(got) !== String(state)) {
      this.errors.push(`own writes at depth ${depth}: ${got}, want ${state}`);
    }
    return state;
  }

  async #nest(tx: Session, state: State, depth: number): Promise<State> {
    const isLost = this.#random(3) === 0;
    try {
      return await tx.transaction(async (inner) => {
        const made = await this.#change(inner, state, depth);
        if (isLost) throw new Rollback();
        return made;
      });
    } catch (error) {
      if (error instanceof Rollback && isLost) return state;
      throw error;
    }
  }
}

/** So many schedules, on each driver in turn. */
export async function history(
  report: Report,
  schedules: number,
  seed: number,
): Promise<void> {
  report.title(`history: ${schedules} schedules, seed ${seed}`);
  const folder = await Deno.makeTempDir();
  const drivers = {
    "sqlite in memory": sqlite(),
    "sqlite in a file": sqlite(`${folder}/a.db`),
    "libsql in memory": libsql(),
    "libsql in a file": libsql(`${folder}/b.db`),
  };
  const engines = await Promise.all(
    Object.values(drivers).map((driver) => Engine.open(driver)),
  );
  for (const engine of engines) await engine.session().createTable(cells);
  const labels = Object.keys(drivers);
  let wrong = 0;
  for (let index = 0; index < schedules; index++) {
    const at = index % engines.length;
    const session = engines[at]?.session();
    if (session === undefined) throw new Error("Cannot be");
    const schedule = new Schedule(session, randomOf(seed + index));
    try {
      await schedule.run();
    } catch (error) {
      schedule.errors.push(String(error));
    }
    if (schedule.errors.length === 0) continue;
    if (wrong++ < 5) {
      report.note(`${labels[at]}, seed ${seed + index}: ${schedule.errors[0]}`);
    }
  }
  report.count("schedules with a wrong history", wrong, 0);
  for (const engine of engines) await engine.close();
  await Deno.remove(folder, { recursive: true });
}
