// Copyright 2026 the Gee authors. MIT license.
// Hit ratios of the policies over traces, next to Belady's bound, at 1, 5, 10 and
// 20 % of the distinct objects (of their bytes, for the part with sizes).
// Run: deno run -A bench/cache_hit_ratio.ts [file.ctr.gz ...]
// Without files: the made-up traces only.

import { createPolicy, type Policy, SlotPolicy } from "../cache/mod.ts";
import { LirsOrder } from "../cache/policy/lirs_order.ts";
import { belady, TinyLfuOrder } from "./cache_references.ts";
import { readTrace, syntheticTraces, type Trace } from "./cache_traces.ts";

const SHARES = [1, 5, 10, 20];
/** Looked at while the policies were made; the others once, at the end. */
const DESIGN = new Set([
  ...syntheticTraces().map(({ name }) => name),
  "cache2k-web12",
  "arc-oltp",
  "lirs-multi3",
  "lirs-gli",
]);

const POLICIES: Record<string, (maxEntries: number) => Policy<number>> = {
  s3fifo: (maxEntries) => createPolicy("s3fifo", { maxEntries }),
  lru: (maxEntries) => createPolicy("lru", { maxEntries }),
  gdsf: (maxEntries) => createPolicy("gdsf", { maxEntries }),
  adaptive: (maxEntries) => createPolicy("adaptive", { maxEntries }),
  lirs: (maxEntries) =>
    new SlotPolicy("lirs", { maxEntries }, (entries) => new LirsOrder(entries)),
  "w-tinylfu": (maxEntries) =>
    new SlotPolicy(
      "w-tinylfu",
      { maxEntries },
      (entries) => new TinyLfuOrder(entries),
    ),
};
const SIZED = ["s3fifo", "lru", "gdsf", "adaptive"] as const;

/** One line of the table. */
interface Row {
  readonly trace: string;
  readonly share: number;
  readonly bytes: boolean;
  readonly isDesign: boolean;
  readonly ratios: Readonly<Record<string, number>>;
}

function hitRatio(
  policy: Policy<number>,
  { ids, sizes }: Trace,
  keys: readonly string[],
): number {
  for (const id of ids) {
    const key = keys[id]!; // a key for each object
    if (policy.get(key) === undefined) policy.set(key, sizes?.[id] ?? 1);
  }
  return policy.stats().hits / ids.length;
}

function* measure(trace: Trace): Generator<Row> {
  const keys = Array.from({ length: trace.objects }, (_, id) => `key:${id}`);
  const isDesign = DESIGN.has(trace.name);
  const row = (share: number, bytes: boolean, ratios: Row["ratios"]): Row => ({
    trace: trace.name,
    share,
    bytes,
    isDesign,
    ratios,
  });
  for (const share of SHARES) {
    const most = Math.max(1, Math.round(trace.objects * share / 100));
    const ratios: Record<string, number> = { optimum: belady(trace, most) };
    for (const [name, make] of Object.entries(POLICIES)) {
      ratios[name] = hitRatio(make(most), trace, keys);
    }
    yield row(share, false, ratios);
  }
  if (trace.sizes === undefined) return;
  const total = trace.sizes.reduce((sum, size) => sum + size, 0);
  for (const share of SHARES) {
    const maxBytes = Math.round(total * share / 100);
    const ratios: Record<string, number> = {
      optimum: belady(trace, maxBytes, true),
    };
    // Beside the values only keys of some bytes count, to the bound's favor.
    for (const name of SIZED) {
      ratios[name] = hitRatio(
        createPolicy<number>(name, {
          maxBytes,
          overhead: 0,
          sizeOf: (size) => size,
        }),
        trace,
        keys,
      );
    }
    yield row(share, true, ratios);
  }
}

const NAMES = ["optimum", ...Object.keys(POLICIES)];

function markdown(rows: Row[]): string {
  const percent = (ratio: number | undefined) =>
    ratio === undefined ? "" : (ratio * 100).toFixed(1);
  const lines = [
    "Hit ratio in % (`bytes`: capacity as a share of all bytes; else of the objects)",
    "",
    `| trace | capacity | ${NAMES.join(" | ")} |`,
    `|---|---|${NAMES.map(() => "--:|").join("")}`,
  ];
  for (const { trace, share, bytes, ratios } of rows) {
    const cells = NAMES.map((name) => percent(ratios[name]));
    lines.push(
      `| ${trace} | ${share} %${bytes ? " bytes" : ""} | ${
        cells.join(" | ")
      } |`,
    );
  }
  lines.push("", ...summary("Traces used while designing", rows, true));
  lines.push("", ...summary("Traces looked at once, at the end", rows, false));
  lines.push("", "Repeat with `deno task bench:cache`.", "");
  return lines.join("\n");
}

/** Means over the rows by objects, and how far a policy fell behind the best. */
function summary(title: string, all: Row[], isDesign: boolean): string[] {
  const rows = all.filter((row) => row.isDesign === isDesign && !row.bytes);
  if (rows.length === 0) return [`${title}: none`];
  const lines = [
    `${title} (${rows.length} rows)`,
    "",
    "| | mean % | of the optimum | farthest behind the best of a row |",
    "|---|--:|--:|--:|",
  ];
  const mean = (name: string) =>
    rows.reduce((sum, row) => sum + row.ratios[name]!, 0) / rows.length;
  for (const name of NAMES) {
    const behind = rows.map(({ ratios: { optimum: _, ...others } }) =>
      Math.max(...Object.values(others)) - others[name]!
    );
    const points = name === "optimum"
      ? ""
      : (Math.max(...behind) * 100).toFixed(1);
    lines.push(
      `| ${name} | ${(mean(name) * 100).toFixed(2)} | ${
        (mean(name) / mean("optimum")).toFixed(3)
      } | ${points} |`,
    );
  }
  return lines;
}

async function chart(rows: Row[]): Promise<string> {
  const vega = await import("npm:vega@6.4.0");
  const lite = await import("npm:vega-lite@6.5.0");
  const values = rows.flatMap(({ trace, share, bytes, ratios }) =>
    Object.entries(ratios).map(([policy, ratio]) => ({
      trace: bytes ? `${trace} (bytes)` : trace,
      share,
      policy,
      ratio: ratio * 100,
    }))
  );
  const { spec } = lite.compile({
    title: "Hit ratio in % by capacity in %",
    data: { values },
    facet: { field: "trace", type: "nominal", title: null },
    columns: 4,
    spec: {
      width: 150,
      height: 120,
      mark: { type: "line", point: true },
      encoding: {
        x: { field: "share", type: "quantitative", title: null },
        y: { field: "ratio", type: "quantitative", title: null },
        color: { field: "policy", type: "nominal", sort: NAMES, title: null },
      },
    },
  });
  return await new vega.View(vega.parse(spec), { renderer: "none" }).toSVG();
}

const rows: Row[] = [];
const traces: Trace[] = syntheticTraces();
for (const path of Deno.args) traces.push(await readTrace(path));
for (const trace of traces) {
  rows.push(...measure(trace));
  console.error(`cache_hit_ratio: ${trace.name}`);
}
const table = markdown(rows);
console.log(table);
const folder = new URL("results/", import.meta.url);
await Deno.mkdir(folder, { recursive: true });
await Deno.writeTextFile(new URL("cache_hit_ratio.md", folder), table);
await Deno.writeTextFile(
  new URL("cache_hit_ratio.json", folder),
  `${JSON.stringify({ deno: Deno.version.deno, rows }, null, 2)}\n`,
);
await Deno.writeTextFile(
  new URL("cache_hit_ratio.svg", folder),
  await chart(rows),
);
