// Copyright 2026 the Gee authors. MIT license.
import { MISSING, readField } from "./fields.ts";
import { Problem } from "./problem.ts";

/**
 * A function that templates may call. A value that is piped comes last, as in
 * Go; {@linkcode Html} is put out as it is.
 */
// `never` accepts functions of any parameters: templates are not type-checked.
export type TemplateFunction = (...args: never[]) => unknown;

type Comparable = number | bigint | string;

/** Functions that every template has; `and`, `or`, `not` are part of the language. */
export const BUILTINS: ReadonlyMap<string, (...args: unknown[]) => unknown> =
  new Map<string, (...args: unknown[]) => unknown>([
    ["eq", (left, ...rights) => {
      if (rights.length === 0) throw new Problem("eq needs two values");
      return rights.some((right) => isEqual(left, right));
    }],
    ["ne", (left, right) => !isEqual(left, right)],
    ["lt", (left, right) => compare(left, right) < 0],
    ["le", (left, right) => compare(left, right) <= 0],
    ["gt", (left, right) => compare(left, right) > 0],
    ["ge", (left, right) => compare(left, right) >= 0],
    ["len", lengthOf],
    ["index", (list, ...keys) => keys.reduce(itemOf, list)],
    ["dict", dictionary],
  ]);

/** Dates are equal when they are the same moment. */
function isEqual(left: unknown, right: unknown): boolean {
  if (left instanceof Date && right instanceof Date) {
    return left.getTime() === right.getTime();
  }
  return left === right;
}

/** Negative, zero or positive; NaN, which no comparison holds for. */
function compare(left: unknown, right: unknown): number {
  const a = comparable(left);
  const b = comparable(right);
  if ((typeof a === "string") !== (typeof b === "string")) {
    throw new Problem(
      `${typeof left} and ${typeof right} cannot be compared`,
    );
  }
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b || Number(a) === Number(b) ? 0 : NaN;
}

function comparable(value: unknown): Comparable {
  if (value instanceof Date) return value.getTime();
  if (
    typeof value === "number" || typeof value === "bigint" ||
    typeof value === "string"
  ) return value;
  throw new Problem(
    `${value === null ? "null" : typeof value} cannot be compared`,
  );
}

function lengthOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  if (typeof value === "object") return Object.keys(value).length;
  throw new Problem(`a ${typeof value} has no length`);
}

/** An item by its index or key; undefined when there is none. */
function itemOf(list: unknown, key: unknown): unknown {
  if (list === null || list === undefined) return undefined;
  if (list instanceof Map) return list.get(key);
  if (Array.isArray(list)) {
    if (Number.isInteger(key)) return list[Number(key)];
    throw new Problem("a list has integers as index");
  }
  if (typeof list !== "object" || typeof key !== "string") {
    throw new Problem(`a ${typeof list} has no item of a ${typeof key}`);
  }
  if (!Object.hasOwn(list, key)) return undefined;
  const value = readField(list, key);
  return value === MISSING ? undefined : value;
}

/** `dict "user" .user "size" 3`: several values for one partial. */
function dictionary(...pairs: unknown[]): Map<unknown, unknown> {
  if (pairs.length % 2 !== 0) throw new Problem("dict needs pairs");
  const entries = new Map<unknown, unknown>();
  for (let at = 0; at < pairs.length; at += 2) {
    if (typeof pairs[at] !== "string") {
      throw new Problem("dict needs strings as keys");
    }
    entries.set(pairs[at], pairs[at + 1]);
  }
  return entries;
}
