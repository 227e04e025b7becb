// Copyright 2026 the Gee authors. MIT license.
// What tests of hooks share.

import {
  date,
  type Engine,
  type EngineOptions,
  type Hooks,
  integer,
  type Session,
  table,
  text,
} from "../mod.ts";
import { onEveryDriver } from "./drivers.ts";

export const users = table("users", {
  id: integer().primaryKey(),
  name: text().unique(),
  age: integer().default(0),
});
export const audit = table("audit", {
  id: integer().primaryKey(),
  what: text(),
  deletedAt: date().softDelete(),
});

/** A test on every driver, with the engine's hooks. */
export function hooked(
  name: string,
  hooks: NonNullable<EngineOptions["hooks"]>,
  test: (session: Session, engine: Engine) => Promise<void>,
): void {
  onEveryDriver(name, async (engine) => {
    const session = engine.session();
    await session.createTable(users);
    await session.createTable(audit);
    calls.length = 0;
    await test(session, engine);
  }, { engine: { hooks } });
}

/** What hooks have told in the test that runs. */
export const calls: string[] = [];
/** Tells that a hook was called. */
export function told(...values: unknown[]): void {
  calls.push(JSON.stringify(values).slice(1, -1));
}
/** What was told since the last call. */
export function taken(): string[] {
  return calls.splice(0);
}

/** Every hook there is, which tells what it is given. */
export const recorder: Hooks<typeof users.columns> = {
  beforeQuery: () => told("beforeQuery"),
  afterQuery: (rows) => told("afterQuery", rows.map(({ name }) => name)),
  beforeInsert: (rows) => told("beforeInsert", rows),
  afterInsert: (rows, { affected }) => told("afterInsert", rows, affected),
  beforeUpdate: (changes) => told("beforeUpdate", changes),
  afterUpdate: (changes, { affected }) =>
    told("afterUpdate", changes, affected),
  beforeDelete: async ({ rows }) => told("beforeDelete", await rows.count()),
  afterDelete: (rows, { affected }) => told("afterDelete", rows, affected),
};
