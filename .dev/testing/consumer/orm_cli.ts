// Copyright 2026 the Gee authors. MIT license.

import { run } from "@gee/std/orm/cli";

const lines: string[] = [];
const code = await run(["status", "--database", ":memory:"], {
  out: (line) => lines.push(line),
  log: (line) => lines.push(line),
  progress: () => {},
});
console.log(`orm/cli: ${code} ${lines.join()}`);
