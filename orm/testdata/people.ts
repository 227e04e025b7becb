// Copyright 2026 the Gee authors. MIT license.
// The tables and rows that tests of writing share.

import {
  date,
  type Engine,
  integer,
  type Session,
  sql,
  table,
  text,
} from "../mod.ts";

export const users = table("users", {
  id: integer().primaryKey(),
  name: text(),
  age: integer().default(0),
  email: text().nullable().unique().named("e-mail"),
  shout: text().generated(sql`upper(${sql.ref("name")})`),
});
export const notes = table("notes", {
  owner: integer(),
  slot: integer(),
  body: text(),
  stars: integer().default(sql`1 + 1`),
  version: integer().version(),
  madeAt: date().createdAt(),
  changedAt: date().updatedAt(),
  deletedAt: date().softDelete(),
}, { primaryKey: ["owner", "slot"] });

/** Tom 18, Sam 0, Ann 30 with an address. */
export async function people(engine: Engine): Promise<Session> {
  const session = engine.session();
  await session.createTable(users);
  await session.insert(
    users,
    { name: "Tom", age: 18 },
    { name: "Sam" },
    { name: "Ann", age: 30, email: "ann@example.com" },
  );
  return session;
}
