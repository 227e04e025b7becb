// Copyright 2026 the Gee authors. MIT license.
import { exampleOf } from "./docs_example.ts";
import { escapeHtml as text } from "../template/escape.ts";
import type {
  OpenApiDocument,
  OpenApiOperation,
  OpenApiParameter,
} from "./openapi_types.ts";

/** What a form is made for. */
export interface Tried {
  /** The method in upper case. */
  readonly method: string;
  /** The path, such as `/users/{id}`. */
  readonly path: string;
  /** The operation. */
  readonly operation: OpenApiOperation;
}

/**
 * The form that sends a request. A browser without script can send those of
 * GET without parameters in the path; the others show up with the script.
 *
 * @param tried The operation.
 * @param document What its schemas refer to.
 * @param place The relative URL of the root of the engine.
 * @returns HTML.
 */
export function tryIt(
  { method, path, operation }: Tried,
  document: OpenApiDocument,
  { root }: { readonly root: string },
): string {
  const id = `try-${operation.operationId}`;
  const url = (root || "./") + path.slice(1);
  const isPlain = method === "GET" && !path.includes("{");
  const fields = operation.parameters.map((parameter, index) =>
    field(parameter, `${id}-${index}`)
  );
  // The script reads data of the box: a field named "dataset" would hide the
  // form's own.
  return `<details class="try${
    isPlain ? "" : " script"
  }" data-method="${method}" data-url="${text(url)}"${isPlain ? "" : " hidden"}>
<summary>Try it<span class="unseen">: ${method} ${text(path)}</span></summary>
<form action="${text(isPlain ? url : "")}">
${fields.join("\n")}
${bodyField(operation, document, `${id}-body`)}
<button>Send</button>
</form>
<p role="status"></p>
<pre hidden></pre>
</details>`;
}

function field(parameter: OpenApiParameter, id: string): string {
  const { name, required, schema } = parameter;
  const place = parameter["x-wildcard"] ? "rest" : parameter.in;
  const attributes = `id="${text(id)}" name="${text(name)}" data-in="${place}"${
    required ? " required" : ""
  }`;
  const control = Array.isArray(schema.enum)
    ? `<select ${attributes}>${options(schema.enum, { required })}</select>`
    : `<input ${attributes}${
      schema.type === "integer" || schema.type === "number"
        ? ' inputmode="numeric"'
        : ""
    } autocomplete="off" spellcheck="false">`;
  return `<p><label for="${text(id)}"><code>${
    text(name)
  }</code></label> ${control}</p>`;
}

function options(
  values: readonly unknown[],
  { required }: { readonly required: boolean },
): string {
  const all = required ? values : ["", ...values];
  return all.map((value) => `<option>${text(String(value))}</option>`).join("");
}

function bodyField(
  { requestBody }: OpenApiOperation,
  { components }: OpenApiDocument,
  id: string,
): string {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  if (type === undefined || content === undefined) return "";
  const example = exampleOf(content.schema, components.schemas);
  const value = type === "application/json"
    ? JSON.stringify(example, null, 2)
    : new URLSearchParams(fieldsOf(example)).toString();
  return `<p><label for="${text(id)}">Body, <code>${
    text(type)
  }</code></label> <textarea id="${text(id)}" data-in="body" data-type="${
    text(type)
  }" rows="6" spellcheck="false">\n${text(value)}</textarea></p>`;
}

function fieldsOf(example: unknown): [string, string][] {
  if (typeof example !== "object" || example === null) return [];
  return Object.entries(example).map(([name, value]) => [name, String(value)]);
}
