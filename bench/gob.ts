// Copyright 2026 the Gee authors. MIT license.
// Gob beside Go's own and other encodings: deno run -A bench/gob.ts
//
// One stream, warm, so that types are known to both sides, as connections have it.
// "call" is a header and arguments through the codec. Needs Go, and is left out
// with a word where that is missing.

import { CASES } from "./gob/cases.ts";
import {
  geeDecode,
  geeDecodeCall,
  geeEncode,
  geeEncodeCall,
  type Run,
} from "./gob/gee.ts";
import {
  jsonDecode,
  jsonEncode,
  msgpackDecode,
  msgpackEncode,
  protobufDecode,
  protobufEncode,
} from "./gob/peers.ts";
import { type Measure, opsPerSecond, runSuite } from "./suite.ts";

const GO = "Go encoding/gob";
const MS = 300;
type Kind = "encode" | "decode";

/** Values per second of the Go program. */
async function measureGo(kind: Kind, name: string): Promise<number> {
  const { stdout, success } = await new Deno.Command("go", {
    args: ["run", "main.go", kind, name, `${MS}`],
    cwd: new URL("gob/", import.meta.url),
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure Go's ${kind} of "${name}"`);
  return Number(new TextDecoder().decode(stdout));
}

function speed(make: () => Run, count: number): Measure {
  return async () => {
    const run = make();
    return await opsPerSecond((count) => {
      for (let index = 0; index < count; index++) run();
    }, { warmup: MS / 2, ms: MS, count });
  };
}

function gee(kind: Kind, name: string, isTyped: boolean): () => Run {
  if (name === "call") {
    return () => (kind === "encode" ? geeEncodeCall : geeDecodeCall)(isTyped);
  }
  const make = kind === "encode" ? geeEncode : geeDecode;
  return () => make(CASES[name]!, isTyped);
}

function cell(kind: Kind, name: string): Record<string, Measure> {
  const one = CASES[name]!;
  const isEncode = kind === "encode";
  const make: Record<string, () => Run> = {
    "gee": gee(kind, name, true),
    "gee, types found": gee(kind, name, false),
    "@msgpack/msgpack": () => (isEncode ? msgpackEncode : msgpackDecode)(one),
    "protobufjs": () => (isEncode ? protobufEncode : protobufDecode)(name, one),
    "JSON": () => (isEncode ? jsonEncode : jsonDecode)(one),
  };
  // What a pointer leads to has no type that could be found where it is nil.
  if (isEncode && name === "tree of 200") delete make["gee, types found"];
  const measures: Record<string, Measure> = {
    [GO]: () => measureGo(kind, name),
  };
  for (const [candidate, run] of Object.entries(make)) {
    measures[candidate] = speed(run, 50);
  }
  return measures;
}

function cells(kind: Kind): Record<string, Record<string, Measure>> {
  return Object.fromEntries(
    Object.keys(CASES).map((name) => [name, cell(kind, name)]),
  );
}

async function hasGo(): Promise<boolean> {
  try {
    await new Deno.Command("go", { args: ["version"] }).output();
    return true;
  } catch {
    console.error('Skipped gob: it needs "go"');
    return false;
  }
}

/** What a measuring process was started for, as the suites have the same cells. */
const [flag, suite] = [Deno.args[0], Deno.args[1]];
if (flag === "--measure" || await hasGo()) {
  for (const kind of ["encode", "decode"] as const) {
    const named = Object.fromEntries(
      Object.entries(cells(kind)).map((
        [name, one],
      ) => [`${kind} ${name}`, one]),
    );
    if (flag === "--measure" && !suite!.startsWith(kind)) continue;
    await runSuite(import.meta, {
      name: `gob_${kind}`,
      title: `Gob, values per second to ${kind}`,
      baseline: GO,
      rounds: 3,
      command: "deno run -A bench/gob.ts",
      cells: named,
    });
  }
}
