// Copyright 2026 the Gee authors. MIT license.

import type { SqlText } from "../dialect/dialect.ts";
import type { MaybePromise } from "../driver/driver.ts";
import type { Executor } from "../executor.ts";
import type { Selection } from "./selections.ts";

/** What a statement wrote. */
export interface Written {
  /** How many rows. */
  readonly affected: number;
  /** The rows, when they were asked for. */
  readonly rows: readonly unknown[];
}

const NO_ROWS: readonly unknown[] = [];

/** Runs a statement that writes; `returning` is what to return of its rows. */
export function runWrite(
  executor: Executor,
  { sql, params }: SqlText,
  returning: Selection | undefined,
): MaybePromise<Written> {
  if (returning === undefined) {
    const result = executor.write((channel) => channel.run(sql, params));
    return result instanceof Promise
      ? result.then(({ affected }) => ({ affected, rows: NO_ROWS }))
      : { affected: result.affected, rows: NO_ROWS };
  }
  const { list, hydrate } = returning;
  const values = returning.params.length === 0
    ? params
    : [...params, ...returning.params];
  const cells = executor.write((channel) =>
    channel.all(`${sql} RETURNING ${list}`, values, returning)
  );
  return cells instanceof Promise
    ? cells.then((cells) => toWritten(cells, hydrate))
    : toWritten(cells, hydrate);
}

function toWritten(
  cells: Parameters<Selection["hydrate"]>[0][],
  hydrate: Selection["hydrate"],
): Written {
  return { affected: cells.length, rows: cells.map((row) => hydrate(row)) };
}

/** Two selections in one: its rows are pairs, of what each of them makes. */
export function paired(first: Selection, second: Selection): Selection {
  const items = [...first.items, ...second.items];
  const { length } = first.items;
  return {
    sql: first.sql,
    items,
    list: items.join(", "),
    params: [...first.params, ...second.params],
    cells: [...first.cells, ...second.cells],
    bigints: first.bigints || second.bigints,
    isAggregate: first.isAggregate || second.isAggregate,
    hydrate: (cells) => [
      first.hydrate(cells),
      second.hydrate(cells.slice(length)),
    ],
  };
}
