// Copyright 2026 the Gee authors. MIT license.
// Runs candidates side by side so that the ratios can be believed: every
// measurement in a process of its own after a warm-up, the order rotated from
// round to round, the ratio to the baseline taken within a round, the median
// and the range over the rounds reported.

/** One measurement: operations per second, its own warm-up included. */
export type Measure = () => number | Promise<number>;

/** What a benchmark file hands over. */
export interface Suite {
  /** Base name of the files under `bench/results/`. */
  readonly name: string;
  /** Heading of the table and the chart. */
  readonly title: string;
  /** The candidate whose figure is 1.00 in every cell. */
  readonly baseline: string;
  /** Cells (columns), each with its candidates (rows). */
  readonly cells: Readonly<Record<string, Readonly<Record<string, Measure>>>>;
  /**
   * Rounds over all cells.
   *
   * @default {5}
   */
  readonly rounds?: number;
  /** The command that repeats the run, printed under the table. */
  readonly command: string;
}

/** A ratio to the baseline over the rounds. */
export interface Ratio {
  readonly cell: string;
  readonly candidate: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Operations per second of a synchronous or asynchronous body. The body gets
 * how many operations to do, and the clock is read once per body.
 */
export async function opsPerSecond(
  body: (count: number) => void | Promise<void>,
  options: {
    readonly warmup?: number;
    readonly ms?: number;
    readonly count?: number;
  } = {},
): Promise<number> {
  const { warmup = 300, ms = 700, count = 1000 } = options;
  const run = async (limit: number) => {
    const start = performance.now();
    let done = 0;
    let elapsed = 0;
    while (elapsed < limit) {
      const pending = body(count);
      if (pending !== undefined) await pending;
      done += count;
      elapsed = performance.now() - start;
    }
    return done / elapsed * 1000;
  };
  await run(warmup);
  return await run(ms);
}

/** Runs a suite, or the one measurement this process was started for. */
export async function runSuite(meta: ImportMeta, suite: Suite): Promise<void> {
  const [flag, cell = "", candidate = ""] = Deno.args;
  if (flag === "--measure") {
    const measure = suite.cells[cell]?.[candidate];
    if (measure === undefined) {
      throw new Error(`Cannot measure "${cell}" of "${candidate}"`);
    }
    console.log(JSON.stringify(await measure()));
    Deno.exit(0);
  }
  const ratios = await measureAll(meta.url, suite);
  const table = markdownTable(suite, ratios);
  console.log(table);
  await save(suite, ratios, table);
}

async function measureAll(url: string, suite: Suite): Promise<Ratio[]> {
  const rounds = suite.rounds ?? 5;
  const ratios: Ratio[] = [];
  for (const [cell, candidates] of Object.entries(suite.cells)) {
    const names = Object.keys(candidates);
    const samples = new Map<string, number[]>(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      // The first of a fixed order loses 10-30 %, so the order rotates.
      const order = names.map((_, index) =>
        names[(index + round) % names.length]!
      );
      const speeds = new Map<string, number>();
      for (const name of order) {
        speeds.set(name, await measureInChild(url, cell, name));
      }
      const base = speeds.get(suite.baseline);
      if (base === undefined) {
        throw new Error(`Cannot compare "${cell}": no "${suite.baseline}"`);
      }
      for (const [name, speed] of speeds) samples.get(name)!.push(speed / base);
      console.error(`${suite.name}: ${cell}, round ${round + 1} of ${rounds}`);
    }
    for (const [candidate, values] of samples) {
      values.sort((a, b) => a - b);
      ratios.push({
        cell,
        candidate,
        median: values[values.length >> 1]!,
        low: values[0]!,
        high: values.at(-1)!,
      });
    }
  }
  return ratios;
}

async function measureInChild(
  url: string,
  cell: string,
  candidate: string,
): Promise<number> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", url, "--measure", cell, candidate],
    stderr: "inherit",
  }).output();
  if (!success) {
    throw new Error(
      `Cannot measure "${cell}" of "${candidate}": the process failed`,
    );
  }
  return JSON.parse(
    new TextDecoder().decode(stdout).trim().split("\n").at(-1)!,
  ) as number;
}

function markdownTable(suite: Suite, ratios: Ratio[]): string {
  const cells = Object.keys(suite.cells);
  const rows = [...new Set(ratios.map(({ candidate }) => candidate))];
  const show = (row: string, cell: string) => {
    const ratio = ratios.find((r) => r.candidate === row && r.cell === cell);
    if (ratio === undefined) return "";
    const [median, low, high] = [ratio.median, ratio.low, ratio.high].map((n) =>
      n.toPrecision(3)
    );
    return row === suite.baseline ? "1" : `${median} [${low}-${high}]`;
  };
  return [
    `${suite.title} (ratio to ${suite.baseline}, median [range] of ${
      suite.rounds ?? 5
    } rounds)`,
    "",
    `| | ${cells.join(" | ")} |`,
    `|---|${cells.map(() => "---|").join("")}`,
    ...rows.map((row) =>
      `| ${row} | ${cells.map((cell) => show(row, cell)).join(" | ")} |`
    ),
    "",
    `Repeat with \`${suite.command}\`.`,
    "",
  ].join("\n");
}

async function save(
  suite: Suite,
  ratios: Ratio[],
  table: string,
): Promise<void> {
  const folder = new URL("results/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  const report = {
    title: suite.title,
    baseline: suite.baseline,
    deno: Deno.version.deno,
    ratios,
  };
  await Deno.writeTextFile(new URL(`${suite.name}.md`, folder), table);
  await Deno.writeTextFile(
    new URL(`${suite.name}.json`, folder),
    `${JSON.stringify(report, null, 2)}\n`,
  );
  await Deno.writeTextFile(
    new URL(`${suite.name}.svg`, folder),
    await chart(suite, ratios),
  );
}

/** Bars on a log scale: ratios of 0.1 and 10 lie equally far from 1. */
async function chart(suite: Suite, ratios: Ratio[]): Promise<string> {
  // Loaded here: a measuring child must not pay for a chart library.
  const vega = await import("npm:vega@6.4.0");
  const lite = await import("npm:vega-lite@6.5.0");
  const { spec } = lite.compile({
    title: suite.title,
    data: { values: ratios.map((ratio) => ({ ...ratio })) },
    facet: {
      column: {
        field: "cell",
        type: "nominal",
        title: null,
        sort: Object.keys(suite.cells),
      },
    },
    spec: {
      width: 180,
      layer: [
        {
          mark: "point",
          encoding: {
            y: { field: "candidate", type: "nominal", title: null, sort: null },
            x: {
              field: "median",
              type: "quantitative",
              scale: { type: "log" },
              title: `ratio to ${suite.baseline}`,
            },
          },
        },
        {
          mark: "rule",
          encoding: {
            y: { field: "candidate", type: "nominal", sort: null },
            x: { field: "low", type: "quantitative", scale: { type: "log" } },
            x2: { field: "high" },
          },
        },
      ],
    },
  });
  return await new vega.View(vega.parse(spec), { renderer: "none" }).toSVG();
}
