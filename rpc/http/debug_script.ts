// Copyright 2026 the Gee authors. MIT license.

/** Renews the tables of the debug page and sends its calls. */
export const DEBUG_SCRIPT = String.raw`
const MAX_SHOWN = 100_000;
const pause = document.querySelector("#pause");
const authorization = document.querySelector("#authorization");
for (const part of document.querySelectorAll(".script, #pause")) part.hidden = false;

function peerName(peer) {
  if (peer === undefined) return "unknown";
  if (peer.hostname !== undefined) return peer.hostname + ":" + peer.port;
  return peer.path === undefined ? peer.transport : "unix " + peer.path;
}

function fill(table, rows) {
  document.querySelector(table + " tbody").replaceChildren(...rows.map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells.map((text, index) => {
      const cell = document.createElement(index === 0 ? "th" : "td");
      if (index === 0) cell.scope = "row";
      cell.textContent = text;
      return cell;
    }));
    return row;
  }));
}

function show(stats) {
  document.querySelector("#totals").textContent =
    "Connections: " + stats.connections + ", calls: " + stats.calls +
    ", errors: " + stats.errors + ", in flight: " + stats.inFlight;
  fill("#methods", Object.entries(stats.methods).map(([name, method]) => [
    name,
    method.calls,
    Object.entries(method.errors).map(([code, count]) => code + " " + count).join(", "),
    method.inFlight,
    method.p50.toFixed(2),
    method.p99.toFixed(2),
  ]));
  fill("#connections", stats.peers.slice(0, 1000).map((peer) => [
    peerName(peer.peer),
    peer.dialect,
    Math.max(0, Math.floor((stats.now - peer.since) / 1000)),
    peer.calls,
    peer.inFlight,
  ]));
}

async function renew() {
  try {
    const response = await fetch("?format=json");
    if (response.ok) show(await response.json());
  } catch { /* The server is away; it may come back. */ }
}

async function live() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const isPaused = pause.getAttribute("aria-pressed") === "true";
    if (!isPaused && !document.hidden) await renew();
  }
}

pause.addEventListener("click", () => {
  pause.setAttribute("aria-pressed", String(pause.getAttribute("aria-pressed") !== "true"));
});

function indented(text, type) {
  if (!type.startsWith("application/json")) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function call(form, signal) {
  const output = form.querySelector("pre");
  const status = form.querySelector("[role=status]");
  const headers = { "content-type": "application/json" };
  if (authorization.value !== "") headers.authorization = authorization.value;
  const start = performance.now();
  output.textContent = "";
  output.hidden = false;
  status.textContent = "Calling";
  const response = await fetch("../" + encodeURIComponent(form.dataset.method), {
    method: "POST",
    headers,
    body: form.elements.namedItem("args").value.trim(),
    signal,
  });
  const type = response.headers.get("content-type") ?? "";
  let text = "";
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    output.textContent = text.length > MAX_SHOWN ? text.slice(0, MAX_SHOWN) + " …" : text;
  }
  output.textContent = indented(output.textContent, type);
  status.textContent = response.status + " in " +
    (performance.now() - start).toFixed(1) + " ms";
}

for (const form of document.querySelectorAll("form[data-method]")) {
  const [button, stop] = form.querySelectorAll("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const controller = new AbortController();
    stop.onclick = () => controller.abort(new Error("stopped"));
    button.disabled = true;
    stop.hidden = false;
    try {
      await call(form, controller.signal);
    } catch (error) {
      form.querySelector("[role=status]").textContent = "Failed: " + error.message;
    }
    button.disabled = false;
    stop.hidden = true;
    await renew();
  });
}

live();
`;
