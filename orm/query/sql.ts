// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import { checkBigint, checkText, describe } from "../schema/codecs.ts";

/** What raw SQL may bind besides stored values. */
export type SqlParam = SqlValue | boolean | Date;

/** What has to be known about a piece of SQL before it runs. */
interface Scan {
  /** How many values it wants. */
  readonly params: number;
  /** Why it is refused, if it is. */
  readonly problem: string | undefined;
  /** Why it is refused as a part of a statement, if it is. */
  readonly partProblem: string | undefined;
}

// Alternatives that hide a "?" or ";" come first: strings, names in each kind
// of quotes, comments. One that is not closed reaches to the end, so no part of
// the text is read twice.
const TOKENS =
  /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)|--[^\n]*|\/\*[^]*?(?:\*\/|$)|\?\d*|(?:[:@]|(?<![\w$\x80-\uffff])\$)[\w$\x80-\uffff]+|[();]/g;
const TRIGGER = /^create\s+(temp\w*\s+)?trigger\b/i;
const TRANSACTION = /^(begin|commit|end|rollback|savepoint|release)\b/i;
const SKIPPED = /\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$)/y;

/** A statement from its first word on: comments may stand before it. */
function withoutHead(sql: string): string {
  let start = 0;
  do {
    SKIPPED.lastIndex = start;
    start += SKIPPED.exec(sql)?.[0].length ?? 0;
  } while (SKIPPED.lastIndex > 0);
  return sql.slice(start);
}

function scan(sql: string): Scan {
  let params = 0;
  let problem = sql.trim() === "" ? "it is empty" : undefined;
  let end = -1;
  let depth = 0;
  let least = 0;
  let isOpen = false;
  for (const { 0: token, index } of sql.matchAll(TOKENS)) {
    if (token === "(") {
      depth++;
    } else if (token === ")") {
      least = Math.min(least, --depth);
    } else if (token === "?") {
      params++;
    } else if (/^[?:@$]/.test(token)) {
      problem ??= `placeholders are "?", got "${token}"`;
    } else if (token === ";" && end === -1) {
      end = index;
    } else if (token.startsWith("/*")) {
      isOpen = token.length < 4 || !token.endsWith("*/");
    }
  }
  if (end !== -1 && !TRIGGER.test(withoutHead(sql))) {
    const rest = sql.slice(end).replace(/;|--[^\n]*|\/\*[^]*?(?:\*\/|$)/g, "");
    if (rest.trim() !== "") problem ??= "it is more than one statement";
  }
  // What closes a parenthesis that it did not open would end the one around it.
  const partProblem = problem ??
    (end !== -1
      ? 'there is a ";" in it'
      : isOpen
      ? "a comment in it is not closed"
      : depth !== 0 || least < 0
      ? "its parentheses are not in pairs"
      : undefined);
  return { params, problem, partProblem };
}

/**
 * Refuses what is no expression: it is about to stand in a table's definition,
 * in parentheses.
 *
 * @param sql The expression, with a `?` for each value.
 * @param count How many values there are.
 */
export function checkExpression(
  action: string,
  sql: string,
  count: number,
): void {
  const { params, partProblem } = scan(sql);
  const problem = partProblem ??
    (params === count
      ? undefined
      : 'there is a "?" in it, or a value inside of quotes');
  if (problem === undefined) return;
  throw new TypeError(`Cannot ${action} ${describe(sql)}: ${problem}`);
}

// The texts a program uses are few; one that builds them starts over now and
// then.
const MAX_SCANS = 1000;

/** Checks raw SQL and its values, and remembers what it knows of the text. */
export class SqlChecker {
  readonly #scans = new Map<string, Scan>();

  /** The values to bind to a part of a statement. */
  condition(sql: string, params: readonly SqlParam[]): SqlValue[] {
    return this.#check("use condition", sql, params, true);
  }

  /** The values to bind to a whole statement. */
  statement(sql: string, params: readonly SqlParam[]): SqlValue[] {
    if (TRANSACTION.test(withoutHead(sql))) {
      throw new TypeError(
        `Cannot run ${describe(sql)}: transactions are begun by transaction()`,
      );
    }
    return this.#check("run", sql, params, false);
  }

  #check(
    action: string,
    sql: string,
    params: readonly SqlParam[],
    isPart: boolean,
  ): SqlValue[] {
    let known = this.#scans.get(sql);
    if (known === undefined) {
      known = scan(sql);
      if (this.#scans.size >= MAX_SCANS) this.#scans.clear();
      this.#scans.set(sql, known);
    }
    const problem = isPart ? known.partProblem : known.problem;
    if (problem !== undefined) {
      throw new TypeError(`Cannot ${action} ${describe(sql)}: ${problem}`);
    }
    if (known.params !== params.length) {
      throw new TypeError(
        `Cannot ${action} ${
          describe(sql)
        }: got ${params.length} values, want ${known.params}`,
      );
    }
    return params.map((value, index) =>
      toSqlValue(value, `parameter ${index + 1}`)
    );
  }
}

/** The stored form of a value that no column describes. */
export function toSqlValue(value: unknown, name: string): SqlValue {
  switch (typeof value) {
    case "string":
      return checkText(value, name);
    case "bigint":
      return checkBigint(value, name);
    case "boolean":
      return value ? 1n : 0n;
    case "number":
      if (Number.isNaN(value)) break;
      // A whole number is bound as one, or SQL would divide 5 by 2 as reals.
      return Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  if (value === null || value instanceof Uint8Array) return value;
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    return BigInt(value.getTime());
  }
  throw new TypeError(
    `Cannot bind ${name}: got ${
      describe(value)
    }, want a string, number, bigint, boolean, Date, Uint8Array or null`,
  );
}
