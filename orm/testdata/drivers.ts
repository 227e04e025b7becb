// Copyright 2026 the Gee authors. MIT license.
// What the conformance suites run over.

import {
  type Connection,
  type Driver,
  Engine,
  type Statement,
} from "../mod.ts";
import { libsql } from "../libsql.ts";
import { sqlite } from "../sqlite.ts";

/** The same driver, but every answer comes later, as over a network. */
function later(driver: Driver): Driver {
  const statement = (inner: Statement): Statement => ({
    all: async (params) => await inner.all(params),
    get: async (params) => await inner.get(params),
    run: async (params) => await inner.run(params),
    columns: () => inner.columns(),
  });
  return {
    ...driver,
    async open() {
      const inner = await driver.open();
      const connection: Connection = {
        get inTransaction() {
          return inner.inTransaction;
        },
        prepare: (sql, options) => statement(inner.prepare(sql, options)),
        exec: async (sql) => await inner.exec(sql),
        begin: async () => await inner.begin(),
        commit: async () => await inner.commit(),
        rollback: async () => await inner.rollback(),
        migrate: async (statements) => await inner.migrate(statements),
        close: async () => await inner.close(),
      };
      return connection;
    },
  };
}

/** Every driver, for a database at a path. */
export const DRIVERS: Record<string, (path: string) => Driver> = {
  "sqlite in memory": () => sqlite(),
  "sqlite in a file": (path) => sqlite(path),
  "libsql in memory": () => libsql(),
  "libsql in a file": (path) => libsql(new URL(`file://${path}`)),
  "a driver that answers later": () => later(sqlite()),
};

/** Registers a test once for every driver, each with a database of its own. */
export function onEveryDriver(
  name: string,
  test: (engine: Engine) => Promise<void>,
): void {
  for (const [label, driver] of Object.entries(DRIVERS)) {
    Deno.test(`${name}, on ${label}`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        const engine = await Engine.open(driver(`${folder}/gee.db`));
        try {
          await test(engine);
        } finally {
          await engine.close();
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}
