// Copyright 2026 the Gee authors. MIT license.
// The behavior of the page. A combobox as the ARIA Authoring Practices describe
// it ("list autocomplete with manual selection"), the results with their map,
// and the live panel. What comes from the server is written as text, never as
// HTML.

const DEBOUNCE_MS = 30;
const BUSY_MS = 300;
const STATUS_MS = 400;
const REMEMBERED = 200;

const form = document.querySelector("form.search");
const input = document.querySelector("#q");
const list = document.querySelector("#suggestions");
const status = document.querySelector("#status");
const latency = document.querySelector("#latency");
const results = document.querySelector("#results");
const map = document.querySelector("#map");
const dots = document.querySelector("#dots");

// --- What the server answers -----------------------------------------------

/** Answers by what was typed, the one used last at the end. */
const memory = new Map();
const durations = [];
let request;
/** How far the browser's own cache is trusted: after a change here, not at all. */
let trust = "default";

function recall(query) {
  const answer = memory.get(query);
  if (answer === undefined) return undefined;
  memory.delete(query);
  memory.set(query, answer);
  return answer;
}

function remember(query, answer) {
  memory.set(query, answer);
  if (memory.size > REMEMBERED) memory.delete(memory.keys().next().value);
}

/** Nothing that was answered before a change is shown after it. */
function forget() {
  memory.clear();
  trust = "no-cache";
}

/** Asks for suggestions; the request before this one is given up. */
async function ask(query) {
  request?.abort();
  const controller = new AbortController();
  request = controller;
  const busy = setTimeout(() => form.classList.add("busy"), BUSY_MS);
  const start = performance.now();
  try {
    const response = await fetch(
      `/api/suggest?k=8&q=${encodeURIComponent(query)}`,
      {
        signal: controller.signal,
        cache: trust,
      },
    );
    if (!response.ok) throw new Error(`The server answered ${response.status}`);
    const answer = await response.json();
    showLatency(
      performance.now() - start,
      response.headers.get("server-timing") ?? "",
    );
    if (!answer.isPartial) remember(query, answer);
    return answer;
  } finally {
    clearTimeout(busy);
    if (request === controller) {
      request = undefined;
      form.classList.remove("busy");
    }
  }
}

function showLatency(total, timing) {
  durations.push(total);
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.ceil(sorted.length * share) - 1].toFixed(1);
  const part = (name) => timing.match(new RegExp(`${name};dur=([\\d.]+)`))?.[1];
  const source = timing.includes("desc=hit")
    ? "cache hit"
    : `cache miss, rpc ${part("rpc") ?? "?"} ms, trie ${
      part("trie") ?? "?"
    } ms`;
  latency.textContent =
    `This key: ${total.toFixed(1)} ms (server ${part("total") ?? "?"} ms: ` +
    `${source}). Session: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms.`;
}

// --- Suggestions -------------------------------------------------------------

/** What was typed, which Up and Down come back to. */
let typed = input.value;
let shown = [];
let active = -1;
/** Numbers the questions, so that a late answer is known as one. */
let asked = 0;
let debounce;
let announcement;

function isOpen() {
  return input.getAttribute("aria-expanded") === "true";
}

function open() {
  const isUseful = shown.length > 0;
  list.hidden = !isUseful;
  input.setAttribute("aria-expanded", String(isUseful));
}

function close() {
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  activate(-1);
}

/** Makes an option the active one; -1 is what was typed. */
function activate(index) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = index;
  const option = list.children[active];
  if (option === undefined) {
    return input.removeAttribute("aria-activedescendant");
  }
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function show(suggestions) {
  shown = suggestions;
  activate(-1);
  list.replaceChildren(...suggestions.map((suggestion, index) => {
    const option = document.createElement("li");
    option.id = `option-${index}`;
    option.role = "option";
    option.setAttribute("aria-selected", "false");
    option.append(...describe(suggestion));
    return option;
  }));
}

/** The label with its matched parts marked, and what tells the city apart. */
function describe({ label, ranges, region, country, population }) {
  const nodes = [];
  let at = 0;
  for (const [start, end] of ranges) {
    nodes.push(label.slice(at, start));
    const marked = document.createElement("mark");
    marked.textContent = label.slice(start, end);
    nodes.push(marked);
    at = end;
  }
  nodes.push(label.slice(at));
  const about = document.createElement("span");
  about.className = "about";
  const people = `${population.toLocaleString("en")} people`;
  about.textContent = [region, country, people].filter(Boolean).join(", ");
  return [...nodes, " · ", about];
}

/** Says something once the typing pauses. */
function announce(text) {
  clearTimeout(announcement);
  announcement = setTimeout(() => status.textContent = text, STATUS_MS);
}

