// Copyright 2026 the Gee authors. MIT license.

import style from "./page.css" with { type: "text" };
import script from "./page.js" with { type: "text" };
import type { Answer } from "./gateway.ts";
import type { Suggestion } from "./shard.ts";

/** What a page shows. */
export interface PageOptions {
  /** Marks style and script as ours (CSP). */
  readonly nonce: string;
  /** What was asked for. */
  readonly query: string;
  /** The results, when something was. */
  readonly answer?: Answer;
}

/** The page as one file; complete without script. */
export function renderPage({ nonce, query, answer }: PageOptions): string {
  const cities = answer?.suggestions ?? [];
  const title = query === "" ? "City search" : `${query} - City search`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="icon" href="/map.svg">
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header><h1>City search</h1></header>
<main>
<form class="search" action="/search" method="get" role="search">
<label for="q">City</label>
<div class="field">
<input id="q" name="q" type="text" value="${
    escape(query)
  }" maxlength="100" role="combobox" aria-autocomplete="list" aria-expanded="false"
 aria-controls="suggestions" autocomplete="off" autocapitalize="off" spellcheck="false">
<button>Search</button>
</div>
<ul id="suggestions" role="listbox" aria-label="Suggestions" hidden></ul>
</form>
<p id="status" class="status" role="status">${
    escape(summary(query, answer))
  }</p>
<p id="latency" class="latency"></p>
<section aria-labelledby="results-title">
<h2 id="results-title">Results</h2>
<ol id="results" class="results">${cities.map(row).join("")}</ol>
<div id="map" class="map" role="img" aria-label="${escape(mapLabel(cities))}">
<img src="/map.svg" alt="" width="720" height="360">
<svg id="dots" viewBox="0 0 720 360">${cities.map(dot).join("")}</svg>
</div>
</section>
<details id="panel">
<summary><h2>What happens behind it</h2></summary>
<div class="scroll">
<table>
<caption>Cache</caption>
<tr><th scope="row">Hit ratio</th><td><span id="hits">-</span>
<svg class="spark" viewBox="0 0 120 24" aria-hidden="true"><polyline id="spark"/></svg></td></tr>
<tr><th scope="row">Entries</th><td id="entries">-</td></tr>
<tr><th scope="row">Requests in flight</th><td id="flight">-</td></tr>
</table>
<table id="shards">
<caption>Shards</caption>
<thead><tr><th scope="col">Shard</th><th scope="col">Share of cities</th><th scope="col">Calls</th>
<th scope="col">p50</th><th scope="col">p99</th><th scope="col">Version</th>
<th scope="col">Trie</th><th scope="col">Memory</th></tr></thead>
<tbody></tbody>
</table>
<table id="slowest">
<caption>Slowest queries</caption>
<thead><tr><th scope="col">Query</th><th scope="col">Time</th></tr></thead>
<tbody></tbody>
</table>
</div>
<p><button id="rebuild" type="button">Rebuild the tries</button></p>
<form id="deny">
<label for="pattern">Deny a name (* stands for any text)</label>
<div class="field"><input id="pattern" name="pattern" type="text" maxlength="100" autocomplete="off">
<button>Deny</button></div>
</form>
<ul id="patterns" aria-label="Denied names"></ul>
<p id="notice" role="status"></p>
</details>
</main>
<footer><p>Cities: GeoNames, CC BY 4.0. Land: Natural Earth.</p></footer>
<script type="module" nonce="${nonce}">${
    script.replaceAll("</script", "<\\/script")
  }</script>
</body>
</html>
`;
}

/** Makes text safe between tags and in quoted attributes. */
export function escape(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

function summary(query: string, answer: Answer | undefined): string {
  if (answer === undefined) return "";
  const count = answer.suggestions.length;
  if (count > 0) {
    return `${count} ${count === 1 ? "result" : "results"} for “${query}”`;
  }
  return `No cities found for “${query}”, try fewer letters or another spelling`;
}

function row(
  { id, label, ranges, region, country, population }: Suggestion,
): string {
  let html = "";
  let at = 0;
  for (const [start, end] of ranges) {
    html += `${escape(label.slice(at, start))}<mark>${
      escape(label.slice(start, end))
    }</mark>`;
    at = end;
  }
  html += escape(label.slice(at));
  const about = [region, country, `${population.toLocaleString("en")} people`];
  return `<li data-city="${id}">${html} · <span class="about">${
    escape(about.filter(Boolean).join(", "))
  }</span></li>`;
}

function dot({ id, lat, lon }: Suggestion): string {
  return `<circle data-city="${id}" cx="${(lon + 180) * 2}" cy="${
    (90 - lat) * 2
  }" r="6"/>`;
}

function mapLabel(cities: readonly Suggestion[]): string {
  const names = cities.map(({ name, country }) => `${name} in ${country}`);
  return names.length === 0
    ? "Map of the world"
    : `Map of the world with ${names.join(", ")}`;
}
