// Copyright 2026 the Gee authors. MIT license.
import type { Context, Handler, HandlerResult } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import type { Endpoint, RouteDefinition } from "./route_definition.ts";
import { check, type CheckedInput, checkInput, pathOf } from "./validate.ts";

/** How the handlers of a record of routes work. */
export interface EndpointOptions {
  /** Whether answers are checked too. */
  readonly validateResponses: boolean;
}

/** A route without schemas is answered without waiting for anything. */
const UNCHECKED: CheckedInput = { query: undefined, body: undefined };

/**
 * The handlers of a route: its limits, its middleware, and last what validates
 * the request and answers.
 *
 * @param endpoint The route.
 * @param options How they work.
 * @returns The handlers, ready to be registered.
 */
export function endpointHandlers(
  endpoint: Endpoint,
  options: EndpointOptions,
): Handler[] {
  const { route } = endpoint;
  const isChecked = route.query !== undefined || route.body !== undefined;
  const answer = (c: Context, { query, body }: CheckedInput): HandlerResult => {
    if (route.status !== undefined) c.status(route.status);
    const result = route.handler({ params: c.params, query, body, c });
    const send = (value: unknown) => respond(c, endpoint, value, options);
    return result instanceof Promise ? result.then(send) : send(result);
  };
  const handle: Handler = isChecked
    ? async (c) => await answer(c, await checkInput(c, route))
    : (c) => answer(c, UNCHECKED);
  return [...limits(route), ...route.middleware ?? [], handle];
}

function limits({ bodyLimit, timeout }: RouteDefinition): Handler[] {
  if (bodyLimit === undefined && timeout === undefined) return [];
  return [function limits(c) {
    if (bodyLimit !== undefined) c.limitBody({ bodyLimit });
    if (timeout !== undefined) c.handlerTimeout = timeout;
    return c.next();
  }];
}

function respond(
  c: Context<AnyParams>,
  { key, route }: Endpoint,
  value: unknown,
  { validateResponses }: EndpointOptions,
): HandlerResult {
  if (value instanceof Response) return value;
  const { response: schema } = route;
  // What the context answered is not a value either.
  const isAnswered = value === undefined && c.response !== undefined;
  if (isAnswered) return c.response;
  if (schema === undefined || !validateResponses) return send(c, route, value);
  return check(schema, value).then(({ issues: [issue] }) => {
    if (issue === undefined) return send(c, route, value);
    const place = ["response", ...pathOf(issue)].join(".");
    throw new TypeError(
      `Cannot answer "${key}": ${place} does not fit its schema: ${issue.message}`,
    );
  });
}

function send(
  c: Context<AnyParams>,
  { status = 204 }: RouteDefinition,
  value: unknown,
): Response {
  if (value !== undefined) return c.json(value);
  return new Response(null, { status });
}
