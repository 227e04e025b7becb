// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import { framesOf } from "./source_lines.ts";

Deno.test("framesOf() opens no file that only the message names", async () => {
  const here = import.meta.url;
  const message = `Bad input "x\n    at ${here}:1:1"`;
  const frames = await framesOf(new TypeError(message));
  const [first] = frames;
  assert(
    first?.lines.some(({ isHit, text }) => isHit && /framesOf/.test(text)),
  );
  assertEquals(frames.some(({ text }) => text.includes(`${here}:1:1`)), false);
});

Deno.test("framesOf() knows no frames where there is no stack", async () => {
  assertEquals(await framesOf("at file:///etc/passwd:1:1"), []);
});
