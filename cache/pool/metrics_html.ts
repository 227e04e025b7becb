// Copyright 2026 the Gee authors. MIT license.

import type { PeerStats, PoolStats } from "./pool_stats.ts";

/** Facts by name. */
type Facts = Readonly<Record<string, unknown>>;

/** What the page of a pool shows. */
export interface Metrics {
  /** The pool itself. */
  readonly pool: Omit<PoolStats, "peers">;
  /** Its peers by name. */
  readonly peers: Readonly<Record<string, PeerStats>>;
  /** What each group counted, and its hits per call of `get`. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Where a key is. */
  readonly key?: {
    readonly key: string;
    readonly owner: string;
    readonly groups: Readonly<Record<string, Facts>>;
  };
}

const STYLE = `
body { font: 14px/1.5 system-ui, sans-serif; margin: 2em; max-width: 70em }
table { border-collapse: collapse; margin: 1em 0 }
caption { font-weight: bold; text-align: left }
th, td { border: 1px solid #ccc; padding: .2em .6em; text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.down { background: #fdd }
`;

/**
 * Makes the page.
 *
 * @param metrics What it shows.
 * @param nonce The one its style may have.
 * @returns HTML without any script.
 */
export function renderMetrics(metrics: Metrics, nonce: string): string {
  const { pool, peers, groups, key } = metrics;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Cache at ${escape(pool.self)}</title>
<style nonce="${escape(nonce)}">${STYLE}</style>
<h1>Cache at ${escape(pool.self)}</h1>
<form>
<label>Where is key <input name="key" required value="${
    escape(key?.key ?? "")
  }"></label>
<button>Look up</button>
</form>
${key === undefined ? "" : renderKey(key)}
${table("This node", ["", "Value"], factRows({ ...pool }))}
${table("Peers", PEER_HEAD, peerRows(peers))}
${table("Groups", ["", ...Object.keys(groups)], groupRows(groups))}
<p><a href="?format=json">As JSON</a></p>
</html>
`;
}

const PEER_HEAD = [
  "Peer",
  "State",
  "Share",
  "Failures in a row",
  "Changes to tell",
  "Questions",
];

function renderKey(
  { key, owner, groups }: NonNullable<Metrics["key"]>,
): string {
  const tables = Object.entries(groups).map(([name, facts]) =>
    table(`In group ${name}`, ["", "Value"], factRows(facts))
  );
  return `<p>Owner of <b>${escape(key)}</b>: <b>${escape(owner)}</b></p>${
    tables.join("")
  }`;
}

function peerRows(peers: Metrics["peers"]): string[] {
  return Object.entries(peers).map(([name, peer]) => {
    const { state, share, failures, pending, questions } = peer;
    const cells = [name, state, percent(share), failures, pending, questions];
    return `<tr class="${escape(state)}">${cells.map(cell).join("")}`;
  });
}

function groupRows(groups: Metrics["groups"]): string[] {
  const all = Object.values(groups);
  const names = new Set(all.flatMap((stats) => Object.keys(stats)));
  return Array.from(names, (name) => {
    const values = all.map((stats) =>
      name === "hitRatio" ? percent(stats[name]) : stats[name]
    );
    return `<tr>${[name, ...values].map(cell).join("")}`;
  });
}

function factRows(facts: Facts): string[] {
  return Object.entries(facts).map(([name, value]) => {
    const shown = name === "share" ? percent(value) : value;
    return `<tr>${cell(name)}${cell(shown)}`;
  });
}

function table(
  caption: string,
  head: readonly string[],
  rows: readonly string[],
): string {
  const names = head.map((name) => `<th>${escape(name)}`).join("");
  return `<table><caption>${escape(caption)}</caption><tr>${names}${
    rows.join("\n")
  }</table>`;
}

function cell(value: unknown): string {
  if (typeof value === "number") return `<td class="number">${value}`;
  const isText = typeof value === "string";
  const text = isText ? value : JSON.stringify(value) ?? "";
  return `<td>${escape(text)}`;
}

function percent(value: unknown): string {
  return typeof value === "number" ? `${(value * 100).toFixed(1)} %` : "–";
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
