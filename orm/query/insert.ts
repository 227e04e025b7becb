// Copyright 2026 the Gee authors. MIT license.

import type { MaybePromise, RunResult } from "../driver/driver.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import type { Executor } from "../executor.ts";
import type { TablePlan } from "./plan.ts";

/** What an insert did. */
export interface InsertResult {
  /** How many rows it inserted. */
  readonly affected: number;
  /**
   * The key of the last row, when the table's primary key is an integer and
   * there was a row.
   */
  readonly lastId: number | bigint | undefined;
}

// Three texts serve any number of rows. 1000 rows in statements of 100 take
// 0.4 to 0.6 of the time of 1000 statements; 250 at once gain nothing more.
const CHUNKS = [100, 10, 1];

interface Chunk {
  readonly sql: string;
  readonly params: SqlValue[];
}

/** Inserts rows, all or none. */
export function insertRows(
  executor: Executor,
  plan: TablePlan,
  rows: readonly object[],
): MaybePromise<InsertResult> {
  const chunks = chunked(plan, rows);
  const [first, ...rest] = chunks;
  if (first === undefined) return { affected: 0, lastId: undefined };
  if (rest.length === 0) {
    const result = executor.write((channel) =>
      channel.run(first.sql, first.params)
    );
    return result instanceof Promise
      ? result.then((result) => resultOf(plan, result, rows.length))
      : resultOf(plan, result, rows.length);
  }
  return executor.transaction(async (inner) => {
    let result: RunResult | undefined;
    for (const { sql, params } of chunks) {
      const pending = inner.write((channel) => channel.run(sql, params));
      result = pending instanceof Promise ? await pending : pending;
    }
    return resultOf(plan, result, rows.length);
  });
}

/** Every row is encoded before the first is inserted. */
function chunked(plan: TablePlan, rows: readonly object[]): Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  while (start < rows.length) {
    const shape = plan.insertShape(rows[start]!); // within the loop's bounds
    let end = plan.hasOneShape ? rows.length : start + 1;
    // Within bounds too.
    while (end < rows.length && plan.insertShape(rows[end]!) === shape) end++;
    for (const size of CHUNKS) {
      if (size > shape.maxRows) continue;
      for (; end - start >= size; start += size) {
        const params: SqlValue[] = [];
        for (let index = start; index < start + size; index++) {
          shape.push(rows[index]!, params); // within the loop's bounds
        }
        chunks.push({ sql: shape.sql(size), params });
      }
    }
  }
  return chunks;
}

function resultOf(
  plan: TablePlan,
  result: RunResult | undefined,
  affected: number,
): InsertResult {
  return {
    affected,
    lastId: plan.isNumbered ? result?.lastId : undefined,
  };
}
