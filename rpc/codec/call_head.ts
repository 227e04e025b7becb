// Copyright 2026 the Gee authors. MIT license.

import { MAX_MILLISECONDS } from "../duration.ts";
import { WireError } from "../errors.ts";
import type { Metadata } from "../metadata.ts";
import { type Extra, InvalidBody } from "./codec.ts";
import type { MethodNames } from "./method_names.ts";
import { decodeUtf8 } from "./utf8.ts";

/** What stands before the arguments of a call that has a frame of its own. */
export interface CallHead {
  /** What is called. */
  readonly serviceMethod: string;
  /** How long the caller waits, and what it sent beside the arguments. */
  readonly extra: Extra | undefined;
}

/** The head as JSON: the method, as `MethodNames` writes it, then what else there is. */
export function writeCallHead(
  method: string,
  extra: Extra | undefined,
): string {
  if (extra?.metadata !== undefined) {
    const metadata = JSON.stringify(extra.metadata);
    return `[${method},${extra.timeout ?? null},${metadata}]`;
  }
  return extra?.timeout === undefined
    ? `[${method}]`
    : `[${method},${extra.timeout}]`;
}

/**
 * Reads such a head.
 *
 * @throws {WireError} when it is none.
 */
export function readCallHead(bytes: Uint8Array, names: MethodNames): CallHead {
  const head = parseJson(bytes);
  if (!Array.isArray(head)) {
    throw new WireError("Cannot read a call: its head is not an array");
  }
  const [method, timeout, metadata] = head as unknown[];
  const serviceMethod = names.read(method);
  if (head.length === 1) return { serviceMethod, extra: undefined };
  return {
    serviceMethod,
    extra: { timeout: readTimeout(timeout), metadata: readMetadata(metadata) },
  };
}

/** The value of some JSON, or an `InvalidBody` that says what is wrong with it. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    return new InvalidBody((error as Error).message); // neither throws anything else
  }
}

function readTimeout(value: unknown): number | undefined {
  if (value === null) return undefined;
  if (typeof value === "number" && value >= 0) {
    return Math.min(value, MAX_MILLISECONDS);
  }
  throw new WireError(
    "Cannot read a call: its timeout is not a number of ms from 0",
  );
}

function readMetadata(value: unknown): Metadata | undefined {
  if (value === undefined) return undefined;
  // No prototype: `__proto__` and `constructor` are names like others.
  const metadata: Record<string, string> = Object.create(null);
  for (const [name, text] of Object.entries(value ?? {})) {
    if (typeof text !== "string") {
      throw new WireError(
        `Cannot read a call: its metadata ${JSON.stringify(name)} is not text`,
      );
    }
    metadata[name] = text;
  }
  return Object.freeze(metadata);
}
