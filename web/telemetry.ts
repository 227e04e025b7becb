// Copyright 2026 the Gee authors. MIT license.

/** What is used of a span of OpenTelemetry. */
interface Span {
  setAttribute(name: string, value: string): unknown;
  updateName(name: string): unknown;
}

// The key under which the API of OpenTelemetry keeps the active span.
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

/**
 * Names the span that Deno made for a request after its route, as the semantic
 * conventions of OpenTelemetry want it: `GET /users/:id`, `http.route`.
 *
 * @returns Whether there was a span; without telemetry there is none.
 */
export function nameSpan(method: string, route: string | undefined): boolean {
  const span = activeSpan();
  if (span === undefined) return false;
  if (route === undefined) return true;
  span.setAttribute("http.route", route);
  span.updateName(`${method} ${route}`);
  return true;
}

function activeSpan(): Span | undefined {
  const telemetry: unknown = globalThis.Deno?.telemetry;
  const { contextManager } = telemetry as {
    contextManager?: { active(): { getValue(key: symbol): unknown } };
  };
  // Whatever is kept under this key is a span by contract.
  return contextManager?.active().getValue(SPAN) as Span | undefined;
}
