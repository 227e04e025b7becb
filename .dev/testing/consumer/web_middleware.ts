// Copyright 2026 the Gee authors. MIT license.

import { Engine } from "@gee/std/web";
import { logger, recovery } from "@gee/std/web/middleware";

const lines: string[] = [];
const app = new Engine().use(
  logger({
    log: (text) => lines.push(text.split("\n")[0] ?? ""),
    now: () => 0,
  }),
  recovery(),
);
app.get("/", () => {
  throw new Error("Cannot answer: this program wants it so");
});
await app.request("/");
console.log(`web/middleware: ${lines[0]}`);
