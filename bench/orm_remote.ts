// Copyright 2026 the Gee authors. MIT license.
// A database on a server (sqld on this machine), over HTTP and over a WebSocket:
// ten reads one after another, ten reads of one tick, and a long list. On this
// machine a round trip costs next to nothing; the farther the server, the more
// what saves round trips gains. SQLD names the server:
//
//   SQLD=/path/to/sqld deno run -A bench/orm_remote.ts

import { type Client, createClient } from "npm:@libsql/client@0.18.0";
import { isSkipped, launchSqld } from "../.dev/testing/sqld.ts";
import { libsql } from "../orm/libsql.ts";
import { Engine } from "../orm/mod.ts";
import { keyOf, SQL } from "./orm/candidate.ts";
import { tracks } from "./orm/gee.ts";
import { shopStatements, shopTables } from "./orm/shop.ts";
import { type Measure, opsPerSecond, runSuite } from "./suite.ts";

/** What is measured; an operation reads ten tracks, or a list of 1000. */
interface Reader {
  /** Ten reads, each when the one before is there. */
  readonly inTurn: (i: number) => Promise<unknown>;
  /** Ten reads that are asked for at once. */
  readonly atOnce: (i: number) => Promise<unknown>;
  /** Ten reads as one call, where there is such a call. */
  readonly asBatch?: (i: number) => Promise<unknown>;
  readonly list: () => Promise<readonly unknown[]>;
}

type Open = (url: string) => Reader | Promise<Reader>;

const TEN = Array.from({ length: 10 }, (_, index) => index);

/** Both run their reads alike. */
function reading(
  read: (key: number) => Promise<unknown>,
): Pick<Reader, "inTurn" | "atOnce"> {
  return {
    inTurn: async (i) => {
      for (const k of TEN) await read(keyOf(i + k));
    },
    atOnce: (i) => Promise.all(TEN.map((k) => read(keyOf(i + k)))),
  };
}

const gee: Open = async (url) => {
  const session = (await Engine.open(libsql(url))).session();
  return {
    ...reading((id) => session.model(tracks).where({ id }).one()),
    list: () => session.model(tracks).orderBy("id").limit(1000).find(),
  };
};

const client: Open = (url) => {
  const client = createClient({ url });
  const ask = (key: number) => ({ sql: SQL.byKey, args: [key] });
  return {
    ...reading((key) => client.execute(ask(key))),
    asBatch: (i) => client.batch(TEN.map((k) => ask(keyOf(i + k))), "read"),
    list: async () => (await client.execute(SQL.list)).rows,
  };
};

/** Artists, albums and tracks: what is read, and what it refers to. */
async function fill(client: Client): Promise<void> {
  await client.batch(shopTables(), "write");
  for (const [sql, rows] of shopStatements()) {
    const statements = rows.map((args) => ({ sql, args: [...args] }));
    await client.batch(statements, "write");
    if (sql.includes(" tracks ")) return;
  }
}

function measure(
  open: Open,
  scheme: string,
  operation: keyof Reader,
): Measure {
  return async () => {
    await using server = await launchSqld();
    const filler = createClient({ url: `http://${server.host}` });
    await fill(filler);
    filler.close();
    const reader = await open(`${scheme}://${server.host}`);
    const found = (await reader.list()).length;
    if (found !== 1000) throw new Error(`Cannot measure: got ${found} rows`);
    let i = 0;
    return await opsPerSecond(async (count) => {
      for (let done = 0; done < count; done++) await reader[operation]?.(i++);
    }, { count: 1, warmup: 700, ms: 1000 });
  };
}

/** A cell: candidates by name, over both protocols. */
function cell(
  operations: Record<string, [Open, keyof Reader]>,
): Record<string, Measure> {
  return Object.fromEntries(
    ["http", "ws"].flatMap((scheme) =>
      Object.entries(operations).map(([name, [open, operation]]) => [
        name.replace("*", scheme),
        measure(open, scheme, operation),
      ])
    ),
  );
}

if (isSkipped) {
  console.error(
    "Skipped: no sqld, the environment variable SQLD has to name it",
  );
} else {
  await runSuite(import.meta, {
    name: "orm_remote",
    title: "Reading from a libsql server",
    baseline: "@libsql/client, http",
    cells: {
      "ten tracks by key": cell({
        "@libsql/client, *": [client, "inTurn"],
        "@libsql/client, *, at once": [client, "atOnce"],
        "@libsql/client, *, batch()": [client, "asBatch"],
        "gee, *": [gee, "inTurn"],
        "gee, *, at once": [gee, "atOnce"],
      }),
      "1000 rows": cell({
        "@libsql/client, *": [client, "list"],
        "gee, *": [gee, "list"],
      }),
    },
    rounds: 5,
    command: "deno task bench:orm",
  });
}
