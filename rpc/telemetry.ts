// Copyright 2026 the Gee authors. MIT license.

import type { CallContext } from "./context.ts";
import { failureOf } from "./failure.ts";
import { isThenable, type Method } from "./method.ts";

/** What is used of a span of OpenTelemetry. */
interface Span {
  isRecording(): boolean;
  setAttribute(name: string, value: string): void;
  setStatus(status: { readonly code: number; readonly message: string }): void;
  end(): void;
}

/** What is used of a context of OpenTelemetry. */
interface SpanContext {
  setValue(key: symbol, value: unknown): SpanContext;
}

/** What is used of a tracer. */
interface Tracer {
  startSpan(name: string, options?: {
    readonly kind: number;
    readonly attributes: Readonly<Record<string, string>>;
  }, context?: SpanContext): Span;
}

interface Telemetry {
  readonly tracerProvider: { getTracer(name: string): Tracer };
  readonly contextManager: {
    active(): SpanContext;
    with<T>(context: SpanContext, run: () => T): T;
  };
}

// Numbers of OpenTelemetry: SpanKind.SERVER and SpanStatusCode.ERROR.
const SERVER = 1;
const ERROR = 2;
// The key under which the API of OpenTelemetry keeps the active span.
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");
// W3C Trace Context, section 3.2.2: version ff and ids of zeros are invalid.
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0+-)([0-9a-f]{32})-(?!0+-)([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/**
 * What wraps methods into spans when Deno's telemetry is on, as the semantic
 * conventions of OpenTelemetry for RPC want them: each goes on with the trace of
 * its caller (`traceparent`), and is the parent of what happens inside.
 *
 * @returns `undefined` when telemetry is off.
 */
export function spanWrapper():
  | ((method: Method, serviceMethod: string) => Method)
  | undefined {
  const telemetry = globalThis.Deno?.telemetry as Telemetry | undefined; // its members are those above
  const tracer = telemetry?.tracerProvider?.getTracer("@gee/std/rpc");
  if (telemetry === undefined || tracer === undefined) return undefined;
  if (!isOn(tracer)) return undefined;
  const { contextManager } = telemetry;
  return (method, serviceMethod) => {
    const dot = serviceMethod.lastIndexOf(".");
    const attributes = {
      "rpc.system": "gee",
      "rpc.service": serviceMethod.slice(0, dot),
      "rpc.method": serviceMethod.slice(dot + 1),
    };
    return (args, context) => {
      const parent = parentOf(context, contextManager.active());
      const options = { kind: SERVER, attributes };
      const span = tracer.startSpan(serviceMethod, options, parent);
      const inside = parent.setValue(SPAN, span);
      return contextManager.with(
        inside,
        () => during(span, () => method(args, context)),
      );
    };
  };
}

function isOn(tracer: Tracer): boolean {
  try {
    // Off, it throws; a span that never ends is told to nobody.
    return tracer.startSpan("on?").isRecording();
  } catch {
    return false;
  }
}

function parentOf({ traceparent }: CallContext, active: SpanContext) {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  if (traceId === undefined) return active;
  const traceFlags = parseInt(flags ?? "0", 16);
  const remote = { traceId, spanId, traceFlags, isRemote: true };
  return active.setValue(SPAN, { spanContext: () => remote });
}

function during(span: Span, run: () => unknown): unknown {
  const fail = (error: unknown): never => {
    const { code, message } = failureOf(error);
    span.setAttribute("error.type", code);
    span.setStatus({ code: ERROR, message });
    span.end();
    throw error;
  };
  let reply: unknown;
  let isLater = false;
  try {
    reply = run();
    isLater = isThenable(reply);
  } catch (error) {
    return fail(error);
  }
  if (isLater) {
    return Promise.resolve(reply).then((value) => {
      span.end();
      return value;
    }, fail);
  }
  span.end();
  return reply;
}
