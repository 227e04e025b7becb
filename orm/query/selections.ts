// Copyright 2026 the Gee authors. MIT license.

import type { PrepareOptions } from "../driver/driver.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { checkExpressions, type Expression } from "./expression.ts";
import { type Cell, type Hydrator, hydrator } from "./hydrate.ts";
import { checkExpression } from "./sql.ts";
import { hasAggregate, type Sql } from "./sql_template.ts";
import { MAX_TEXTS } from "./texts.ts";

/** What a query reads: the text up to its conditions, and how rows are made. */
export interface Selection extends PrepareOptions {
  readonly sql: string;
  readonly hydrate: Hydrator;
  /** The columns alone, as they stand in the text, and their values. */
  readonly items: readonly string[];
  readonly list: string;
  readonly params: readonly SqlValue[];
  readonly cells: readonly Cell[];
  /** Whether it has aggregates, which make one row of many. */
  readonly isAggregate: boolean;
}

const NO_PARAMS: readonly SqlValue[] = [];

/** What selections have to know of a table. */
export interface SelectionTable {
  /** The table as it stands behind FROM. */
  readonly from: string;
  readonly columns: readonly SelectedColumn[];
  column(property: string): SelectedColumn;
  write(piece: Sql, params: SqlValue[]): string;
}

/** What selections have to know of a column. */
export interface SelectedColumn extends Cell {
  readonly path: string;
}

/** The selections of a table, each made once. */
export class Selections {
  readonly #table: SelectionTable;
  readonly #known = new Map<string, Selection>();

  constructor(table: SelectionTable) {
    this.#table = table;
  }

  /** What reads these properties, or all of them. */
  ofProperties(properties?: readonly string[]): Selection {
    const key = properties === undefined ? "" : JSON.stringify(properties);
    let selection = this.#known.get(key);
    if (selection === undefined) {
      const columns = properties?.map((name) => this.#table.column(name)) ??
        this.#table.columns;
      const items = columns.map(({ path }) => path);
      selection = this.#make(items, NO_PARAMS, columns, false);
      if (this.#known.size >= MAX_TEXTS) this.#known.clear();
      this.#known.set(key, selection);
    }
    return selection;
  }

  /** What reads these expressions, by the properties of the rows to make. */
  ofExpressions(
    expressions: Readonly<Record<string, Expression<unknown>>>,
  ): Selection {
    const entries = Object.entries(expressions);
    checkExpressions("select", entries);
    if (entries.length === 0) {
      throw new TypeError("Cannot select columns: got none, want one at least");
    }
    if (Object.hasOwn(expressions, "__proto__")) {
      throw new TypeError('Cannot select "__proto__": the name is reserved');
    }
    const params: SqlValue[] = [];
    const counts: number[] = [];
    const items = entries.map(([, item]) => {
      const before = params.length;
      const text = this.#table.write(item, params);
      counts.push(params.length - before);
      return text;
    });
    const cells = entries.map(([property, { codec }]) => ({ property, codec }));
    // "=" keeps these apart from the lists of ofProperties().
    const key = `=${items.join()}\n${JSON.stringify(Object.keys(expressions))}`;
    const known = this.#known.get(key);
    if (known?.cells.every(({ codec }, i) => codec === cells[i]?.codec)) {
      return params.length === 0 ? known : { ...known, params };
    }
    for (const [index, [property]] of entries.entries()) {
      // There is a text and a count for each entry.
      const text = items[index] ?? "";
      checkExpression(`select "${property}" by`, text, counts[index] ?? 0);
    }
    const isAggregate = entries.some(([, item]) => hasAggregate(item));
    const selection = this.#make(items, params, cells, isAggregate);
    if (this.#known.size >= MAX_TEXTS) this.#known.clear();
    this.#known.set(key, selection);
    return selection;
  }

  #make(
    items: readonly string[],
    params: readonly SqlValue[],
    cells: readonly Cell[],
    isAggregate: boolean,
  ): Selection {
    const list = items.join(", ");
    return {
      sql: `SELECT ${list} FROM ${this.#table.from}`,
      bigints: cells.some(({ codec }) => codec.kind === "bigint"),
      hydrate: hydrator(cells),
      items,
      list,
      params,
      cells,
      isAggregate,
    };
  }
}
