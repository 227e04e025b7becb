// Copyright 2026 the Gee authors. MIT license.
// Gob beside Go's own and other encodings: deno run -A bench/gob.ts
//
// Values go through one stream, warm, so that types are known to both sides, as
// connections have it; "call" is a header and arguments through the codec. Calls
// are those of net/rpc between two processes. Needs Go, and is left out with a word
// where that is missing. The name of a suite runs it alone.

import { CASES } from "./gob/cases.ts";
import {
  geeDecode,
  geeDecodeCall,
  geeEncode,
  geeEncodeCall,
  geeEncodeNew,
  type Run,
} from "./gob/gee.ts";
import { calls, goValues, hasGo } from "./gob/go.ts";
import {
  jsonDecode,
  jsonEncode,
  msgpackDecode,
  msgpackEncode,
  protobufDecode,
  protobufEncode,
} from "./gob/peers.ts";
import { type Measure, opsPerSecond, runSuite, type Suite } from "./suite.ts";

const COMMAND = "deno run -A bench/gob.ts";
const MS = 300;
const CALLS_MS = 1000;

type Measures = Record<string, Measure>;

function speed(make: () => Run): Measure {
  return async () => {
    const run = make();
    return await opsPerSecond((count) => {
      for (let index = 0; index < count; index++) run();
    }, { warmup: MS / 2, ms: MS, count: 50 });
  };
}

function encoders(name: string): Measures {
  const one = CASES[name]!;
  const isCall = name === "call";
  const measures: Measures = {
    "Go encoding/gob": goValues("encode", name, MS),
    "gee": speed(() => isCall ? geeEncodeCall(true) : geeEncode(one, true)),
  };
  if (!isCall) measures["gee, new arrays"] = speed(() => geeEncodeNew(one));
  // What a pointer leads to has no type that could be found where it is nil.
  if (name !== "tree of 200") {
    measures["gee, types found"] = speed(() =>
      isCall ? geeEncodeCall(false) : geeEncode(one, false)
    );
  }
  return {
    ...measures,
    "@msgpack/msgpack": speed(() => msgpackEncode(one)),
    "protobufjs": speed(() => protobufEncode(name, one)),
    "JSON": speed(() => jsonEncode(one)),
  };
}

function decoders(name: string): Measures {
  const one = CASES[name]!;
  const gee = (isTyped: boolean) =>
    speed(() =>
      name === "call" ? geeDecodeCall(isTyped) : geeDecode(one, isTyped)
    );
  return {
    "Go encoding/gob": goValues("decode", name, MS),
    "gee": gee(true),
    "gee, types found": gee(false),
    "@msgpack/msgpack": speed(() => msgpackDecode(one)),
    "protobufjs": speed(() => protobufDecode(name, one)),
    "JSON": speed(() => jsonDecode(one)),
  };
}

function callers(count: number): Measures {
  const between = (isGoServer: boolean, isGoClient: boolean) =>
    calls({ isGoServer, isGoClient }, count, CALLS_MS);
  return {
    "Go net/rpc": between(true, true),
    "gee": between(false, false),
    "gee calls Go": between(true, false),
    "Go calls gee": between(false, true),
  };
}

function each<T>(
  names: readonly T[],
  title: (name: T) => string,
  cell: (name: T) => Measures,
): Record<string, Measures> {
  return Object.fromEntries(names.map((name) => [title(name), cell(name)]));
}

const names = Object.keys(CASES);
const SUITES: Suite[] = [
  {
    name: "gob_encode",
    title: "Gob, values per second to encode",
    baseline: "Go encoding/gob",
    cells: each(names, (name) => `encode ${name}`, encoders),
    rounds: 3,
    command: COMMAND,
  },
  {
    name: "gob_decode",
    title: "Gob, values per second to decode",
    baseline: "Go encoding/gob",
    cells: each(names, (name) => `decode ${name}`, decoders),
    rounds: 3,
    command: COMMAND,
  },
  {
    name: "gob_calls",
    title: "Calls per second in gob over loopback",
    baseline: "Go net/rpc",
    cells: each(
      [1, 16, 256],
      (count) => count === 1 ? "1 caller" : `${count} callers`,
      callers,
    ),
    rounds: 3,
    command: COMMAND,
  },
];

// A process that measures was started for a cell by one that has asked already.
const [flag, cell = ""] = Deno.args;
const isMeasuring = flag === "--measure";
if (isMeasuring || await hasGo()) {
  for (const suite of SUITES) {
    if (isMeasuring && suite.cells[cell] === undefined) continue;
    // A name chooses one of the suites.
    if (!isMeasuring && flag !== undefined && flag !== suite.name) continue;
    await runSuite(import.meta, suite);
  }
} else console.error('Skipped gob: it needs "go"');