function announceCount(count) {
  announce(
    count === 0
      ? "No cities found, try fewer letters or another spelling"
      : count === 1
      ? "1 suggestion"
      : `${count} suggestions`,
  );
}

function announceFailure() {
  announce(
    navigator.onLine
      ? "Suggestions are not available right now, the next key tries again"
      : "You are offline, the next key tries again",
  );
}

/** What was typed has changed: from memory at once, else asked for in a moment. */
function onTyped() {
  typed = input.value;
  clearTimeout(debounce);
  const number = ++asked;
  const query = typed.trim();
  // Typing after a finished search begins a new step of the history, so that
  // Back leads to that search.
  if (history.state === null) history.replaceState(null, "", addressOf(query));
  else history.pushState(null, "", addressOf(query));
  if (query === "") {
    request?.abort();
    show([]);
    close();
    return announce("");
  }
  const known = recall(query);
  if (known !== undefined) {
    request?.abort();
    return paint(known);
  }
  debounce = setTimeout(async () => {
    try {
      const answer = await ask(query);
      if (number === asked) paint(answer);
    } catch (error) {
      if (number === asked && error.name !== "AbortError") announceFailure();
    }
  }, DEBOUNCE_MS);
}

function paint({ suggestions }) {
  show(suggestions);
  if (document.activeElement === input) open();
  announceCount(suggestions.length);
}

function move(step) {
  const places = shown.length + 1; // the last place is what was typed
  const from = active === -1 ? shown.length : active;
  const to = (from + step + places) % places;
  activate(to === shown.length ? -1 : to);
}

function onKey(event) {
  if (event.isComposing) return;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp":
      event.preventDefault();
      if (!isOpen()) return open();
      if (!event.altKey) move(event.key === "ArrowDown" ? 1 : -1);
      return;
    case "Enter":
      event.preventDefault();
      return active === -1 ? submit() : pick(active);
    case "Escape":
      event.preventDefault();
      if (isOpen()) return close();
      input.value = "";
      return onTyped();
    case "Tab":
      return close();
  }
}

