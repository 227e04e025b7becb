// Copyright 2026 the Gee authors. MIT license.

import type { QueryEvent } from "./driver/channel.ts";

/** What is used of a span of OpenTelemetry. */
interface Span {
  isRecording(): boolean;
  recordException(error: unknown): void;
  setAttribute(name: string, value: string | number): void;
  setStatus(status: { readonly code: number; readonly message: string }): void;
  end(time?: number): void;
}

/** What is used of a tracer. */
interface Tracer {
  startSpan(name: string, options?: {
    readonly kind: number;
    readonly startTime: number;
    readonly attributes: Readonly<Record<string, string>>;
  }): Span;
}

interface Telemetry {
  readonly tracerProvider?: { getTracer(name: string): Tracer };
}

// Numbers of OpenTelemetry: SpanKind.CLIENT and SpanStatusCode.ERROR.
const CLIENT = 2;
const ERROR = 2;
// As many texts are remembered with what is told of them.
const MAX_TEXTS = 1000;

/** What is told of a statement's text, whatever its values. */
interface Described {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * What is told of every statement when Deno's telemetry is on: one span for
 * each, as the semantic conventions of OpenTelemetry for databases want it. It
 * is made when the statement is done, with the time when it began, so that a
 * channel need not know of spans.
 *
 * @param system Which database it is.
 * @returns What takes the events; `undefined` when telemetry is off.
 */
function spanWriter(
  system: string,
): ((event: QueryEvent) => void) | undefined {
  const tracer = activeTracer();
  if (tracer === undefined) return undefined;
  const known = new Map<string, Described>();
  return ({ sql, ms, rows, error }) => {
    let text = known.get(sql);
    if (text === undefined) {
      text = described(sql, system);
      if (known.size >= MAX_TEXTS) known.clear();
      known.set(sql, text);
    }
    const end = performance.timeOrigin + performance.now();
    const { name, attributes } = text;
    const startTime = end - ms;
    const span = tracer.startSpan(name, {
      kind: CLIENT,
      startTime,
      attributes,
    });
    if (rows !== undefined) {
      span.setAttribute("db.response.returned_rows", rows);
    }
    if (error !== undefined) fail(span, error);
    span.end(end);
  };
}

/**
 * Tells one of every statement, and telemetry when it is on.
 *
 * @param system Which database it is.
 * @param onQuery What else is told.
 */
export function withSpans(
  system: string,
  onQuery: ((event: QueryEvent) => void) | undefined,
): ((event: QueryEvent) => void) | undefined {
  const write = spanWriter(system);
  if (write === undefined || onQuery === undefined) return write ?? onQuery;
  return (event) => {
    onQuery(event);
    write(event);
  };
}

function fail(span: Span, error: unknown): void {
  const { name, message } = error instanceof Error
    ? error
    : { name: "_OTHER", message: String(error) };
  span.setAttribute("error.type", name);
  span.recordException(error);
  span.setStatus({ code: ERROR, message });
}

function activeTracer(): Tracer | undefined {
  const { tracerProvider }: Telemetry = globalThis.Deno?.telemetry ?? {};
  const tracer = tracerProvider?.getTracer("@gee/std/orm");
  try {
    // Off, it throws; a span that never ends is told to nobody.
    return tracer?.startSpan("on?").isRecording() ? tracer : undefined;
  } catch {
    return undefined;
  }
}

// Names in quotes and placeholders stay; texts, blobs and numbers are values
// that SQL of one's own may hold. A quote in a comment begins no text.
const LITERALS =
  /--[^\n]*|\/\*[^]*?(?:\*\/|$)|("(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\b[a-z_]\w*(?!'))|x?'(?:[^']|'')*(?:'|$)|\b\d[\w.]*/gi;
const OPERATION = /^\s*([a-z]+)/i;
const BEHIND_WITH = /\)\s*(select|insert|update|delete|replace|values)\b/i;
const COLLECTION =
  /\b(?:from|into|update|table(?: if (?:not )?exists)?)\s+(?:"((?:[^"]|"")+)"|([a-z_]\w*))/i;

function described(sql: string, system: string): Described {
  const text = sql.replace(
    LITERALS,
    (token: string, name: string | undefined) =>
      name ?? (/^(?:--|\/\*)/.test(token) ? "" : "?"),
  );
  const first = OPERATION.exec(text)?.[1]?.toUpperCase() ?? "SQL";
  const operation = first === "WITH"
    ? BEHIND_WITH.exec(text)?.[1]?.toUpperCase() ?? first
    : first;
  const [, quoted, plain] = COLLECTION.exec(text) ?? [];
  const table = quoted?.replaceAll('""', '"') ?? plain;
  return {
    name: table === undefined ? operation : `${operation} ${table}`,
    attributes: {
      "db.system.name": system,
      "db.query.text": text,
      "db.operation.name": operation,
      ...(table === undefined ? {} : { "db.collection.name": table }),
    },
  };
}
