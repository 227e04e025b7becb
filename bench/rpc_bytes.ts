// Copyright 2026 the Gee authors. MIT license.
// The same with bytes as they are: deno run -A bench/rpc_bytes.ts

import { echoes } from "./rpc/echo.ts";
import { type Measure, runSuite } from "./suite.ts";

function cell(bytes: number, callers: number): Record<string, Measure> {
  return echoes("bytes", new Uint8Array(bytes).fill(7), callers);
}

await runSuite(import.meta, {
  name: "rpc_bytes",
  title: "Echo calls with bytes per second over loopback",
  baseline: "raw-bin",
  rounds: 3,
  command: "deno run -A bench/rpc_bytes.ts",
  cells: {
    "1 KB, 16": cell(1024, 16),
    "1 KB, 256": cell(1024, 256),
    "100 KB, 16": cell(102_400, 16),
    "1 MB, 4": cell(1 << 20, 4),
  },
});
