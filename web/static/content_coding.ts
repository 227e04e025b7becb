// Copyright 2026 the Gee authors. MIT license.

/** A coding that a sibling file may hold. */
export type ContentCoding = "br" | "gzip";

/** The codings with the endings of their files, the better one first. */
export const CODINGS: readonly {
  readonly coding: ContentCoding;
  readonly ending: string;
}[] = [{ coding: "br", ending: ".br" }, { coding: "gzip", ending: ".gz" }];

/**
 * The order in which the client likes the codings (RFC 9110, section 12.5.3).
 *
 * @param header The value of `accept-encoding`.
 * @returns Those it likes at least as much as the plain file, the best first;
 * where it likes them the same, the smaller one is first.
 */
export function acceptedCodings(
  header: string | undefined,
): readonly ContentCoding[] {
  if (header === undefined || header === "") return [];
  const weights = new Map<string, number>();
  for (const element of header.toLowerCase().split(",")) {
    const [name = "", ...parameters] = element.split(";");
    const coding = name.trim() === "x-gzip" ? "gzip" : name.trim();
    if (!weights.has(coding)) weights.set(coding, weightOf(parameters));
  }
  const any = weights.get("*") ?? 0;
  // What is not listed is acceptable as the plain file, but less than the rest.
  const plain = weights.get("identity") ?? 0;
  return CODINGS
    .map(({ coding }) => ({ coding, weight: weights.get(coding) ?? any }))
    .filter(({ weight }) => weight > 0 && weight >= plain)
    .sort((a, b) => b.weight - a.weight)
    .map(({ coding }) => coding);
}

/** A weight that cannot be read refuses the coding: the plain file is safe. */
function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const text = parameter.trim();
    if (!text.startsWith("q=")) continue;
    const weight = text.slice(2);
    return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight)
      ? Number(weight)
      : 0;
  }
  return 1;
}
