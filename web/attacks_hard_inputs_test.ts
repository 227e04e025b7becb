// Copyright 2026 the Gee authors. MIT license.
// No input makes a parser look at every byte for every byte (CWE-1333,
// CWE-407). Nothing here reads a clock: with 10^12 steps a test would not end.
// `deno task stress:web hardInputs` measures how the work grows.
import { assert } from "@std/assert";
import { HARD_INPUTS, work } from "./testdata/hard_inputs.ts";

const names = new Set(HARD_INPUTS.map(({ name }) => name));
for (const name of names) {
  Deno.test(`A hostile ${name} of 1 MB is read or refused`, async () => {
    for (const input of HARD_INPUTS) {
      if (input.name !== name) continue;
      assert(await work(input, 1_000_000) >= 1_000_000);
    }
  });
}
