// Copyright 2026 the Gee authors. MIT license.
import { canonicalPath, readable } from "../path.ts";
import { parsePattern, type PatternSegment } from "../pattern.ts";
import { nearest } from "../nearest.ts";
import type { RouteInfo } from "../route_table.ts";

/** A route that was nearly meant. */
export interface NearRoute {
  /** The method, `*` for any. */
  readonly method: string;
  /** The pattern. */
  readonly pattern: string;
  /** Where it was registered. */
  readonly place: string;
  /** Why it does not fit. */
  readonly reason: string;
}

const MAX_ROUTES = 5;

/**
 * The routes that a request which found none was nearest to.
 *
 * @param method The method of the request.
 * @param path Its raw path.
 * @param routes All routes.
 * @returns The nearest five at most, each with the reason why it does not fit.
 */
export function nearRoutes(
  method: string,
  path: string,
  routes: readonly RouteInfo[],
): NearRoute[] {
  const pieces = (canonicalPath(path) ?? path).slice(1).split("/");
  const scored = routes.map((route) => {
    const { distance, reason } = compare(pieces, parsePattern(route.pattern));
    const hasMethod = route.method === "*" || route.method === method;
    const wrong = `the method is ${route.method}, not ${method}`;
    return {
      near: {
        method: route.method,
        pattern: route.pattern,
        place: route.place,
        reason: reason ?? (hasMethod ? "it fits" : wrong),
      },
      distance: distance + (hasMethod ? 0 : 0.5),
    };
  });
  // Where one is off by less than a segment, the others are not meant.
  const least = Math.min(...scored.map(({ distance }) => distance));
  const most = least < 1 ? 1 : pieces.length;
  return scored.filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance).slice(0, MAX_ROUTES)
    .map(({ near }) => near);
}

/** How many segments differ, and the first that does. */
function compare(
  pieces: readonly string[],
  wanted: readonly PatternSegment[],
): { distance: number; reason: string | undefined } {
  let distance = 0;
  let reason: string | undefined;
  const differ = (by: number, why: string) => {
    distance += by;
    reason ??= why;
  };
  for (const [index, segment] of wanted.entries()) {
    const piece = pieces[index];
    if (segment.kind === "wildcard") {
      if (pieces.slice(index).join("") === "") {
        differ(1, `"*${segment.text}" takes at least one character`);
      }
      return { distance, reason };
    }
    if (piece === undefined) differ(1, `"${shown(segment)}" is missing`);
    else compareSegment(readable(piece), segment, differ);
  }
  const extra = pieces.length - wanted.length;
  if (extra > 0) {
    const rest = pieces.slice(wanted.length).join("/");
    differ(
      extra,
      rest === ""
        ? "the path has a slash too many"
        : `"/${readable(rest)}" is too much`,
    );
  }
  return { distance, reason };
}

function compareSegment(
  piece: string,
  segment: PatternSegment,
  differ: (by: number, why: string) => void,
): void {
  if (segment.kind === "param") {
    if (piece === "") {
      differ(1, `"${shown(segment)}" takes at least one character`);
    } // Whether a scanner takes it is asked of the router; it has said no.
    else if (segment.scanner !== undefined) {
      differ(0.4, `"${piece}" may not be {${segment.scanner}}`);
    }
    return;
  }
  const text = readable(segment.text);
  if (piece === text) return;
  const isNear = nearest(piece, [text]) !== undefined;
  differ(isNear ? 0.3 : 1, `"${piece}" is not "${text}"`);
}

function shown({ kind, text, scanner }: PatternSegment): string {
  if (kind === "static") return `/${text}`;
  return scanner === undefined ? `:${text}` : `:${text}{${scanner}}`;
}
