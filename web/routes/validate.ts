// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "../context.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";
import { pathEnd, pathStart } from "../path.ts";
import type { RouteDefinition } from "./route_definition.ts";
import type { RequestIssue } from "./request_issue.ts";
import type { StandardIssue, StandardSchema } from "./standard_schema.ts";

/** The parts of a request that validators check. */
export interface CheckedInput {
  /** What the validator made of the query. */
  readonly query: unknown;
  /** What the validator made of the body. */
  readonly body: unknown;
}

/** What a validator said of a value. */
export interface Verdict {
  /** What it made of the value. */
  readonly value: unknown;
  /** What does not fit. */
  readonly issues: readonly StandardIssue[];
}

const NOTHING: Verdict = { value: undefined, issues: [] };

/**
 * Reads and checks query and body of a request.
 *
 * @param c The request.
 * @param route What it must fit.
 * @returns What the validators made of them.
 * @throws {HttpError} 422 with all `issues` of both, 415 for a body of another
 * content type, 400 for one that is malformed or holds the key `__proto__`.
 */
export async function checkInput(
  c: Context<AnyParams>,
  route: RouteDefinition,
): Promise<CheckedInput> {
  const query = route.query === undefined
    ? NOTHING
    : await check(route.query, readQuery(c.request.url, route));
  const body = route.body === undefined
    ? NOTHING
    : await check(route.body, await readBody(c, route));
  const issues = [...listed("query", query), ...listed("body", body)];
  if (issues.length > 0) {
    throw new HttpError(422, "The request is not valid", {
      details: { issues },
    });
  }
  return { query: query.value, body: body.value };
}

/**
 * Asks a validator.
 *
 * @param schema The validator.
 * @param value The value.
 * @returns What it said.
 */
export async function check(
  schema: StandardSchema,
  value: unknown,
): Promise<Verdict> {
  const result = await schema["~standard"].validate(value);
  return result.issues === undefined
    ? { value: result.value, issues: [] }
    : { value: undefined, issues: result.issues };
}

/**
 * The keys that lead to what does not fit, as JSON has them.
 *
 * @param issue What a validator said.
 * @returns The keys from the outside in.
 */
export function pathOf({ path = [] }: StandardIssue): (string | number)[] {
  return path.map((step) => {
    const key = typeof step === "object" ? step.key : step;
    return typeof key === "number" ? key : String(key);
  });
}

function listed(
  place: RequestIssue["in"],
  { issues }: Verdict,
): RequestIssue[] {
  return issues.map((issue) => ({
    in: place,
    path: pathOf(issue),
    message: issue.message,
  }));
}

function readQuery(url: string, { lists }: RouteDefinition): unknown {
  const end = pathEnd(url, pathStart(url));
  const hash = url.indexOf("#", end);
  const search = url.slice(end, hash === -1 ? url.length : hash);
  return record("query", new URLSearchParams(search), lists);
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json[ \t]*(?:;|$)/i;
const FORM_TYPE =
  /^(?:multipart\/form-data|application\/x-www-form-urlencoded)[ \t]*(?:;|$)/i;

async function readBody(
  { request, body }: Context<AnyParams>,
  { accepts = ["json"], lists }: RouteDefinition,
): Promise<unknown> {
  const type = request.headers.get("content-type");
  if (type === null && (await body.bytes()).length === 0) return undefined;
  if (type !== null && accepts.includes("json") && JSON_TYPE.test(type)) {
    return await body.json();
  }
  if (type !== null && accepts.includes("form") && FORM_TYPE.test(type)) {
    return record("body", await body.form(), lists);
  }
  const wanted = accepts.map((kind) => kind === "json" ? "JSON" : "a form");
  throw new HttpError(415, `The body is not ${wanted.join(" or ")}`);
}

/** An object without prototype: a name that comes twice becomes an array. */
function record(
  place: string,
  pairs: Iterable<[string, FormDataEntryValue]>,
  lists: readonly string[] = [],
): Record<string, unknown> {
  const fields = new Map<string, FormDataEntryValue[]>();
  for (const [name, value] of pairs) {
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  // Validators copy what they get into objects that have a prototype.
  if (fields.has("__proto__")) {
    throw new HttpError(
      400,
      `The ${place} holds the forbidden key "__proto__"`,
    );
  }
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, values] of fields) {
    const isList = values.length > 1 || lists.includes(name);
    object[name] = isList ? values : values[0];
  }
  return object;
}
