// Copyright 2026 the Gee authors. MIT license.
// Echo calls between two processes: deno task bench:rpc

import { echoes, MS, WARMUP } from "./rpc/echo.ts";
import { goEcho, hasGo } from "./rpc/go.ts";
import { type Measure, runSuite } from "./suite.ts";

/** Calls with `{ text }`, which takes so many bytes as JSON. */
function cell(bytes: number, callers: number): Record<string, Measure> {
  const length = bytes - 11;
  const go: Measure = () => goEcho(length, callers, WARMUP, MS);
  return {
    ...echoes("json", { text: "x".repeat(length) }, callers),
    ...hasGo() ? { "Go net/rpc, gob, both sides": go } : {},
  };
}

await runSuite(import.meta, {
  name: "rpc",
  title: "Echo calls per second over loopback",
  baseline: "raw-json",
  rounds: 3,
  command: "deno run -A bench/rpc.ts",
  cells: {
    "52 B, 1 caller": cell(52, 1),
    "52 B, 16": cell(52, 16),
    "52 B, 256": cell(52, 256),
    "1 KB, 256": cell(1024, 256),
    "100 KB, 16": cell(102_400, 16),
  },
});
