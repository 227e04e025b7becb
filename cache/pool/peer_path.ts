// Copyright 2026 the Gee authors. MIT license.

import type { PeerRequest } from "./protobuf.ts";

/** Marks a question that came from a peer and must go no further. */
export const HOP_HEADER = "x-geecache-hop";
/** Tells the two failures of an owner apart; a Go node never sends it. */
export const ANSWER_HEADER = "x-geecache-answer";

/** The values of {@linkcode ANSWER_HEADER}. */
export type PeerAnswer = "missing" | "failed";

/**
 * Says whether a name or key survives the way through a URL. `"."` and `".."`
 * do not, escaped or not (WHATWG URL, "single-dot" and "double-dot" segments),
 * nor does text with a lone surrogate.
 *
 * @param text The name or key.
 * @returns Whether a peer can be asked for it.
 */
export function isAskable(text: string): boolean {
  return text !== "" && text !== "." && text !== ".." && text.isWellFormed();
}

/**
 * Makes the path of a key. Go nodes decode it alike: they escape a space as
 * `"+"` but never write a literal plus, and neither do we.
 *
 * @param basePath The path of the pool.
 * @param request The question; both parts askable.
 * @returns The path.
 */
export function formatPeerPath(
  basePath: string,
  { group, key }: PeerRequest,
): string {
  return `${basePath}${encodeURIComponent(group)}/${encodeURIComponent(key)}`;
}

/**
 * Reads the path of a URL. It is split before it is decoded, so that an escaped
 * slash stays in its part, and `new URL` is not used, so that a Go node can ask
 * for `".."`.
 *
 * @param url The URL of a request, as it came.
 * @param basePath The path of the pool.
 * @returns The question, `undefined` outside of the base path.
 * @throws {SyntaxError} When there is no group and key to be read.
 */
export function parsePeerPath(
  url: string,
  basePath: string,
): PeerRequest | undefined {
  const path = pathOf(url);
  if (!path.startsWith(basePath)) return undefined;
  const rest = path.slice(basePath.length);
  const slash = rest.indexOf("/");
  if (slash === -1) {
    throw new SyntaxError(`Cannot read "${path}": want a group and a key`);
  }
  return { group: decode(rest, 0, slash), key: decode(rest, slash + 1) };
}

function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start === -1) return "/";
  const end = url.slice(start).search(/[?#]/);
  return end === -1 ? url.slice(start) : url.slice(start, start + end);
}

function decode(text: string, start: number, end?: number): string {
  // Go clients escape a space as "+" (`url.QueryEscape`); everyone sends a
  // literal plus as "%2B", so a bare one can only be a space.
  const part = text.slice(start, end).replaceAll("+", " ");
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new SyntaxError(`Cannot read "${part}": it is badly escaped`, {
      cause,
    });
  }
}
