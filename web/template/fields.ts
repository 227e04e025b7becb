// Copyright 2026 the Gee authors. MIT license.
import { Problem } from "./problem.ts";

/** What {@linkcode readField} returns for a field that is not there. */
export const MISSING: unique symbol = Symbol("missing");

/**
 * Reads what is data: an own property, an entry of a Map, a getter of a class.
 * Methods and whatever is inherited from built-in prototypes are not.
 */
export function readField(owner: object, name: string): unknown {
  if (Object.hasOwn(owner, name)) {
    // An own property of an object, whatever its type.
    return (owner as Record<string, unknown>)[name];
  }
  if (owner instanceof Map) {
    return owner.has(name) ? owner.get(name) : MISSING;
  }
  for (const prototype of classesOf(owner)) {
    const property = Object.getOwnPropertyDescriptor(prototype, name);
    if (property === undefined) continue;
    return property.get === undefined ? MISSING : property.get.call(owner);
  }
  return MISSING;
}

function* classesOf(owner: object): Iterable<object> {
  let prototype = Object.getPrototypeOf(owner);
  while (prototype !== null && prototype !== Object.prototype) {
    yield prototype;
    prototype = Object.getPrototypeOf(prototype);
  }
}

/** All names that {@linkcode readField} knows, for suggestions. */
export function* fieldNames(owner: object): Iterable<string> {
  if (owner instanceof Map) {
    for (const key of owner.keys()) if (typeof key === "string") yield key;
    return;
  }
  yield* Object.keys(owner);
  for (const prototype of classesOf(owner)) {
    const properties = Object.getOwnPropertyDescriptors(prototype);
    for (const [name, { get }] of Object.entries(properties)) {
      if (get !== undefined) yield name;
    }
  }
}

/**
 * Whether a value counts as true: empty lists, Maps and Sets do not.
 *
 * @throws {Problem} For a promise, which would always be true.
 */
export function isTrue(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return Boolean(value);
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  if (value instanceof Promise) {
    throw new Problem("a promise cannot be tested: await it before");
  }
  return true;
}

/**
 * The items of a list with their keys; undefined for what is no list.
 *
 * Arrays and other iterables count from 0, Maps and plain objects have keys.
 */
export function entriesOf(
  list: unknown,
): Iterable<readonly [unknown, unknown]> | undefined {
  if (list === null || list === undefined) return [];
  if (typeof list !== "object") return undefined;
  if (Array.isArray(list)) return list.entries();
  if (list instanceof Map) return list;
  if (Symbol.iterator in list) return counted(list);
  const prototype = Object.getPrototypeOf(list);
  const isPlain = prototype === null || prototype === Object.prototype;
  return isPlain ? Object.entries(list) : undefined;
}

function* counted(list: object): Iterable<readonly [unknown, unknown]> {
  let index = 0;
  // Whoever has Symbol.iterator is iterable; a wrong one throws here.
  for (const item of list as Iterable<unknown>) yield [index++, item];
}
