// Copyright 2026 the Gee authors. MIT license.
// A migration that stops at each of its statements, by an error and by a kill:
// the old schema is there or the new one, with every row, and the next run
// finishes it.
import {
  type Driver,
  Engine,
  integer,
  introspect,
  Migrator,
  type Session,
  sql,
  type Table,
  table,
  text,
} from "../../orm/mod.ts";
import { libsql } from "../../orm/libsql.ts";
import { sqlite } from "../../orm/sqlite.ts";
import { openStopping } from "../../orm/testdata/kill_at.ts";
import type { Report } from "./report.ts";

const KILL_AT = new URL("../../orm/testdata/kill_at.ts", import.meta.url).href;
const PARENTS = 200;

const before = table("parent", {
  id: integer().primaryKey(),
  name: text().nullable(),
  old: text().default("x"),
});
const after = table("parent", {
  id: integer().primaryKey(),
  title: text().default("nobody").unique(),
  old: text().default("y").index(),
}, { checks: { id: "id > 0" } });
const child = table("child", {
  id: integer().primaryKey(),
  parentId: integer().references((): Table => before, { onDelete: "cascade" }),
});
const rename = { "parent.name": "title" };

/** A database at the old schema, and the migration in a file beside it. */
async function prepare(folder: string, driver: Driver): Promise<number> {
  await using engine = await Engine.open(driver);
  const session = engine.session();
  await engine.migrate(before, child);
  await session.exec(
    "CREATE TRIGGER keep BEFORE DELETE ON parent BEGIN SELECT raise(ABORT, 'kept'); END",
  );
  await session.exec("CREATE VIEW all_parents AS SELECT id FROM parent");
  const ids = Array.from({ length: PARENTS }, (_, index) => index + 1);
  await session.insert(before, ...ids.map((id) => ({ name: `name ${id}` })));
  await session.insert(child, ...ids.map((parentId) => ({ parentId })));
  const plan = await engine.migrate([after], { rename, dryRun: true });
  const statements = plan.steps.flatMap(({ sql }) => sql);
  await Deno.writeTextFile(
    `${folder}/20260101000001_a.sql`,
    `-- up\n${statements.join(";\n")}`,
  );
  await session.raw("PRAGMA wal_checkpoint(TRUNCATE)");
  return statements.length;
}

/** What is wrong with the rows, whichever schema they are in. */
async function rowsWrong(session: Session, name: string): Promise<string[]> {
  const problems: string[] = [];
  const parents = await session.raw(
    sql`SELECT id FROM parent WHERE ${sql.ref(name)} = 'name ' || id`,
  );
  const children = await session.raw(
    "SELECT child.id FROM child JOIN parent ON parent.id = parentId",
  );
  if (parents.length !== PARENTS) problems.push(`${parents.length} parents`);
  if (children.length !== PARENTS) problems.push(`${children.length} children`);
  const [integrity] = await session.raw("PRAGMA integrity_check");
  if (integrity?.integrity_check !== "ok") problems.push("integrity");
  const { triggers, views } = await introspect(session);
  if (triggers.length !== 1 || views.length !== 1) problems.push("objects");
  return problems;
}

/** What is wrong with a database after its migration stopped, and then after it ran. */
async function inspect(folder: string, driver: Driver): Promise<string[]> {
  await using engine = await Engine.open(driver);
  const session = engine.session();
  const { tables } = await introspect(session);
  const columns = tables.find(({ name }) => name === "parent")?.schema.columns
    .map(({ name }) => name).join();
  const isOld = columns === "id,name,old";
  if (!isOld && columns !== "id,title,old") return [`columns ${columns}`];
  const problems = await rowsWrong(session, isOld ? "name" : "title");
  await new Migrator(engine, { folder }).up();
  problems.push(...await rowsWrong(session, "title"));
  const { steps } = await engine.migrate(after, child);
  if (steps.length > 0) problems.push("the new schema is not there");
  return problems;
}

/** Runs the migration up to its n-th statement; whether it stopped there. */
type Stop = (folder: string, driver: Driver, n: number) => Promise<boolean>;

const stops: Record<string, Stop> = {
  error: async (folder, driver, n) => {
    await using engine = await openStopping(driver, n, () => {
      throw new Error("Stopped");
    });
    try {
      await new Migrator(engine, { folder }).up();
      return false;
    } catch (error) {
      if (String(error).includes("Stopped")) return true;
      throw error;
    }
  },
  kill: async (folder, driver, n) => {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: [
        ["run", "-A", "--no-check", KILL_AT],
        [folder, String(n), driver.name],
      ].flat(),
      stdout: "null",
      stderr: "null",
    }).output();
    return !success;
  },
};

/** Stops a migration at each of its statements. */
export async function migration(report: Report): Promise<void> {
  report.title("migration stopped at every statement");
  for (const open of [sqlite, libsql]) {
    const folder = await Deno.makeTempDir();
    const driver = open(`${folder}/gee.db`);
    const statements = await prepare(folder, driver);
    await Deno.copyFile(`${folder}/gee.db`, `${folder}/start`);
    for (const [name, stop] of Object.entries(stops)) {
      const problems: string[] = [];
      let n = 0;
      // More than there are: one that always stops must not go on for ever.
      for (; n < statements + 20; n++) {
        for (const end of ["", "-wal", "-shm"]) {
          await Deno.remove(`${folder}/gee.db${end}`).catch(() => {});
        }
        await Deno.copyFile(`${folder}/start`, `${folder}/gee.db`);
        const isStopped = await stop(folder, driver, n);
        const found = await inspect(folder, driver);
        problems.push(...found.map((problem) => `at ${n}: ${problem}`));
        if (!isStopped) break;
      }
      for (const problem of problems.slice(0, 5)) report.note(problem);
      report.count(
        `${driver.name}, ${name}, ${n} statements: wrong`,
        problems.length,
        0,
      );
      report.check(
        `${driver.name}, ${name}: every one of its ${statements}`,
        n > statements && n < statements + 20,
      );
    }
    await Deno.remove(folder, { recursive: true });
  }
}
