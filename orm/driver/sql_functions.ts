// Copyright 2026 the Gee authors. MIT license.

import { checkNames } from "./options.ts";
import { describe } from "../schema/codecs.ts";
import type { SqlValue } from "./sql_value.ts";

/**
 * A function for SQL. It gets SQL's values, integers as numbers, and what it
 * throws fails the statement.
 *
 * @param values The arguments.
 */
// "never", so that (name: string) => number is one too.
export type SqlFunction = (...values: never[]) => SqlValue;

/** A function for SQL with what SQLite may know of it. */
export interface SqlFunctionOptions {
  /** The function. */
  readonly run: SqlFunction;
  /**
   * Whether the same arguments always give the same value, which indices and
   * generated columns ask for.
   *
   * @default {false}
   */
  readonly deterministic?: boolean;
  /**
   * Whether it takes any number of arguments. Otherwise it takes as many as
   * `run.length` says.
   *
   * @default {false}
   */
  readonly variadic?: boolean;
}

/** Functions for SQL by their names. */
export type SqlFunctions = Readonly<
  Record<string, SqlFunction | SqlFunctionOptions>
>;

/** A function as `node:sqlite` takes it. */
export interface GuardedFunction extends Required<SqlFunctionOptions> {
  readonly name: string;
}

// What no database can store: it fails the statement.
const UNFIT = Symbol("failed") as unknown as null;
const LIMIT = 2n ** 63n;

/**
 * Makes functions that do not throw. In Deno 2.9 a statement whose function
 * throws, or returns too big an integer, runs for ever when all its rows are
 * asked for.
 *
 * @param functions The functions.
 * @param onError Is told what a function threw, before the statement fails.
 */
export function guarded(
  functions: SqlFunctions,
  onError: (error: unknown) => void,
): GuardedFunction[] {
  return Object.entries(functions).map(([name, value]) => {
    const action = `add SQL function "${name}"`;
    const options = typeof value === "function" ? { run: value } : value;
    checkNames(action, options ?? {}, ["run", "deterministic", "variadic"]);
    if (typeof options?.run !== "function" || name === "") {
      throw new TypeError(`Cannot ${action}: want a name and a function`);
    }
    const { run, deterministic = false, variadic = false } = options;
    const guard = (...values: unknown[]) => {
      try {
        // SQL says what it calls them with.
        return checked(name, run(...values as never[]));
      } catch (error) {
        onError(error);
        return UNFIT;
      }
    };
    // SQLite asks for as many arguments.
    Object.defineProperty(guard, "length", { value: run.length });
    return { name, run: guard, deterministic, variadic };
  });
}

function checked(name: string, value: SqlValue): SqlValue {
  const reason = unfitness(value);
  if (reason === undefined) return value;
  const Class = typeof value === "bigint" || typeof value === "string"
    ? RangeError
    : TypeError;
  throw new Class(
    `Cannot return ${describe(value)} from SQL function "${name}": ${reason}`,
  );
}

/** Why SQLite cannot store a value, or would store another: NaN as NULL. */
function unfitness(value: unknown): string | undefined {
  switch (typeof value) {
    case "bigint":
      return value >= -LIMIT && value < LIMIT
        ? undefined
        : "it is beyond 64 bits";
    case "string":
      return value.includes("\0") ? "it has a NUL in it" : undefined;
    case "number":
      if (!Number.isNaN(value)) return undefined;
      break;
    default:
      if (value === null || value instanceof Uint8Array) return undefined;
  }
  return "want a string, number, bigint, Uint8Array or null";
}
