// Copyright 2026 the Gee authors. MIT license.

/** Sends requests from the page of docs; all else works without it. */
export const DOCS_SCRIPT =
  `const authorization = document.getElementById("authorization");

for (const element of document.querySelectorAll(".script")) {
  element.hidden = false;
}
for (const box of document.querySelectorAll(".try")) {
  // Forms are not asked themselves: a field may have the name of any method.
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    send(box);
  });
}

async function send(box) {
  const status = box.querySelector("[role=status]");
  const shown = box.querySelector("pre");
  status.textContent = "Waiting …";
  shown.hidden = true;
  const start = performance.now();
  try {
    const { url, init } = requestOf(box);
    const response = await fetch(url, init);
    const body = await response.text();
    const ms = (performance.now() - start).toFixed(0);
    const type = response.headers.get("content-type") ?? "no content type";
    status.textContent = response.status + " " + response.statusText + ", " + type + ", " + ms + " ms";
    shown.textContent = pretty(type, body);
    shown.hidden = body === "";
  } catch (error) {
    status.textContent = "Failed: " + error.message;
  }
}

function requestOf(box) {
  let { url, method } = box.dataset;
  const query = new URLSearchParams();
  const init = { method, headers: { accept: "application/json" } };
  for (const field of box.querySelectorAll("[data-in]")) {
    const { name, value } = field;
    const place = field.dataset.in;
    if (place === "body") {
      init.headers["content-type"] = field.dataset.type;
      init.body = value;
    } else if (place === "query") {
      if (value !== "") query.append(name, value);
    } else {
      const parts = place === "rest" ? value.split("/") : [value];
      const text = parts.map(encodeURIComponent).join("/");
      url = url.replace("{" + name + "}", () => text);
    }
  }
  if (authorization.value !== "") init.headers.authorization = authorization.value;
  const search = query.toString();
  return { url: search === "" ? url : url + "?" + search, init };
}

function pretty(type, body) {
  if (!type.includes("json")) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
`;
