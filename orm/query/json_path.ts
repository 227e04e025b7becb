// Copyright 2026 the Gee authors. MIT license.

import type { SqlValue } from "../driver/sql_value.ts";
import { cannotStore, type Codec, describe } from "../schema/codecs.ts";
import type { ColumnPlan, TablePlan } from "./plan.ts";
import { toSqlValue } from "./sql.ts";

/** A value inside of JSON that can be compared. */
export type JsonScalar = string | number | boolean;

/**
 * What a JSON column may be compared with: whether it is there, or a value in
 * it, as `{ path: ["tags", 0], eq: "new" }`. One that is missing and one that is
 * `null` are alike, and so are `true` and 1, `false` and 0.
 */
export interface JsonOperators {
  /** Whether the column is `null`, or the value at the path. */
  readonly isNull?: boolean;
  /**
   * Where the value is: names of members, and numbers of items from 0. The
   * operators beside it are for that value.
   */
  readonly path?: readonly (string | number)[];
  /** Equal to this; `null` asks for no value. */
  readonly eq?: JsonScalar | null;
  /** Not equal to this; `null` asks for a value. */
  readonly ne?: JsonScalar | null;
  /** Greater than this. */
  readonly gt?: string | number;
  /** Greater than this or equal to it. */
  readonly gte?: string | number;
  /** Less than this. */
  readonly lt?: string | number;
  /** Less than this or equal to it. */
  readonly lte?: string | number;
  /** Equal to one of these. */
  readonly in?: readonly JsonScalar[];
  /** Equal to none of these. */
  readonly notIn?: readonly JsonScalar[];
  /** Within these two, both included. */
  readonly between?: readonly [string | number, string | number];
  /** Like this pattern: `%` is any text, `_` any character. */
  readonly like?: string;
  /** Has this text in it; letters of ASCII in any case. */
  readonly contains?: string;
  /** Begins with this text; letters of ASCII in any case. */
  readonly startsWith?: string;
  /** Ends with this text; letters of ASCII in any case. */
  readonly endsWith?: string;
}

/** A value inside of JSON as the database compares it: booleans are 1 and 0. */
const scalarCodec: Codec<unknown> = {
  // This kind binds lists as JSON, and allows for patterns.
  kind: "text",
  encode(value, name): SqlValue {
    if (!["string", "number", "boolean"].includes(typeof value)) {
      throw cannotStore(name, value, "a string, number or boolean");
    }
    const stored = toSqlValue(value, name);
    if (stored !== Infinity && stored !== -Infinity) return stored;
    throw cannotStore(name, value, "a number that JSON knows");
  },
  decode: (stored) => stored,
};

/** The value inside of a JSON column, as a column of its own. */
export function atPath(
  column: ColumnPlan,
  path: unknown,
  { dialect }: TablePlan,
): ColumnPlan {
  // As text in quotes and not bound, so that an index on it can serve.
  const text = dialect.literal(pathText(column.property, path));
  const value = `json_extract(${column.path}, ${text})`;
  return {
    ...column,
    codec: scalarCodec,
    path: value,
    isEqual: `${value} = ?`,
  };
}

function pathText(property: string, path: unknown): string {
  const refuse = (reason: string) =>
    new TypeError(`Cannot use condition on "${property}": ${reason}`);
  if (!Array.isArray(path) || path.length === 0) {
    throw refuse(`"path" is ${describe(path)}, want an array of names`);
  }
  return `$${
    path.map((step: unknown) => {
      if (typeof step === "number" && Number.isSafeInteger(step) && step >= 0) {
        return `[${step}]`;
      }
      // SQLite's versions differ in what a backslash or a quote means here.
      if (
        typeof step === "string" && !/["\\\0]/.test(step) &&
        step.isWellFormed()
      ) {
        return `."${step}"`;
      }
      throw refuse(
        `"path" has ${
          describe(step)
        } in it, want names without quotes or backslashes, or numbers from 0`,
      );
    }).join("")
  }`;
}
