// Copyright 2026 the Gee authors. MIT license.
// A libsql database, on a server (Turso, sqld) or in a file: the same program, the
// same answers. What is asked in one tick goes to a server in one round trip.
//
//   deno run --allow-net --allow-env --allow-sys --allow-ffi --allow-read --allow-write examples/orm_remote.ts
//
// An argument is the URL: libsql://name.turso.io, http://127.0.0.1:8080, file:my.db;
// without one the database is in memory. LIBSQL_AUTH_TOKEN has the token that a
// server wants. On a server --allow-net and that variable are all it needs.
import {
  ConflictError,
  date,
  Engine,
  integer,
  table,
  text,
  UniqueError,
} from "../orm/mod.ts";
import { libsql } from "../orm/libsql.ts";

const notes = table("gee_example_notes", {
  id: integer().primaryKey(),
  title: text().unique(),
  body: text().default(""),
  createdAt: date().createdAt(),
  version: integer().version(),
});

const [url = ":memory:"] = Deno.args;
const isRemote = /^(libsql|https?|wss?):/.test(url);
const authToken = isRemote ? Deno.env.get("LIBSQL_AUTH_TOKEN") : undefined;
const driver = libsql(url, authToken === undefined ? {} : { authToken });
await using engine = await Engine.open(driver);
const session = engine.session();
await session.dropTable(notes); // what a run that was cut off left
await engine.migrate(notes);

const titles = Array.from({ length: 10 }, (_, index) => `Note ${index + 1}`);
await session.insert(notes, ...titles.map((title) => ({ title })));

// Ten reads: one round trip on a server, for they are asked for at once.
const found = await Promise.all(
  titles.map((title) => session.model(notes).where({ title }).one()),
);
console.log("found:", found.map(({ id }) => id).join(" "));

// Errors are of the same classes wherever the database is.
try {
  await session.insert(notes, { title: "Note 1" });
} catch (error) {
  if (!(error instanceof UniqueError)) throw error;
  console.log("refused:", error.columns.join());
}

// A transaction, and a savepoint in it that is rolled back.
await engine.transaction(async (tx) => {
  await tx.model(notes).where({ id: 1 }).update({ body: "first" });
  await tx.transaction(async (inner) => {
    await inner.model(notes).all().delete();
    throw new Error("Not all of them");
  }).catch((error: Error) => console.log("rolled back:", error.message));
});

// Two who have read the same version: the second is told.
const mine = session.model(notes).where({ id: 1, version: 2 });
await mine.update({ body: "mine" });
await mine.update({ body: "too late" }).catch((error: unknown) => {
  if (!(error instanceof ConflictError)) throw error;
  console.log("too late:", error.name);
});

for await (
  const { title, body, version } of session.model(notes).orderBy("id").limit(2)
    .iterate()
) {
  console.log(`${title}, version ${version}: ${body || "-"}`);
}
console.log("notes:", await session.model(notes).count());
await session.dropTable(notes);
