// Copyright 2026 the Gee authors. MIT license.
import { didYouMean } from "../nearest.ts";

/** The methods that keys of a record of routes may name. */
export type RouteMethod =
  | "GET"
  | "POST"
  | "PUT"
  | "PATCH"
  | "DELETE"
  | "HEAD"
  | "OPTIONS";

/**
 * The pattern in the key of a route: `/users/:id` in `GET /users/:id`.
 *
 * @typeParam Key The key as a literal type.
 */
export type PatternIn<Key> = Key extends `${string} ${infer Pattern}` ? Pattern
  : string;

/**
 * Asks nothing of a route with a good key, and what cannot be given of one
 * with a bad key, so that the compiler says what is wrong. A key that is not a
 * literal is looked at when the program runs.
 *
 * @typeParam Key The key as a literal type.
 */
export type CheckedKey<Key> = Key extends `${RouteMethod} /${string}` ? unknown
  : string extends Key ? unknown
  : InvalidKey<"A key is a method and a path, such as GET /users/:id">;

/**
 * Carries a message into an error of the compiler.
 *
 * @typeParam Message The message as a literal type.
 */
export interface InvalidKey<Message extends string> {
  /** What is wrong with the key. */
  readonly "~invalid": Message;
}

/** A key in its two parts. */
export interface RouteKey {
  /** The method. */
  readonly method: string;
  /** The pattern. */
  readonly pattern: string;
}

const METHODS: Readonly<Record<RouteMethod, true>> = {
  GET: true,
  POST: true,
  PUT: true,
  PATCH: true,
  DELETE: true,
  HEAD: true,
  OPTIONS: true,
};

/**
 * Reads the key of a route.
 *
 * @param key Such as `GET /users/:id`.
 * @returns Method and pattern.
 * @throws {SyntaxError} When the method is unknown, or no path follows it.
 */
export function parseKey(key: string): RouteKey {
  const space = key.indexOf(" ");
  const method = space === -1 ? key : key.slice(0, space);
  const pattern = space === -1 ? "" : key.slice(space + 1);
  if (!Object.hasOwn(METHODS, method)) {
    throw new SyntaxError(
      `Cannot define route "${key}": "${method}" is not a method` +
        didYouMean(method, Object.keys(METHODS)),
    );
  }
  if (!pattern.startsWith("/")) {
    throw new SyntaxError(
      `Cannot define route "${key}": want a path that starts with "/" after the method and one space`,
    );
  }
  return { method, pattern };
}