let isComposing = false;
input.addEventListener("compositionstart", () => isComposing = true);
input.addEventListener("compositionend", () => {
  isComposing = false;
  onTyped();
});
input.addEventListener("input", () => {
  if (!isComposing) onTyped();
});
input.addEventListener("keydown", onKey);
input.addEventListener("blur", close);
// The press must not take the focus from the input: its blur would close the list.
list.addEventListener("pointerdown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option !== null) pick([...list.children].indexOf(option));
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

// --- Results and map ---------------------------------------------------------

function pick(index) {
  const city = shown[index];
  input.value = typed = city.name;
  finish(city.name, [city]);
}

async function submit() {
  const query = input.value.trim();
  clearTimeout(debounce);
  const number = ++asked;
  try {
    const { suggestions } = recall(query) ?? await ask(query);
    if (number === asked) finish(query, suggestions);
  } catch (error) {
    if (number === asked && error.name !== "AbortError") announceFailure();
  }
}

function finish(query, cities) {
  ++asked;
  request?.abort();
  close();
  const state = { query, cities };
  history.replaceState(state, "", addressOf(query));
  showResults(state);
}

function addressOf(query) {
  return query === "" ? "/" : `/?q=${encodeURIComponent(query)}`;
}

function showResults({ query, cities }) {
  results.replaceChildren(...cities.map((city) => {
    const row = document.createElement("li");
    row.dataset.city = city.id;
    row.append(...describe(city));
    return row;
  }));
  dots.replaceChildren(...cities.map(({ id, lat, lon }) => {
    const dot = document.createElementNS(
      "http://www.w3.org/2000/svg",
      "circle",
    );
    dot.dataset.city = id;
    dot.setAttribute("cx", (lon + 180) * 2);
    dot.setAttribute("cy", (90 - lat) * 2);
    dot.setAttribute("r", 6);
    return dot;
  }));
  const names = cities.map(({ name, country }) => `${name} in ${country}`);
  map.setAttribute(
    "aria-label",
    names.length === 0
      ? "Map of the world"
      : `Map of the world with ${names.join(", ")}`,
  );
  announce(
    query === ""
      ? ""
      : cities.length === 0
      ? `No cities found for “${query}”, try fewer letters or another spelling`
      : `${cities.length} ${
        cities.length === 1 ? "result" : "results"
      } for “${query}”`,
  );
}

/** Row and dot of one city light up together. */
function light(event) {
  const id = event.target.closest?.("[data-city]")?.dataset.city;
  for (const part of document.querySelectorAll("[data-city]")) {
    part.classList.toggle("lit", part.dataset.city === id);
  }
}
for (const part of [results, dots]) {
  part.addEventListener("pointerover", light);
  part.addEventListener("pointerleave", light);
}

addEventListener("popstate", async ({ state }) => {
  const query = new URL(location).searchParams.get("q") ?? "";
  input.value = typed = query;
  close();
  if (state !== null || query === "") {
    return showResults(state ?? { query, cities: [] });
  }
  const number = ++asked;
  try {
    const { suggestions } = recall(query) ?? await ask(query);
    if (number === asked) showResults({ query, cities: suggestions });
  } catch {
    announceFailure();
  }
});

// --- The live panel ----------------------------------------------------------

const panel = document.querySelector("#panel");
const shards = document.querySelector("#shards tbody");
const slowest = document.querySelector("#slowest tbody");
const ratios = [];
let stream;

function cellsOf(...texts) {
  const row = document.createElement("tr");
  row.append(...texts.map((text, index) => {
    const cell = document.createElement(index === 0 ? "th" : "td");
    if (index === 0) cell.scope = "row";
    cell.append(text);
    return cell;
  }));
  return row;
}

function shareBar(label, share) {
  const meter = document.createElement("meter");
  meter.value = share;
  meter.setAttribute("aria-label", label);
  return meter;
}

function showFigures({ cache, inFlight, slowest: queries, shards: reports }) {
  const ratio = cache.gets === 0 ? 0 : cache.hits / cache.gets;
  ratios.push(ratio);
  if (ratios.length > 60) ratios.shift();
  const points = ratios.map((value, index) =>
    `${index * 2},${(23 - value * 22).toFixed(1)}`
  );
  document.querySelector("#spark").setAttribute("points", points.join(" "));
  document.querySelector("#hits").textContent = `${
    (ratio * 100).toFixed(1)
  } % of ${cache.gets}`;
  document.querySelector("#entries").textContent = `${cache.entries} (${
    (cache.bytes / 1024).toFixed(0)
  } KiB)`;
  document.querySelector("#flight").textContent = inFlight;
  const all = reports.reduce((sum, { cities }) => sum + cities, 0);
  shards.replaceChildren(...reports.map((report) => {
    const name = `Shard ${report.shard}`;
    const share = document.createDocumentFragment();
    const percent = (report.cities / all * 100).toFixed(1);
    share.append(
      shareBar(`Share of ${name}`, report.cities / all),
      ` ${percent} %`,
    );
    return cellsOf(
      name,
      share,
      report.calls,
      `${report.p50} ms`,
      `${report.p99} ms`,
      report.version,
      `${report.entries.toLocaleString("en")} names`,
      `${(report.bytes / 2 ** 20).toFixed(1)} MiB`,
    );
  }));
  slowest.replaceChildren(
    ...queries.map(({ name, ms }) => cellsOf(name || "(empty)", `${ms} ms`)),
  );
}

/** Figures flow only while somebody can see them. */
function follow() {
  stream?.close();
  stream = undefined;
  if (document.hidden || !panel.open) return;
  stream = new EventSource("/api/events");
  stream.addEventListener(
    "message",
    ({ data }) => showFigures(JSON.parse(data)),
  );
}
document.addEventListener("visibilitychange", follow);
panel.addEventListener("toggle", follow);
addEventListener("pagehide", () => stream?.close());
follow();

const notice = document.querySelector("#notice");
const button = document.querySelector("#rebuild");
button.addEventListener("click", async () => {
  button.disabled = true;
  notice.textContent = "Building the tries…";
  try {
    const response = await fetch("/api/rebuild", { method: "POST" });
    const { version } = await response.json();
    forget();
    notice.textContent = `Version ${version} serves now`;
  } catch {
    notice.textContent = "The tries could not be built";
  }
  button.disabled = false;
});

const denyForm = document.querySelector("#deny");
const patterns = document.querySelector("#patterns");

function showPatterns(all) {
  patterns.replaceChildren(...all.map((pattern) => {
    const item = document.createElement("li");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = `Allow ${pattern}`;
    remove.addEventListener("click", () => change("DELETE", pattern));
    item.append(remove);
    return item;
  }));
}

async function change(method, pattern) {
  try {
    const response = method === "POST"
      ? await fetch("/api/deny", { method, body: JSON.stringify({ pattern }) })
      : await fetch(`/api/deny?pattern=${encodeURIComponent(pattern)}`, {
        method,
      });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    forget();
    showPatterns(answer.patterns);
    notice.textContent = method === "POST"
      ? `“${pattern}” is denied`
      : `“${pattern}” is allowed`;
  } catch (error) {
    notice.textContent = `The deny list could not be changed: ${error.message}`;
  }
}

denyForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = denyForm.elements.pattern;
  if (field.value.trim() !== "") change("POST", field.value.trim());
  field.value = "";
});
panel.addEventListener("toggle", async () => {
  if (panel.open) {
    showPatterns((await (await fetch("/api/deny")).json()).patterns);
  }
}, { once: true });
