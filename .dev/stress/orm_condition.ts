// Copyright 2026 the Gee authors. MIT license.
// What SQL says of a condition on a row, without SQL.

/** A row as it is read. */
export interface Row {
  readonly [column: string]: unknown;
  readonly id: number;
}

/** JSON paths are left to SQLite. */
export const UNJUDGED = "unjudged";

/** What a condition is of a row; `null` when SQL does not know. */
export type Truth = boolean | null | typeof UNJUDGED;

/** The truth of conditions that were not refused. */
export function isMet(where: unknown, row: Row): Truth {
  // It was not refused, so it is an object of conditions.
  const parts = Object.entries(where as Record<string, unknown>);
  return all(parts.map(([key, value]) => {
    if (key === "or" || key === "and") {
      // Nor was the array.
      const truths = (value as unknown[]).map((inner) => isMet(inner, row));
      return key === "and" ? all(truths) : not(all(truths.map(not)));
    }
    if (key === "not") return not(isMet(value, row));
    return onColumn(row[key], value);
  }));
}

function all(truths: readonly Truth[]): Truth {
  if (truths.includes(UNJUDGED)) return UNJUDGED;
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

function not(truth: Truth): Truth {
  return typeof truth === "boolean" ? !truth : truth;
}

function onColumn(cell: unknown, value: unknown): Truth {
  if (value === null) return cell === null;
  if (typeof value !== "object") return operator(cell, "eq", value);
  if (Object.hasOwn(value, "path")) return UNJUDGED;
  return all(
    Object.entries(value).map(([name, operand]) =>
      operator(cell, name, operand)
    ),
  );
}

function operator(cell: unknown, name: string, operand: unknown): Truth {
  if (name === "isNull") return (cell === null) === operand;
  if (operand === null) return (cell === null) === (name === "eq");
  // An empty list has nothing in it, whatever the value.
  if (Array.isArray(operand) && operand.length === 0) return name === "notIn";
  if (cell === null) return null;
  const order = (other: unknown) => compare(cell, other);
  const list = Array.isArray(operand) ? operand : [];
  // The operator was not refused, so it is one of these.
  switch (name) {
    case "eq":
      return order(operand) === 0;
    case "ne":
      return order(operand) !== 0;
    case "gt":
      return order(operand) > 0;
    case "gte":
      return order(operand) >= 0;
    case "lt":
      return order(operand) < 0;
    case "lte":
      return order(operand) <= 0;
    case "in":
      return list.some((item) => order(item) === 0);
    case "notIn":
      return !list.some((item) => order(item) === 0);
    case "between":
      return order(list[0]) >= 0 && order(list[1]) <= 0;
  }
  return onText(String(cell), name, String(operand));
}

function onText(cell: string, name: string, operand: string): Truth {
  const [text, other] = [lower(cell), lower(operand)];
  if (name === "contains") return text.includes(other);
  if (name === "startsWith") return text.startsWith(other);
  if (name === "endsWith") return text.endsWith(other);
  const escaped = other.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = escaped.replaceAll("%", "[^]*").replaceAll("_", "[^]");
  return new RegExp(`^${pattern}$`, "u").test(text);
}

/** Letters of ASCII in any case are the same for LIKE, and no others. */
function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "string" && typeof b === "string") {
    const [left, right] = [points(a), points(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return Number(a) - Number(b);
}

/** As SQLite compares texts, by their bytes in UTF-8. */
function points(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
