// Copyright 2026 the Gee authors. MIT license.

import type { OpenRpcMethod } from "../open_rpc.ts";
import type { ConnectionStats, ServerStats } from "../server_stats.ts";
import { DEBUG_SCRIPT } from "./debug_script.ts";
import { DEBUG_STYLE } from "./debug_style.ts";
import { exampleOf } from "./example_of.ts";

/** What the page shows. */
export interface DebugReport {
  /** Counts. */
  readonly stats: ServerStats;
  /** What can be called. */
  readonly methods: readonly OpenRpcMethod[];
  /** Whether the page can call it. */
  readonly hasCalls: boolean;
  /** When it was made, in ms since 1970. */
  readonly now: number;
  /** Lets its script and its style through. */
  readonly nonce: string;
}

/** Most connections shown; the JSON has them all. */
const MAX_CONNECTIONS = 1000;

/**
 * The page for people: whole without script and without anything from
 * elsewhere; the script renews the tables and sends calls.
 */
export function debugPage(report: DebugReport): string {
  const { stats, nonce } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>rpc server</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${DEBUG_STYLE}</style>
</head>
<body>
<header>
<h1>rpc server</h1>
<p><span id="totals">${totals(stats)}</span> <a href="?format=json">JSON</a>
<button type="button" id="pause" aria-pressed="false" hidden>Pause</button></p>
</header>
<main>
<div class="wide" role="region" aria-labelledby="methods-caption" tabindex="0">
<table id="methods">
<caption id="methods-caption">Methods</caption>
<thead><tr><th scope="col">Method</th><th scope="col">Calls</th><th scope="col">Errors</th><th scope="col">In flight</th><th scope="col">p50 ms</th><th scope="col">p99 ms</th></tr></thead>
<tbody>${methodRows(stats)}</tbody>
</table>
</div>
<div class="wide" role="region" aria-labelledby="connections-caption" tabindex="0">
<table id="connections">
<caption id="connections-caption">Connections</caption>
<thead><tr><th scope="col">Peer</th><th scope="col">Dialect</th><th scope="col">Seconds</th><th scope="col">Calls</th><th scope="col">In flight</th></tr></thead>
<tbody>${connectionRows(stats, report.now)}</tbody>
</table>
</div>
${report.hasCalls ? forms(report.methods) : ""}
</main>
<script type="module" nonce="${nonce}">${DEBUG_SCRIPT}</script>
</body>
</html>
`;
}

function totals({ connections, calls, errors, inFlight }: ServerStats): string {
  return `Connections: ${connections}, calls: ${calls}, errors: ${errors}, in flight: ${inFlight}`;
}

function methodRows({ methods }: ServerStats): string {
  return Object.entries(methods).map(([name, method]) =>
    row(name, [
      method.calls,
      Object.entries(method.errors).map(([code, count]) => `${code} ${count}`)
        .join(", "),
      method.inFlight,
      milliseconds(method.p50),
      milliseconds(method.p99),
    ])
  ).join("");
}

function connectionRows({ peers }: ServerStats, now: number): string {
  return peers.slice(0, MAX_CONNECTIONS).map((
    { peer, dialect, since, calls, inFlight },
  ) =>
    row(peerName(peer), [
      dialect,
      Math.max(0, Math.floor((now - since) / 1000)),
      calls,
      inFlight,
    ])
  ).join("");
}

function row(head: string, cells: readonly (string | number)[]): string {
  const rest = cells.map((cell) => `<td>${escaped(String(cell))}</td>`);
  return `<tr><th scope="row">${escaped(head)}</th>${rest.join("")}</tr>`;
}

function milliseconds(ms: number): string {
  return ms.toFixed(2);
}

function peerName(peer: ConnectionStats["peer"]): string {
  if (peer === undefined) return "unknown";
  if ("hostname" in peer) return `${peer.hostname}:${peer.port}`;
  return "path" in peer ? `unix ${peer.path}` : peer.transport;
}

function forms(methods: readonly OpenRpcMethod[]): string {
  return `<section id="calls" aria-labelledby="calls-title">
<h2 id="calls-title">Call a method</h2>
<p class="script" hidden><label>Authorization header <input id="authorization" autocomplete="off" spellcheck="false" placeholder="Bearer …"></label></p>
<noscript><p>Calls are sent by script, which is off.</p></noscript>
${methods.map(form).join("\n")}
</section>`;
}

function form({ name, params, "x-stream": isStream }: OpenRpcMethod): string {
  const schema = params[0]?.schema ?? {};
  const example = JSON.stringify(exampleOf(schema), null, 2) ?? "null";
  return `<details class="script" hidden>
<summary><code>${escaped(name)}</code>${isStream ? " stream" : ""}</summary>
<form data-method="${escaped(name)}">
<label>Arguments of ${
    escaped(name)
  }, as JSON <textarea name="args" rows="4" spellcheck="false">
${escaped(example)}</textarea></label>
<button>Call</button> <button type="button" hidden>Stop</button>
<p role="status"></p>
<pre tabindex="0" aria-label="Reply of ${escaped(name)}" hidden></pre>
</form>
</details>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);
}
