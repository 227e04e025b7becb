// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { InvalidBody } from "./codec.ts";
import { deflate, inflate } from "./deflate.ts";

Deno.test("inflate() gives back what deflate() took", async () => {
  const bytes = new Uint8Array(300_000).map((_, i) => i % 251);
  const deflated = await deflate(bytes);
  assert(deflated.length < 10_000);
  assertEquals(await inflate(deflated, bytes.length), bytes);
});

Deno.test("inflate() stops at its limit, and says what is wrong", async () => {
  const bomb = await deflate(new Uint8Array(50 << 20));
  assert(bomb.length < 100_000);
  const long = await inflate(bomb, 1 << 20);
  assert(long instanceof InvalidBody);
  assertEquals(long.message, "it is longer than 1048576 bytes inflated");
  const short = await deflate(
    new Uint8Array(1000).map((_, i) => i * i % 251),
  );
  const rows: [Uint8Array<ArrayBuffer>, string][] = [
    [new Uint8Array(3), "it has no length"],
    [new Uint8Array([9, 0, 0, 0, 0xff, 0xff]), "corrupt deflate stream"],
    [short.slice(0, -20), "bytes, 1000 are wanted"],
    [short.with(0, 7), "got more bytes, 775 are wanted"],
    [short.with(1, 7), "got 1000 bytes, 2024 are wanted"],
  ];
  for (const [bytes, message] of rows) {
    const broken = await inflate(bytes, 1 << 20);
    assert(broken instanceof InvalidBody, message);
    assertStringIncludes(broken.message, message);
    assertStringIncludes(broken.message, "it cannot be inflated: ");
  }
});
