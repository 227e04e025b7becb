// Copyright 2026 the Gee authors. MIT license.
// A program whose tables change: migrations are written from the difference, can
// be read and edited, run once each, and can be undone. No row is lost.
//
//   deno run --allow-read=data --allow-write=data examples/orm_migrations.ts
//
// The command line of the same is `deno run -A jsr:@gee/std/orm/cli --help`.
import { Engine, integer, Migrator, table, text } from "../orm/mod.ts";
import { sqlite } from "../orm/sqlite.ts";

// The table of the first version of the program, and of the second.
const before = table("users", {
  id: integer().primaryKey(),
  name: text(),
  fax: text().nullable(),
});
const after = table("users", {
  id: integer().primaryKey(),
  fullName: text().index(),
  age: integer().default(18),
});

await Deno.mkdir("data", { recursive: true });
const root = await Deno.makeTempDir({ dir: "data", prefix: "orm_migrations_" });
const engine = await Engine.open(sqlite(`${root}/users.db`));
const session = engine.session();
const migrator = new Migrator(engine, {
  folder: `${root}/migrations`,
  // Where migrations are tried out to see what they make.
  shadow: () => sqlite(),
  onMigration: ({ direction, name }) => console.log(direction, untimed(name)),
});

/** A name without the time that it begins with. */
function untimed(name: string): string {
  return name.replace(/^\d+_/, "");
}

try {
  await migrator.generate("create users", [before]);
  await migrator.up();
  for (const name of ["Tom", "Sam"]) {
    await session.insert(before, { name, fax: "none" });
  }

  // What would lose data has to be allowed, and a new name has to be told.
  const rename = { "users.name": "fullName" };
  await migrator.generate("full names", [after], { rename })
    .catch((error: Error) => console.log(error.message));
  await migrator.generate("full names", [after], { rename, allowLoss: true });

  for (const { statements } of await migrator.up({ dryRun: true })) {
    console.log(statements.join(";\n"));
  }
  await migrator.up();
  console.log(await session.model(after).find());
  for (const { name, state } of await migrator.status()) {
    console.log(`${untimed(name)}: ${state}`);
  }

  // For CI: do database and migrations have what the program says?
  console.log("Differences:", await migrator.check([after]));
  console.log("Differences:", (await migrator.check([before])).length);

  await migrator.down();
  console.log(await session.model(before).select("id", "name").find());
} finally {
  await engine.close();
  await Deno.remove(root, { recursive: true });
}
