// Copyright 2026 the Gee authors. MIT license.

import type { CallContext } from "../context.ts";
import { NO_METADATA } from "../metadata.ts";

/** What a method is told about a call, for tests. */
export function callContext(parts: Partial<CallContext> = {}): CallContext {
  return {
    serviceMethod: "Test.method",
    peer: undefined,
    dialect: "test",
    metadata: NO_METADATA,
    traceparent: undefined,
    principal: undefined,
    deadline: undefined,
    signal: new AbortController().signal,
    ...parts,
  };
}
