// Copyright 2026 the Gee authors. MIT license.
import { escapeHtml as text } from "../template/escape.ts";
import { tryIt } from "./docs_try.ts";
import type { JsonSchema } from "./json_schema.ts";
import type {
  OpenApiContent,
  OpenApiDocument,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
} from "./openapi_types.ts";

/** Where a page of docs stands. */
export interface DocsPlace {
  /** The relative URL of the root of the engine, "" or ending with a slash. */
  readonly root: string;
  /** The relative URL of the folder of what the page loads, without a slash. */
  readonly folder: string;
}

/** An operation with its path and method. */
export interface DocsEntry {
  /** The method in upper case. */
  readonly method: string;
  /** The path, such as `/users/{id}`. */
  readonly path: string;
  /** The operation. */
  readonly operation: OpenApiOperation;
}

/**
 * The page that shows an OpenAPI document: whole without script and without
 * anything from elsewhere, the script only sends requests.
 *
 * @param document The document.
 * @param place Where the page stands.
 * @returns HTML.
 */
export function docsPage(document: OpenApiDocument, place: DocsPlace): string {
  const { info, components } = document;
  const groups = [...byTag(document)];
  const schemas = Object.entries(components.schemas).map(([name, schema]) =>
    `<h3 id="schema-${text(name)}"><code>${text(name)}</code></h3>${
      json(schema)
    }`
  );
  const folder = text(place.folder);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)}</title>
<link rel="stylesheet" href="${folder}/style.css">
<script type="module" src="${folder}/page.js"></script>
</head>
<body>
<header>
<h1>${text(info.title)} <small>${text(info.version)}</small></h1>
${paragraphs(info.description)}
<p><a href="${folder}/openapi.json">OpenAPI document</a></p>
<p class="script" hidden><label>Authorization header <input id="authorization" autocomplete="off" spellcheck="false" placeholder="Bearer …"></label></p>
</header>
<nav aria-label="Operations">
${groups.map(([tag, entries]) => contents(tag, entries)).join("\n")}
</nav>
<main>
${
    groups.map(([tag, entries]) => section(tag, entries, document, place))
      .join("\n")
  }
<section>
<h2>Schemas</h2>
${schemas.join("\n")}
</section>
</main>
</body>
</html>
`;
}

/** The operations of each tag, in the order of the tags; the untagged last. */
function byTag({ paths, tags }: OpenApiDocument): Map<string, DocsEntry[]> {
  const groups = new Map<string, DocsEntry[]>(
    tags.map(({ name }) => [name, []]),
  );
  const untagged: DocsEntry[] = [];
  for (const [path, operations] of Object.entries(paths)) {
    for (const [name, operation] of Object.entries(operations)) {
      const entry = { method: name.toUpperCase(), path, operation };
      const { tags = [] } = operation;
      // One with several tags is shown once: its anchor must be unique.
      (groups.get(tags[0] ?? "") ?? untagged).push(entry);
    }
  }
  if (untagged.length > 0) {
    groups.set(groups.size === 0 ? "Operations" : "Other", untagged);
  }
  return new Map([...groups].filter(([, entries]) => entries.length > 0));
}

function contents(tag: string, entries: readonly DocsEntry[]): string {
  const items = entries.map(({ method, path, operation }) =>
    `<li><a href="#op-${text(operation.operationId)}"><b>${method}</b> ${
      text(path)
    }</a></li>`
  );
  return `<h2>${text(tag)}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function section(
  tag: string,
  entries: readonly DocsEntry[],
  document: OpenApiDocument,
  place: DocsPlace,
): string {
  const articles = entries.map((entry) => article(entry, document, place));
  return `<section>\n<h2>${text(tag)}</h2>\n${articles.join("\n")}\n</section>`;
}

function article(
  entry: DocsEntry,
  document: OpenApiDocument,
  place: DocsPlace,
): string {
  const { method, path, operation } = entry;
  const { summary, requestBody, security = document.security } = operation;
  const schemes = new Set((security ?? []).flatMap(Object.keys));
  return `<article id="op-${text(operation.operationId)}">
<h3><b class="${method.toLowerCase()}">${method}</b> <code>${
    text(path)
  }</code>${
    operation.deprecated ? ' <span class="old">deprecated</span>' : ""
  }</h3>
${summary === undefined ? "" : `<p><strong>${text(summary)}</strong></p>`}
${paragraphs(operation.description)}
${schemes.size === 0 ? "" : `<p>Needs ${text([...schemes].join(" or "))}.</p>`}
${parameterTable(operation.parameters)}
${requestBody === undefined ? "" : contentList("Body", requestBody.content)}
${responseTable(operation.responses)}
${tryIt(entry, document, place)}
</article>`;
}

function parameterTable(parameters: readonly OpenApiParameter[]): string {
  if (parameters.length === 0) return "";
  const rows = parameters.map((parameter) =>
    `<tr><th scope="row"><code>${
      text(parameter.name)
    }</code></th><td>${parameter.in}</td><td>${
      parameter.required ? "yes" : "no"
    }</td><td><code>${text(JSON.stringify(parameter.schema))}</code> ${
      text(parameter.description ?? "")
    }</td></tr>`
  );
  return `<table>
<caption>Parameters</caption>
<thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Required</th><th scope="col">Value</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
}

function responseTable(
  responses: Readonly<Record<string, OpenApiResponse>>,
): string {
  const rows = Object.entries(responses).map(([status, response]) =>
    `<tr><th scope="row">${text(status)}</th><td>${text(response.description)}${
      contentList("", response.content ?? {})
    }</td></tr>`
  );
  return `<table>
<caption>Answers</caption>
<thead><tr><th scope="col">Status</th><th scope="col">When and what</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
}

/** What a body may be, once for all media types of one schema. */
function contentList(
  title: string,
  content: Readonly<Record<string, OpenApiContent>>,
): string {
  const types = new Map<string, string[]>();
  for (const [type, { schema }] of Object.entries(content)) {
    const shown = shownSchema(schema);
    const others = types.get(shown);
    if (others === undefined) types.set(shown, [type]);
    else others.push(type);
  }
  return [...types].map(([schema, names]) =>
    `<p>${title} <code>${text(names.join(", "))}</code> ${schema}`
  ).join("\n");
}

/** Goes on in a paragraph: a link, or the end of it and the schema. */
function shownSchema(schema: JsonSchema): string {
  if (typeof schema.$ref !== "string") return `</p>${json(schema)}`;
  const name = text(schema.$ref.split("/").at(-1) ?? "");
  return `<a href="#schema-${name}">${name}</a></p>`;
}

function json(schema: JsonSchema): string {
  return `<pre>${text(JSON.stringify(schema, null, 2))}</pre>`;
}

function paragraphs(description = ""): string {
  return description.split(/\n\s*\n/).filter((part) => part.trim() !== "")
    .map((part) => `<p>${text(part.trim())}</p>`).join("\n");
}
