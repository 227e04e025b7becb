// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import {
  Engine,
  integer,
  introspect,
  Migrator,
  type Table,
  table,
  text,
} from "../mod.ts";
import { sqlite } from "../sqlite.ts";

const before = table("parent", {
  id: integer().primaryKey(),
  name: text().nullable(),
});
const after = table("parent", {
  id: integer().primaryKey(),
  name: text().default("nobody").unique(),
}, { checks: { id: "id > 0" } });
const child = table("child", {
  id: integer().primaryKey(),
  parentId: integer().references((): Table => before, { onDelete: "cascade" }),
});

/** Runs the migration in a process that is killed at its n-th statement. */
async function killedAt(folder: string, n: number): Promise<boolean> {
  const script = new URL("../testdata/kill_at.ts", import.meta.url).href;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, folder, String(n)],
    stdout: "null",
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert(success || text === "", text);
  return !success;
}

Deno.test("A migration that is killed at any statement leaves the old schema or the new one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using engine = await Engine.open(sqlite(`${folder}/start.db`));
    const session = engine.session();
    await engine.migrate(before, child);
    await session.exec(
      "CREATE TRIGGER keep BEFORE DELETE ON parent BEGIN SELECT raise(ABORT, 'kept'); END",
    );
    await session.insert(before, { name: "Tom" }, { name: "Sam" });
    await session.insert(child, { parentId: 1 }, { parentId: 2 });
    // Made from a database like it, so that the file has the trigger too.
    const { steps } = await engine.migrate([after], { dryRun: true });
    const sql = steps.flatMap(({ sql }) => sql).join(";\n");
    await Deno.writeTextFile(`${folder}/20260101000001_a.sql`, `-- up\n${sql}`);
    await session.raw("PRAGMA wal_checkpoint(TRUNCATE)");
    const old = (await introspect(session)).tables.length;
    let kills = 0;
    for (;; kills++) {
      for (const name of ["gee.db", "gee.db-wal", "gee.db-shm"]) {
        await Deno.remove(`${folder}/${name}`).catch(() => {});
      }
      await Deno.copyFile(`${folder}/start.db`, `${folder}/gee.db`);
      const isKilled = await killedAt(folder, kills);
      await using left = await Engine.open(sqlite(`${folder}/gee.db`));
      const found = await introspect(left.session());
      assertEquals(found.tables.length, isKilled ? old : old + 1);
      assertEquals(found.triggers.length, 1);
      assertEquals(await left.session().model(child).count(), 2);
      await new Migrator(left, { folder }).up();
      assertEquals((await left.migrate(after, child)).steps, []);
      assertEquals(await left.session().model(after).find(), [
        { id: 1, name: "Tom" },
        { id: 2, name: "Sam" },
      ]);
      assertEquals(await left.session().model(child).count(), 2);
      assertEquals(
        await left.session().raw("SELECT * FROM pragma_integrity_check"),
        [{ integrity_check: "ok" }],
      );
      if (!isKilled) break;
    }
    // Every statement of the file, those of the history, and the last.
    assertEquals(kills, steps.flatMap(({ sql }) => sql).length + 4);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
