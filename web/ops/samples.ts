// Copyright 2026 the Gee authors. MIT license.

/** Whatever counts: a cache group, a pool, an rpc server, an orm engine. */
export interface StatsSource {
  /** What it has counted, as plain data. */
  stats(): unknown;
}

/** How deep plain data may nest, and how many numbers of one source are shown. */
const MAX_DEPTH = 5;
const MAX_SAMPLES = 1000;

/** One line of the text format of Prometheus. */
export function sampleLine(
  name: string,
  labels: Readonly<Record<string, string>>,
  value: number,
): string {
  const pairs = Object.entries(labels).map(([key, text]) =>
    `${key}="${escaped(text)}"`
  );
  const set = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `${name}${set} ${numberText(value)}\n`;
}

function escaped(text: string): string {
  return text.toWellFormed().replaceAll(
    /[\\"\n]/g,
    (character) => character === "\n" ? "\\n" : `\\${character}`,
  );
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

/** All numbers that the sources tell; one that throws is left out and counted. */
export function statsSamples(
  sources: Readonly<Record<string, StatsSource>>,
): string {
  const groups = new Map<string, Map<string, string>>();
  let failed = 0;
  for (const [source, { stats }] of bound(sources)) {
    try {
      const walk = new Walk(groups);
      walk.add(`gee_${snake(source)}`, stats(), [], 0);
    } catch {
      failed++;
    }
  }
  let text = "";
  for (const [name, lines] of groups) {
    // Whether a number only grows cannot be seen, so no type is claimed.
    text += `# TYPE ${name} untyped\n${[...lines.values()].join("")}`;
  }
  return `${text}# TYPE gee_stats_failures gauge\ngee_stats_failures ${failed}\n`;
}

function bound(
  sources: Readonly<Record<string, StatsSource>>,
): [string, StatsSource][] {
  return Object.entries(sources).map(([name, source]) => [
    name,
    { stats: () => source.stats() },
  ]);
}

class Walk {
  readonly #groups: Map<string, Map<string, string>>;
  #left = MAX_SAMPLES;

  constructor(groups: Map<string, Map<string, string>>) {
    this.#groups = groups;
  }

  /** Names that are no words, such as those of methods and peers, are labels. */
  add(
    name: string,
    value: unknown,
    keys: readonly string[],
    depth: number,
  ): void {
    const number = numberOf(value);
    if (number !== undefined) return this.#sample(name, keys, number);
    if (typeof value !== "object" || value === null || depth === MAX_DEPTH) {
      return;
    }
    const isList = Array.isArray(value);
    for (const [key, inner] of Object.entries(value)) {
      if (isList || !/^[a-z][A-Za-z0-9]*$/.test(key)) {
        this.add(name, inner, [...keys, key], depth + 1);
      } else this.add(`${name}_${snake(key)}`, inner, keys, depth + 1);
    }
  }

  #sample(name: string, keys: readonly string[], value: number): void {
    if (this.#left-- <= 0) return;
    const labels = Object.fromEntries(
      keys.map((key, index) => [index === 0 ? "key" : `key${index + 1}`, key]),
    );
    const lines = this.#groups.get(name) ?? new Map<string, string>();
    this.#groups.set(name, lines);
    // A name may come twice after it was changed; a series may not.
    lines.set(keys.join("\0"), sampleLine(name, labels, value));
  }
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "boolean" ? Number(value) : undefined;
}

/** `hitRatio` as `hit_ratio`. */
function snake(name: string): string {
  return name.replaceAll(/[A-Z]+/g, (letters) => `_${letters.toLowerCase()}`)
    .replaceAll(/[^a-z0-9_]/g, "_");
}
