// Copyright 2026 the Gee authors. MIT license.
// The ORM beside prepared statements by hand, other ORMs and the clients they are
// on: deno task bench:orm
//
// Every measurement has a file of its own with a record shop in it (see
// orm/shop.ts), in WAL mode with synchronous = NORMAL and foreign keys checked.
// What reads is checked to read the same before it is measured. Candidates on
// better-sqlite3 run in Node, and are left out with a word where that is missing.

import { libsql } from "../orm/libsql.ts";
import { sqlite } from "../orm/sqlite.ts";
import { checkAnswer } from "./orm/answers.ts";
import type { Open, Operation } from "./orm/candidate.ts";
import { speedOf } from "./orm/clock.ts";
import { drizzlePlain, drizzlePrepared } from "./orm/drizzle.ts";
import { gee, geeKept } from "./orm/gee.ts";
import { installPeers, measureInNode } from "./orm/node_peers.ts";
import { libsqlClient, rawArrays, rawLibsql, rawSqlite } from "./orm/raw.ts";
import { makeShop } from "./orm/shop.ts";
import { type Measure, runSuite } from "./suite.ts";

/** Cells, and how many operations there are between looks at the clock. */
const CELLS: Record<string, [Operation, number]> = {
  "insert 1": ["insert", 50],
  "insert 1000": ["insertMany", 1],
  "by primary key": ["byKey", 50],
  "1000 rows": ["list", 1],
  "update 1": ["update", 50],
  "transaction of 10": ["transaction", 10],
  "59 customers, 412 invoices": ["related", 1],
};
const READS: Operation[] = ["byKey", "list", "related"];

/** Candidates in this process, and what they cannot do or do no other way. */
const CANDIDATES: Record<string, { open: Open; only?: Operation[] }> = {
  "node:sqlite, prepared": { open: rawSqlite },
  "node:sqlite, arrays to objects": { open: rawArrays, only: READS },
  "gee on node:sqlite": { open: (path) => gee(sqlite(path)) },
  "gee on node:sqlite, queries kept": {
    open: (path) => geeKept(sqlite(path)),
    only: [...READS, "update"],
  },
  "npm:libsql, prepared": { open: rawLibsql },
  "gee on libsql": { open: (path) => gee(libsql(path)) },
  "@libsql/client": { open: libsqlClient },
  "drizzle on libsql": { open: drizzlePlain },
  "drizzle on libsql, .prepare()": {
    open: drizzlePrepared,
    // What is prepared is bound to the database, not to a transaction.
    only: ["insert", "insertMany", "byKey", "list", "update", "related"],
  },
};
const IN_NODE = {
  "drizzle on better-sqlite3": "drizzlePlain",
  "drizzle on better-sqlite3, .prepare()": "drizzlePrepared",
  "kysely on better-sqlite3": "kysely",
};

async function withShop(
  measure: (path: string) => Promise<number>,
): Promise<number> {
  const folder = await Deno.makeTempDir();
  try {
    makeShop(`${folder}/shop.db`);
    return await measure(`${folder}/shop.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function cell(
  [operation, count]: [Operation, number],
  hasNode: boolean,
): Record<string, Measure> {
  const measures: Record<string, Measure> = {};
  for (const [name, { open, only }] of Object.entries(CANDIDATES)) {
    if (only !== undefined && !only.includes(operation)) continue;
    measures[name] = () =>
      withShop(async (path) => {
        const candidate = await open(path);
        checkAnswer(operation, await candidate[operation]?.(0));
        return await speedOf(candidate, operation, count);
      });
  }
  for (const [name, program] of Object.entries(hasNode ? IN_NODE : {})) {
    measures[name] = () =>
      withShop(async (path) => {
        const node = await measureInNode(program, operation, path, count);
        checkAnswer(operation, node.answer);
        return node.speed;
      });
  }
  return measures;
}

// A process that measures was started by one that has asked already.
const hasNode = Deno.args[0] === "--measure" || await installPeers();

await runSuite(import.meta, {
  name: "orm",
  title: "ORM operations on a file with a record shop in it",
  baseline: "node:sqlite, prepared",
  cells: Object.fromEntries(
    Object.entries(CELLS).map(([name, what]) => [name, cell(what, hasNode)]),
  ),
  rounds: 5,
  command: "deno task bench:orm",
});
