// Copyright 2026 the Gee authors. MIT license.
// What the conformance suites run over.

import {
  isSkipped,
  launchSqld,
  socketsClosed,
  titled,
} from "../../.dev/testing/sqld.ts";
import {
  type Connection,
  type Driver,
  Engine,
  type EngineOptions,
  type Statement,
} from "../mod.ts";
import { libsql } from "../libsql.ts";
import { sqlite } from "../sqlite.ts";
import { HranaDouble } from "./hrana_double.ts";

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
        begin: async (mode) => await inner.begin(mode),
        commit: async () => await inner.commit(),
        rollback: async () => await inner.rollback(),
        refuseWrites: async () => await inner.refuseWrites(),
        allowWrites: async () => await inner.allowWrites(),
        migrate: async (statements) => await inner.migrate(statements),
        close: async () => await inner.close(),
      };
      return connection;
    },
  };
}

/** Every driver without a server, for a database at a path. */
export const DRIVERS: Record<string, (path: string) => Driver> = {
  "sqlite in memory": () => sqlite(),
  "sqlite in a file": (path) => sqlite(path),
  "libsql in memory": () => libsql(),
  "libsql in a file": (path) => libsql(new URL(`file://${path}`)),
  "a driver that answers later": () => later(sqlite()),
};

/** A driver with what has to be ended after it. */
interface Opened {
  readonly driver: Driver;
  readonly end: () => Promise<void>;
}

const nothing = () => Promise.resolve();

// One server for all the tests of a file; it is emptied before each.
const server = isSkipped ? undefined : await launchSqld();

async function onServer(scheme: "http" | "ws"): Promise<Opened> {
  if (server === undefined) throw new Error("Cannot test: there is no server");
  const { host } = server;
  await server.clear();
  return {
    driver: libsql(`${scheme}://${host}`),
    end: scheme === "ws" ? () => socketsClosed(host) : nothing,
  };
}

/** Every driver with a server. */
const REMOTE: Record<string, (path: string) => Opened | Promise<Opened>> = {
  "libsql remote over http": () => onServer("http"),
  "libsql remote over ws": () => onServer("ws"),
  "libsql remote over a Hrana double": (path) => {
    const double = new HranaDouble(path);
    const end = () => double[Symbol.asyncDispose]();
    return { driver: libsql(double.url), end };
  },
};

/** What a test asks of a driver. */
export interface DriverTestOptions {
  /**
   * Whether it is for local databases only: a server refuses the pragma, or
   * cannot carry the value.
   */
  readonly isLocal?: boolean;
  /**
   * Whether it moves thousands of rows or asks thousands of times. A WebSocket
   * takes most of a millisecond for each, whatever it is that is tested: HTTP
   * stands for both.
   */
  readonly isLarge?: boolean;
  /** How the engine behaves. */
  readonly engine?: EngineOptions;
}

/** Registers a test once for every driver, each with a database of its own. */
export function onEveryDriver(
  name: string,
  test: (engine: Engine) => Promise<void>,
  { isLocal = false, isLarge = false, engine = {} }: DriverTestOptions = {},
): void {
  for (const [label, driver] of Object.entries(DRIVERS)) {
    Deno.test(`${name}, on ${label}`, async () => {
      await inFolder((path) =>
        run({ driver: driver(path), end: nothing }, engine, test)
      );
    });
  }
  for (const [label, open] of isLocal ? [] : Object.entries(REMOTE)) {
    if (isLarge && label.endsWith("ws")) continue;
    const isReal = !label.endsWith("double");
    const title = `${name}, on ${label}`;
    Deno.test({
      name: isReal ? titled(title) : title,
      ignore: isReal && isSkipped,
      fn: () =>
        inFolder(async (path) => await run(await open(path), engine, test)),
    });
  }
}

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(`${folder}/gee.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(
  { driver, end }: Opened,
  options: EngineOptions,
  test: (engine: Engine) => Promise<void>,
): Promise<void> {
  try {
    const engine = await Engine.open(driver, options);
    try {
      await test(engine);
    } finally {
      await engine.close();
    }
  } finally {
    await end();
  }
}
